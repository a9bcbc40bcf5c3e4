"""County batches of verification (collection `verification_batches`): which requests go out together, in one file.

``{_id: "HD2026-0007", year, serial, state, made_on, made_by, made_by_name, requests, people, sent_on, sent_by, job, rev}``

A batch is made in two steps that may each be repeated: the batch takes its number, then it takes the requests that
still wait; lines are numbered in the order of townships and cases, so the same batch always gives the same file.
"""

from pymongo import ASCENDING, DESCENDING

from adminapp import database, dates, indexes
from adminapp.errors import Invalid, NotFound
from adminapp.numbering import next_serial
from adminapp.scope import Actor
from adminapp.verification import requests

COLLECTION = "verification_batches"
OPEN, SENT, CLOSED = "open", "sent", "closed"
STATES = {OPEN: "待发出", SENT: "核对中", CLOSED: "已办结"}
TONES = {OPEN: "wait", SENT: "info", CLOSED: "good"}
MOST = 5000
"""Requests of one batch."""
IN_FILE = ("township", "number", "_id")
"""What the requests of a batch are ordered by."""
indexes.declare(COLLECTION, "serial", ["year", "-serial"], unique=True)


def batches():
    return database.raw(COLLECTION)


def make(request_ids: list[str], actor: Actor) -> dict:
    """Make a batch of the chosen requests that still wait and return it. Raise Invalid when none of them does."""
    if not request_ids:
        raise Invalid("没有选择任何核对请求。")
    if len(request_ids) > MOST:
        raise Invalid(f"一批最多 {MOST} 户，请分批。")
    waiting = {"_id": {"$in": request_ids}, "state": requests.WAITING}
    if not requests.collection().find_one(waiting, {"_id": 1}):
        raise Invalid("所选的请求已经由他人组批，请刷新后再选。")
    batch = _next(actor)
    requests.collection().update_many(waiting, {"$set": {"state": requests.SENT, "batch": batch["_id"]}, "$inc": {"rev": 1}})
    return number_lines(batch["_id"])


def _next(actor):
    today = dates.today()
    serial = next_serial(f"verification:{today.year}")
    row = {
        "_id": f"HD{today.year}-{serial:04d}", "year": today.year, "serial": serial, "state": OPEN, "made_on": today.isoformat(),
        "made_by": actor.id, "made_by_name": actor.name, "requests": 0, "people": 0, "sent_on": None, "sent_by": "", "job": "", "rev": 0,
    }  # fmt: skip
    batches().insert_one(row)
    return row


def number_lines(batch_id: str) -> dict:
    """Give each person of the batch a line number, and the batch its counts; the same again gives the same numbers."""
    line = count = 0
    for row in rows_of(batch_id):
        count += 1
        numbered = []
        for person in row["people"]:
            line += 1
            numbered.append({**person, "line": f"{batch_id}-{line:05d}"})
        if numbered != row["people"]:
            database.raw(requests.COLLECTION).update_one({"_id": row["_id"], "batch": batch_id}, {"$set": {"people": numbered}, "$inc": {"rev": 1}})
    batches().update_one({"_id": batch_id}, {"$set": {"requests": count, "people": line}})
    return get(batch_id)


def rows_of(batch_id: str, **query) -> list[dict]:
    """Return the requests of a batch in the order of its file."""
    return sorted(requests.collection().find({"batch": batch_id, **query}), key=_in_file)


def heads_of(batch_id: str) -> list[dict]:
    """Return how the requests of a batch stand that were not cancelled, in the order of its file, without people and findings."""
    shown = dict.fromkeys(("state", "due", "faulty", "township", "number"), 1)
    return sorted(requests.collection().find({"batch": batch_id, "state": {"$ne": requests.CANCELLED}}, shown), key=_in_file)


def next_returned(batch_id: str, request_id: str) -> str | None:
    """Return the first other request of a batch, in the order of its file, that waits for its report."""
    query = {"batch": batch_id, "state": requests.RETURNED, "_id": {"$ne": request_id}}
    found = requests.collection().find_one(query, {"_id": 1}, sort=[(name, ASCENDING) for name in IN_FILE])
    return found["_id"] if found else None


def _in_file(row):
    return tuple(row[name] for name in IN_FILE)


def get(batch_id: str) -> dict:
    """Return a batch. Raise NotFound."""
    row = batches().find_one({"_id": str(batch_id)})
    if row is None:
        raise NotFound()
    return row


def recent(limit: int = 100) -> list[dict]:
    return list(batches().find({}, sort=[("year", DESCENDING), ("serial", DESCENDING)], limit=limit))


def counts(batch_id: str) -> dict[str, int]:
    """Return how many requests of the batch stand in each state."""
    found = requests.collection().aggregate([{"$match": {"batch": batch_id}}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}])
    return {row["_id"]: row["n"] for row in found}


def mark_sent(batch_id: str, actor: Actor, job: str):
    """Note that the file has gone out; the first time counts for the clocks."""
    now = {"state": SENT, "sent_on": dates.today().isoformat(), "sent_by": actor.name}
    batches().update_one({"_id": batch_id, "state": OPEN}, {"$set": now})
    batches().update_one({"_id": batch_id}, {"$set": {"job": job}})


def close_if_done(batch_id: str):
    """Close a batch when every request of it has its report."""
    left = {"batch": batch_id, "state": {"$in": [requests.SENT, requests.RETURNED]}}
    if not database.raw(requests.COLLECTION).find_one(left, {"_id": 1}):
        batches().update_one({"_id": batch_id, "state": SENT}, {"$set": {"state": CLOSED}})
