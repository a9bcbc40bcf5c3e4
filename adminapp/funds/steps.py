"""The steps people take with a fund request, each one compare-and-set on it."""

from datetime import date

from pymongo import ReturnDocument

from adminapp import audit, dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.funds import holding, requests
from adminapp.funds.requests import APPROVED, ARRIVED, OPEN, RETURNED, SUBMITTED, UNSETTLED, WITHDRAWN
from adminapp.money import format_yuan, parse_yuan
from adminapp.payments import batches
from adminapp.payments.steps import Step
from adminapp.policy import FINANCE, REVIEWER
from adminapp.scope import Actor

VOUCHER = 60
"""Characters of a voucher number."""


STEPS = {
    "approve": Step("审核通过", SUBMITTED, APPROVED, frozenset({FINANCE}), "核对表中合计与名册校验值以后，同意拨付。", other_person=True),
    "return": Step("退回", SUBMITTED, RETURNED, frozenset({FINANCE}), "退回以后名册可以重新申请。", reason=True),
    "arrive": Step("登记到账", APPROVED, ARRIVED, frozenset({FINANCE}), "分次到账的逐次登记；全部到账以后名册转为待送银行。"),
    "withdraw": Step("撤回", SUBMITTED, WITHDRAWN, frozenset({REVIEWER}), "撤回以后可以重新申请。", reason=True),
}


def offered(request: dict, actor: Actor) -> dict[str, Step]:
    """Return the steps this person may take now, by key."""
    return {
        key: step
        for key, step in STEPS.items()
        if step.is_open(request["state"], actor) and not (step.other_person and actor.id in makers(request))
    }


def makers(request: dict) -> set[str]:
    """Return who made the request and its lists."""
    found = batches.collection().find({"_id": {"$in": [each["id"] for each in request["lists"]]}}, {"makers": 1})
    return {request["by"]} | {maker for batch in found for maker in batch["makers"]}


def take(request_id: str, key: str, actor: Actor, rev: int, reason: str = "", **typed) -> dict:
    """Take a step and return the request; an arrival takes `amount` (text of yuan), `date` and `voucher`.

    Raise Forbidden for what is not offered, Invalid for what was typed, Conflict when the request or one of its lists moved on meanwhile.
    """
    step, request = STEPS.get(key), requests.get(request_id)
    if request["rev"] != rev:
        raise Conflict()
    if key not in offered(request, actor):
        apart = step is not None and step.is_open(request["state"], actor)
        raise Forbidden("经办过申请或名册的人不能审核，请由其他人办理。" if apart else None)
    if step.reason and not reason.strip():
        raise Invalid("请填写理由。")
    changes, push, label = {"state": step.to}, {}, step.label
    if key == "approve" and (lost := holding.hold(request)):
        raise Conflict(f"{'、'.join(lost)}已有变动，请退回重新申请。")
    if key == "arrive":
        money = _arrival(request, actor, **typed)
        arrived = request["arrived"] + money["amount"]
        changes = {"state": ARRIVED if arrived == request["amount"] else APPROVED, "arrived": arrived}
        push, label = {"arrivals": money}, f"到账 {format_yuan(money['amount'])} 元"
    update = {
        "$set": changes | {"settled": UNSETTLED},
        "$inc": {"rev": 1},
        "$push": push | {"history": requests.entry(actor, key, label, reason.strip()[:500])},
    }
    if changes["state"] not in OPEN:
        update["$unset"] = {"holds": ""}
    query = {"_id": request["_id"], "rev": rev, "state": step.source}
    after = requests.collection().find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if after is None:
        raise Conflict()
    audit.log("funds", request=after["_id"], action=key, amount=after["amount"], arrived=after["arrived"])
    holding.settle(after["_id"])
    return requests.get(after["_id"])


def _arrival(request, actor, amount="", date="", voucher=""):
    """Return what arrived; raise Invalid, naming every problem."""
    problems, rest, fen, day = [], request["amount"] - request["arrived"], 0, None
    try:
        fen = parse_yuan(amount)
        if not 0 < fen <= rest:
            problems.append(f"到账金额应大于 0，且不超过尚未到账的 {format_yuan(rest)} 元。")
    except Invalid as error:
        problems.append(str(error))
    try:
        day = dates.parse_date(date)
        if not _day_of(request) <= day <= dates.today():
            problems.append(f"到账日期应在 {_day_of(request)} 和今天之间。")
    except Invalid as error:
        problems.append(str(error))
    voucher = voucher.strip()[:VOUCHER]
    if not voucher:
        problems.append("请填写凭证号。")
    elif any(each["voucher"] == voucher for each in request["arrivals"]):
        problems.append(f"凭证号 {voucher} 已经登记过。")
    if problems:
        raise Invalid(problems)
    return {"amount": fen, "date": day.isoformat(), "voucher": voucher, "by": actor.id, "by_name": actor.name, "at": dates.now()}


def _day_of(request) -> date:
    return dates.day_of(request["at"])
