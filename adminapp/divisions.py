"""Divisions (区划): the county's townships and villages by code, read once from the file of divisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.words import nearest

FILE = Path(__file__).parent.parent / "schemas" / "divisions.yaml"

COUNTY, TOWNSHIP, VILLAGE = 6, 9, 12
"""Length of a code; the first digits of a code are the code of the division above."""


@dataclass(frozen=True, slots=True)
class Division:
    """A township (9-digit code) or village (12-digit code)."""

    code: str
    name: str
    old_names: tuple[str, ...] = ()
    """Names that still occur in papers and old data."""
    seat: bool = False
    weight: int = 0
    """Share of the demo people; 0 for villages. No statistics."""
    valid_from: date | None = None
    valid_to: date | None = None
    """First and last day the code is in use; None is open."""

    @property
    def is_village(self) -> bool:
        return len(self.code) == VILLAGE

    @property
    def is_community(self) -> bool:
        """A residents' committee (社区/居委会), last digits 001 to 199; villages (村委会) have 200 to 399."""
        return self.is_village and self.code[TOWNSHIP] in "01"

    def valid(self, on: date) -> bool:
        """Tell whether the code is in use on the day `on`."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class Divisions:
    """All divisions of one county, immutable.

    `on` is a day and limits an answer to the codes in use then; None is today. Ended codes keep their name for ever,
    because old cases carry them.
    """

    def __init__(self, county_code: str, county_name: str, divisions: Iterable[Division]):
        self.county_code, self.county_name = county_code, county_name
        self._by_code = MappingProxyType({division.code: division for division in divisions})
        self._townships = tuple(one for one in self._by_code.values() if not one.is_village)
        villages = {township.code: [] for township in self._townships}
        for village in self._by_code.values():
            if village.is_village:
                villages[village.code[:TOWNSHIP]].append(village)
        self._villages = MappingProxyType({code: tuple(found) for code, found in villages.items()})

    def townships(self, on: date | None = None) -> list[Division]:
        """Return the townships in order of code."""
        return _in_use(self._townships, on)

    def villages(self, township: str, on: date | None = None) -> list[Division]:
        """Return the villages of a township in order of code; none for an unknown township."""
        return _in_use(self._villages.get(township, ()), on)

    def get(self, code: str) -> Division:
        """Return the division, ended or not. Raise Invalid for a code that never existed."""
        if code not in self._by_code:
            raise Invalid(f"没有区划代码“{code}”。")
        return self._by_code[code]

    def name_of(self, code: str) -> str:
        """Return the name of a township or village; an unknown code is shown as it is, an empty one as nothing."""
        if code == self.county_code:
            return self.county_name
        return self._by_code[code].name if code in self._by_code else code or ""

    def full_name(self, code: str) -> str:
        """Return the name with those above, as in an address: 凤凰县廖家桥镇某某村."""
        if code not in self._by_code:
            return self.name_of(code)
        above = self.name_of(code[:TOWNSHIP]) if len(code) == VILLAGE else ""
        return self.county_name + above + self._by_code[code].name

    def township_of(self, village: str) -> str:
        """Return the code of the township a village lies in; of a township, its own. Raise Invalid if unknown."""
        return self.get(village).code[:TOWNSHIP]

    def is_community(self, code: str) -> bool:
        """Tell whether the code is a community (社区); False for a village, a township or an unknown code."""
        return code in self._by_code and self._by_code[code].is_community

    def exists(self, code: str, on: date | None = None) -> bool:
        """Tell whether the code of a township or village is in use."""
        return code in self._by_code and self._by_code[code].valid(on or dates.today())

    def find(self, name: str, township: str | None = None) -> list[Division]:
        """Return the divisions with this name or old name, ended ones too; with `township` only its villages."""
        within = self._by_code.values() if township is None else self._villages.get(township, ())
        return [one for one in within if name == one.name or name in one.old_names]

    def township_choices(self, on: date | None = None) -> list[tuple[str, str]]:
        """Return (code, name) of the townships, for a select field."""
        return [(one.code, one.name) for one in self.townships(on)]

    def village_choices(self, township: str, on: date | None = None) -> list[tuple[str, str]]:
        """Return (code, name) of a township's villages, for a select field."""
        return [(one.code, one.name) for one in self.villages(township, on)]

    def grouped_choices(self, on: date | None = None, only: Iterable[str] | None = None) -> dict:
        """Return {township name: [(village code, name)]}, for a select field with groups.

        `only` is the codes of the townships wanted: None is all, an empty one is none.
        """
        wanted = None if only is None else set(only)
        shown = [one for one in self.townships(on) if wanted is None or one.code in wanted]
        return {one.name: self.village_choices(one.code, on) for one in shown}


