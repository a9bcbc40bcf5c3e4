"""A job: its order (`kind`, `title`, `args`, `actor`), how far it is (`state`, `done`, `total`, `failed`, `cursor`) and
what came of it (`message`, `problems`, `result`, `artefacts`).

`state` says how the work goes (QUEUED, RUNNING, DONE, FAILED, CANCELLED), never what became of the business. Who may
write is decided by `fence`: it rises with every claim, every write of a worker carries the number it claimed with, and
so a worker that was thought dead changes nothing when it wakes up. Times are aware UTC.
"""

import hashlib
import json
import secrets
from datetime import timedelta

from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes
from adminapp.errors import Conflict, NotFound
from adminapp.jobs import queue
from adminapp.jobs.registry import KINDS
from adminapp.scope import ALL, Actor

COLLECTION = "jobs"
indexes.declare(COLLECTION, "owner", ["actor.id", "-created"])
indexes.declare(COLLECTION, "state", ["state", "lease_until"])
indexes.declare(COLLECTION, "kind", ["kind", "-created"])

PATIENCE = timedelta(minutes=5)
"""The sweeper wakes a job within a minute; what waits longer has no worker."""
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"
STATES = {QUEUED: "排队中", RUNNING: "进行中", DONE: "已完成", FAILED: "失败", CANCELLED: "已取消"}
TONES = {QUEUED: "wait", RUNNING: "info", DONE: "good", FAILED: "bad", CANCELLED: ""}
FINISHED = frozenset({DONE, FAILED, CANCELLED})

LEASE = timedelta(seconds=30)
"""How long a worker that shows no sign of life keeps its job."""
MOST_CLAIMS = 20
"""A job claimed so often kills its worker each time: it is given up."""
MOST_PROBLEMS = 200


def start(kind: str, title: str, args: dict, actor: Actor, key: str = "") -> str:
    """Store a job, wake a worker and return the job's id.

    With a `key` the same submission again (a double click, a resend) returns the first job; another with the same key
    raises Conflict. `args` is plain data that MongoDB and JSON can hold.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of job {kind!r}; known: {', '.join(sorted(KINDS))}")
    job_id = _digest(f"{kind}\n{actor.id}\n{key}")[:24] if key else secrets.token_hex(12)
    job = {
        "_id": job_id, "kind": kind, "title": title, "actor": snapshot(actor),
        "args": args, "args_digest": _digest(_canonical(args)),
        "state": QUEUED, "total": None, "done": 0, "failed": 0, "problems": [], "cursor": None, "message": "",
        "result": None, "artefacts": [], "cancel": False, "lease_owner": None, "lease_until": None, "fence": 0,
        "created": dates.now(), "started": None, "finished": None,
    }  # fmt: skip
    try:
        _jobs().insert_one(job)
    except DuplicateKeyError as error:
        if _jobs().find_one({"_id": job_id}, {"args_digest": 1})["args_digest"] != job["args_digest"]:
            raise Conflict("这次提交与先前的同一次提交内容不同，请刷新后重新提交。") from error
    queue.wake(job_id)
    return job_id


def start_again(collection, row: dict, kind: str, title: str, args: dict, actor: Actor) -> str:
    """Start the job of a stored document behind the one that it names in `job`, note it there, and return its id.

    The key is that of the job before: who comes second gets the job of the first, and one that ended is followed by another.
    """
    before = row["job"]
    job_id = start(kind, title, {**args, "after": before}, actor, key=f"{row['_id']} {before}")
    collection.update_one({"_id": row["_id"], "job": before}, {"$set": {"job": job_id}})
    return job_id


def get(job_id: str) -> dict:
    """Return a job. Raise NotFound."""
    job = _jobs().find_one({"_id": str(job_id)})
    if job is None:
        raise NotFound()
    return job


def get_readable(job_id: str, actor: Actor) -> dict:
    """Return a job this person may see; raise NotFound otherwise, as if there were none."""
    job = get(job_id)
    if not may_read(job, actor):
        raise NotFound()
    return job


def may_read(job: dict, actor: Actor) -> bool:
    """Tell whether the person may see the job and fetch its files today.

    The owner, as long as they still hold a role and a place they started it with; and the county's readers of the kind.
    """
    owner = actor_of(job)
    if actor.id == owner.id:
        place = _covers(actor.townships, owner.townships) and _covers(actor.villages, owner.villages)
        return place and bool(actor.roles & owner.roles)
    kind = KINDS.get(job["kind"])
    return kind is not None and bool(actor.roles & kind.readers)


def _covers(mine, theirs):
    return mine is None or (theirs is not None and theirs <= mine)


def owned_by(actor: Actor, limit: int = 50) -> list[dict]:
    """Return the person's own jobs, newest first, without arguments and problems."""
    rows = _jobs().find({"actor.id": actor.id}, {"args": 0, "problems": 0}, sort=[("created", DESCENDING)], limit=limit)
    return [job for job in rows if may_read(job, actor)]


