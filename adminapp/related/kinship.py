"""Which relations count as near ones, and who files them until when: dated data of the county (schemas/kinship.yaml)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from adminapp.errors import Invalid, SetupError
from adminapp.policy import EVERYONE

FILE = Path(__file__).parents[2] / "schemas" / "kinship.yaml"
SELF = "self"
"""The relation of officials to themselves: who applies, or lives with who applies, handles nothing of it."""


@dataclass(frozen=True)
class Relation:
    """One relation that counts from `start` to `end`, both included; None is no limit."""

    code: str
    label: str
    clause: str = ""
    start: date | None = None
    end: date | None = None

    def holds(self, on: date) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


@dataclass(frozen=True)
class Duty:
    """Who files every year, and the last day of the year for it (month, day)."""

    roles: frozenset[str]
    until: tuple[int, int]
    clause: str = ""

    def due(self, year: int) -> date:
        return date(year, *self.until)


class Kinship:
    """The whole file. `officials`: kind of official → label."""

    def __init__(self, relations: Iterable[Relation], officials: dict[str, str], duties: Iterable[Duty]):
        self._relations = {item.code: item for item in relations}
        self.officials, self.duties = officials, tuple(duties)

    def label(self, code: str) -> str:
        """Return the label of a relation, also of one that has ended; an unknown code is shown as it is."""
        if code == SELF:
            return "本人"
        return self._relations[code].label if code in self._relations else code

    def counts(self, code: str, on: date) -> bool:
        """Tell whether somebody so related is a near relative on the day."""
        return code == SELF or (code in self._relations and self._relations[code].holds(on))

    def choices(self, on: date) -> list[Relation]:
        """Return the relations to choose from on the day, in order."""
        return [item for item in self._relations.values() if item.holds(on)]

    def labels(self) -> dict[str, str]:
        """Return {code: label} of all relations, the ended ones too."""
        return {SELF: self.label(SELF)} | {code: item.label for code, item in self._relations.items()}

    def duty_of(self, roles) -> Duty | None:
        """Return what somebody with these roles has to file, None when nothing."""
        return next((duty for duty in self.duties if duty.roles & frozenset(roles)), None)


@cache
def kinship() -> Kinship:
    """Return the county's file, read at first use."""
    return read_file(FILE)


def read_file(path: Path = FILE) -> Kinship:
    """Read the file. Raise SetupError naming what is wrong."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
        relations = [_relation(dict(row)) for row in data["relations"]]
        if len({item.code for item in relations}) != len(relations):
            raise Invalid("有一种关系写了两次")
        return Kinship(relations, dict(data["officials"]), [_duty(row) for row in data["filing"]])
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, Invalid) as error:
        raise SetupError(f"近亲属关系文件 {path} 有误：{error}") from error


def _relation(row):
    start, end = row.pop("from", None), row.pop("to", None)
    if not all(day is None or isinstance(day, date) for day in (start, end)):
        raise Invalid(f"日期 {start} 至 {end} 应写成 2026-07-01 的样子")
    return Relation(**row, start=start, end=end)


def _duty(row):
    month, day = (int(part) for part in str(row["until"]).split("-"))
    roles = frozenset(row["roles"])
    if not roles <= EVERYONE:
        raise Invalid(f"没有角色 {'、'.join(sorted(roles - EVERYONE))}")
    return Duty(roles, (date(2000, month, day).month, day), row.get("clause", ""))
