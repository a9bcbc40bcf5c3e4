"""Tasks of ongoing management (collection `ongoing_tasks`).

``{_id, kind, award, number, type, name, person, label, township, village, month, due, state, owner, owner_name, opened_on, result,
record, key, done_on, done_by_name, rev}``. `_id` is the natural key ``kind:award:what`` (the day of the last review or the award's
first month, the first month of the period, person and age), so planning twice plans once. `month` is when it is planned for, `due`
(ISO) the last day; `person` names whom a birthday is of. `record` and `key` are the stage record that answered it and the entry of
the outbox that told so.
"""

from collections.abc import Iterable

from adminapp import database, dates, indexes
from adminapp.scope import ScopedCollection, current

COLLECTION = "ongoing_tasks"
REVIEW, LIFE, BIRTHDAY = "review", "life", "birthday"
KINDS = {REVIEW: "定期复核", LIFE: "生存认证", BIRTHDAY: "到龄"}
PLANNED, OPEN, FOLLOW, DONE, DROPPED = "planned", "open", "follow", "done", "dropped"
STATES = {OPEN: "待办", FOLLOW: "待后续办理", PLANNED: "已排期", DONE: "已办结", DROPPED: "不再需要"}
TONES = {OPEN: "wait", FOLLOW: "hold", PLANNED: "", DONE: "good", DROPPED: ""}
WAITING = (OPEN, FOLLOW)
LIVE = (PLANNED, OPEN, FOLLOW)
LATE = "late"

indexes.declare(COLLECTION, "work_township", ["township", "state", "due", "_id"])
indexes.declare(COLLECTION, "work", ["state", "due", "_id"])
indexes.declare(COLLECTION, "owner", ["owner", "state", "due"])
indexes.declare(COLLECTION, "pile_township", ["township", "state", "month", "_id"])
indexes.declare(COLLECTION, "pile", ["state", "month", "_id"])
indexes.declare(COLLECTION, "plan", ["state", "township", "month", "kind", "due"])
indexes.declare(COLLECTION, "award", ["award", "kind", "state"])


def collection() -> ScopedCollection:
    """Return the tasks within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def query_of(show: str, township: str = "", month: str = "", kind: str = "") -> dict:
    """Return the filter of a pile: a state, or LATE for what waits behind its last day."""
    late = {"state": {"$in": list(WAITING)}, "due": {"$lt": dates.today().isoformat()}}
    named = {"township": township, "month": month, "kind": kind}
    return (late if show == LATE else {"state": show}) | {key: value for key, value in named.items() if value}


def hint_of(show: str, township: str = "") -> str:
    """Return the index of a pile: by township where the filter or the reader has one; who has villages reads along the state."""
    reader = current()
    placed = "_township" if township or (reader.townships is not None and reader.villages is None) else ""
    return ("work" if show == LATE else "pile") + placed


def listed(show: str, township: str = "", month: str = "", kind: str = "", after: str = "", limit: int = 50) -> list[dict]:
    """Return tasks of a pile by month, those behind their last day oldest first; `after` is ``month/id`` of the last one seen."""
    query = query_of(show, township, month, kind)
    on = "due" if show == LATE else "month"
    if after:
        seen, _, ident = after.partition("/")
        query = {"$and": [query, {"$or": [{on: {"$gt": seen}}, {on: seen, "_id": {"$gt": ident}}]}]}
    return list(collection().find(query, sort=[(on, 1), ("_id", 1)], limit=limit, hint=hint_of(show, township)))


def mark_of(show: str, row: dict) -> str:
    """Return what names a row as the last one seen of a pile."""
    return f"{row['due' if show == LATE else 'month']}/{row['_id']}"


def counts(township: str = "") -> list[dict]:
    """Return ``{township, month, kind, state, n, late}`` of all that is planned or waits, within the actor's scope; from index entries alone."""
    match = {"state": {"$in": list(LIVE)}} | ({"township": township} if township else {})
    late = {"$and": [{"$ne": ["$state", PLANNED]}, {"$lt": ["$due", dates.today().isoformat()]}]}
    key = {"township": "$township", "month": "$month", "kind": "$kind", "state": "$state"}
    group = {"_id": key, "n": {"$sum": 1}, "late": {"$sum": {"$cond": [late, 1, 0]}}}
    return [{**row["_id"], "n": row["n"], "late": row["late"]} for row in collection().aggregate([{"$match": match}, {"$group": group}], hint="plan")]


def of_awards(ids: Iterable) -> dict:
    """Return {award: tasks} of these awards, whatever their state."""
    found: dict = {}
    for row in database.raw(COLLECTION).find({"award": {"$in": list(ids)}}):
        found.setdefault(row["award"], []).append(row)
    return found
