"""Who was late, and why (时限监督): what `deadlines` tells of a span of days, by township, step, person and cause.

Shares are of clocks that ended in the span; each ended once, in time or late (adminapp/workflow/deadlines.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from adminapp import dates, indexes
from adminapp.scope import current
from adminapp.workflow import deadlines

indexes.declare(deadlines.COLLECTION, "people", ["township", "done", "by", "late"])
TOWNSHIP, STEP, PERSON, CAUSE = "township", "clock", "by", "code"


@dataclass(frozen=True)
class Span:
    """From the first to the last day, both included; `township`, `step` and `person` "" for all."""

    first: date
    last: date
    township: str = ""
    step: str = ""
    person: str = ""

    def query(self, **more) -> dict:
        query = {"done": {"$gte": self.first.isoformat(), "$lte": self.last.isoformat()}, **more}
        named = {TOWNSHIP: self.township, STEP: self.step, PERSON: self.person}
        return query | {key: value for key, value in named.items() if value}

    @property
    def hint(self) -> str:
        return "township" if self.township or current().townships is not None else "report"


@dataclass(frozen=True)
class Line:
    """How many clocks ended, how many late, and how late these were together, in their own days."""

    key: str
    done: int
    late: int
    days: int

    @property
    def on_time(self) -> float:
        """Return the share that ended in time, 1 when nothing ended."""
        return (self.done - self.late) / self.done if self.done else 1.0


def by(span: Span, key: str) -> list[Line]:
    """Return a line for each township, step or person within the actor's scope, the lowest share first."""
    late = {"$gt": ["$late", 0]}
    group = {"_id": f"${key}", "done": {"$sum": 1}, "late": {"$sum": {"$cond": [late, 1, 0]}}, "days": {"$sum": "$late"}}
    hint = "people" if key == PERSON and span.hint == "township" and not span.step else span.hint
    rows = deadlines.collection().aggregate([{"$match": span.query()}, {"$group": group}], hint=hint)
    lines = [Line(row["_id"] or "", row["done"], row["late"], row["days"]) for row in rows]
    return sorted(lines, key=lambda line: (line.on_time, line.key))


def total(lines: list[Line]) -> Line:
    return Line("", sum(line.done for line in lines), sum(line.late for line in lines), sum(line.days for line in lines))


def causes(span: Span) -> dict[str, int]:
    """Return {cause: number of clocks that ended late for it}, the most frequent first."""
    pipeline = [{"$match": span.query(late={"$gt": 0})}, {"$group": {"_id": "$code", "n": {"$sum": 1}}}]
    rows = deadlines.collection().aggregate(pipeline, hint=span.hint)
    return {row["_id"] or deadlines.SYSTEM: row["n"] for row in sorted(rows, key=lambda row: -row["n"])}


def names(span: Span) -> dict[str, str]:
    """Return {user id: name} of who ended clocks late."""
    found = deadlines.collection().find(span.query(late={"$gt": 0}), {"by": 1, "by_name": 1}, hint=span.hint)
    return {row["by"]: row["by_name"] for row in found}


def late(span: Span, limit: int = 0, skip: int = 0) -> Iterator[dict]:
    """Yield the clocks that ended late, newest first."""
    yield from deadlines.collection().find(span.query(late={"$gt": 0}), sort=[("done", -1)], limit=limit, skip=skip, hint=span.hint)


def labels(registry) -> dict[str, str]:
    """Return {clock id: label} over all published types; a type's own word where they differ is in each row."""
    found = {}
    for published in registry.latest().values():
        for clock in published.relief_type.clocks:
            found.setdefault(clock.id, clock.label)
    return found


def year_to(today: date) -> tuple[date, date]:
    return date(today.year, 1, 1), today


def read_span(values, today: date) -> tuple[date, date]:
    """Return the first and last day asked for, this year up to today for anything that is no span."""
    try:
        first, last = dates.parse_date(values.get("done.from", "")), dates.parse_date(values.get("done.to", ""))
    except dates.Invalid:
        return year_to(today)
    return (first, min(last, today)) if first <= min(last, today) else year_to(today)
