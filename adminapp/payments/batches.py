"""A batch (发放批次): which types and month, its state, its seal, and every step anybody took with it.

``{_id: "<type or all>:<month>[:n]", scope, month, n, types, runs, state, rev, makers, job, roster, totals, seal,
variance, adjustments, files, history, …}``. All of it is one document, so every step is one compare-and-set that also
writes the step into `history`. How the job goes is in the job, never here.
"""

from dataclasses import dataclass

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.policy import APPROVER, FINANCE, REVIEWER
from adminapp.scope import Actor

COLLECTION = "payment_batches"
indexes.declare(COLLECTION, "month", ["-month", "scope", "n"])
ALL_TYPES = "all"
BUILD, SEAL, RELEASE, PROVE = "payment_build", "payment_seal", "payment_release", "payment_prove"

BUILDING, DRAFT, LOCKED, APPROVED, FUNDED = "BUILDING", "DRAFT", "LOCKED", "APPROVED", "FUNDED"
SENT, RECONCILING, CLOSED, ABORTED = "SENT", "RECONCILING", "CLOSED", "ABORTED"
STATES = {
    BUILDING: "编制中", DRAFT: "待锁定", LOCKED: "待审批", APPROVED: "待拨款", FUNDED: "待送银行",
    SENT: "已送银行", RECONCILING: "对账中", CLOSED: "已办结", ABORTED: "已作废",
}  # fmt: skip
TONES = {BUILDING: "info", DRAFT: "wait", LOCKED: "wait", APPROVED: "wait", FUNDED: "wait", SENT: "info",
         RECONCILING: "info", CLOSED: "good", ABORTED: ""}  # fmt: skip
BEFORE_SENT = (BUILDING, DRAFT, LOCKED, APPROVED, FUNDED)
SEALED = (LOCKED, APPROVED, FUNDED, SENT, RECONCILING, CLOSED)
PAYABLE = (APPROVED, FUNDED, SENT, RECONCILING, CLOSED)
"""States in which a bank file may leave."""


@dataclass(frozen=True)
class Action:
    """A step: who may take it from which states. `other_person`: never one who made the list (四眼原则)."""

    label: str
    source: tuple[str, ...]
    to: str
    roles: frozenset[str]
    confirm: str
    reason: bool = False
    other_person: bool = False


ACTIONS = {
    "reopen": Action("退回编制", (LOCKED,), DRAFT, frozenset({APPROVER}), "退回后锁定的校验值作废。", reason=True),
    "approve": Action("审批通过", (LOCKED,), APPROVED, frozenset({APPROVER}), "以后名册不能再改。", other_person=True),
    "fund": Action("确认拨款", (APPROVED,), FUNDED, frozenset({FINANCE}), "确认资金已经到位。", other_person=True),
    "send": Action("已送银行", (FUNDED,), SENT, frozenset({FINANCE}), "送出以后批次不能作废。"),
    "reconcile": Action("开始对账", (SENT,), RECONCILING, frozenset({FINANCE}), "收到银行回盘后对账。"),
    "close": Action("办结", (RECONCILING,), CLOSED, frozenset({FINANCE}), "办结后不再登记回盘。"),
    "abort": Action("作废", BEFORE_SENT, ABORTED, frozenset({REVIEWER, APPROVER}), "作废后不再发放。", reason=True),
}  # fmt: skip

AFTER = {}
"""What follows a step on other documents: ``function(batch id)`` by step, swept when its process died before the end."""


def collection():
    """Return the batches. They are of the whole county and hold no person; the lines are scoped."""
    return database.raw(COLLECTION)


def get(batch_id: str) -> dict:
    """Return a batch. Raise NotFound."""
    batch = collection().find_one({"_id": str(batch_id)})
    if batch is None:
        raise NotFound()
    return batch


