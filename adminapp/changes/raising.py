"""Works an order out, or carries it out: every award of its types decided anew under its own version and the standards of now.

An award that would get less, fails a condition, was set by hand or has something else open is left as it is and named in
the job, for a person; what was stopped is not looked at. Nothing is written where the amount stays. An award that the job
had raised before it was interrupted is found by the event of the job and counted once.
"""

import logging

from pymongo.errors import PyMongoError

from adminapp import awards, database
from adminapp.awards.spells import ACTIVE, PAYING, SUSPENDED, derive
from adminapp.changes import raises, redecide
from adminapp.errors import Conflict, ReliefError
from adminapp.jobs.registry import register as register_job
from adminapp.ledger.account import runs_of
from adminapp.policy import APPROVER, AUDITOR, REVIEWER
from adminapp.workflow.machine import ACTIONS, STATES
from adminapp.workflow.transition import Move, perform, refusals

log = logging.getLogger(__name__)
ACTION = "adjust_standard"
CHUNK = 100
"""Awards whose cases, decisions and other awards are read at once."""
NAMES = ("raised", "same", "left", "monthly", "back")


def register():
    """Register both jobs. Safe to call again."""
    register_job(raises.TRIAL, work_out, {REVIEWER, APPROVER, AUDITOR})
    register_job(raises.CARRY, carry_out, {REVIEWER, APPROVER, AUDITOR})


def work_out(job, args: dict) -> dict:
    """Sum up what the order would give; no case is touched."""
    return _run(job, args, raises.WORKING, raises.CHECKED, lambda move: None)


def carry_out(job, args: dict) -> dict:
    """Raise award by award through the same transition as a single change."""
    return _run(job, args, raises.CARRYING, raises.DONE, lambda move: perform(move, ACTION))


def _run(job, args, source, target, take):
    row, kept = raises.get(args["order"]), job.cursor or {"after": None, "sums": {}, "done": 0}
    sums, done, runs = kept["sums"], kept["done"], {key: runs_of(key) for key in row["types"]}
    job.progress(done, _count(row))
    for found in chunks(row, kept["after"]):
        basis = redecide.Basis(job.engine.registry, found)
        for award in found:
            about, sentence = _one(job, row, award, basis, runs[award["type"]], take)
            total = sums.setdefault(award["type"], dict.fromkeys(NAMES, 0))
            for name, amount in about.items():
                total[name] += amount
            if sentence:
                job.problem(award["number"], sentence)
            done += 1
            job.progress(done)
        last = found[-1]
        job.save_cursor({"after": [last["type"], last["township"], last["_id"]], "sums": sums, "done": done}, done)
    if row["state"] == source:
        raises.step(row, row["rev"], source, {"state": target, "sums": sums})
    return {"sums": sums}


def _query(row, key):
    spell = {"state": {"$in": [ACTIVE, SUSPENDED]}, "$or": [{"to": None}, {"to": {"$gte": row["month"]}}]}
    return {"type": key, "spells": {"$elemMatch": spell}}


def _count(row):
    return sum(database.raw(awards.COLLECTION).count_documents(_query(row, key)) for key in row["types"])


def chunks(row: dict, after=None):
    """Yield the running awards of an order's types, of all townships, by type, township and id, from behind `after` on.

    `after` is ``[type, township, id]`` of the last award done.
    """
    table = database.raw(awards.COLLECTION)
    for key in sorted(row["types"]):
        if after and key < after[0]:
            continue
        last = after[1:] if after and key == after[0] else None
        while found := list(table.find(_query(row, key) | _behind(last), sort=[("township", 1), ("_id", 1)], limit=CHUNK)):
            yield found
            last = [found[-1]["township"], found[-1]["_id"]]


def _behind(last):
    if last is None:
        return {}
    township, award = last
    return {"$or": [{"township": {"$gt": township}}, {"township": township, "_id": {"$gt": award}}]}


def _one(job, row, award, basis, runs, take):
    """Return what an award adds to the sums, and why it was left, "" when it was not."""
    try:
        move = _move(job, row, award, basis)
        if job.fence > 1 and _raised_before(move):
            return {"raised": 1} | _given(award, row, runs), ""
        outcome, sentence = judge(move)
        if outcome != "raised":
            return {outcome: 1}, sentence
        about = {"raised": 1} | _gives(move.plan.steps, award, runs)
        take(move)
        return about, ""
    except Conflict:
        return {"left": 1}, "办理时本件刚有变动，请稍后单独办理"
    except ReliefError as error:
        return {"left": 1}, "；".join(map(str, getattr(error, "problems", None) or [error]))
    except PyMongoError:
        raise
    except Exception:
        log.exception("raise failed for %s", award["number"])
        return {"left": 1}, "程序出错，已记入日志"


def _move(job, row, award, basis) -> Move:
    stored = basis.cases[award["_id"]]
    published = job.engine.registry.get(stored["type"], stored["schema_version"])
    data = {"from_month": max(row["month"], award["spells"][0]["from"]), "reason": row["reason"]}
    move = Move(published.model._from_son(stored), published, job.actor, job.engine.standards, data, job=job.id, driver="standards", key=ACTION)
    move.award = award
    move.plan.basis = basis
    return move


def judge(move) -> tuple[str, str]:
    """Return what the order does with an award: "raised", "same", or "left" with the reason for it."""
    case = move.case
    if case.state not in ACTIONS[ACTION].source:
        label = STATES[case.state].label
        return "left", f"本件“{label}”，办结后单独办理" if STATES[case.state].open else f"本件“{label}”，终止以前的月份不成批补发"
    if (case.decision or {}).get("adjusted_by"):
        return "left", "金额经人工调整，请单独办理“调整金额”"
    if not move.plan.problems() and all(step.amount == step.before for step in move.plan.steps):
        return "same", ""
    sentences = refusals(move, ACTION)
    return ("left", "；".join(sentences)) if sentences else ("raised", "")


def _gives(steps, award, runs):
    """Return ``{monthly, back}`` in fen of what is paid: `runs` are the months for which lists were made already."""
    paying = {month for month in runs if (awards.spell_in(award, month) or {}).get("state") in PAYING}
    back = sum((step.amount - step.before) * sum(_covers(step, month) for month in paying) for step in steps)
    goes_on = award["spells"][-1]["state"] in PAYING
    return {"monthly": (steps[-1].amount - steps[-1].before) * goes_on, "back": back}


def _covers(step, month):
    return step.month <= month and (step.last is None or month <= step.last)


def _raised_before(move):
    """Tell whether this job raised the award before it was interrupted."""
    waiting = (item["data"].get("job") for item in move.case.outbox if item["kind"] == "event")
    return move.job in waiting or database.raw("events").find_one({"case": move.case.id, "job": move.job}, {"_id": 1}) is not None


def _given(award, row, runs):
    """Return ``{monthly, back}`` of what the order's own entries gave an award."""
    own = {entry["key"] for entry in award["entries"] if entry["cause"] == "standard" and row["approved_at"] and entry["at"] >= row["approved_at"]}
    before = {"spells": derive([entry for entry in award["entries"] if entry["key"] not in own])}
    back = sum(awards.amount_in(award, month) - awards.amount_in(before, month) for month in runs)
    return {"monthly": award["spells"][-1]["amount"] - before["spells"][-1]["amount"], "back": back}
