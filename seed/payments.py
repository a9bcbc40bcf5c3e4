"""A year of payment lists (虚构): the rosters, lines and batches that `adminapp.payments` makes month by month.

What is due is asked of the engine (`due.periods`, `due.due`), for each award as it stood on the day of the list; the
documents are the engine's own, written in bulk. Sums and digests are then measured by the engine, from the database.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time

from adminapp import audit, dates
from adminapp.payments import batches, lines, roster, totals, variance
from adminapp.payments.due import Due, due, periods
from adminapp.scope import Actor, acting
from seed.staff import Staff

LISTS = 12
RUN_DAY = 10
"""Day of the month on which the list is made, or the next working day."""
STEPS = (
    ("approve", "county_approver", 1),
    ("fund", "finance", 2),
    ("send", "finance", 3),
    ("reconcile", "finance", 6),
    ("close", "finance", 9),
)
"""What follows the lock: action, role, working days after the list was made."""
OPEN = {0: (), 1: ("approve", "fund", "send", "reconcile")}
"""The newest list waits for approval, the one before is being reconciled; older ones are closed."""


@dataclass
class Paid:
    """One award over time: `history` is [(day, spells from then on)], `source` what its lines take from the case."""

    award: dict
    history: list
    source: dict

    def on(self, day: date) -> dict | None:
        """Return the award as it stood before the day; None while there was none."""
        spells = next((spells for since, spells in reversed(self.history) if since < day), None)
        return {**self.award, "spells": spells} if spells is not None else None

    @property
    def place(self):
        return self.award["type"], self.award["township"], self.award["_id"]


def source_of(relief_type, document: dict) -> dict:
    """Return what the lines of an award take from its case as stored (adminapp/payments/roster.py)."""
    return {name: document.get(stored) or "" for name, stored in roster.sources(relief_type).items()}


def months_until(on: date) -> list[str]:
    """Return the months of the lists made before the day, oldest first."""
    last = dates.month_of(on)
    if run_day(last) >= on:
        last = dates.add_months(last, -1)
    return dates.month_range(dates.add_months(last, 1 - LISTS), last)


def run_day(month: str) -> date:
    return dates.next_workday(dates.first_day(month).replace(day=RUN_DAY))


def due_by_month(paid: list[Paid], months: list[str]) -> dict[str, list]:
    """Return {month: [(Paid, award then, Due)]} in the order of the rosters: type, township, award."""
    days = {month: run_day(month) for month in months}
    types = {item.award["type"] for item in paid}
    runs = {month: [earlier for earlier in months if earlier < month and types] for month in months}
    found = defaultdict(list)
    for item in sorted(paid, key=lambda item: item.place):
        done = defaultdict(lambda: (0, 0))
        for month in months:
            award = item.on(days[month])
            if award is None:
                continue
            for period in periods(award, month, runs[month]):
                owed = due(award, period, month, done[period])
                if isinstance(owed, Due):
                    amount, count = done[period]
                    done[period] = amount + owed.amount, count + 1
                    found[month].append((item, award, owed))
    return found


def row_of(item: Paid, award: dict, owed: Due) -> dict:
    """Return the row of the roster (adminapp/payments/roster.py)."""
    return {
        "slot": roster._slot(award, owed),
        "award": award["_id"],
        "number": award["number"],
        "type": award["type"],
        "version": award["version"],
        "programme": award["programme"],
        "unit": award["unit"],
        "kind": lines.ARREARS if owed.late else lines.REGULAR,
        "period": owed.period,
        "months": owed.months,
        "amount": owed.amount,
        "township": award["township"],
        "village": award["village"],
        "name": award["name"],
        "people": award["household_size"] if award["unit"] == "household" else 1,
        "person": award["person"],
        **item.source,
        "hold": [],
    }


def batch_id(month: str) -> str:
    return f"{batches.ALL_TYPES}:{month}"


def write_list(month: str, due_rows: list, insert):
    """Write roster and lines of a month; `insert(collection, documents)` leaves alone what is there."""
    ident, before = batch_id(month), None
    for first in range(0, max(1, len(due_rows)), roster.CHUNK):
        piece = due_rows[first : first + roster.CHUNK]
        rows = [row_of(*each) for each in piece]
        last = [*piece[-1][0].place] if piece else None
        chunk = roster._chunk(ident, before, rows, last, first + roster.CHUNK >= len(due_rows), [])
        insert(roster.COLLECTION, [chunk])
        insert(lines.COLLECTION, [lines.line_of(ident, number, row) for number, row in enumerate(rows, chunk["first"])])
        before = chunk


def take_steps(month: str, types: dict[str, str], age: int, staff: Staff, on: date):
    """Take the batch of a written list through its steps. `types` are names by key, `age` how many lists are newer."""
    reviewer, day = staff.of("county_reviewer", ""), run_day(month)
    with acting(reviewer), _at(day, 9):
        batch = _batch(month, types, reviewer)
    with acting(reviewer), _at(day, 10):
        if batch["state"] == batches.BUILDING:
            changes = {"totals": totals.measure(batch["_id"]), "variance": variance.explain(batch), "overpaid": []}
            batch = batches.move(batch, batches.DRAFT, changes, reviewer, "built", "编制完成")
            audit.log("payment", batch=batch["_id"], action="built", count=batch["totals"]["count"])
    with acting(reviewer), _at(day, 11):
        if batch["state"] == batches.DRAFT:
            seal = batch["totals"] | {
                "roster": batch["roster"]["digest"],
                "at": dates.now(),
                "by": reviewer.name,
                "job": "",
            }
            batch = batches.move(batch, batches.LOCKED, {"seal": seal}, reviewer, "lock", "锁定")
            audit.log("payment", batch=batch["_id"], action="lock", count=seal["count"], digest=seal["digest"])
    wanted = OPEN.get(age)
    for action, role, after in STEPS:
        actor, then = staff.of(role, ""), dates.add_workdays(day, after)
        if (wanted is None or action in wanted) and then <= on and batch["state"] in batches.ACTIONS[action].source:
            with acting(actor), _at(then, 9):
                batch = batches.perform(batch["_id"], action, actor, batch["rev"])


def _batch(month: str, types: dict[str, str], actor: Actor) -> dict:
    """Return the batch of the month, stored with its closed roster if need be (adminapp/payments/batches.py)."""
    batch = {
        "_id": batch_id(month),
        "scope": batches.ALL_TYPES,
        "month": month,
        "n": 1,
        "supplement": False,
        "types": sorted(types),
        "names": types,
        "runs": {key: batches._runs(key, month) for key in types},
        "state": batches.BUILDING,
        "rev": 1,
        "makers": [actor.id],
        "built_by": actor.name,
        "created": dates.now(),
        "job": "",
        "roster": roster.summary(batch_id(month)),
        "totals": None,
        "seal": None,
        "variance": None,
        "adjustments": [],
        "files": {},
        "history": [batches.entry(actor, "build", "编制", "", batches.BUILDING)],
    }
    batches.collection().update_one({"_id": batch["_id"]}, {"$setOnInsert": batch}, upsert=True)
    return batches.get(batch["_id"])


def _at(day: date, hour: int):
    return dates.frozen(datetime.combine(day, time(hour), dates.SHANGHAI))
