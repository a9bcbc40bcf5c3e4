"""The steps people take with a batch, each one compare-and-set on it: who, from which state, and never who made the list."""

from dataclasses import dataclass

from pymongo import ReturnDocument

from adminapp import audit, database
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.payments import batches
from adminapp.payments.batches import (
    ABORTED,
    APPROVED,
    BEFORE_SENT,
    BUILDING,
    CLOSED,
    DRAFT,
    FUNDED,
    LOCKED,
    PROPOSED,
    RECONCILING,
    SENT,
)
from adminapp.payments.opening import wake
from adminapp.policy import APPROVER, FINANCE, REVIEWER
from adminapp.scope import Actor


@dataclass(frozen=True)
class Action:
    """A step: who may take it from which states. `other_person`: never one who made the list (四眼原则).

    `maker`: who takes it may not take a later one of that kind either: money needs three people.
    """

    label: str
    source: tuple[str, ...]
    to: str
    roles: frozenset[str]
    confirm: str
    reason: bool = False
    other_person: bool = False
    maker: bool = True


ACTIONS = {
    "consent": Action(
        "同意编制", (PROPOSED,), BUILDING, frozenset({REVIEWER, APPROVER}), "同意后开始编制补充批次。", other_person=True, maker=False
    ),
    "reopen": Action("退回编制", (LOCKED,), DRAFT, frozenset({APPROVER}), "退回后锁定的校验值作废。", reason=True),
    "approve": Action("审批通过", (LOCKED,), APPROVED, frozenset({APPROVER}), "以后名册不能再改。", other_person=True),
    "send": Action("已送银行", (FUNDED,), SENT, frozenset({FINANCE}), "送出以后批次不能作废。"),
    "reconcile": Action("开始对账", (SENT,), RECONCILING, frozenset({FINANCE}), "收到银行回盘后对账。"),
    "close": Action("办结", (RECONCILING,), CLOSED, frozenset({FINANCE}), "办结后不再登记回盘。"),
    "abort": Action("作废", BEFORE_SENT, ABORTED, frozenset({REVIEWER, APPROVER}), "作废后不再发放。", reason=True),
}  # fmt: skip

AFTER = {}
"""What follows a step on other documents: ``function(batch id)`` by step, swept when its process died before the end."""


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
    batch = batches.get(batch_id)
    if key == "abort":
        query["$or"] = [{"state": {"$ne": APPROVED}}, {"request": None}]
        if batch["state"] == APPROVED and batch.get("request"):
            raise Invalid("名册已经列入资金申请，请先撤回或者由财政退回申请，再作废名册。")
    if action.other_person and actor.id in batch["makers"]:
        raise Forbidden(f"经办过本批次的人不能再办理“{action.label}”，请由其他人办理。")
    changes = {"state": action.to} | ({"seal": None, "files": {}} if action.to == DRAFT else {})
    if key == "close":
        query["returning"] = None
        check_answered(batch)
    note = batches.entry(actor, key, action.label, batch["state"], action.to, reason.strip()[:500], batch["seal"])
    push = {"history": note} | ({"makers": actor.id} if action.other_person and action.maker else {})
    after = batches.collection().find_one_and_update(
        query, {"$set": changes, "$inc": {"rev": 1}, "$push": push}, return_document=ReturnDocument.AFTER
    )
    if after is None:
        raise Conflict()
    audit.log("payment", batch=after["_id"], action=key)
    if after["state"] == BUILDING:
        return wake(after, actor)
    if key in AFTER:
        AFTER[key](after["_id"])
        return batches.get(after["_id"])
    return after


def check_answered(batch: dict):
    """Raise Invalid while the bank has not said of every line what became of it."""
    waiting = database.raw("payment_lines").count_documents({"batch": batch["_id"], "state": "SENT"})
    if waiting and batch["state"] == RECONCILING:
        raise Invalid(f"还有 {waiting} 行没有回盘，登记全部回盘以后才能办结。")