def running(kinds, **args) -> dict | None:
    """Return the newest job of these kinds with such arguments that waits or runs, None when there is none."""
    wanted = {"state": {"$in": [QUEUED, RUNNING]}, "kind": {"$in": list(kinds)}} | {f"args.{key}": value for key, value in args.items()}
    return _jobs().find_one(wanted, sort=[("created", DESCENDING)])


def unfinished(job_id: str | None) -> bool:
    """Tell whether there is such a job and it waits or runs."""
    return _jobs().find_one({"_id": job_id, "state": {"$in": [QUEUED, RUNNING]}}, {"_id": 1}) is not None


def left(job_id: str, begun) -> bool:
    """Tell whether work begun at a moment lies: no job was ever started for it, or its job has ended without being done, PATIENCE ago."""
    job = _jobs().find_one({"_id": job_id}, {"state": 1, "finished": 1}) or {"state": None, "finished": begun}
    return job["state"] in (None, FAILED, CANCELLED) and job["finished"] < dates.now() - PATIENCE


def cancel(job_id: str, actor: Actor) -> dict:
    """Cancel a job that waits, ask a running one to stop, and return it. A finished job stays as it is."""
    job = get_readable(job_id, actor)
    if job["actor"]["id"] != actor.id:
        raise NotFound()
    done = {"state": CANCELLED, "cancel": True, "finished": dates.now()}
    if not _jobs().update_one({"_id": job_id, "state": QUEUED}, {"$set": done, "$inc": {"fence": 1}}).matched_count:
        _jobs().update_one({"_id": job_id, "state": RUNNING}, {"$set": {"cancel": True}})
    return get(job_id)


def claim(job_id: str, owner: str) -> dict | None:
    """Take a job that waits or whose worker has died; return it with its new fence, None when there is none to take."""
    now = dates.now()
    free = {"$or": [{"state": QUEUED}, {"state": RUNNING, "lease_until": {"$lt": now}}]}
    taken = {"$set": {"state": RUNNING, "lease_owner": owner, "lease_until": now + LEASE}, "$inc": {"fence": 1}}
    job = _jobs().find_one_and_update({"_id": job_id, **free}, taken, return_document=ReturnDocument.AFTER)
    if job and job["started"] is None:
        _jobs().update_one({"_id": job_id, "fence": job["fence"]}, {"$set": {"started": now}})
    return job


def write(job_id: str, fence: int, update: dict) -> dict | None:
    """Change a running job as the worker with this fence; return it, or None when another one has taken over."""
    mine = {"_id": job_id, "fence": fence, "state": RUNNING}
    shown = {"args": 0, "problems": 0}
    return _jobs().find_one_and_update(mine, update, projection=shown, return_document=ReturnDocument.AFTER)


def waiting(limit: int = 1000) -> list[str]:
    """Return the ids of jobs that wait or were left by a dead worker, oldest first."""
    query = {"$or": [{"state": QUEUED}, {"state": RUNNING, "lease_until": {"$lt": dates.now()}}]}
    return [row["_id"] for row in _jobs().find(query, {"_id": 1}, sort=[("created", 1)], limit=limit)]


def neglected() -> bool:
    """Tell whether a job has waited, or lain where a dead worker left it, longer than PATIENCE: then nobody runs them."""
    late = {"$lt": dates.now() - PATIENCE}
    return _jobs().find_one({"$or": [{"state": QUEUED, "created": late}, {"state": RUNNING, "lease_until": late}]}, {"_id": 1}) is not None


def sweep(limit: int = 1000) -> int:
    """Wake the jobs that wait or were left behind; return their number.

    While messages wait in the queue its workers are busy, and more messages would only pile up.
    """
    found = [] if queue.pending() else waiting(limit)
    for job_id in found:
        queue.wake(job_id)
    return len(found)


def snapshot(actor: Actor) -> dict:
    """Return the actor as stored with a job: who it works for, with that person's rights and no others."""
    return {
        "id": actor.id, "name": actor.name, "roles": sorted(actor.roles),
        "townships": None if actor.townships is ALL else sorted(actor.townships),
        "villages": None if actor.villages is None else sorted(actor.villages),
    }  # fmt: skip


def actor_of(job: dict) -> Actor:
    """Return the actor a job works for."""
    data = job["actor"]
    townships = ALL if data["townships"] is None else frozenset(data["townships"])
    villages = None if data["villages"] is None else frozenset(data["villages"])
    reason = f"job {job['_id']}"
    return Actor(data["id"], data["name"], frozenset(data["roles"]), townships, villages, reason)


def _jobs():
    return database.raw(COLLECTION)


def _canonical(args):
    return json.dumps(args, ensure_ascii=False, sort_keys=True, default=str)


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
