"""Releases as stored: one document, changed by compare-and-set on `rev`, each change with its line of history.

``{_id, number, title, reason, state, rev, items, digest, check, simulation, approval, scheduled, publisher, attempt,
publication, withdrawal, author, created, updated, history, holds}``. `items` are what is pinned of each draft
(simulation/ordering.item_of) with `draft_rev` and the whole `recipe`; `holds` are the ids of the drafts while the release is
open: a unique index keeps a draft in one release.
"""

import secrets

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.releases.model import DRAFT, pin

COLLECTION = "releases"
indexes.declare(COLLECTION, "number", ["number"], unique=True)
indexes.declare(COLLECTION, "holds", ["holds"], unique=True, sparse=True)
indexes.declare(COLLECTION, "state", ["state", "scheduled"])
indexes.declare(COLLECTION, "listed", ["-created"])
HEAD = {"items.text": 0, "items.golden": 0, "check.items": 0, "publication.before": 0}
TRIES = 20


def create(items: list[dict], actor, title: str = "", reason: str = "", state: str = DRAFT, **more) -> dict:
    """Store a release and return it. Raise Invalid without items, Conflict when a draft is in another release."""
    if not items:
        raise Invalid("请选择要发布的草稿。")
    check_once(items)
    now = dates.now()
    row = {
        "_id": secrets.token_hex(12), "title": title.strip()[:100] or "、".join(item["title"] for item in items)[:100],
        "reason": reason.strip()[:1000], "state": state, "rev": 1, "items": items, "digest": pin(items), "check": None, "simulation": None,
        "approval": None, "scheduled": None, "publisher": None, "attempt": 1, "publication": None, "withdrawal": None,
        "author": {"id": actor.id, "name": actor.name}, "created": now, "updated": now, "history": [entry("create", actor)],
        **more, **holds(items),
    }  # fmt: skip
    for _ in range(TRIES):
        try:
            database.raw(COLLECTION).insert_one({**row, "number": _next_number()})
            return get(row["_id"])
        except DuplicateKeyError as error:
            if other := next(filter(None, (holding(item["draft"]) for item in items if item["draft"])), None):
                raise Conflict(f"草稿已在发布方案“{other['title']}”（{other['number']}）中") from error
    raise Conflict("很多人同时在拟定发布方案，请稍后再试。")


def check_once(items):
    """Raise Invalid when two drafts are of the same thing."""
    names = [(item["kind"], item["key"]) for item in items]
    if doubles := {item["title"] for item in items if names.count((item["kind"], item["key"])) > 1}:
        raise Invalid(f"“{'、'.join(sorted(doubles))}”在一个发布方案里只能有一份草稿")


def holds(items) -> dict:
    found = sorted({item["draft"] for item in items if item["draft"]})
    return {"holds": found} if found else {}


def _next_number():
    """Return the number after the last of the year: 2026-003."""
    year = dates.today().year
    last = database.raw(COLLECTION).find_one({"number": {"$gte": f"{year}-", "$lt": f"{year + 1}-"}}, {"number": 1}, sort=[("number", DESCENDING)])
    return f"{year}-{int(last['number'].partition('-')[2]) + 1 if last else 1:03d}"


def entry(event: str, actor, note: str = "") -> dict:
    return {"at": dates.now(), "event": event, "by": actor.id, "by_name": actor.name, "note": note}


def get(release_id: str) -> dict:
    """Return a release. Raise NotFound."""
    row = database.raw(COLLECTION).find_one({"_id": str(release_id)})
    if row is None:
        raise NotFound()
    return row


def numbered(number: str) -> dict:
    """Return the release of a number: 2026-003. Raise NotFound."""
    row = database.raw(COLLECTION).find_one({"number": str(number)})
    if row is None:
        raise NotFound(f"没有编号 {number} 的发布方案")
    return row


def listed(states=None, limit: int = 100) -> list[dict]:
    """Return releases without texts, newest first."""
    query = {"state": {"$in": list(states)}} if states else {}
    return list(database.raw(COLLECTION).find(query, HEAD, sort=[("created", DESCENDING)], limit=limit))


def heads(release_ids) -> dict[str, dict]:
    """Return {id: release} of those that there are, without what they pinned."""
    return {row["_id"]: row for row in database.raw(COLLECTION).find({"_id": {"$in": list(release_ids)}}, HEAD)}


def holding(draft_id: str) -> dict | None:
    """Return the open release that a draft is in, without texts."""
    return database.raw(COLLECTION).find_one({"holds": str(draft_id)}, HEAD)


def change(row: dict, event: str, actor, note: str = "", unset=(), **changes) -> dict:
    """Change a release as it was read and return it. Raise Conflict when somebody changed it meanwhile."""
    update = {"$set": {"updated": dates.now(), **changes}, "$inc": {"rev": 1}, "$push": {"history": entry(event, actor, note)}}
    if unset:
        update["$unset"] = dict.fromkeys(unset, "")
    try:
        done = database.raw(COLLECTION).update_one({"_id": row["_id"], "rev": row["rev"]}, update)
    except DuplicateKeyError as error:
        raise Conflict("其中一份草稿已在另一个发布方案中") from error
    if not done.modified_count:
        raise Conflict("这个发布方案刚刚被他人办理，请刷新后再试")
    return get(row["_id"])
