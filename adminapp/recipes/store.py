"""Recipes that were ordered: what is moved from which versions to which, how far it is, what it did.

``{_id, key, versions, to, recipe, release, state, moved, failed, job, by, by_name, at}``; the recipe itself never changes.
"""

import secrets

from adminapp import database, dates, indexes
from adminapp.declaration.reader import read_loosely
from adminapp.declaration.writer import to_mapping
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.recipes.model import Recipe

COLLECTION = "recipes"
indexes.declare(COLLECTION, "key", ["key", "-at"])
READY, RUNNING, DONE, UNDOING, UNDONE = "READY", "RUNNING", "DONE", "UNDOING", "UNDONE"
STATES = {READY: "待转入", RUNNING: "正在转入", DONE: "已转入", UNDOING: "正在撤销", UNDONE: "已撤销"}
TONES = {READY: "", RUNNING: "info", DONE: "good", UNDOING: "info", UNDONE: "hold"}
MOVE, UNDO = "recipe_move", "recipe_undo"


def read(mapping) -> Recipe:
    """Return the recipe of plain data. Raise Invalid with all problems of shape."""
    found, problems = read_loosely(mapping or {}, Recipe)
    if problems:
        raise Invalid([str(problem) for problem in problems])
    return found


def recipe_of(row: dict) -> Recipe:
    return read(row["recipe"])


def order(key: str, versions: list[int], to: int, recipe: Recipe, actor, release: str = "") -> dict:
    """Store a recipe that is to be carried out; of a release each type's once. Return it."""
    row = {
        "_id": f"{release}:{key}" if release else secrets.token_hex(12), "key": key, "versions": sorted(versions), "to": to,
        "recipe": to_mapping(recipe), "release": release, "state": READY, "moved": 0, "failed": 0, "job": "",
        "by": actor.id, "by_name": actor.name, "at": dates.now(),
    }  # fmt: skip
    database.raw(COLLECTION).update_one({"_id": row["_id"]}, {"$setOnInsert": row}, upsert=True)
    return get(row["_id"])


def get(recipe_id: str) -> dict:
    row = database.raw(COLLECTION).find_one({"_id": str(recipe_id)})
    if row is None:
        raise NotFound()
    return row


def listed(key: str) -> list[dict]:
    return list(database.raw(COLLECTION).find({"key": key}, sort=[("at", -1)], limit=50))


def start(recipe_id: str, actor) -> dict:
    """Start moving, or go on; twice starts one job."""
    return _start(recipe_id, actor, MOVE, (READY, RUNNING), RUNNING, "转入新版本")


def start_undo(recipe_id: str, actor) -> dict:
    """Start taking a recipe back. Raise Conflict while it still runs."""
    return _start(recipe_id, actor, UNDO, (DONE, UNDOING), UNDOING, "撤销转入")


def _start(recipe_id, actor, kind, from_states, state, word):
    row = get(recipe_id)
    if row["state"] not in from_states:
        raise Conflict(f"转换方案“{STATES[row['state']]}”，现在不能{word}")
    job = jobs.start(kind, f"{word}：{row['key']} 第 {row['to']} 版", {"recipe": recipe_id}, actor, key=f"{kind}:{recipe_id}:{row['moved']}")
    database.raw(COLLECTION).update_one({"_id": recipe_id, "state": {"$in": from_states}}, {"$set": {"state": state, "job": job}})
    return get(recipe_id)


def finish(recipe_id: str, state: str, **counts):
    database.raw(COLLECTION).update_one({"_id": recipe_id}, {"$set": {"state": state, **counts}})
