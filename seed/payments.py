"""A year of payment lists (虚构): the rosters, lines and batches that `adminapp.payments` makes month by month.

What is due is asked of the engine (`due.periods`, `due.due`), for each award as it stood on the day of the list; the
documents are the engine's own, written in bulk. Sums and digests are then measured by the engine, from the database.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from adminapp import audit, dates
from adminapp.bank import payee
from adminapp.payments import acts, batches, lines, opening, roster, sending, timetable, totals, variance
from adminapp.payments.due import Due, at_cutoff, due, periods
from adminapp.payments.returns import model
from adminapp.scope import Actor, acting
from seed import funds, returns
from seed.staff import Staff

LISTS = 12
STEPS = (("approve", "county_approver"), ("send", "finance"), ("close", "finance"))
"""What follows the lock: action and role."""


@dataclass
class Paid:
    """One award over time: `history` is [(day, spells from then on)], `source` what its lines take from the case."""

    award: dict
    history: list
    source: dict

    def on(self, day: date) -> dict | None:
        """Return the award as it stood before the day; None while there was none."""
        spells = next((spells for since, spells in reversed(self.history) if since < day), None)
        entries = [entry for entry in self.award["entries"] if entry["on"] < day.isoformat()]
        return {**self.award, "entries": entries, "spells": spells} if spells is not None else None

    @property
    def place(self):
        return self.award["type"], self.award["township"], self.award["_id"]


def source_of(relief_type, document: dict) -> dict:
    """Return what the lines of an award take from its case as stored (adminapp/bank/payee.py)."""
    return {name: document.get(stored) or "" for name, stored in payee.sources(relief_type).items()}


def months_until(on: date) -> list[str]:
    """Return the months of the lists made before the day, oldest first."""
    last = timetable.newest(on)
    if run_day(last) >= on:
        last = dates.add_months(last, -1)
    return dates.month_range(dates.add_months(last, 1 - LISTS), last)


def run_day(month: str) -> date:
    """Return the day on which the list of a month is made: the first working day after the cut-off."""
    return dates.next_workday(timetable.cutoff(month) + timedelta(days=1))


def days_of(month: str) -> dict[str, date]:
    """Return the day of each step of a month's list: made and approved in the month before, paid by the tenth."""
    sent = dates.next_workday(dates.first_day(month).replace(day=5))
    return {
        "lock": run_day(month), "approve": dates.add_workdays(run_day(month), 3), "fund": dates.next_workday(dates.first_day(month).replace(day=3)),
        "send": sent, "answer": dates.add_workdays(sent, 2), "close": dates.add_workdays(sent, 9),
    }  # fmt: skip


def single_accounts(paid: list[Paid]) -> set[str]:
    """Return the accounts to which only one award is paid. One the bank finds wrong would hold all that is paid there."""
    return {account for account, count in Counter(item.source["account"] for item in paid).items() if count == 1}


def due_by_month(paid: list[Paid], months: list[str]) -> dict[str, list]:
    """Return {month: [(Paid, award then, Due, ids of lines that came back, hold)]} in the order of the rosters.

    What the bank did not credit (seed/returns.py) is due again, and held until the account is put right.
    """
    days = {month: run_day(month) for month in months}
    cutoffs = {month: timetable.cutoff(month).isoformat() for month in months}
    runs = {month: {earlier: cutoffs[earlier] for earlier in months if earlier < month} for month in months}
    found = defaultdict(list)
    alone = single_accounts(paid)
    for item in sorted(paid, key=lambda item: item.place):
        account = _Transfers()
        for month in months:
            award = item.on(days[month])
            if award is None:
                continue
            hold, ids = account.hold(month), []
            then = at_cutoff(award, None if award["cycle"] == "once" else cutoffs[month])
            for period in periods(award, month, runs[month], account.open()):
                owed = due(award, period, month, account.done[period], then)
                for part, came_back in _parts(owed, account.back.get(period, [])) if isinstance(owed, Due) else ():
                    found[month].append((item, award, part, came_back, hold))
                    ids.append((part, f"{batch_id(month)}/{len(found[month]):07d}"))
            answered = item.source["account"] in alone and month != months[-1] and not hold
            account.take(month, ids, hold, returns.fate(award["_id"], month) if answered else "")
    return found


def _parts(owed: Due, came_back: list[tuple[str, int]]):
    """Yield (Due, ids of lines that came back): what came back is paid again in a row of its own, as the engine does."""
    again = min(owed.amount, sum(fen for _, fen in came_back))
    if again:
        yield replace(owed, amount=again), [ident for ident, _ in came_back]
    if owed.amount > again:
        yield replace(owed, amount=owed.amount - again, serial=owed.serial + bool(again)), []


class _Transfers:
    """What an award was paid so far, by period, and what came back or was held."""

    def __init__(self):
        self.done = defaultdict(lambda: (0, 0))
        self.back: dict[str, list[tuple[str, int]]] = {}
        self.held: set[str] = set()
        self.code = self.since = ""

    def open(self) -> set[str]:
        return self.back.keys() | self.held

    def hold(self, month: str) -> list[str]:
        reason = returns.hold(self.code, dates.months_between(self.since, month)) if self.code else ""
        return [reason] if reason else []

    def take(self, month, ids, hold, code):
        """Note the lines of a month: held, credited, or come back with the bank's mark `code`."""
        if hold:
            self.held |= {owed.period for owed, _ in ids}
            return
        for period in {owed.period for owed, _ in ids}:
            self.held.discard(period)
            self.back.pop(period, None)
        for owed, ident in ids:
            amount, count = self.done[owed.period]
            self.done[owed.period] = amount + (0 if code else owed.amount), count + 1
            if code:
                self.back.setdefault(owed.period, []).append((ident, owed.amount))
        if ids:
            self.code, self.since = code, month


