"""Recovery (追缴) of what an award was paid too much: how it is to come back, what came back, what is given up.

``{_id: award, number, name, type, township, village, overpaid, taken, returned, written, open, state, agreement, pending,
entries, receipts, rev}``, amounts in fen. `overpaid` and `taken` (set off in lists) are derived from spells and lines
(`refresh`); `returned` and `written` are the sums of the entries, which are only added. Always: open = overpaid − taken − returned − written.

An agreement and a write-off are proposed by one person and confirmed by another.
"""

from adminapp import awards, database, dates, indexes
from adminapp.bank import reach
from adminapp.errors import Conflict, NotFound
from adminapp.ledger import account

COLLECTION = "recoveries"
indexes.declare(COLLECTION, "township", ["township", "state", "_id"])
indexes.declare(COLLECTION, "state", ["state", "_id"])
indexes.declare(COLLECTION, "work_township", ["township", "waiting", "due"])
indexes.declare(COLLECTION, "work", ["waiting", "due"])
indexes.declare(COLLECTION, "receipts", "receipts", unique=True, sparse=True)
OPEN, AGREED, SETTLED = "OPEN", "AGREED", "SETTLED"
STATES = {OPEN: "待安排", AGREED: "归还中", SETTLED: "已结清"}
TONES = {OPEN: "bad", AGREED: "wait", SETTLED: "good"}
SETOFF, DEPOSIT = "setoff", "deposit"
WAYS = {SETOFF: "从以后月份抵扣", DEPOSIT: "分期缴回"}


def get(award_id) -> dict:
    """Return the recovery of an award within the person's reach. Raise NotFound."""
    found = collection().find_one({"_id": award_id})
    if found is None:
        raise NotFound
    return found


def collection():
    return reach.collection(COLLECTION)


def refresh(award_ids):
    """Derive anew what these awards were paid too much; who never was has no recovery. Safe to repeat."""
    found = list(database.raw(awards.COLLECTION).find({"_id": {"$in": list(award_ids)}}))
    known = {row["_id"] for row in database.raw(COLLECTION).find({"_id": {"$in": [award["_id"] for award in found]}}, {"_id": 1})}
    sums = account.of_many(found)
    for award in found:
        held = sums[award["_id"]]
        if held.overpaid or award["_id"] in known:
            place = {name: award[name] for name in ("number", "name", "type", "township", "village")}
            figures = {"overpaid": held.overpaid, "taken": held.taken}
            database.raw(COLLECTION).update_one({"_id": award["_id"]}, [{"$set": _blank()}, {"$set": _literal(place | figures)}, *_derived()], upsert=True)


def refresh_known(award_ids):
    """Derive anew those of these awards that have a recovery: new lines alone never pay too much."""
    wanted = {"_id": {"$in": list(award_ids)}}
    if known := database.raw(COLLECTION).distinct("_id", wanted):
        refresh(known)


def change(row: dict, rev: int, changes: dict, entry: dict | None = None) -> dict:
    """Write a step by compare-and-set, with its entry; return the recovery. Raise Conflict when it moved on."""
    stages = [{"$set": _literal(changes)}] if changes else []
    if entry:
        more = {"entries": {"$concatArrays": ["$entries", [{"$literal": entry}]]}}
        if entry.get("receipt"):
            more["receipts"] = {"$concatArrays": [{"$ifNull": ["$receipts", []]}, [entry["receipt"]]]}
        for name in ("returned", "written"):
            if entry.get(name):
                more[name] = {"$add": [f"${name}", entry[name]]}
        stages.append({"$set": more})
    stages.append({"$set": {"rev": {"$add": ["$rev", 1]}}})
    if not database.raw(COLLECTION).update_one({"_id": row["_id"], "rev": rev}, [*stages, *_derived()]).matched_count:
        raise Conflict
    return database.raw(COLLECTION).find_one({"_id": row["_id"]})


def _literal(values):
    return {name: {"$literal": value} for name, value in values.items()}


def _blank():
    empty = {"returned": 0, "written": 0, "entries": [], "rev": 1, "since": dates.today().isoformat()}
    return {name: {"$ifNull": [f"${name}", value]} for name, value in empty.items()} | {
        name: {"$ifNull": [f"${name}", None]} for name in ("agreement", "pending")
    }


def _derived():
    """Return the stages that derive what is open and in which state from the rest of the document.

    An agreement covers what was paid too much when it was made; more that comes up later needs a new one.
    """
    rest = {"$subtract": ["$overpaid", {"$add": ["$taken", "$returned", "$written"]}]}
    state = {"$cond": [{"$lte": ["$open", 0]}, SETTLED, {"$cond": [{"$lte": ["$overpaid", {"$ifNull": ["$agreement.overpaid", 0]}]}, AGREED, OPEN]}]}
    waiting = {"$switch": {"branches": [
        {"case": {"$eq": [{"$type": "$pending"}, "object"]}, "then": {"$concat": ["confirm_", "$pending.kind"]}},
        {"case": {"$eq": ["$state", OPEN]}, "then": "agree"},
    ], "default": ""}}  # fmt: skip
    return [{"$set": {"open": rest}}, {"$set": {"state": state}}, {"$set": {"waiting": waiting}}]
