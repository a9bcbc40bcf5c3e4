"""Payment lines (名册明细): one amount to one payee, made from a row of the roster and unchanged from then on.

``{_id: "<batch>/<number>", batch, slot, state, …row}``. `slot` names what may be paid once (unique over all batches);
a line that is not to be paid has a slot of its own ("-" and its id), so the amount can stand in a later batch.
"""

import json

from pymongo.errors import BulkWriteError

from adminapp import database, indexes
from adminapp.policy import FINANCE
from adminapp.scope import ALL, Actor, ScopedCollection, current

COLLECTION = "payment_lines"
indexes.declare(COLLECTION, "slot", ["slot"], unique=True)
indexes.declare(COLLECTION, "batch", ["batch", "_id"])
indexes.declare(COLLECTION, "place", ["batch", "township", "village", "_id"])
indexes.declare(COLLECTION, "state", ["batch", "state", "_id"])
indexes.declare(COLLECTION, "award", ["award", "period"])

REGULAR, ARREARS, ADJUST = "regular", "arrears", "adjust"
KINDS = {REGULAR: "当期", ARREARS: "补发", ADJUST: "调整"}
PENDING, HELD, CANCELLED, RETURNED = "PENDING", "HELD", "CANCELLED", "RETURNED"
STATES = {PENDING: "待发放", HELD: "暂缓", CANCELLED: "不发放", RETURNED: "退汇"}
TONES = {PENDING: "", HELD: "hold", CANCELLED: "", RETURNED: "bad"}
CHANGING = frozenset({"state", "outcome", "slot"})
"""What may change after the seal; everything else is in the digest."""
DUPLICATE_KEY = 11000
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode


def sees_all(actor: Actor) -> bool:
    """Tell whether the person reads the lines of the whole county: finance reaches no case, but every payment."""
    return actor.has(FINANCE) or actor.townships is ALL


def collection():
    """Return the lines within the actor's scope."""
    table = database.raw(COLLECTION)
    return table if current().has(FINANCE) else ScopedCollection(table)


def line_of(batch_id: str, number, row: dict) -> dict:
    """Return the line of a roster row (`number` from 1) or of an adjustment (`number` text)."""
    key = f"{batch_id}/{number:07d}" if isinstance(number, int) else f"{batch_id}/{number}"
    line = {"_id": key, "batch": batch_id, **row}
    return line | {"state": PENDING} if not row["hold"] else _out(line, HELD)


def _out(line, state):
    return line | {"slot": f"-{line['_id']}", "state": state}


def insert(new: list[dict]):
    """Write lines; those that are there already stay as they are.

    A line whose slot another batch has taken is written as CANCELLED, so that each row of the roster has its line and
    nobody can write it later.
    """
    taken = _insert(new)
    if taken and _insert([_out(line, CANCELLED) for line in taken]):
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
    query = {"batch": batch_id, "state": {"$in": [PENDING, RETURNED]}}
    order = [("township", 1), ("village", 1), ("_id", 1)]
    yield from database.raw(COLLECTION).find(query, sort=order, batch_size=batch_size)


def paid(award_ids: list, periods: set[str], batch_id: str) -> dict:
    """Return {(award, period): (fen, lines)} of other batches. Returned lines count as lines but not as paid."""
    mine = {"award": {"$in": award_ids}, "period": {"$in": sorted(periods)}}
    query = mine | {"batch": {"$ne": batch_id}, "kind": {"$ne": ADJUST}}
    found: dict = {}
    for line in database.raw(COLLECTION).find(query, {"award": 1, "period": 1, "amount": 1, "state": 1}):
        if line["state"] in (PENDING, RETURNED):
            amount, count = found.get((line["award"], line["period"]), (0, 0))
            more = line["amount"] if line["state"] == PENDING else 0
            found[line["award"], line["period"]] = (amount + more, count + 1)
    return found


def unpaid_periods(award_ids: list) -> dict:
    """Return {award: periods} that were held or came back in any batch."""
    query = {"award": {"$in": award_ids}, "state": {"$in": [HELD, RETURNED]}}
    found: dict = {}
    for line in database.raw(COLLECTION).find(query, {"award": 1, "period": 1}):
        found.setdefault(line["award"], set()).add(line["period"])
    return found


def canonical(line: dict) -> bytes:
    """Return the text of a line or row that goes into the digest: everything but what may change after the seal."""
    return _encode({key: value for key, value in line.items() if key not in CHANGING}).encode()
