"""What notices say besides the case, as dated data: offices, procedural basis, duties, remedy (legal_basis.yaml)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from adminapp import divisions
from adminapp.errors import Invalid, SetupError

FILE = Path(__file__).parent.parent / "schemas" / "legal_basis.yaml"
_LAW = re.compile(r"(?P<law>[^（《》]+?)(?P<note>（[^）]*）)?(?P<articles>第[一二三四五六七八九十百零〇]+[条章].*)?")


@dataclass(frozen=True)
class Office:
    """Who signs a notice. `mark` stands in its numbers."""

    name: str
    mark: str
    phone: str


@dataclass(frozen=True)
class Row:
    """A text in force from `start` to `end`, both included; None is no limit. For all programmes when none is named."""

    text: str
    start: date | None = None
    end: date | None = None
    programmes: tuple[str, ...] = ()
    more: Mapping = field(default_factory=dict)

    def holds(self, on: date, programme: str = "") -> bool:
        within = (self.start is None or self.start <= on) and (self.end is None or on <= self.end)
        return within and (not self.programmes or programme in self.programmes)


@dataclass(frozen=True)
class LegalBasis:
    """The whole file. `basis`: kind of notice → rows. `first`: kind → must reconsideration come before a suit."""

    mark: str
    county: Office
    county_phone: str
    townships: Mapping[str, Office]
    numbers: Mapping[str, str]
    basis: Mapping[str, tuple[Row, ...]]
    texts: Mapping[str, tuple[Row, ...]]
    remedies: tuple[Row, ...]
    first: Mapping[str, bool]

    def office(self, township: str, confirmed_by: str = "township") -> Office:
        """Return the office that signs: the county's, or the township's."""
        if confirmed_by == "county":
            return self.county
        found = self.townships.get(township)
        name = divisions.name_of(township)
        return found or Office(f"{self.county.name[:3]}{name}人民政府", name[:-1], self.county.phone)

    def cited(self, kind: str, programme: str, on: date, declared: Iterable[str]) -> str:
        """Return what a notice cites: the declaration's own basis, then the procedural one."""
        procedural = [row.text for row in self.basis.get(kind, ()) if row.holds(on, programme)]
        return cite([*declared, *procedural])

    def text(self, name: str, on: date, programme: str = "", **names) -> str:
        """Return a text of the day with `{names}` filled in; "" when none holds."""
        row = next((row for row in self.texts.get(name, ()) if row.holds(on, programme)), None)
        return row.text.format(**names) if row else ""

    def remedy(self, kind: str, title: str, on: date) -> str:
        """Return how the decision may be contested; "" when no row holds, and then the notice is refused."""
        row = next((row for row in self.remedies if row.holds(on)), None)
        if row is None:
            return ""
        text = row.more["reconsideration_first"] if self.first.get(kind) else row.text
        return text.format(title=title, **row.more)

    def number(self, kind: str, office: Office, year: int, serial: int) -> str:
        """Return the number of a notice (GB/T 9704: 〔year〕, no leading zero)."""
        return f"{self.mark}{office.mark}民助〔{year}〕{self.numbers[kind]}{serial}号"


def cite(texts: Iterable[str]) -> str:
    """Return laws with their articles, each law once: 《社会救助法》第十八条、第四十五条."""
    laws: dict[str, list] = {}
    for text in texts:
        found = _LAW.fullmatch(text)
        titled = found and "〔" not in found["law"]
        law = found["law"] if titled else text
        note, articles = laws.setdefault(law, ["", []])
        laws[law][0] = note or (found["note"] or "" if titled else "")
        for article in (found["articles"] or "").split("、") if titled else ():
            if article and article not in articles:
                articles.append(article)
    shown = []
    for law, (note, articles) in laws.items():
        name = law if "〔" in law or law.startswith("《") else f"《{law}》"
        shown.append(f"{name}{note}{'、'.join(articles)}")
    return "，".join(shown)


_own: LegalBasis | None = None


@cache
def shipped() -> LegalBasis:
    """Return the file that comes with the program, read at first use."""
    return read_file(FILE)


def use_offices(offices: dict | None):
    """Print the county's own offices from now on, in the shape of `offices_of`; None is those of the file."""
    global _own
    _own = None if offices is None else replace(shipped(), **_offices(offices))


def legal_basis() -> LegalBasis:
    """Return what notices say, with the county's own offices as of the last refresh."""
    return _own or shipped()


def offices_of(basis: LegalBasis) -> dict:
    """Return ``{mark, county: {name, mark, phone}, county_phone, townships: {code: {name, mark, phone}}}``, as the file has it."""
    offices = {code: asdict(office) for code, office in basis.townships.items()}
    return {"mark": basis.mark, "county": asdict(basis.county), "county_phone": basis.county_phone, "townships": offices}


def read_file(path: Path = FILE) -> LegalBasis:
    """Read the file. Raise SetupError naming the first thing that is wrong."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
        return LegalBasis(
            **_offices(data["offices"]),
            numbers=data["numbers"],
            basis={kind: _rows(rows) for kind, rows in data["basis"].items()},
            texts={name: _rows(rows) for name, rows in data["texts"].items()},
            remedies=_rows(data["remedy"]),
            first=data["reconsideration_first"],
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, Invalid) as error:
        raise SetupError(f"文书依据文件 {path} 有误：{error}") from error


def _offices(data):
    townships = {code: Office(**office) for code, office in data["townships"].items()}
    return {"mark": data["mark"], "county": Office(**data["county"]), "county_phone": data["county_phone"], "townships": townships}


def _rows(rows):
    return tuple(_row(dict(row)) for row in rows)


def _row(row):
    start, end, programmes = row.pop("from", None), row.pop("to", None), tuple(row.pop("programmes", ()))
    if not all(day is None or isinstance(day, date) for day in (start, end)):
        raise Invalid(f"日期 {start} 至 {end} 应写成 2026-07-01 的样子")
    return Row(row.pop("text"), start, end, programmes, row)