def row_of(item: Paid, award: dict, owed: Due, came_back: list[str], hold: list[str]) -> dict:
    """Return the row of the roster (adminapp/payments/roster.py)."""
    late = {"kind": lines.REISSUE, "reissues": came_back} if came_back else {"kind": lines.ARREARS}
    return {
        "slot": roster._slot(award, owed),
        "award": award["_id"],
        "number": award["number"],
        "type": award["type"],
        "version": award["version"],
        "programme": award["programme"],
        "unit": award["unit"],
        "kind": lines.REGULAR,
        "period": owed.period,
        "months": owed.months,
        "amount": owed.amount,
        "township": award["township"],
        "village": award["village"],
        "name": award["name"],
        "people": award["household_size"] if award["unit"] == "household" else 1,
        "person": award["person"],
        "basis": list(owed.basis),
        "before": owed.before,
        **item.source,
        **(late if owed.late else {}),
        "hold": hold,
    }


def batch_id(month: str) -> str:
    return f"{batches.ALL_TYPES}:{month}"


def write_list(month: str, due_rows: list, insert, types: dict[str, str], on: date, staff: Staff, alone: set[str]):
    """Write roster and lines of a month; `insert(collection, documents)` leaves alone what is there.

    Lists the bank has answered by the day stand as its answer left them, which is written with them.
    """
    ident, before, day = batch_id(month), None, days_of(month)["answer"]
    numbered = [row_of(*each) | {"_id": f"{ident}/{number:07d}"} for number, each in enumerate(due_rows, 1)]
    finance = staff.of("finance", "")
    at = datetime.combine(day, time(10), dates.SHANGHAI)
    payable = [row for row in numbered if not row["hold"]]
    answer = returns.Answer(ident, month, payable, types, at, finance.id, alone) if day <= on else None
    told = []
    for first in range(0, max(1, len(due_rows)), roster.CHUNK):
        rows = [{key: value for key, value in row.items() if key != "_id"} for row in numbered[first : first + roster.CHUNK]]
        last = [*due_rows[first + len(rows) - 1][0].place] if rows else None
        chunk = roster._chunk(ident, before, rows, last, first + roster.CHUNK >= len(due_rows), [])
        made = [lines.line_of(ident, number, row) for number, row in enumerate(rows, chunk["first"])]
        made = [answer.told_line(line) if answer and line["state"] == lines.PENDING else line for line in made]
        insert(roster.COLLECTION, [chunk])
        insert(lines.COLLECTION, made)
        told += [{key: line.get(key) for key in ("state", "kind", "amount", "events")} for line in made]
        before = chunk
    if answer:
        insert(model.COLLECTION, [record := answer.record(finance.name, told)])
        insert(model.ROWS, answer.chunk())
        model._keep(record["_id"], answer.content)


def take_steps(month: str, types: dict[str, str], once: set[str], staff: Staff, on: date):
    """Take the batch of a written list through the steps of its days. `types` are names by key, `once` those of one-off relief.

    The newest list the bank has answered is not closed yet.
    """
    reviewer, day, days = staff.of("county_reviewer", ""), run_day(month), days_of(month)
    with acting(reviewer), _at(day, 9):
        batch = _batch(month, types, once, reviewer)
    with acting(reviewer), _at(day, 10):
        if batch["state"] == batches.BUILDING:
            sums = totals.measure(batch["_id"])
            changes = {"totals": sums, "variance": variance.explain(batch, sums["amount"]), "overpaid": []}
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
    last = days_of(dates.add_months(month, 1))["answer"] > on
    for action, role in STEPS:
        if action == "close" and days["answer"] <= on:
            batch = _take_answer(batch, staff)
        actor, then = staff.of(role, ""), days[action]
        if then <= on and not (action == "close" and last) and batch["state"] in acts.ACTIONS[action].source:
            with acting(actor), _at(then, 9):
                batch = acts.perform(batch["_id"], action, actor, batch["rev"])
                sending.mark(batch["_id"])
        if action == "approve" and batch["state"] == batches.APPROVED:
            batch = funds.take_steps(batch, days, staff, on)


def _take_answer(batch: dict, staff: Staff) -> dict:
    """Write on the batch that the bank's answer is in; what it says stands on the lines already."""
    [record] = model.applied(batch["_id"])
    with acting(staff.of("finance", "")), dates.frozen(record["at"]):
        return returns.take_in(batch, record, staff.of("finance", ""))


def _batch(month: str, types: dict[str, str], once: set[str], actor: Actor) -> dict:
    """Return the batch of the month, stored with its closed roster if need be (adminapp/payments/batches.py)."""
    batch = {
        "_id": batch_id(month),
        "scope": batches.ALL_TYPES,
        "month": month,
        "n": 1,
        "supplement": False,
        "again": False,
        "known": {key: dates.now() if key in once else timetable.cutoff(month).isoformat() for key in types},
        "types": sorted(types),
        "names": types,
        "runs": {key: opening.runs_of(key, month) for key in types},
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
