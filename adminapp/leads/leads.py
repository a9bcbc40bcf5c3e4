"""Leads (collection `leads`): who may need help, as a village reported it, and what the township did about it.

``{_id: "XS433123109-2026-0001", township, village, name, phone, address, kind, situation, urgent, known_by, reported_on, reported_by,
reported_by_name, state, due, clause, visited_on, visit_note, answered_on, answered_by, answered_by_name, answer, office, case,
case_type, case_number, opening, late, month, rev}``. `opening` is the id that the application has, or gets, that is opened from the lead.

`due` is set by dated figures when the lead comes in (`lead.answer`, `lead.answer_urgent`); `late` counts the working days an
answer came after it. Who reported sees what was handed in and its state, not what the township noted.
"""

from datetime import date

from bson import ObjectId

from adminapp import database, dates, divisions, indexes, procedure
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.numbering import next_serial
from adminapp.policy import ASSISTANT, CLERK, DEPUTY
from adminapp.scope import Actor, ScopedCollection
from adminapp.workflow.opening import open_case

COLLECTION = "leads"
OPEN, VISITED, HELPED, REFERRED, NOT_NEEDED = "open", "visited", "helped", "referred", "not_needed"
STATES = {OPEN: "待办理", VISITED: "已走访", HELPED: "已协助申请", REFERRED: "已转有关部门", NOT_NEEDED: "不需要救助"}
WAITING = (OPEN, VISITED)
KINDS = {
    "illness": "患病，医疗负担重", "disaster": "受灾或意外事故", "disability": "残疾", "child": "儿童无人照料", "elder": "老年人无人照料",
    "income": "收入中断或很低",
    "outsider": "外来人员急难", "other": "其他",
}  # fmt: skip
KNOWN_BY = {"visit": "走访发现", "neighbour": "邻里反映", "self": "本人求助", "office": "部门转来", "data": "数据比对", "other": "其他"}
REASONS = {
    "already": "已享受救助", "over": "经济状况超过标准", "declined": "本人不愿意申请", "elsewhere": "不属于本乡镇", "solved": "困难已经解决",
    "other": "其他",
}  # fmt: skip
WORKERS = (CLERK, DEPUTY)
REPORTERS = (ASSISTANT, CLERK, DEPUTY)
SHORTEST, LONGEST = 4, 500

indexes.declare(COLLECTION, "work_township", ["township", "state", "due"])
indexes.declare(COLLECTION, "work", ["state", "due"])
indexes.declare(COLLECTION, "reporter", ["reported_by", "-reported_on", "_id"])
indexes.declare(COLLECTION, "months_township", ["township", "month"])
indexes.declare(COLLECTION, "months", ["month"])
indexes.declare(COLLECTION, "village", ["village", "state", "name"])