def listed(limit: int = 60, before: str | None = None) -> list[dict]:
    """Return the newest batches, by month, of months before `before`; without adjustments and history."""
    query = {"month": {"$lt": before}} if before else {}
    order = [("month", DESCENDING), ("scope", ASCENDING), ("n", ASCENDING)]
    hidden = {"history": 0, "adjustments": 0, "variance": 0, "runs": 0}
    return list(collection().find(query, hidden, sort=order, limit=limit))


def start_build(scope: str, month: str, types: dict[str, str], actor: Actor, supplement: bool = False) -> dict:
    """Return the batch of a month for one type or ALL_TYPES, made and put to work when there is none.

    `types` are the names of the types in it by key: empty means nobody, and is refused.

    However often and from wherever this is submitted there is one batch. `supplement` asks for one more once the last
    is locked, for what was decided since. Raise Forbidden, and Invalid for a month that has not begun.
    """
    if not actor.has(REVIEWER):
        raise Forbidden()
    month = dates.parse_month(month)
    if month > dates.month_of(dates.today()):
        raise Invalid(f"{month} 还没有到，不能编制发放名册。")
    if not types:
        raise Invalid("没有可以发放的救助类型。")
    earlier = list(collection().find({"scope": scope, "month": month}, {"state": 1, "n": 1}, sort=[("n", ASCENDING)]))
    live = [batch for batch in earlier if batch["state"] != ABORTED]
    if live and not (supplement and live[-1]["state"] not in (BUILDING, DRAFT)):
        return wake(get(live[-1]["_id"]), actor)
    n = earlier[-1]["n"] + 1 if earlier else 1
    batch = {
        "_id": f"{scope}:{month}" + (f":{n}" if n > 1 else ""), "scope": scope, "month": month, "n": n,
        "supplement": bool(live),
        "types": sorted(types), "names": types, "runs": {key: _runs(key, month) for key in types},
        "state": BUILDING, "rev": 1, "makers": [actor.id], "built_by": actor.name, "created": dates.now(), "job": "",
        "roster": None, "totals": None, "seal": None, "variance": None, "adjustments": [], "files": {},
        "history": [entry(actor, "build", "编制", "", BUILDING)],
    }  # fmt: skip
    try:
        collection().insert_one(batch)
        audit.log("payment", batch=batch["_id"], action="build")
    except DuplicateKeyError:
        batch = get(batch["_id"])
    return wake(batch, actor)


def _runs(type_key, month):
    """Return the months before in which the program paid the type: what fell due then and was not paid is arrears."""
    query = {"types": type_key, "month": {"$lt": month}, "state": {"$ne": ABORTED}}
    return sorted(collection().distinct("month", query))


def wake(batch: dict, actor: Actor) -> dict:
    """Start the job of a batch that is being built, unless one is under way; return the batch."""
    if batch["state"] != BUILDING:
        return batch
    old = database.raw(jobs.COLLECTION).find_one({"_id": batch["job"]}, {"state": 1}) if batch["job"] else None
    if old and old["state"] not in jobs.FINISHED:
        return batch
    # The key is that of the job before: who comes second gets the job of the first.
    key = f"{batch['_id']} {batch['job']}"
    job_id = jobs.start(
        BUILD, f"编制 {title_of(batch)}", {"batch": batch["_id"], "after": batch["job"]}, actor, key=key
    )
    collection().update_one({"_id": batch["_id"], "job": batch["job"]}, {"$set": {"job": job_id}})
    return get(batch["_id"])


def start_seal(batch_id: str, rev: int, actor: Actor) -> str:
    """Start the job that locks a draft as it stands at `rev`; return the job's id."""
    batch = get(batch_id)
    if not actor.has(REVIEWER):
        raise Forbidden()
    if batch["state"] != DRAFT or batch["rev"] != rev:
        raise Conflict()
    job_id = jobs.start(SEAL, f"锁定 {title_of(batch)}", {"batch": batch_id, "rev": rev}, actor)
    collection().update_one({"_id": batch_id, "rev": rev}, {"$set": {"job": job_id}})
    return job_id


