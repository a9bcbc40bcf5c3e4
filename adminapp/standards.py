"""Standards (标准): dated figures such as allowance rates and limits, read by formulas on the day they need."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import yaml

from adminapp import money
from adminapp.declaration.problems import Problem
from adminapp.errors import Invalid
from adminapp.words import nearest

FILE = Path(__file__).parent.parent / "schemas" / "standards.yaml"


# Units: how a value is read from its text, written back and shown. A new unit is one more row.


@dataclass(frozen=True, slots=True)
class Unit:
    key: str
    label: str
    """Shown behind the value: 元/月."""

    def read(self, text: str) -> int | Fraction:
        """Return the value of its text in the file. Raise Invalid."""
        raise NotImplementedError

    def plain(self, value) -> str:
        """Return the text of a value as the file has it."""
        raise NotImplementedError

    def shown(self, value) -> str:
        """Return the value with its unit, for people."""
        return f"{self.plain(value)}{self.label}"


class Money(Unit):
    kind = "money"

    def read(self, text):
        return money.parse_yuan(text)

    def plain(self, value):
        return money.plain_yuan(value)

    def shown(self, value):
        return f"{money.format_yuan(value)} {self.label}"


class Whole(Unit):
    kind = "number"

    def read(self, text):
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            raise Invalid(f"“{text}”应为不小于 0 的整数。")
        return int(text)

    def plain(self, value):
        return str(value)

    def shown(self, value):
        return f"{value} {self.label}"


class Number(Unit):
    kind = "number"

    def read(self, text):
        whole, point, decimals = text.partition(".")
        digits = whole + decimals
        if not (digits.isascii() and digits.isdigit() and whole and bool(point) == bool(decimals) and len(digits) < 16):
            raise Invalid(f"“{text}”不是数字，请按“1.3”的样子填写。")
        return Fraction(text)

    def plain(self, value):
        return _decimal(value)


class Percent(Number):
    """Written 20 in the file, worth 1/5 in a formula."""

    def read(self, text):
        return Number.read(self, text.removesuffix("%")) / 100

    def plain(self, value):
        return _decimal(value * 100)


def _decimal(value: Fraction) -> str:
    """Return a fraction whose decimals end, as all values read from text have: 13/10 is "1.3"."""
    places = 0
    while value.denominator != 1:
        value, places = value * 10, places + 1
    digits = str(value.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        unit.key: unit
        for unit in (
            Money("money/month", "元/月"),
            Money("money/year", "元/年"),
            Money("money", "元"),
            Number("number", ""),
            Percent("percent", "%"),
            Whole("months", "个月"),
            Whole("days", "天"),
        )
    }
)


# The table


@dataclass(frozen=True, slots=True)
class Value:
    """A value and the day it takes effect; it holds until the next one."""

    since: date
    value: int | Fraction
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    key: str
    label: str
    unit: Unit
    values: tuple[Value, ...]
    """Oldest first."""

    def on(self, day: date) -> Value:
        """Return the value in force. Raise Invalid when the first one starts later."""
        place = bisect_right([value.since for value in self.values], day)
        if not place:
            first = self.values[0].since.isoformat()
            raise Invalid(f"标准“{self.label}”（{self.key}）在 {day.isoformat()} 没有数值，最早自 {first} 起。")
        return self.values[place - 1]


class Standards:
    """All standards of the county, immutable, so that one decision sees one table."""

    def __init__(self, standards: Iterable[Standard] = ()):
        self._by_key = MappingProxyType({one.key: one for one in sorted(standards, key=lambda one: one.key)})
        self._entries = {}

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping]) -> "Standards":
        """Return the table of rows {key, label, unit, from, value, source, note}, in any order, other keys ignored.

        `from` is a date, a datetime or "2026-01-01". `value` is fen (int) or the text of the file. Raise Invalid with
        every problem found.
        """
        problems: list[Problem] = []
        standards = _collect([(f"rows[{index}]", row) for index, row in enumerate(rows)], problems)
        _refuse("标准表", problems)
        return cls(standards)

    def to_rows(self) -> list[dict]:
        """Return one row per key and first day, by key and day; `from_rows` gives the table back.

        `from` is a date, `value` is fen for money, a whole number for months and days, else text ("1.3").
        """
        return [
            {
                "key": one.key,
                "label": one.label,
                "unit": one.unit.key,
                "from": value.since,
                "value": value.value if isinstance(value.value, int) else one.unit.plain(value.value),
                "source": value.source,
                "note": value.note,
            }
            for one in self._by_key.values()
            for value in one.values
        ]

    def __iter__(self):
        """Yield the keys in order."""
        return iter(self._by_key)

    def keys(self) -> list[str]:
        """Return the keys in alphabetical order."""
        return list(self._by_key)

    def types(self) -> dict[str, str]:
        """Return {key: "money" or "number"}, for checking formulas."""
        return {one.key: one.unit.kind for one in self._by_key.values()}

    def unit(self, key: str) -> str:
        """Return the key of the unit. Raise Invalid for an unknown key."""
        return self.standard(key).unit.key

    def standard(self, key: str) -> Standard:
        """Return the standard with all its values. Raise Invalid for an unknown key."""
        if key not in self._by_key:
            raise Invalid(f"标准表中没有“{key}”{nearest(key, self._by_key)}。")
        return self._by_key[key]

    def value(self, key: str, on: date) -> int | Fraction:
        """Return the value in force on a day: fen for money, int for months and days, else an exact fraction.

        Raise Invalid for an unknown key, or when no value is in force yet.
        """
        return self.standard(key).on(on).value

    def entry(self, key: str, on: date) -> dict:
        """Return {key, label, unit, value, text, from, source, note} of the value in force; `from` is a date.

        The same dict is given to all who ask: it is read, never changed.
        """
        if (key, on) not in self._entries:
            self._entries[key, on] = self._entry(key, on)
        return self._entries[key, on]

    def _entry(self, key, on):
        standard = self.standard(key)
        found = standard.on(on)
        return {
            "key": key,
            "label": standard.label,
            "unit": standard.unit.key,
            "value": found.value,
            "text": standard.unit.shown(found.value),
            "from": found.since,
            "source": found.source,
            "note": found.note,
        }

    def with_value(self, key: str, since: date, text: str, source: str, note: str = "") -> "Standards":
        """Return a table in which `key` has one more value. Raise Invalid when that day has one already."""
        standard = self.standard(key)
        row = {"key": key, "label": standard.label, "unit": standard.unit.key, "from": since, "value": text}
        return Standards.from_rows([*self.to_rows(), {**row, "source": source, "note": note}])

    def __eq__(self, other):
        return isinstance(other, Standards) and self._by_key == other._by_key

    __hash__ = None

    def __len__(self):
        return len(self._by_key)


def check_rows(pairs) -> tuple[list[Standard], list[Problem]]:
    """Return the standards of (path, row) pairs, as far as they are right, and the problems with their paths."""
    problems: list[Problem] = []
    return _collect(pairs, problems), problems


def _collect(rows, problems) -> list[Standard]:
    """Return the standards of (path, row) pairs, and append what is wrong to `problems`."""
    heads: dict[str, tuple[str, Unit]] = {}
    values: dict[str, dict[date, Value]] = {}
    for path, row in rows:
        key, label = str(row.get("key") or ""), str(row.get("label") or "")
        unit = UNITS.get(row.get("unit"))
        if not key:
            problems.append(Problem(f"{path}.key", "缺少名称。"))
        if not label:
            problems.append(Problem(f"{path}.label", "缺少中文名称。"))
        if unit is None:
            problems.append(Problem(f"{path}.unit", f"“{row.get('unit', '')}”不是单位{nearest(row.get('unit', ''), UNITS)}。"))
        since = _read_date(row.get("from"), path, problems)
        value = _read_value(unit, row.get("value"), path, problems) if unit else None
        source = str(row.get("source") or "")
        if not source.strip():
            problems.append(Problem(f"{path}.source", "缺少依据。"))
        if not key or not label or unit is None or since is None or value is None:
            continue
        if heads.setdefault(key, (label, unit)) != (label, unit):
            problems.append(Problem(path, f"“{key}”的名称或单位与前面的不同。"))
        elif since in values.setdefault(key, {}):
            problems.append(Problem(f"{path}.from", f"“{key}”自 {since.isoformat()} 起的数值重复。"))
        else:
            values[key][since] = Value(since, value, source, str(row.get("note") or ""))
    return [
        Standard(key, *heads[key], tuple(sorted(found.values(), key=lambda value: value.since)))
        for key, found in values.items()
    ]


def _read_date(given, path, problems):
    if isinstance(given, datetime):  # what MongoDB gives back for a date
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (ValueError, TypeError):
        problems.append(Problem(f"{path}.from", f"“{given or ''}”不是日期，请按“2026-01-01”的样子填写。"))
        return None


def _read_value(unit, given, path, problems):
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0 and not isinstance(unit, Number):
        return given
    try:
        return unit.read(str(given) if isinstance(given, (str, int)) else "")
    except Invalid as error:
        problems.append(Problem(f"{path}.value", str(error)))
        return None


def _refuse(source, problems):
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise Invalid(f"{source}有 {len(problems)} 处问题：\n{lines}", problems)


# The file

_HEADER = """\
# Standards (标准): dated figures for formulas, as standard("dibao.urban"). A value holds from its day to the next one.
# Units: money/month, money/year, money (元, two decimals), number, percent, months, days.
"""
_STANDARD_KEYS = ("key", "label", "unit", "values")
_VALUE_KEYS = ("from", "value", "source", "note")


def read_file(path: Path = FILE) -> Standards:
    """Return the standards of a file. Raise Invalid with every problem found."""
    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise Invalid(f"无法读取标准文件 {path}：{error}") from error
    return from_text(text, Path(path).name)


def from_text(text: str, source: str = "标准文件") -> Standards:
    """Return the standards of the text of a file; `source` names it in errors. Raise Invalid with every problem."""
    try:
        # BaseLoader leaves every scalar a text: 700.10 must not pass through a binary fraction.
        data = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError as error:
        raise Invalid(f"{source} 不是正确的 YAML：{error}") from error
    problems: list[Problem] = []
    if not isinstance(data, dict) or list(data) != ["standards"] or not isinstance(data["standards"], list):
        raise Invalid(f"{source} 应只有一项 standards，其下是标准的列表。")
    rows = []
    seen = set()
    for index, item in enumerate(data["standards"]):
        path = f"standards[{index}]"
        if not isinstance(item, dict) or not isinstance(item.get("values"), list) or not item["values"]:
            problems.append(Problem(path, "应写成 key、label、unit、values，values 至少一行。"))
            continue
        problems += _unknown(item, _STANDARD_KEYS, path)
        if item.get("key") in seen:
            problems.append(Problem(f"{path}.key", f"“{item['key']}”重复。"))
        seen.add(item.get("key"))
        head = {key: item.get(key) for key in ("key", "label", "unit")}
        for place, value in enumerate(item["values"]):
            if not isinstance(value, dict):
                problems.append(Problem(f"{path}.values[{place}]", "应写成 {from: …, value: …, source: …}。"))
                continue
            problems += _unknown(value, _VALUE_KEYS, f"{path}.values[{place}]")
            rows.append((f"{path}.values[{place}]", {**value, **head}))
    standards = _collect(rows, problems)
    _refuse(f"{source} ", problems)
    return Standards(standards)


def _unknown(item, known, path):
    return [Problem(f"{path}.{key}", f"不认识这一项{nearest(key, known)}。") for key in item if key not in known]


def to_text(standards: Standards) -> str:
    """Return the canonical file: the same table always gives the same bytes, and `from_text` gives the table back."""
    lines = [_HEADER, "standards:\n"]
    for key in standards.keys():  # noqa: SIM118 - a table, not a dict
        one = standards.standard(key)
        lines.append(f"- key: {_scalar(key)}\n  label: {_scalar(one.label)}\n  unit: {one.unit.key}\n  values:\n")
        for value in one.values:
            note = f", note: {_scalar(value.note)}" if value.note else ""
            plain = one.unit.plain(value.value)
            pairs = f"from: {value.since.isoformat()}, value: {plain}, source: {_scalar(value.source)}{note}"
            lines.append(f"  - {{{pairs}}}\n")
    return "".join(lines)


def _scalar(text: str) -> str:
    """Return a text for flow style: plain where it is safe, else in double quotes."""
    plain = text and text == text.strip() and text.isprintable() and not set(text) & set(":#{}[],&*!|>'\"%@`")
    if plain and text[0] not in "-?=~<" and text.lower() not in ("null", "true", "false"):
        return text
    escaped = "".join(_ESCAPES.get(character, character) for character in text)
    return '"' + "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in escaped) + '"'


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