def collection() -> ScopedCollection:
    """Return the leads within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def cases() -> ScopedCollection:
    return ScopedCollection(database.raw("cases"))


def report(values: dict, actor: Actor) -> dict:
    """Store a lead and return it: `values` are {village, name, phone, address, kind, situation, urgent, known_by}.

    Raise Invalid with {field: sentences}, Forbidden for a village beyond the actor.
    """
    if not actor.has(*REPORTERS):
        raise Forbidden()
    village, problems = values.get("village") or "", {}
    if not divisions.exists(village) or len(village) != divisions.VILLAGE or not actor.reaches(village[: divisions.TOWNSHIP], village):
        problems["village"] = ["请选择您负责的村（社区）"]
    for key, label in (("name", "姓名"), ("address", "住址")):
        if not values.get(key):
            problems[key] = [f"请填写{label}"]
    if values.get("kind") not in KINDS:
        problems["kind"] = ["请选择困难类型"]
    if len(values.get("situation") or "") < SHORTEST:
        problems["situation"] = ["请写明发现的困难情况，例如“独居，摔伤卧床，无人照料”"]
    if not problems and (same := collection().find_one({"village": village, "state": {"$in": list(WAITING)}, "name": values["name"]}, {"reported_on": 1})):
        problems["name"] = [f"{values['name']}的线索 {same['reported_on']} 已经报过（{same['_id']}），正在办理；有新情况请联系乡镇"]
    if problems:
        raise Invalid([problems])
    today, rule = dates.today(), "lead.answer_urgent" if values.get("urgent") else "lead.answer"
    township = village[: divisions.TOWNSHIP]
    lead = {
        "_id": f"XS{township}-{today.year}-{next_serial(f'leads:{township}:{today.year}'):04d}", "township": township, "village": village,
        "name": values["name"], "phone": values.get("phone") or "", "address": values["address"], "kind": values["kind"],
        "situation": values["situation"][:LONGEST], "urgent": bool(values.get("urgent")), "known_by": values.get("known_by") or "visit",
        "reported_on": today.isoformat(), "month": dates.month_of(today), "reported_by": actor.id, "reported_by_name": actor.name, "state": OPEN,
        "due": dates.add_workdays(today, procedure.value(rule, today)).isoformat(), "clause": procedure.clause(rule, today),
        "visited_on": None, "visit_note": "", "answered_on": None, "answered_by": "", "answered_by_name": "", "answer": "", "office": "",
        "case": None, "case_type": "", "case_number": "", "opening": None, "late": 0, "rev": 0,
    }  # fmt: skip
    collection().insert_one(lead)
    return lead


def get(lead_id: str, actor: Actor) -> dict:
    """Return a lead within scope; an assistant's own only. Raise NotFound."""
    lead = collection().find_one({"_id": str(lead_id)} | _own(actor))
    if lead is None:
        raise NotFound()
    return lead


def _own(actor):
    return {"reported_by": actor.id} if only_reports(actor) else {}


def only_reports(actor: Actor) -> bool:
    """Return whether the actor hands leads in and does not answer them."""
    return actor.has(ASSISTANT) and not actor.has(*WORKERS)


def listed(actor: Actor, state: str = "", limit: int = 200) -> list[dict]:
    """Return the leads within scope in a state, those due first; an assistant's own, newest first."""
    if only_reports(actor):
        return list(collection().find(_own(actor), sort=[("reported_on", -1), ("_id", 1)], limit=limit))
    done = state not in WAITING
    return list(collection().find({"state": state}, sort=[("due", -1 if done else 1)], limit=limit))


def visit(lead: dict, on: date, note: str, actor: Actor) -> dict:
    """Note that somebody went there. Raise Invalid."""
    problems = []
    if on is None:
        problems.append("请填写走访日期。")
    elif on > dates.today():
        problems.append(f"走访日期 {on} 还没有到。")
    elif on.isoformat() < lead["reported_on"]:
        problems.append(f"走访日期 {on} 早于线索报告日期 {lead['reported_on']}。")
    if len(note.strip()) < SHORTEST:
        problems.append("请写明走访看到的情况。")
    if problems:
        raise Invalid(problems)
    return _change(lead, actor, {"state": VISITED, "visited_on": on.isoformat(), "visit_note": note.strip()[:LONGEST]})


def refer(lead: dict, office: str, note: str, actor: Actor) -> dict:
    """Hand the lead to the office that is in charge."""
    if not office.strip() or len(note.strip()) < SHORTEST:
        raise Invalid("请写明转给哪个部门、转办什么事项。")
    return _answer(lead, actor, REFERRED, note, office=office.strip()[:60])


def not_needed(lead: dict, reason: str, note: str, actor: Actor) -> dict:
    """Close a lead of which nothing follows, with the reason."""
    if reason not in REASONS:
        raise Invalid("请选择不需要救助的原因。")
    if len(note.strip()) < SHORTEST:
        raise Invalid("请写明核实的情况。")
    return _answer(lead, actor, NOT_NEEDED, f"{REASONS[reason]}：{note.strip()}")


