"""Payment lines (名册明细): one amount to one payee, made from a row of the roster and unchanged from then on.

``{_id: "<batch>/<number>", batch, slot, state, …row}``. `slot` names what may be paid once (unique over all batches);
a line that is not to be paid has a slot of its own ("-" and its id), so the amount can stand in a later batch.

`state` goes PENDING → SENT → PAID | PARTIAL | RETURNED | FAILED → REISSUED, or HELD, CANCELLED instead of being sent. What
the bank told stands in `events` ``[{at, by, from, to, paid, code, reason, file, row}]``, written with the state in one
update; `queue` (its township) marks a line somebody must put right, `owed` (its award) one that is still to be paid, `fixed` says
who looked into it.
"""

import json

from pymongo.errors import BulkWriteError

from adminapp import database, indexes
from adminapp.bank import reach

COLLECTION = "payment_lines"
indexes.declare(COLLECTION, "slot", ["slot"], unique=True)
indexes.declare(COLLECTION, "batch", ["batch", "_id"])
indexes.declare(COLLECTION, "place", ["batch", "township", "village", "_id"])
indexes.declare(COLLECTION, "state", ["batch", "state", "township", "village", "_id"])
indexes.declare(COLLECTION, "name", ["batch", "name"])
indexes.declare(COLLECTION, "award", ["award", "period"])
indexes.declare(COLLECTION, "queue", ["queue"], sparse=True)
indexes.declare(COLLECTION, "owed", ["owed"], sparse=True)
indexes.declare(COLLECTION, "reissues", ["reissues"], sparse=True)

REGULAR, ARREARS, REISSUE, ADJUST, SETOFF = "regular", "arrears", "reissue", "adjust", "setoff"
KINDS = {REGULAR: "当期", ARREARS: "补发", REISSUE: "退汇重发", ADJUST: "调整", SETOFF: "抵扣"}
BESIDE = frozenset({ADJUST, SETOFF})
"""Kinds that change the amount of another line: no payee of their own, and no part of what is due for a period."""
PENDING, HELD, CANCELLED, SENT = "PENDING", "HELD", "CANCELLED", "SENT"
PAID, PARTIAL, RETURNED, FAILED, REISSUED = "PAID", "PARTIAL", "RETURNED", "FAILED", "REISSUED"
STATES = {
    PENDING: "待发放", SENT: "已送银行", PAID: "已发放", PARTIAL: "部分发放", RETURNED: "退汇", FAILED: "发放失败",
    REISSUED: "已重发", HELD: "暂缓", CANCELLED: "不发放",
}  # fmt: skip
TONES = {
    PENDING: "", SENT: "info", PAID: "good", PARTIAL: "wait", RETURNED: "bad", FAILED: "bad", REISSUED: "", HELD: "hold",
    CANCELLED: "",
}  # fmt: skip
BROKEN = (PARTIAL, RETURNED, FAILED)
"""States of lines that are owed again, wholly or in part."""
TO_PAY = (PENDING, SENT, PAID, *BROKEN, REISSUED)
"""States of lines that stood in the list that was sealed."""
CHANGING = frozenset({"state", "slot", "events", "queue", "owed", "fixed"})
"""What may change after the seal; everything else is in the digest."""
OWN = frozenset({"basis", "before", "reissues", "months"})
"""What a line that stands beside another one does not take over from it."""
RESERVE = "reserve:"
"""Begins the `batch` of lines that a township's reserve paid (adminapp/reserve): there is no list behind them."""
DUPLICATE_KEY = 11000
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode

CHANGED: list = []
"""Who hears that lines of these awards were written or changed state: ``function(award ids)``, safe to repeat."""


def changed(award_ids):
    """Tell whoever keeps sums of awards (the ledger) that they may have changed."""
    found = sorted(set(award_ids))
    for hear in CHANGED if found else ():
        hear(found)


def collection():
    """Return the lines within the actor's reach."""
    return reach.collection(COLLECTION)


def line_of(batch_id: str, number, row: dict) -> dict:
    """Return the line of a roster row (`number` from 1) or of an adjustment (`number` text)."""
    key = f"{batch_id}/{number:07d}" if isinstance(number, int) else f"{batch_id}/{number}"
    line = {"_id": key, "batch": batch_id, **row}
    return line | {"state": PENDING} if not row["hold"] else held(line)


