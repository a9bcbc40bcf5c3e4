"""Style sheets, scripts and drawings as they are served: minified, named by their content, kept by browsers for ever.

A template asks `asset("css/app.css")` and gets "/static/css/app.1a2b3c4d.css". Scripts name each other, so a script's
name depends on those it imports; drawings that a style sheet points to are put inside it. Tokens (--line-strong) get
short names, the same in every sheet, or give way to their value where that is shorter and never another: written out
they are a twentieth of the style sheets.
"""

import gzip
import hashlib
import mimetypes
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import ascii_letters
from urllib.parse import quote

import rcssmin
import rjsmin
from flask import Response, abort, current_app, request

IMMUTABLE = "public, max-age=31536000, immutable"
CHANGING = "no-cache"
SMALL = 600
"""Bytes below which compressing gains nothing."""
IMPORTED = re.compile(r'"\./([\w-]+\.js)"')
DRAWING = re.compile(r'url\("?\.\./([\w/-]+\.svg)"?\)')
PLAIN = " /:=;,'()-."
"""Signs that may stand in a data address between double quotes as they are."""
TOKEN = re.compile(r"--[a-z][\w-]*")
DEFINED = re.compile(r"(--[a-z][\w-]*):([^;}]*)")
ROOT = re.compile(r"(?:^|[}]):root\{([^}]*)")
COMBINED = re.compile(r"(?<=[\w\])*]) ([+~>]) (?=[\w.:\[*#])(?=[^{};]*\{)")
DOUBLE = re.compile(r"::(before|after)\b")
CONSTANT = re.compile(r"\bconst\b(?=[ {\[])")
ALONE = re.compile(r"(?<![\w$])\((\w+)\)=>")
LAST = re.compile(r";(?=\})|(?<=\})\n")
WORD = re.compile(r'(?<=[=!]=)=(?="[A-Za-z])')
"""What a browser reads the same in fewer letters: `::before`, `const name`, `(item)=>`, the last `;` of a block and a line
behind one (each statement of ours ends in `;` or `}`), `=== "word"`."""
NAMED = re.compile(r"(.+)\.[0-9a-f]{10}(\.\w+)")


@dataclass(frozen=True)
class Asset:
    """One file as it is sent; `address` is below the static folder and carries the digest of the content."""

    name: str
    content: bytes

    @property
    def type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:10]

    @property
    def address(self) -> str:
        stem, _, suffix = self.name.rpartition(".")
        return f"{stem}.{self.digest}.{suffix}"

    @cached_property
    def packed(self) -> bytes | None:
        """Return the content compressed, None where that gains nothing."""
        text = self.type.startswith("text/") or self.type.endswith(("javascript", "svg+xml"))
        return gzip.compress(self.content, mtime=0) if text and len(self.content) > SMALL else None


class Assets:
    """The files of a folder. Each is read at first use and then kept: a change on disk wants a new start."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._known: dict[str, Asset] = {}

    def get(self, name: str) -> Asset:
        """Return a file by the name it has in the folder; raise KeyError when there is none."""
        if name not in self._known:
            path = self.folder / name
            if ".." in name.split("/") or name.startswith("/") or not path.is_file():
                raise KeyError(name)
            self._known[name] = Asset(name, self._prepared(path, name))
        return self._known[name]

    def find(self, address: str) -> tuple[Asset, bool]:
        """Return the file behind an address, and whether the address names its present content."""
        named = NAMED.fullmatch(address)
        asset = self.get(named[1] + named[2] if named else address)
        return asset, asset.address == address

    def _prepared(self, path, name):
        if path.suffix == ".js":
            folder = name.rpartition("/")[0]
            text = IMPORTED.sub(lambda found: f'"./{self._beside(folder, found[1])}"', path.read_text("utf-8"))
            return WORD.sub("", LAST.sub("", ALONE.sub(r"\1=>", CONSTANT.sub("let", rjsmin.jsmin(text))))).encode()
        if path.suffix == ".css":
            return DRAWING.sub(self._inside, self._short(rcssmin.cssmin(path.read_text("utf-8")))).encode()
        return path.read_bytes()

    def _short(self, style):
        for name, value in self._constants.items():
            style = re.sub(f"{name}:{re.escape(value)};?", "", style.replace(f"var({name})", value))
        style = DOUBLE.sub(r":\1", COMBINED.sub(r"\1", style))
        return TOKEN.sub(lambda found: self._tokens[found[0]], style)

    @cached_property
    def _sheets(self):
        return [rcssmin.cssmin(path.read_text("utf-8")) for path in sorted(self.folder.rglob("*.css"))]

    @cached_property
    def _constants(self):
        """Return {token: value} of what is said once, for the whole page, and is shorter than asking for it."""
        said = Counter(name for sheet in self._sheets for name, _ in DEFINED.findall(sheet))
        roots = [block for sheet in self._sheets for block in ROOT.findall(sheet)]
        found = {name: value for block in roots for name, value in DEFINED.findall(block) if said[name] == 1}
        return {name: value for name, value in found.items() if len(value) < len("var(--a)")}

    @cached_property
    def _tokens(self):
        names = sorted({name for sheet in self._sheets for name in TOKEN.findall(sheet)} - self._constants.keys())
        return {name: f"--{ascii_letters[number]}" if number < len(ascii_letters) else f"--{number}" for number, name in enumerate(names)}

    def _beside(self, folder, name):
        return self.get(f"{folder}/{name}").address.rpartition("/")[2]

    def _inside(self, found):
        drawing = (self.folder / found[1]).read_text("utf-8").strip().replace('"', "'")
        return f'url("data:image/svg+xml,{quote(drawing, safe=PLAIN)}")'


def init_app(app, folder: Path):
    """Serve the folder under /static and give templates `asset(name)`."""
    assets = app.extensions["assets"] = Assets(folder)
    app.add_url_rule("/static/<path:filename>", "static", send)
    app.jinja_env.globals["asset"] = lambda name: f"/static/{assets.get(name).address}"


def send(filename):
    """Answer with a file. An old address still works, with the present content, and is not kept."""
    try:
        asset, current = current_app.extensions["assets"].find(filename)
    except KeyError:
        abort(404)
    pack = asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(asset.packed if pack else asset.content, content_type=_with_charset(asset.type))
    answer.set_etag(asset.digest + ("-gz" if pack else ""))
    answer.headers["Cache-Control"] = IMMUTABLE if current else CHANGING
    answer.headers["Vary"] = "Accept-Encoding"
    if pack:
        answer.headers["Content-Encoding"] = "gzip"
    return answer.make_conditional(request)


def _with_charset(kind):
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else kind
