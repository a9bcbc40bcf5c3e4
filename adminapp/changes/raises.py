"""Orders to raise the standards for all (标准调整): worked out first, approved by a second person, then carried out.

``{_id, month, types: {key: name}, reason, state, by, by_name, at, approved_by, approved_name, approved_at, job, sums, rev}``.
`sums` are of the trial until the order is carried out, then of what was done: ``{type: {raised, same, left, monthly, back}}``
in fen. How an award is decided is in adminapp/changes/raising.py.
"""

import secrets

from adminapp import database, dates, indexes
from adminapp.declaration.uses import uses
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound, ReliefError
from adminapp.jobs import model as jobs
from adminapp.policy import APPROVER, REVIEWER
from adminapp.scope import Actor

COLLECTION = "raises"
indexes.declare(COLLECTION, "at", [("at", -1)])
TRIAL, CARRY = "raise_trial", "raise_carry"
WORKING, CHECKED, CARRYING, DONE, DROPPED = "WORKING", "CHECKED", "CARRYING", "DONE", "DROPPED"
STATES = {WORKING: "试算中", CHECKED: "待批准", CARRYING: "办理中", DONE: "已完成", DROPPED: "已撤销"}
TONES = {WORKING: "info", CHECKED: "wait", CARRYING: "info", DONE: "good", DROPPED: ""}
JOBS = {WORKING: (TRIAL, "试算标准调整"), CARRYING: (CARRY, "标准调整")}
"""State → kind and title of the job that leads out of it."""


def changed(relief_type, standards, month: str) -> list[dict]:
    """Return ``[{label, before, after}]`` of the standards a type uses that are others from the first day of a month on."""
    day = dates.first_day(month)
    eve = day.fromordinal(day.toordinal() - 1)
    found = []
    for key in sorted({use.target[1] for use in uses(relief_type) if use.target[0] == "standard"}):
        try:
            before, after = standards.entry(key, eve), standards.entry(key, day)
        except ReliefError:  # no figure on one of the days: nothing that could be compared
            continue
        if before["value"] != after["value"]:
            found.append({"label": after["label"], "before": before["text"], "after": after["text"]})
    return found


def order(engine, month: str, types: list[str], reason: str, actor: Actor, once: str = "") -> dict:
    """Store an order and start its trial; the same `once` again is the same order. Raise Forbidden, and Invalid for what is missing."""
    if not actor.has(REVIEWER):
        raise Forbidden
    month, latest, problems = dates.parse_month(month), engine.registry.latest(), []
    if not types or not set(types) <= set(latest):
        problems.append("请选择要调整的救助类型。")
    if not reason.strip():
        problems.append("请填写调整依据。")
    if problems:
        raise Invalid(problems)
    key = secrets.token_hex(12) if not once else once[:40]
    row = {
        "month": month, "types": {name: latest[name].relief_type.name for name in sorted(types)}, "reason": reason.strip()[:200],
        "state": WORKING, "by": actor.id, "by_name": actor.name, "at": dates.now(), "approved_by": "", "approved_name": "",
        "approved_at": None, "job": "", "sums": {}, "rev": 1,
    }  # fmt: skip
    _orders().update_one({"_id": key}, {"$setOnInsert": row}, upsert=True)
    return wake(get(key), actor)


def approve(order_id: str, rev: int, actor: Actor) -> dict:
    """Let an order that was worked out be carried out. Raise Forbidden for who ordered it, Conflict when it moved on."""
    row = get(order_id)
    if not actor.has(APPROVER) or actor.id == row["by"]:
        raise Forbidden
    about = {"approved_by": actor.id, "approved_name": actor.name, "approved_at": dates.now()}
    return wake(step(row, rev, CHECKED, {"state": CARRYING, "job": "", **about}), actor)


def drop(order_id: str, rev: int, actor: Actor) -> dict:
    """Take back an order that nobody approved yet."""
    if not actor.has(REVIEWER, APPROVER):
        raise Forbidden
    return step(get(order_id), rev, CHECKED, {"state": DROPPED})


def wake(row: dict, actor: Actor) -> dict:
    """Start the job an order waits for, unless one is under way; what an ended one had done stays done.

    Who carries out is who approved: nobody else can take it up again (Forbidden).
    """
    if row["state"] not in JOBS:
        return row
    if not actor.has(REVIEWER, APPROVER) or (row["state"] == CARRYING and actor.id != row["approved_by"]):
        raise Forbidden
    if not jobs.unfinished(row["job"]):
        kind, title = JOBS[row["state"]]
        job = jobs.start(kind, f"{title} {row['month']}", {"order": row["_id"]}, actor, key=f"{row['_id']} {kind} {row['job']}")
        _orders().update_one({"_id": row["_id"], "job": row["job"]}, {"$set": {"job": job}})
    return get(row["_id"])


def step(row: dict, rev: int, source: str, changes: dict) -> dict:
    """Move an order on from one state, by compare-and-set. Raise Conflict when it stands elsewhere by now."""
    if not _orders().update_one({"_id": row["_id"], "rev": rev, "state": source}, {"$set": changes, "$inc": {"rev": 1}}).matched_count:
        raise Conflict
    return get(row["_id"])


def get(order_id: str) -> dict:
    """Return an order. Raise NotFound."""
    found = _orders().find_one({"_id": str(order_id)})
    if found is None:
        raise NotFound
    return found


def listed(limit: int = 50) -> list[dict]:
    """Return the newest orders."""
    return list(_orders().find({}, sort=[("at", -1)], limit=limit))


def _orders():
    return database.raw(COLLECTION)
