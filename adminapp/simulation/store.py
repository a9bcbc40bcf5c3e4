"""Simulations as stored: the order (which never changes), the sums, and a row for each case that comes out otherwise.

``simulations``: ``{_id, title, items, over, on, standards_rev, versions, release, by, by_name, at, state, sums, counts,
digest, expires}``; `items` pin the drafts by text and digest. ``simulation_rows``: ``{_id: "<simulation>:<case>", simulation,
case, number, type, version, township, village, group, outcome, before, after, delta, causes, reasons}``; `causes` tell
nothing of a person, `reasons` hold values. What no release is approved by is removed after some weeks.
"""

import hashlib
import json
import secrets
from datetime import timedelta

from pymongo import DESCENDING

from adminapp import database, dates, indexes
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.scope import ScopedCollection
from adminapp.text import plain_number

COLLECTION, ROWS = "simulations", "simulation_rows"
KEPT = timedelta(days=30)
indexes.declare(COLLECTION, "at", ["-at"])
indexes.declare(COLLECTION, "expires", ["expires"], sparse=True)
indexes.declare(ROWS, "order", ["simulation", "-delta", "_id"])
indexes.declare(ROWS, "outcome", ["simulation", "outcome", "-delta", "_id"])
indexes.declare(ROWS, "township", ["simulation", "township", "-delta", "_id"])
JOB = "simulation"
RUNNING, DONE = "RUNNING", "DONE"

OUTCOMES = {
    "gains": "转为符合条件", "loses": "不再符合条件", "more": "金额增加", "less": "金额减少", "same": "不变", "error": "无法计算",
}  # fmt: skip
TONES = {"gains": "good", "loses": "bad", "more": "info", "less": "wait", "same": "", "error": "bad"}
GROUPS = {"paying": "享受中", "applying": "在办申请", "refused": "近一年不予确认"}


def create(title: str, items: list[dict], over: str, on, actor, *, standards_rev: int, versions: dict, release: str = "") -> dict:
    """Store the order of a simulation and return it. `items` are ``{kind, key, draft, title, text, digest, base, recipe}``."""
    if not items:
        raise Invalid("请选择要试算的草稿。")
    row = {
        "_id": secrets.token_hex(12), "title": title, "items": items, "over": over, "on": on.isoformat(), "standards_rev": standards_rev,
        "versions": versions, "release": release, "by": actor.id, "by_name": actor.name, "at": dates.now(), "state": RUNNING, "sums": None,
        "counts": None, "digest": "", "job": "", "expires": dates.now() + KEPT,
    }  # fmt: skip
    database.raw(COLLECTION).insert_one(row)
    return row


def start(row: dict, actor) -> str:
    """Start the job of a stored order and return its id; twice starts one."""
    job = jobs.start(JOB, f"试算：{row['title']}", {"simulation": row["_id"]}, actor, key=f"{JOB}:{row['_id']}")
    database.raw(COLLECTION).update_one({"_id": row["_id"]}, {"$set": {"job": job}})
    return job


def get(simulation_id: str) -> dict:
    row = database.raw(COLLECTION).find_one({"_id": str(simulation_id)})
    if row is None:
        raise NotFound()
    return row


def listed(limit: int = 50) -> list[dict]:
    """Return simulations, newest first, without texts and sums."""
    return list(database.raw(COLLECTION).find({}, {"items.text": 0, "sums": 0}, sort=[("at", DESCENDING)], limit=limit))


def rows() -> ScopedCollection:
    """Return the rows within the actor's scope."""
    return ScopedCollection(database.raw(ROWS))


def page(simulation_id: str, outcome: str, township: str, after: str, limit: int) -> tuple[list[dict], bool]:
    """Return (rows, whether there are more) within the actor's scope, the largest rise first; `after` is a place (`place_of`)."""
    query = {"simulation": simulation_id}
    query |= {"outcome": outcome} if outcome in OUTCOMES else {}
    query |= {"township": township} if township.isdigit() else {}
    delta, _, last = after.partition("_")
    size = plain_number(delta.removeprefix("-"), 15)
    if last and size is not None:
        least = -size if delta.startswith("-") else size
        query["$or"] = [{"delta": {"$lt": least}}, {"delta": least, "_id": {"$gt": f"{simulation_id}:{last}"}}]
    found = list(rows().find(query, sort=[("delta", -1), ("_id", 1)], limit=limit + 1))
    return found[:limit], len(found) > limit


def place_of(row: dict) -> str:
    """Return where a row stands, to go on behind it."""
    return f"{row['delta']}_{row['case']}"


def causes(simulation_id: str, limit: int = 12) -> list[dict]:
    """Return ``{_id: label, n}`` of the causes within the actor's scope, the most frequent first."""
    pipeline = [
        {"$match": {"simulation": simulation_id}}, {"$unwind": "$causes"}, {"$group": {"_id": "$causes.label", "n": {"$sum": 1}}},
        {"$sort": {"n": -1, "_id": 1}}, {"$limit": limit},
    ]  # fmt: skip
    return list(rows().aggregate(pipeline))


def write_rows(found: list[dict]):
    """Store the rows of some cases; done again after a crash they are the same."""
    if found:
        ids = [row["_id"] for row in found]
        database.raw(ROWS).delete_many({"_id": {"$in": ids}})
        database.raw(ROWS).insert_many(found, ordered=False)


def finish(row: dict, sums: list, counts: dict, digest: str):
    done = {"state": DONE, "sums": sums, "counts": counts, "digest": digest}
    database.raw(COLLECTION).update_one({"_id": row["_id"]}, {"$set": done})


def keep(simulation_id: str):
    """Keep a simulation for good: a release is approved by it."""
    database.raw(COLLECTION).update_one({"_id": simulation_id}, {"$unset": {"expires": ""}})


def sweep(limit: int = 20) -> int:
    """Remove simulations that no release keeps after their time; return their number. The rows go first."""
    found = list(database.raw(COLLECTION).find({"expires": {"$lt": dates.now()}}, {"_id": 1}, limit=limit))
    for row in found:
        database.raw(ROWS).delete_many({"simulation": row["_id"]})
        database.raw(COLLECTION).delete_one({"_id": row["_id"], "expires": {"$lt": dates.now()}})
    return len(found)


def digest_of(data) -> str:
    """Return the SHA-256 of plain data in canonical form."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
