"""The faces notices and posting sheets are printed with, made ready once and registered once.

Song and Hei come from the wheel `pylopdf-fonts-zh-cn` (Noto, SIL OFL) as CFF outlines, which reportlab cannot embed.
`prepare` redraws the characters in everyday use as TrueType under RELIEF_HOME/fonts (seconds); the 22,000 rarer ones
follow when a text first needs one. A county puts its own licensed faces into RELIEF_HOME/fonts/slots/<slot>.ttf.
"""

import fcntl
import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont as OpenTypeFont
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from adminapp.errors import SetupError

SLOTS = {"song": "宋体", "hei": "黑体", "kai": "楷体", "fangsong": "仿宋", "xiaobiaosong": "小标宋", "rare": "生僻字"}

SHIPPED = {"song": "NotoSerifSC-Regular.otf", "hei": "NotoSansSC-Regular.otf"}
DEBIAN = {"kai": Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")}
COMMON_CHARACTERS = Path(__file__).parent.parent / "schemas" / "notices" / "rare_characters.txt"

# Raised when the converted files must be made again.
EDITION = 1


@dataclass(frozen=True)
class FontSet:
    """The faces of one RELIEF_HOME.

    `files`: registered name → TTF. `coverage`: registered name → code points. `song-rare` may be
    named before its file exists: it is made on first need.
    """

    home: Path
    files: dict[str, Path]
    coverage: dict[str, frozenset[int]] = field(repr=False)

    def chain(self, slot: str) -> tuple[str, ...]:
        """Return the registered names tried for a character set in `slot`, first choice first."""
        return tuple(dict.fromkeys(name for name in (slot, "song", "song-rare", "rare") if name in self.coverage))

    def missing(self, text: str) -> set[str]:
        """Return the characters of `text` that no face can draw.

        A missing glyph prints as nothing, so callers refuse.
        """
        left = set(text) - {"\n"}
        for name in self.chain("song"):
            left = {character for character in left if ord(character) not in self.coverage[name]}
        return left

    def runs(self, text: str, slot: str) -> list[tuple[str, str]]:
        """Cut `text` into `(run, registered name)`, each run in the first face of the chain that has it."""
        chain = self.chain(slot)
        first = self.coverage[chain[0]]
        if first.issuperset(map(ord, text)):
            return [(text, chain[0])]
        runs = []
        for character in text:
            name = next((name for name in chain if ord(character) in self.coverage[name]), chain[0])
            if runs and runs[-1][1] == name:
                runs[-1] = (runs[-1][0] + character, name)
            else:
                runs.append((character, name))
        for name in {name for _run, name in runs} - set(pdfmetrics.getRegisteredFontNames()):
            self._register(name)
        return runs

    def register(self) -> None:
        """Make the faces known to reportlab and xhtml2pdf in this process. Calling it again does nothing.

        Registered by name, never through @font-face: that reads and hashes the whole file for every document.
        """
        for name in self.files:
            if name != "song-rare" and name not in pdfmetrics.getRegisteredFontNames():
                self._register(name)

    def _register(self, name: str) -> None:
        from xhtml2pdf.default import DEFAULT_FONT

        path = self.files[name]
        if name == "song-rare":
            with _alone(path.parent):
                _convert("song", _rare_codes("song"), path)
        pdfmetrics.registerFont(TTFont(name, str(path)))
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(name, bold, italic, name)
        DEFAULT_FONT[name] = name


def prepare(home: Path, rare: bool = False) -> FontSet:
    """Make the faces under `home`/fonts if they are not there yet and return them, not yet registered.

    Safe to call from several processes at once. `rare` also makes the rarer characters now instead of on first need.
    """
    folder = Path(home) / "fonts"
    slots = folder / "slots"
    slots.mkdir(parents=True, exist_ok=True)
    files = {slot: folder / f"{slot}-{EDITION}.ttf" for slot in SHIPPED}
    with _alone(folder):
        _convert_core({slot: path for slot, path in files.items() if not path.exists()})
        files["song-rare"] = folder / f"song-rare-{EDITION}.ttf"
        if rare:
            _convert("song", _rare_codes("song"), files["song-rare"])
    coverage = {slot: _core_codes(slot) for slot in SHIPPED} | {"song-rare": _rare_codes("song")}
    for slot in SLOTS:
        own = next((path for path in (slots / f"{slot}.ttf", DEBIAN.get(slot)) if path and path.exists()), None)
        if own:
            files[slot], coverage[slot] = own, _code_points(own)
    return FontSet(Path(home), files, coverage)


def is_ready(home: Path, text: str = "") -> bool:
    """Tell whether `text` could be printed at once: the faces are made, and the rare ones too if it needs them.

    Opens no font. True says nothing about a missing glyph.
    """
    folder = Path(home) / "fonts"
    if not all((folder / f"{slot}-{EDITION}.ttf").exists() for slot in SHIPPED):
        return False
    return (folder / f"song-rare-{EDITION}.ttf").exists() or _common_codes().issuperset(
        map(ord, text.replace("\n", ""))
    )


def prepare_aside(home: Path) -> None:
    """Make all faces in a process of its own and return at once; a second call while it works changes nothing."""
    folder = Path(home) / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".aside").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        command = (
            "import sys; from pathlib import Path; from exports.fonts import prepare; prepare(Path(sys.argv[1]), True)"
        )
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        # The child inherits the lock and holds it for as long as it lives.
        process = subprocess.Popen(
            [sys.executable, "-c", command, str(home)], env=environment, pass_fds=[lock.fileno()]
        )
    threading.Thread(target=process.wait, daemon=True, name="fonts").start()


