"""One step for many cases (批量办理): a job that takes it case by case through the same transition as a single one.

What cannot be taken for a case is told as that case's problem; the others go on. An empty selection is nobody. A job that
is taken up again after a crash finds its own event on the cases it had done and leaves them alone.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bson import ObjectId
from pymongo.errors import PyMongoError

from adminapp import database, dates, policy
from adminapp.declaration.model import Field
from adminapp.errors import Invalid, NotFound, ReliefError
from adminapp.jobs import model as jobs
from adminapp.loading import load_case
from adminapp.scope import Actor
from adminapp.workflow import handling
from adminapp.workflow.action import entry, text
from adminapp.workflow.deadlines import FIELDS as LATE_FIELDS
from adminapp.workflow.machine import ACTIONS
from adminapp.workflow.transition import Move, perform

log = logging.getLogger(__name__)
JOB = "bulk_action"
MOST = 2000
"""Cases of one job: what somebody can have looked at."""
EVERY = 20
"""Cases after which the job notes how far it is."""


@dataclass(frozen=True)
class Step:
    """Something that may be done for many: `source` are the states it starts from, () any."""

    label: str
    roles: tuple[str, ...]
    fields: tuple[Field, ...]
    take: Callable[[Move], object]
    source: tuple[str, ...] = ()

    def fits(self, actor: Actor, state: str) -> bool:
        return actor.has(*self.roles) and (not self.source or state in self.source)


def _action(key):
    action = ACTIONS[key]
    late = tuple(
        entry(field.id, field.label, field.kind, False, options=field.options, help="只用于已超期的案件")
        for field in LATE_FIELDS
    )
    ends = action.milestones or "stop_clocks" in action.effects
    return Step(
        action.label,
        action.roles,
        (*action.fields, *(late if ends else ())),
        lambda move: perform(move, key),
        action.source,
    )


def _alive(move):
    """Certify that somebody is alive: only what is the same for all of them; who was not found is written down alone."""
    move.data = move.data | {"date": dates.parse_date(move.data["date"]), "result": "alive"}
    return perform(move, "record_life")


_LIFE = ACTIONS["record_life"]
_HANDLERS = tuple(role for roles in handling.HANDLERS.values() for role in roles)
STEPS = {key: _action(key) for key, action in ACTIONS.items() if action.bulk} | {
    "alive": Step("登记健在", _LIFE.roles, tuple(field for field in _LIFE.fields if field.id in ("date", "way", "seen_by")), _alive, _LIFE.source),
    "claim": Step("认领", _HANDLERS, (), handling.claim),
    "assign": Step(
        "移交经办人", (*_HANDLERS, policy.HEAD), (entry("to", "移交给"), text("reason", "移交原因")),
        lambda move: handling.assign(move, move.data.get("to", ""), move.data.get("reason", "")),
    ),
    "renew": Step(
        "更新责任人", handling.OFFICE, (text("reason", "更新原因"),), lambda move: handling.renew(move, move.data.get("reason", "")),
    ),
}  # fmt: skip


def offered(actor: Actor, state: str) -> list[str]:
    """Return the keys of what an actor may do at once for cases in a state."""
    return [key for key, step in STEPS.items() if step.fits(actor, state)]


def read_ids(texts) -> list[str]:
    """Return the ids of a selection, each once. Raise Invalid for none or too many."""
    ids = list(dict.fromkeys(text for text in texts if ObjectId.is_valid(text)))
    if not ids:
        raise Invalid("没有选中案件，没有办理。")
    if len(ids) > MOST:
        raise Invalid(f"一次最多办理 {MOST} 件，请缩小范围。")
    return ids


def start(actor: Actor, key: str, ids: list[str], data: dict, once: str = "") -> str:
    """Start the job for the selected cases and return its id. Raise NotFound for what this actor may not do in bulk."""
    step = STEPS.get(key)
    if step is None or not actor.has(*step.roles):
        raise NotFound
    ids = read_ids(ids)
    missing = [field.label for field in step.fields if field.required and not data.get(field.id)]
    if missing:
        raise Invalid([f"请填写“{label}”" for label in missing])
    return jobs.start(JOB, f"批量{step.label} {len(ids)} 件", {"step": key, "ids": ids, "data": data}, actor, key=once)


def run(job, args):
    """Take the step for each case; the handler of the job."""
    step, ids, first = STEPS[args["step"]], args["ids"], job.cursor or 0
    job.progress(first, len(ids))
    for number, case_id in enumerate(ids[first:], first + 1):
        item, problem = _one(job, step, case_id, args["data"])
        if problem:
            job.problem(item, problem)
        if number % EVERY == 0 or number == len(ids):
            job.save_cursor(number, number)
        else:
            job.progress(number)
    return {"done": len(ids) - job.failed, "failed": job.failed}


def _one(job, step, case_id, data) -> tuple[str, str]:
    """Take the step for one case; return its number and what stood in the way, "" when nothing did."""
    number = case_id
    try:
        case, published = load_case(job.engine.registry, case_id)
        number = case.number
        if not _is_done(case, job.id):
            step.take(Move(case, published, job.actor, job.engine.standards, dict(data), job=job.id))
    except ReliefError as error:
        return number, "；".join(map(str, getattr(error, "problems", None) or [error]))
    except PyMongoError:
        raise
    except Exception:
        incident = secrets.token_hex(8)
        log.exception("bulk step failed for %s, incident %s", number, incident)
        return number, f"程序出错，请把编号 {incident} 告诉管理员"
    return number, ""


def _is_done(case, job_id):
    """Tell whether this job took its step before it was interrupted."""
    if any(item["data"].get("job") == job_id for item in case.outbox if item["kind"] == "event"):
        return True
    return database.raw("events").find_one({"case": case.id, "job": job_id}, {"_id": 1}) is not None
