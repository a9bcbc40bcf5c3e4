"""By what people and households are told apart in reports (schemas/reports.yaml)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from adminapp.declaration.problems import Problem
from adminapp.rule_files import read_rules

FILE = Path(__file__).parents[2] / "schemas" / "reports.yaml"


@dataclass(frozen=True, kw_only=True)
class Ages:
    """In whole years at the end of the month."""

    minor: int
    elderly: int


@dataclass(frozen=True, kw_only=True)
class Disability:
    """The field, or column of persons, whose value says that somebody is disabled, and which values are severe."""

    field: str
    severe: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`classes` are field ids, the first that a type has."""

    ages: Ages
    disability: Disability
    classes: tuple[str, ...]
    clause: str = ""

    def class_field(self, relief_type):
        """Return the choice by which cases of a type are told apart, None when it has none."""
        return next((relief_type.fields[key] for key in self.classes if key in relief_type.fields and relief_type.fields[key].kind == "choice"), None)


@cache
def plan() -> Plan:
    """Return the county's plan, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> Plan:
    """Return the plan of a file. Raise SetupError."""
    return read_rules(path, "统计口径文件", Plan, _problems)


def _problems(plan):
    if not 0 < plan.ages.minor < plan.ages.elderly:
        yield Problem("ages", "minor 要大于 0，小于 elderly")
    if not plan.classes:
        yield Problem("classes", "要有至少一个字段")
