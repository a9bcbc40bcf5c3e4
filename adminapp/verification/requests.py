"""Requests for verification (collection `verifications`): one for each time a township asks about a case.

``{_id, case, number, type, version, township, village, name, occasion, state, asked_on, due, clause, asked_by, asked_by_name, note,
people: [{line, key, name, relation, role, number}], inquiries: [kind], batch, findings, faulty, files, results, result,
summary, reported_on, reported_by, rev}``

`_id` is the record that asked, so carrying the outbox twice changes nothing. `number` of a person is sealed, `findings`
(what the agencies sent back) is sealed as a whole and has a disclosure class of its own: see `findings.py`.
"""

from datetime import date

from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes, sealing
from adminapp.errors import Conflict, NotFound
from adminapp.scope import ScopedCollection
from adminapp.verification import people

COLLECTION = "verifications"
WAITING, SENT, RETURNED, REPORTED, CANCELLED = "waiting", "sent", "returned", "reported", "cancelled"
STATES = {WAITING: "待组批", SENT: "核对中", RETURNED: "待出报告", REPORTED: "已出报告", CANCELLED: "已撤销"}
TONES = {WAITING: "wait", SENT: "info", RETURNED: "wait", REPORTED: "good", CANCELLED: ""}
OCCASIONS = {"verification_request": "首次核对", "verification_objection": "复查"}
ENVELOPE = ("number", "type", "township", "village", "name")
"""What a request repeats of its case."""
ID_CONTEXT = "id_number"
CLOCK = "verification_requested"

indexes.declare(COLLECTION, "work_township", ["township", "state", "due"])
indexes.declare(COLLECTION, "work", ["state", "due"])
indexes.declare(COLLECTION, "case", ["case", "-asked_on"])
indexes.declare(COLLECTION, "batch", ["batch", "state", "_id"])
indexes.declare(COLLECTION, "recent_township", ["township", "-asked_on", "_id"])
indexes.declare(COLLECTION, "recent", ["-asked_on", "_id"])


def collection() -> ScopedCollection:
    """Return the requests within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def compose(move, record) -> dict:
    """Return what a request says, from the case as it stands at this move; the ID numbers are sealed."""
    relief_type, case = move.relief_type, move.case
    asked = people.asked_about(case, relief_type, move.values)
    clock = next((item for item in relief_type.clocks if item.start == CLOCK), None)
    due = dates.add_days(move.on, clock.limit, clock.unit) if clock else None
    return {
        "record": record["id"], "occasion": record["kind"], "version": move.published.version, "note": record["data"].get("note") or "",
        "asked_on": move.on.isoformat(), "due": due.isoformat() if due else None, "clause": clock.clause if clock else "",
        "asked_by": move.actor.id, "asked_by_name": move.actor.name,
        "people": [
            {"key": item.key, "name": item.name, "relation": item.relation, "role": item.role, "number": sealing.seal(item.number, ID_CONTEXT)}
            for item in asked
        ],
        "inquiries": [item.kind for item in relief_type.verification.inquiries],
    }  # fmt: skip


def row_of(case: dict, item: dict) -> dict:
    """Return the request of an outbox entry as it is stored."""
    data = dict(item["data"])
    envelope = {key: case.get(key) for key in ENVELOPE}
    return {
        "_id": data.pop("record"), "case": case["_id"], **envelope, **data, "state": WAITING, "batch": None, "findings": "", "faulty": [],
        "files": [], "results": [], "result": "", "summary": "", "reported_on": None, "reported_by": None, "rev": 0,
    }  # fmt: skip


def carry(case: dict, item: dict):
    """Store the request of an outbox entry; a second time changes nothing."""
    try:
        database.raw(COLLECTION).insert_one(row_of(case, item))
    except DuplicateKeyError:
        return


def get(request_id: str) -> dict:
    """Return a request the actor may see. Raise NotFound."""
    row = collection().find_one({"_id": str(request_id)})
    if row is None:
        raise NotFound()
    return row


def of_case(case_id) -> list[dict]:
    """Return the requests of a case, newest first, without what came back."""
    return list(collection().find({"case": case_id}, {"findings": 0}, sort=[("asked_on", -1), ("_id", -1)]))


def is_cancelled(record_id: str) -> bool:
    """Tell whether the request that a record of a case opened was cancelled, wherever it lies."""
    return database.raw(COLLECTION).find_one({"_id": record_id, "state": CANCELLED}, {"_id": 1}) is not None


def change(row: dict, changes: dict) -> dict:
    """Store changes of a request that stands at its `rev` and return it. Raise Conflict when somebody was first."""
    done = collection().update_one({"_id": row["_id"], "rev": row["rev"]}, {"$set": {**changes, "rev": row["rev"] + 1}})
    if not done.matched_count:
        raise Conflict()
    return {**row, **changes, "rev": row["rev"] + 1}


def plain_number(person: dict) -> str:
    """Return a person's ID number in the clear: for the file that is sent out, and for comparing what comes back."""
    return sealing.unseal(person["number"], ID_CONTEXT)


def due_day(row: dict) -> date | None:
    return date.fromisoformat(row["due"]) if row.get("due") else None