def held(line: dict) -> dict:
    """Return a line as it stands while it is not to be paid: its amount stays owed."""
    return line | {"slot": f"-{line['_id']}", "state": HELD, "owed": line["award"]}


def cancelled(line: dict) -> dict:
    """Return a line as it stands when it never will be paid."""
    return {key: value for key, value in line.items() if key != "owed"} | {"slot": f"-{line['_id']}", "state": CANCELLED}


def insert(new: list[dict]):
    """Write lines; those that are there already stay as they are.

    A line whose slot another batch has taken is written as CANCELLED, so that each row of the roster has its line and
    nobody can write it later.
    """
    taken = _insert(new)
    if taken and _insert([cancelled(line) for line in taken]):
        raise AssertionError("a slot that is a line's own cannot be taken")


def _insert(new):
    if not new:
        return []
    try:
        database.raw(COLLECTION).insert_many(new, ordered=False)
    except BulkWriteError as error:
        failed = error.details["writeErrors"]
        if error.details.get("writeConcernErrors") or any(each["code"] != DUPLICATE_KEY for each in failed):
            raise
        there = _there([new[each["index"]]["_id"] for each in failed])
        return [new[each["index"]] for each in failed if new[each["index"]]["_id"] not in there]
    return []


def _there(ids):
    return {row["_id"] for row in database.raw(COLLECTION).find({"_id": {"$in": ids}}, {"_id": 1})}


def of_batch(batch_id: str, batch_size: int = 1000):
    """Yield all lines of a batch in order of their number, adjustments last."""
    yield from database.raw(COLLECTION).find({"batch": batch_id}, sort=[("_id", 1)], batch_size=batch_size)


def payable(batch_id: str, batch_size: int = 1000):
    """Yield the lines to be paid by township, village and number: the order of printed lists and bank files."""
    query = {"batch": batch_id, "state": {"$in": list(TO_PAY)}}
    order = [("township", 1), ("village", 1), ("_id", 1)]
    yield from database.raw(COLLECTION).find(query, sort=order, batch_size=batch_size)


def outcome(line: dict) -> dict:
    """Return what the bank told last of a line; empty before it told anything."""
    return line["events"][-1] if line.get("events") else {}


def settled(line: dict) -> int:
    """Return the fen of a line that count as paid: all of it until the bank says otherwise."""
    if line["state"] in (PENDING, SENT, PAID):
        return line["amount"]
    return outcome(line).get("paid", 0) if line["state"] in (PARTIAL, REISSUED) else 0


SUMMED = {"award": 1, "period": 1, "amount": 1, "state": 1, "kind": 1, "events": {"$slice": -1}}


def paid(award_ids: list, periods: set[str], batch_id: str) -> dict:
    """Return {(award, period): (fen, lines)} of other batches. Returned lines count as lines but not as paid.

    A correction that came back with its line has to be made again when the line is paid again, so it
    counts against what is due then.
    """
    query = {"award": {"$in": award_ids}, "period": {"$in": sorted(periods)}, "batch": {"$ne": batch_id}}
    found: dict = {}
    for line in database.raw(COLLECTION).find(query, SUMMED):
        if line["state"] not in TO_PAY:
            continue
        amount, count = found.get((line["award"], line["period"]), (0, 0))
        if line["kind"] not in BESIDE:
            amount, count = amount + settled(line), count + 1
        elif line["kind"] == ADJUST and line["state"] not in (PENDING, SENT, PAID):
            amount -= line["amount"] - settled(line)
        found[line["award"], line["period"]] = (amount, count)
    return found


def unpaid(award_ids: list) -> dict:
    """Return {award: {period: lines that came back}} of what was held or came back in any batch; held ones are not listed."""
    found: dict = {}
    shown = SUMMED | {"fixed": 1}
    for line in database.raw(COLLECTION).find({"owed": {"$in": award_ids}}, shown, sort=[("_id", 1)]):
        came_back = found.setdefault(line["award"], {}).setdefault(line["period"], [])
        if line["state"] in BROKEN:
            came_back.append(line)
    return found


def canonical(line: dict) -> bytes:
    """Return the text of a line or row that goes into the digest: everything but what may change after the seal."""
    return _encode({key: value for key, value in line.items() if key not in CHANGING}).encode()
