"""The figures of an evaluation: how many rows of which register each township and type has, and how long its steps took.

They are counted over the whole county, so that a township can be held against the others; what a person is shown of single
townships is for the caller to choose, and rows are only ever opened through the registers, in scope.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from adminapp import database, indexes
from adminapp.evaluation.plan import Measure, Plan
from adminapp.registers import rows
from adminapp.registers.model import Register
from adminapp.scope import Actor
from adminapp.supervision import checks

indexes.declare(checks.COLLECTION, "visited", ["visited_on", "township"])
HALF, MOST = 0.5, 0.9


@dataclass
class Figures:
    """`counts` are rows by measure, `taken` {(step, unit): {days: how many}}."""

    counts: Counter = field(default_factory=Counter)
    taken: dict[tuple[str, str], Counter] = field(default_factory=dict)

    def __iadd__(self, other):
        self.counts.update(other.counts)
        for step, days in other.taken.items():
            self.taken.setdefault(step, Counter()).update(days)
        return self

    def share(self, measure: Measure) -> float | None:
        """Return the share of a measure, None when nothing is there to be shared."""
        whole = self.counts[measure.of] if measure.of else 0
        return self.counts[measure.key] / whole if whole else None


def gather(plan: Plan, first: str, last: str, actor: Actor) -> dict[tuple[str, str], Figures]:
    """Return {(township, type): figures} of the months `first` to `last`, of the whole county.

    Measures whose register the person may not open are left out, and checks that a township is not told of.
    """
    found: dict[tuple[str, str], Figures] = {}
    readable, asked = plan.readable(actor), rows.Asked(first, last)
    for key in dict.fromkeys(measure.register for measure in readable):
        measures = [measure for measure in readable if measure.register == key]
        _count(found, measures, asked, actor)
    if actor.has(*plan.times.source.roles):
        _time(found, plan, asked, actor)
    return found


def total(found: dict[tuple[str, str], Figures], townships: Iterable[str] | None = None, relief_type: str = "") -> Figures:
    """Return the sum over townships (None is all) and, if wanted, of one type."""
    wanted, result = None if townships is None else set(townships), Figures()
    for (township, key), figures in found.items():
        if (wanted is None or township in wanted) and relief_type in ("", key):
            result += figures
    return result


def percentile(taken: Counter, share: float) -> int | None:
    """Return the number of days within which that share was done (nearest rank), None for nothing."""
    left = share * sum(taken.values())
    for days in sorted(taken):
        left -= taken[days]
        if left <= 1e-9:
            return days
    return None


def _count(found, measures, asked, actor):
    register = measures[0].source
    columns = sorted({column for measure in measures for column in measure.codes})
    for group, number in _grouped(register, {column: register.column(column).path for column in columns}, asked, actor):
        figures = found.setdefault((group["township"] or "", group["type"] or ""), Figures())
        for measure in measures:
            if all(_has(group[column], code) for column, code in measure.codes.items()):
                figures.counts[measure.key] += number


def _has(value, code):
    return code in value if isinstance(value, list) else value == code


def _time(found, plan, asked, actor):
    times = plan.times
    paths = {"step": times.source.column(times.step).path, "taken": times.source.column(times.taken).path, "unit": times.unit}
    for group, number in _grouped(times.source, paths, asked, actor):
        if isinstance(group["taken"], int):
            figures = found.setdefault((group["township"] or "", group["type"] or ""), Figures())
            figures.taken.setdefault((group["step"], group["unit"] or "day"), Counter())[int(group["taken"])] += number


def _grouped(register: Register, paths, asked, actor):
    """Yield ({township, type, …paths}, number of rows); what a register does not tell is None."""
    known = {column.kind: column.path for column in register.columns if column.kind in ("township", "type")}
    paths = {"township": known.get("township"), "type": known.get("type")} | paths
    key = {name: {"$ifNull": [f"${path}", None]} if path else {"$literal": None} for name, path in paths.items()}
    needed = list(dict.fromkeys(path for path in paths.values() if path))
    stages = [*rows.pipeline(register, asked, actor, needed), {"$group": {"_id": key, "n": {"$sum": 1}}}]
    for row in database.raw(register.collection).aggregate(stages, allowDiskUse=True):
        yield row["_id"], row["n"]