def _in_use(divisions, on):
    on = on or dates.today()
    return [division for division in divisions if division.valid(on)]


# Reading the file


def read_file(path: Path = FILE) -> Divisions:
    """Return the divisions of a file. Raise Invalid with every problem found."""
    try:
        # BaseLoader leaves every scalar a text, so that a code keeps its digits whether it is quoted or not.
        data = yaml.load(Path(path).read_text("utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (OSError, yaml.YAMLError) as error:
        raise Invalid(f"无法读取区划文件 {path}：{error}") from error
    problems: list[str] = []
    divisions = _read(data, problems)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise Invalid(f"{Path(path).name} 有 {len(problems)} 处问题：\n{lines}", problems)
    return divisions


_KEYS = ("code", "name", "weight", "seat", "old_names", "from", "to")


def _read(data, problems):
    if not isinstance(data, dict) or not isinstance(data.get("county"), dict):
        problems.append("county: 缺少县的 code 和 name。")
        return None
    problems += [f"{key}: 不认识这一项{nearest(key, ('county', 'townships', 'villages'))}" for key in data
                 if key not in ("county", "townships", "villages")]  # fmt: skip
    county = str(data["county"].get("code", ""))
    if not _is_code(county, COUNTY):
        problems.append(f"county.code: “{county}”应为 {COUNTY} 位数字。")
    found: dict[str, Division] = {}
    for part, length in (("townships", TOWNSHIP), ("villages", VILLAGE)):
        for index, item in enumerate(data.get(part) or ()):
            _read_division(item, f"{part}[{index}]", length, county, found, problems)
    if not found and not problems:
        problems.append("townships: 没有任何乡镇。")
    if problems:
        return None
    return Divisions(county, str(data["county"].get("name", "")), sorted(found.values(), key=lambda one: one.code))


def _read_division(item, path, length, county, found, problems):
    if not isinstance(item, dict):
        problems.append(f"{path}: 应写成 {{code: …, name: …}}。")
        return
    problems += [f"{path}.{key}: 不认识这一项{nearest(key, _KEYS)}" for key in item if key not in _KEYS]
    code, name = str(item.get("code", "")), str(item.get("name", ""))
    above = county if length == TOWNSHIP else code[:TOWNSHIP]
    if not _is_code(code, length):
        problems.append(f"{path}.code: “{code}”应为 {length} 位数字。")
    elif code in found:
        problems.append(f"{path}.code: “{code}”重复。")
    elif not code.startswith(above) or (length == VILLAGE and above not in found):
        problems.append(f"{path}.code: “{code}”的上级区划不在文件中。")
    if not name.strip():
        problems.append(f"{path}.name: 缺少名称。")
    weight = item.get("weight", "0")
    if not (weight.isascii() and weight.isdigit()):
        problems.append(f"{path}.weight: “{weight}”应为不小于 0 的整数。")
        weight = "0"
    first, last = (_read_date(item, key, path, problems) for key in ("from", "to"))
    if first and last and last < first:
        problems.append(f"{path}.to: 停用日期早于启用日期。")
    found[code] = Division(
        code, name, tuple(item.get("old_names", ())), item.get("seat") == "true", int(weight), first, last
    )


def _is_code(text, length):
    return len(text) == length and text.isascii() and text.isdigit()


def _read_date(item, key, path, problems):
    if key not in item:
        return None
    try:
        return date.fromisoformat(item[key])
    except (ValueError, TypeError):
        problems.append(f"{path}.{key}: “{item[key]}”不是日期，请按“2026-07-01”的样子填写。")
        return None


# The county of this installation


@cache
def county() -> Divisions:
    """Return the county's divisions, read from FILE at first use."""
    return read_file(FILE)


def townships(on: date | None = None) -> list[Division]:
    """See Divisions.townships; the functions below ask the county in the same way."""
    return county().townships(on)


def villages(township: str, on: date | None = None) -> list[Division]:
    return county().villages(township, on)


def get(code: str) -> Division:
    return county().get(code)


def name_of(code: str) -> str:
    return county().name_of(code)


def full_name(code: str) -> str:
    return county().full_name(code)


def township_of(village: str) -> str:
    return county().township_of(village)


def is_community(code: str) -> bool:
    return county().is_community(code)


def exists(code: str, on: date | None = None) -> bool:
    return county().exists(code, on)


def find(name: str, township: str | None = None) -> list[Division]:
    return county().find(name, township)


def township_choices(on: date | None = None) -> list[tuple[str, str]]:
    return county().township_choices(on)


def village_choices(township: str, on: date | None = None) -> list[tuple[str, str]]:
    return county().village_choices(township, on)


def grouped_choices(on: date | None = None, only: Iterable[str] | None = None) -> dict:
    return county().grouped_choices(on, only)
