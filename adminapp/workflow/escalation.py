"""Escalation (超期督办): a step that runs over its time is brought to the second, then the first person responsible, then the county.

How many working days after the due date each hears of it is dated data (procedure.yaml, escalation.*). The level stands on the
case as `escalated` and falls back to 0 when the nearest due date changes, so sweeping again finds only what is new.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from adminapp import database, dates, indexes, policy, procedure
from adminapp.scope import current, system
from adminapp.workflow import clocks, events
from adminapp.workflow.stamp import stamp

indexes.declare("cases", "escalated", ["escalated", "due"])
indexes.declare("cases", "escalated_township", ["township", "escalated", "due"])
ACTION, LABEL = "escalate", "超期督办"
FIELDS = ("rev", "event_seq", "state", "clocks", "due", "escalated", "responsible", "number")


@dataclass(frozen=True)
class Level:
    """`rule` is the figure of the procedure, `roles` those whose list shows it from this level on."""

    number: int
    label: str
    rule: str
    roles: tuple[str, ...]


LEVELS = (
    Level(1, "第二责任人", "escalation.second", (policy.CLERK, policy.DEPUTY)),
    Level(2, "第一责任人", "escalation.first", (policy.HEAD,)),
    Level(3, "县民政局", "escalation.county", (policy.REVIEWER, policy.APPROVER)),
)


def urged(actor) -> dict | None:
    """Return the filter of cases that were brought to somebody in the actor's roles, None when none ever are."""
    reached = [level.number for level in LEVELS if actor.has(*level.roles)]
    return {"escalated": {"$in": list(range(min(reached), len(LEVELS) + 1))}} if reached else None


def sweep(today: date | None = None, limit: int = 1000) -> int:
    """Bring every case that has run over to the level it has reached; return how many were. Safe to run twice at once."""
    today, count = today or dates.today(), 0
    with system("escalation of late steps"):
        for level in reversed(LEVELS):  # the highest first: a case that slept long is told once
            for row in _due(level, today, limit):
                count += _escalate(row, level, today)
    return count


def query(level: Level, today: date) -> dict | None:
    """Return the filter of the cases that reach a level on a day, None when no rule holds then."""
    days = procedure.value(level.rule, today)
    if days is None:
        return None
    last = dates.add_workdays(today, -days) if days else date.fromordinal(today.toordinal() - 1)
    moment = datetime(last.year, last.month, last.day, tzinfo=UTC)
    below = [None, *range(level.number)]
    return {"escalated": {"$in": below}, "due": {"$gte": datetime(1900, 1, 1, tzinfo=UTC), "$lte": moment}}


def _due(level, today, limit):
    wanted = query(level, today)
    return database.raw("cases").find(wanted, dict.fromkeys(FIELDS, 1), limit=limit, hint="escalated") if wanted else ()


def _escalate(row, level, today):
    clock = min(
        (clock for clock in row["clocks"] if not clock["stopped"] and not clock["paused"]),
        key=lambda clock: clock["due"],
        default=None,
    )
    if clock is None:
        return 0
    told = {
        "level": level.number, "office": level.label, "to": [person["name"] for person in _persons(row, level)],
        "clock": clock["id"], "clock_label": clock["label"], "due": clock["due"], "days": clocks.days_late(clock, today),
    }  # fmt: skip
    entry = events.entry(current(), ACTION, LABEL, row["state"], row["state"], told)
    return int(stamp(row, {"escalated": level.number}, entry))


def _persons(row, level):
    named = row.get("responsible") or {}
    people = {1: [*named.get("deputies", ()), named.get("clerk")], 2: [named.get("first")]}.get(level.number, ())
    return [person for person in people if person]