def _source(slot: str) -> Path:
    # find_spec instead of import: only the files of the wheel are wanted.
    package = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    return Path(next(iter(package.submodule_search_locations))) / SHIPPED[slot]


@cache
def _code_points(path: Path) -> frozenset[int]:
    with OpenTypeFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _common_codes() -> frozenset[int]:
    """Return GB 2312, the General Standard Chinese Characters (通用规范汉字表) and the signs used around them."""
    codes = set(range(0x20, 0x250)) | set(range(0x2000, 0x2070)) | set(range(0xFF00, 0xFFF0))
    for row in range(0xA1, 0xF8):
        text = bytes(byte for cell in range(0xA1, 0xFF) for byte in (row, cell)).decode("gb2312", errors="ignore")
        codes.update(map(ord, text))
    codes.update(ord(character) for character in COMMON_CHARACTERS.read_text("utf-8") if character != "\n")
    return frozenset(codes)


@cache
def _core_codes(slot: str) -> frozenset[int]:
    return _code_points(_source(slot)) & _common_codes()


@cache
def _rare_codes(slot: str) -> frozenset[int]:
    return _code_points(_source(slot)) - _common_codes()


def _convert_core(files: dict[str, Path]) -> None:
    """Convert the faces side by side in processes of their own: the caller may have threads, so it must not fork."""
    command = "import sys; from pathlib import Path; from exports import fonts; fonts.convert(*sys.argv[1:])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    running = [
        subprocess.Popen([sys.executable, "-c", command, slot, str(path)], env=environment)
        for slot, path in files.items()
    ]
    if any(process.wait() for process in running):
        raise SetupError("字体转换失败，请查看日志。")


def convert(slot: str, target: str) -> None:
    """Write the everyday characters of a shipped face to `target`."""
    _convert(slot, _core_codes(slot), Path(target))


def _convert(slot: str, codes: Iterable[int], target: Path) -> None:
    """Write the characters `codes` of the wheel's face as TrueType, whole or not at all; the same bytes every time.

    Drawing only these glyphs into a new font takes a third of the time of subsetting and converting the file.
    """
    if target.exists():
        return
    source = OpenTypeFont(_source(slot))
    best = source.getBestCmap()
    cmap = {code: best[code] for code in sorted(codes)}
    names = [".notdef", *dict.fromkeys(cmap.values())]
    glyph_set = source.getGlyphSet()
    outlines = {}
    for name in names:
        pen = TTGlyphPen(None)
        # PostScript contours run counter-clockwise, TrueType ones clockwise.
        glyph_set[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        outlines[name] = pen.glyph()
    metrics = source["hmtx"].metrics
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics({name: (metrics[name][0], outlines[name].xMin or 0) for name in names})
    builder.setupHorizontalHeader(ascent=source["hhea"].ascent, descent=source["hhea"].descent)
    builder.setupNameTable(
        {
            "familyName": f"Relief {slot}",
            "styleName": "Regular",
            "psName": f"Relief-{target.stem}",
            "copyright": _notice(source),
        }
    )
    builder.setupOS2(sTypoAscender=source["OS/2"].sTypoAscender, sTypoDescender=source["OS/2"].sTypoDescender)
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = source["head"].modified
    builder.font.recalcTimestamp = False
    part = target.with_suffix(f".{os.getpid()}.part")
    builder.save(part)
    os.replace(part, target)


def _notice(source: OpenTypeFont) -> str:
    return str(source["name"].getDebugName(0) or "SIL Open Font License 1.1")


@contextmanager
def _alone(folder: Path):
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