def help_apply(lead: dict, published, actor: Actor, standards) -> tuple[dict, object]:
    """Open an application of a type for the person of the lead, as a draft, and return (lead, case).

    Pressing twice opens one: whoever comes second finds the lead changed, and who presses again after a death in between finds the case
    that was opened. Raise Conflict, Invalid, Forbidden.
    """
    _need(lead, actor)
    fields, known = published.relief_type.live_fields, {"applicant_name": lead["name"], "phone": lead["phone"], "home_address": lead["address"]}
    # Who presses at the same moment is told here, before a second case is opened.
    lead = _change(lead, actor, {"opening": lead.get("opening") or ObjectId()})
    values = {key: value for key, value in known.items() if value and key in fields}
    case = _opened(lead, published) or open_case(published, actor, lead["village"], values, standards, ident=lead["opening"])
    return _link(lead, case, actor), case


def _opened(lead, published):
    """Return the case that was opened for a lead before, None when there is none."""
    row = cases().find_one({"_id": lead["opening"]})
    return published.model._from_son(row) if row else None


def link(lead: dict, number: str, actor: Actor) -> dict:
    """Tie the lead to an application that is there already. Raise Invalid for a number that is not found in the township."""
    _need(lead, actor)
    row = cases().find_one({"number": number.strip()}, {"number": 1, "type": 1, "township": 1}) if number.strip() else None
    if row is None:
        raise Invalid("本乡镇没有这个编号的申请，请核对。")
    return _answer(lead, actor, HELPED, "已有申请", case=row["_id"], case_type=row["type"], case_number=row["number"])


def _link(lead, case, actor):
    return _answer(lead, actor, HELPED, "已协助申请", case=case.id, case_type=case.type, case_number=case.number)


def _answer(lead, actor, state, note, **more):
    today, due = dates.today(), date.fromisoformat(lead["due"])
    answered = {"answered_on": today.isoformat(), "answered_by": actor.id, "answered_by_name": actor.name, "answer": note.strip()[:LONGEST]}
    return _change(lead, actor, {"state": state, **answered, "late": max(0, dates.workdays_between(due, today)), **more})


def _need(lead, actor):
    if not actor.has(*WORKERS) or not actor.reaches(lead["township"], lead["village"]):
        raise Forbidden()
    if lead["state"] not in WAITING:
        raise Invalid(f"这条线索{STATES[lead['state']]}，不能再办理。")


def _change(lead, actor, changes):
    _need(lead, actor)
    done = collection().update_one({"_id": lead["_id"], "rev": lead["rev"]}, {"$set": {**changes, "rev": lead["rev"] + 1}})
    if not done.matched_count:
        raise Conflict("这条线索刚刚有变动，请刷新后再办理。")
    return {**lead, **changes, "rev": lead["rev"] + 1}


def figures(months: list[str], township: str = "") -> dict[str, dict]:
    """Return {month: {reported, urgent, in_time, late, open, helped, referred, not_needed}} within scope, months by report."""

    def when(test):
        return {"$sum": {"$cond": [test, 1, 0]}}

    answered = {"$not": [{"$in": ["$state", list(WAITING)]}]}
    group = {
        "_id": "$month", "reported": {"$sum": 1}, "urgent": when("$urgent"), "in_time": when({"$and": [answered, {"$eq": ["$late", 0]}]}),
        "late": when({"$gt": ["$late", 0]}), "open": when({"$in": ["$state", list(WAITING)]}),
        **{state: when({"$eq": ["$state", state]}) for state in (HELPED, REFERRED, NOT_NEEDED)},
    }  # fmt: skip
    place = {"township": township} if township else {}
    rows = {row["_id"]: row for row in collection().aggregate([{"$match": {**place, "month": {"$in": months}}}, {"$group": group}])}
    empty = dict.fromkeys(("reported", "urgent", "in_time", "late", "open", HELPED, REFERRED, NOT_NEEDED), 0)
    return {month: {key: rows.get(month, empty)[key] for key in empty} for month in months}
