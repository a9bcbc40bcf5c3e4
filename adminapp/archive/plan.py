"""What a file consists of and how long it is kept (schemas/archive.yaml)."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from adminapp.declaration.problems import Problem
from adminapp.rule_files import read_rules, twice

FILE = Path(__file__).parents[2] / "schemas" / "archive.yaml"
REST = ("records", "documents", "notices")


@dataclass(frozen=True, kw_only=True)
class PartPlan:
    """One part of a file: which records, documents and notices it takes; `rest` takes what no other part does."""

    key: str
    title: str
    records: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    shows: tuple[Literal["form", "decision", "award", "log"], ...] = ()
    rest: tuple[Literal["records", "documents", "notices"], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Years for which a file is kept after the case ended, for cases that ended from `start` on; without programme for all."""

    programme: str = ""
    start: date = field(metadata={"key": "from"})
    years: int
    clause: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    parts: tuple[PartPlan, ...]
    retention: tuple[Retention, ...]

    def part_of(self, what: str, kind: str) -> str:
        """Return the key of the part that takes a kind of `what` (records, documents, notices)."""
        named = next((part.key for part in self.parts if kind in getattr(part, what)), None)
        return named or next(part.key for part in self.parts if what in part.rest)

    def retention_of(self, programme: str, ended: date) -> Retention:
        """Return the row that holds for a case of a programme that ended on a day."""
        rows = [row for row in self.retention if row.start <= ended and row.programme in ("", programme)]
        return max(rows, key=lambda row: (row.programme == programme, row.start))


@cache
def plan() -> Plan:
    """Return the county's plan, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> Plan:
    """Return the plan of a file. Raise SetupError."""
    return read_rules(path, "档案规则文件", Plan, _problems)


def _problems(plan):
    yield from twice([part.key for part in plan.parts], "parts")
    for what in REST:
        takers = [part.key for part in plan.parts if what in part.rest]
        if len(takers) != 1:
            yield Problem("parts", f"要有且只有一个部分用 rest 收其余的 {what}，现在有 {len(takers)} 个")
    for number, row in enumerate(plan.retention):
        if row.years < 1:
            yield Problem(f"retention[{number}].years", "至少 1 年")
    if all(row.programme for row in plan.retention):
        yield Problem("retention", "要有一行适用于所有项目（不写 programme）")
