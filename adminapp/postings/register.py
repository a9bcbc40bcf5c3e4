"""Posting documents (collection `postings`): what was posted of whom, where, from when to when, with which proof.

``{_id, rev, kind: "review" | "long", state, township, village, year, serial, issue, days, unit, planned, start, end, phone,
office, place, wide, rows: [{case, type, name, texts, web, rev, state, note}], active: [case ids], photos: [{id, use, at,
on, by, by_name, place, digest, taken, name, type, size}], taken_down, month, maker, replaces, replaced_by, due, history}``.
`texts` are the declared columns as the sheet shows them, `web` as the public page does; both are frozen when the document
is made. `active` holds a case in one running document at most (unique). `due` is the day on which somebody has to do
something next, ISO text. A village's rows share one length of posting.
"""

from datetime import date

from pymongo import DESCENDING, ReturnDocument

from adminapp import database, history, indexes
from adminapp.errors import Forbidden, NotFound
from adminapp.scope import Actor, ScopedCollection

COLLECTION = "postings"
REVIEW, LONG = "review", "long"
PREPARED, POSTED, CLOSED, REPOSTED, VOID = "PREPARED", "POSTED", "CLOSED", "REPOSTED", "VOID"
STATES = {PREPARED: "待张贴", POSTED: "公示中", CLOSED: "已办结", REPOSTED: "已重新公示", VOID: "已作废"}
TONES = {PREPARED: "wait", POSTED: "info", CLOSED: "good", REPOSTED: "", VOID: ""}
RUNNING = (PREPARED, POSTED)

LISTED, UP, OBJECTED, UPHELD, LEFT, DONE = "LISTED", "UP", "OBJECTED", "UPHELD", "LEFT", "DONE"
ROW_STATES = {LISTED: "待张贴", UP: "公示中", OBJECTED: "有异议", UPHELD: "异议成立", LEFT: "已退出", DONE: "无异议"}
ROW_TONES = {LISTED: "", UP: "info", OBJECTED: "wait", UPHELD: "bad", LEFT: "", DONE: "good"}
SHOWN = {UP, OBJECTED, DONE}
"""Rows that the public page shows while the posting runs."""

indexes.declare(COLLECTION, "active", ["active"], unique=True, sparse=True)
indexes.declare(COLLECTION, "work_township", ["township", "state", "due", "_id"])
indexes.declare(COLLECTION, "work", ["state", "due", "_id"])
indexes.declare(COLLECTION, "village", ["village", "state", "-_id"])
indexes.declare(COLLECTION, "township_kind", ["township", "kind", "-planned", "-_id", "state"])
indexes.declare(COLLECTION, "kind", ["kind", "-planned", "-_id", "state"])
indexes.declare(COLLECTION, "cases", ["rows.case"])
indexes.declare(COLLECTION, "following", ["following"], sparse=True)
indexes.declare(COLLECTION, "photos", ["photos.digest"], sparse=True)
indexes.declare(COLLECTION, "month", ["kind", "month", "village"])


def collection() -> ScopedCollection:
    """Return the postings within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def get(posting_id: str) -> dict:
    """Return a posting the actor may see. Raise NotFound."""
    row = collection().find_one({"_id": str(posting_id)})
    if row is None:
        raise NotFound()
    return row


def of_case(case_id) -> list[dict]:
    """Return the postings in which a case stood, newest first, without the rows of others."""
    shown = {"rows": {"$elemMatch": {"case": case_id}}, "state": 1, "start": 1, "end": 1, "issue": 1, "village": 1}
    return list(database.raw(COLLECTION).find({"rows.case": case_id}, shown, sort=[("_id", DESCENDING)]))


def change(posting: dict, rev: int, values: dict, actor: Actor, what: str, note: str = "", *, where: dict | None = None, unset=()) -> dict:
    """Set values on a posting that stands at `rev`, with an entry of its history; return it. Raise Conflict."""
    return history.change(COLLECTION, posting, rev, values, actor, what, note, where=where, unset=unset)


def set_row(posting_id: str, case_id, values: dict, where: dict | None = None) -> dict | None:
    """Set values of one row whatever the revision; return the posting, None when the row is not there (or not so)."""
    wanted = {"case": case_id, **(where or {})}
    update = {"$set": {f"rows.$.{key}": value for key, value in values.items()}, "$inc": {"rev": 1}}
    query = {"_id": posting_id, "rows": {"$elemMatch": wanted}}
    return database.raw(COLLECTION).find_one_and_update(query, update, return_document=ReturnDocument.AFTER)


def take_off(posting_id: str, case_id, values: dict, states: tuple[str, ...]) -> dict | None:
    """Set values of a row that stands in one of some states and free its case for other sheets, in one write.

    Return the posting, None when the row is not there (or not so).
    """
    mine = {"$and": [{"$eq": ["$$row.case", case_id]}, {"$in": ["$$row.state", list(states)]}]}
    changed = {"$cond": [mine, {"$mergeObjects": ["$$row", {"$literal": values}]}, "$$row"]}
    others = {"$filter": {"input": {"$ifNull": ["$active", []]}, "cond": {"$ne": ["$$this", case_id]}}}
    update = {
        "rows": {"$map": {"input": "$rows", "as": "row", "in": changed}}, "rev": {"$add": ["$rev", 1]},
        # Two empty lists would be the same to the unique index: the last case takes the field with it.
        "active": {"$cond": [{"$eq": [others, []]}, "$$REMOVE", others]},
    }  # fmt: skip
    query = {"_id": posting_id, "rows": {"$elemMatch": {"case": case_id, "state": {"$in": list(states)}}}}
    return database.raw(COLLECTION).find_one_and_update(query, [{"$set": update}], return_document=ReturnDocument.AFTER)


def require_place(actor: Actor, posting: dict):
    """Raise Forbidden unless the actor reaches the village of the posting."""
    if not actor.reaches(posting["township"], posting["village"]):
        raise Forbidden()


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def is_up(posting: dict, on: date) -> bool:
    """Tell whether the posting hangs on a day: both its first and its last day count."""
    return posting["state"] == POSTED and bool(posting["start"]) and posting["start"] <= on.isoformat() <= posting["end"]


def counts(posting: dict) -> dict[str, int]:
    """Return {row state: number}."""
    found: dict[str, int] = {}
    for row in posting["rows"]:
        found[row["state"]] = found.get(row["state"], 0) + 1
    return found
