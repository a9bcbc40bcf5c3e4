"""What is measured (schemas/evaluation.yaml): each measure counts the rows of a register that have certain codes."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from adminapp.declaration.problems import Problem
from adminapp.registers import model
from adminapp.registers.model import Register
from adminapp.rule_files import read_rules, twice
from adminapp.scope import Actor
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "evaluation.yaml"
HIGH = "high"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`codes` are {column: code} of the register; `of` is the measure that it is a share of, `better` which shares are good."""

    key: str
    label: str
    register: str
    codes: dict = field(default_factory=dict)
    of: str = ""
    better: Literal["high", "low", ""] = ""
    headline: str = ""

    @property
    def source(self) -> Register:
        return model.registers()[self.register]


@dataclass(frozen=True, kw_only=True)
class Times:
    """Of which register, and which columns, the days of the steps are; `unit` is the path of what the days are counted in."""

    register: str
    step: str
    taken: str
    unit: str

    @property
    def source(self) -> Register:
        return model.registers()[self.register]


@dataclass(frozen=True, kw_only=True)
class Plan:
    clause: str = ""
    times: Times
    measures: tuple[Measure, ...]

    def measure(self, key: str) -> Measure:
        return next(measure for measure in self.measures if measure.key == key)

    def readable(self, actor: Actor) -> list[Measure]:
        """Return the measures whose register the person may open."""
        return [measure for measure in self.measures if actor.has(*measure.source.roles)]


@cache
def plan() -> Plan:
    """Return the county's plan, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> Plan:
    """Return the plan of a file. Raise SetupError."""
    return read_rules(path, "评估指标文件", Plan, _problems)


def _problems(plan):
    yield from _columns(plan.times.register, [plan.times.step, plan.times.taken], "times")
    keys = [measure.key for measure in plan.measures]
    if not keys:
        yield Problem("measures", "要有至少一个指标")
    yield from twice(keys, "measures")
    for number, measure in enumerate(plan.measures):
        path, before = f"measures[{number}]", keys[:number]
        if measure.of and measure.of not in before:
            yield Problem(f"{path}.of", f"前面没有“{measure.of}”{nearest(measure.of, before)}")
        yield from _columns(measure.register, measure.codes, path, filtered=True)
        for column, code in measure.codes.items():
            if not isinstance(code, str):
                yield Problem(f"{path}.codes.{column}", "要写一个代码")


def _columns(register, columns, path, filtered=False):
    known = model.registers()
    if register not in known:
        yield Problem(f"{path}.register", f"没有“{register}”这本台账{nearest(register, known)}")
        return
    names = [column.key for column in known[register].columns if column.filter or not filtered]
    for name in columns:
        if name not in names:
            yield Problem(path, f"台账“{known[register].label}”没有{'可以筛选的' if filtered else ''}“{name}”一栏{nearest(name, names)}")
