"""What a filing changes for cases and awards that are there already: they are found by ID key and marked, once."""

from adminapp import database
from adminapp.errors import Conflict
from adminapp.jobs import model
from adminapp.jobs.model import QUEUED, RUNNING
from adminapp.related import marks, register
from adminapp.scope import Actor, system
from adminapp.workflow import transition

JOB = "related_scan"
OVER = {"withdrawn", "not_accepted", "terminated_uncoop", "refused", "terminated"}
"""States in which nothing more is decided or paid: what was once granted is the business of the spot checks."""
TRIES = 5
BATCH = 200


def start(actor: Actor) -> str:
    """Start the job that looks at every filing not looked at yet; one that waits already is enough. Return its id."""
    waiting = database.raw(model.COLLECTION).find_one({"kind": JOB, "state": QUEUED}, {"_id": 1})
    return waiting["_id"] if waiting else model.start(JOB, "近亲属备案比对案件", {}, actor)


def sweep(engine):
    """Look at filings that a job never came to: one that died, or an import that started none."""
    left = database.raw(register.COLLECTION).find_one({"unscanned": True}, {"_id": 1})
    if left and not database.raw(model.COLLECTION).find_one({"kind": JOB, "state": {"$in": [QUEUED, RUNNING]}}, {"_id": 1}):
        with system("kin scan") as actor:
            start(actor)


def run(job, args: dict) -> dict:
    """Mark the cases of every filing not looked at yet; the handler of the job kind. Safe to repeat and to kill."""
    filings = database.raw(register.COLLECTION)
    total, done, marked, last = filings.count_documents({"unscanned": True}), 0, 0, ""
    job.progress(0, total)
    while rows := list(filings.find({"unscanned": True, "_id": {"$gt": last}}, sort=[("_id", 1)], limit=BATCH)):
        for row in rows:
            register.replace_older(row)
            with system("kin scan"):
                found, left = mark_cases(job.engine.registry, row["keys"])
            for number in left:
                job.problem(number, "本件正被频繁修改，稍后会自动再次比对")
            if not left:  # one that was changed meanwhile keeps its mark and is looked at again
                filings.update_one({"_id": row["_id"], "rev": row["rev"]}, {"$unset": {"unscanned": ""}})
            marked, done = marked + found, done + 1
            job.progress(done, max(total, done), f"已命中 {marked} 件")
        last = rows[-1]["_id"]
    return {"filings": done, "cases": marked}


def mark_cases(registry, keys) -> tuple[int, list[str]]:
    """Mark the live cases of the people with these ID keys; return how many were not marked before, and the numbers of
    those that others kept changing."""
    marked, left = 0, []
    query = {"people.key": {"$in": list(keys)}, "state": {"$nin": sorted(OVER)}}
    for row in database.raw("cases").find(query, {"number": 1}):
        try:
            marked += _mark(registry, row["_id"])
        except Conflict:
            left.append(row["number"])
    return marked, left


def _mark(registry, case_id) -> bool:
    for _ in range(TRIES):
        row = database.raw("cases").find_one({"_id": case_id})
        if row is None:
            return False
        case = registry.get(row["type"], row["schema_version"]).model._from_son(row)
        if not marks.mark(case):
            return False
        try:
            transition.store(case, case.rev, None)
            return True
        except Conflict:
            continue
    raise Conflict()