def offered(batch: dict, actor: Actor) -> dict[str, Action]:
    """Return the steps this person may take now, by key; `lock` is a job and stands apart."""
    return {
        key: action for key, action in ACTIONS.items() if batch["state"] in action.source and actor.has(*action.roles)
    }


def perform(batch_id: str, key: str, actor: Actor, rev: int, reason: str = "") -> dict:
    """Take a step and return the batch.

    Raise Forbidden, Invalid for a missing reason, and Conflict when the batch moved on meanwhile. Who made the list is
    kept out by the filter of the write itself, whatever roles they have by now.
    """
    action = ACTIONS.get(key)
    if action is None or not actor.has(*action.roles):
        raise Forbidden()
    if action.reason and not reason.strip():
        raise Invalid("请填写理由。")
    query = {"_id": str(batch_id), "rev": rev, "state": {"$in": list(action.source)}}
    if action.other_person:
        query["makers"] = {"$ne": actor.id}
    batch = get(batch_id)
    if action.other_person and actor.id in batch["makers"]:
        raise Forbidden("经办过本批次的人不能再审批或拨付，请由其他人办理。")
    changes = {"state": action.to} | ({"seal": None, "files": {}} if action.to == DRAFT else {})
    if key == "close":
        query["returning"] = None
        check_answered(batch)
    note = entry(actor, key, action.label, batch["state"], action.to, reason.strip()[:500], batch["seal"])
    # Who approved may not fund either: money needs three people.
    push = {"history": note} | ({"makers": actor.id} if action.other_person else {})
    after = collection().find_one_and_update(
        query, {"$set": changes, "$inc": {"rev": 1}, "$push": push}, return_document=ReturnDocument.AFTER
    )
    if after is None:
        raise Conflict()
    audit.log("payment", batch=after["_id"], action=key)
    if key in AFTER:
        AFTER[key](after["_id"])
        return get(after["_id"])
    return after


def check_answered(batch: dict):
    """Raise Invalid while the bank has not said of every line what became of it."""
    waiting = database.raw("payment_lines").count_documents({"batch": batch["_id"], "state": "SENT"})
    if waiting and batch["state"] == RECONCILING:
        raise Invalid(f"还有 {waiting} 行没有回盘，登记全部回盘以后才能办结。")


def move(batch: dict, to: str, changes: dict, actor: Actor, action: str, label: str) -> dict | None:
    """Take a step of a job on the batch as it was read, with the step in its history; return it, None when stale."""
    note = entry(actor, action, label, batch["state"], to)
    update = {
        "$set": {**changes, "state": to},
        "$inc": {"rev": 1},
        "$push": {"history": note},
        "$addToSet": {"makers": actor.id},
    }
    query = {"_id": batch["_id"], "rev": batch["rev"], "state": batch["state"]}
    return collection().find_one_and_update(query, update, return_document=ReturnDocument.AFTER)


def entry(actor, action, label, before, after, reason="", seal=None) -> dict:
    """Return one step for the history; a seal that is given up stays readable there."""
    note = {
        "at": dates.now(), "actor": actor.id, "actor_name": actor.name, "action": action, "label": label,
        "from": before, "to": after, "reason": reason,
    }  # fmt: skip
    return note | ({"digest": seal["digest"]} if seal and after == DRAFT else {})


def scope_name(batch: dict) -> str:
    """Return the name of the type, as it was when the batch was made, or that of all."""
    return "全部类型" if batch["scope"] == ALL_TYPES else batch["names"].get(batch["scope"], batch["scope"])


def is_supplement(batch: dict) -> bool:
    """Tell whether another batch of the month was paid before; one made anew after an abort is none."""
    return batch.get("supplement", batch["n"] > 1)


def title_of(batch: dict) -> str:
    """Return "2026 年 9 月农村低保发放名册"."""
    more = f"（补充 {batch['n']}）" if is_supplement(batch) else ""
    return f"{int(batch['month'][:4])} 年 {int(batch['month'][5:])} 月{scope_name(batch)}发放名册{more}"
