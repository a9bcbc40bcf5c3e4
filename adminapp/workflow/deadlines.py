"""Deadlines as they were met or missed: one row for each statutory clock that ended, with who ended it and why late.

``{_id, case, number, name, township, village, type, clock, label, clause, unit, started, due, done, taken, late, outcome, by,
by_name, owner, action, code, reason}``; `taken` and `late` count days of the clock's own unit, `late` 0 when in time. The row
travels in the outbox of the case, in the write that stopped the clock, so there is exactly one for each.
"""

from pymongo.errors import DuplicateKeyError

from adminapp import database, indexes
from adminapp.scope import ScopedCollection
from adminapp.workflow import clocks
from adminapp.workflow.action import entry, options, text
from adminapp.workflow.actions import ACTIONS

COLLECTION = "deadlines"
indexes.declare(COLLECTION, "report", ["done", "township", "clock", "late"])
indexes.declare(COLLECTION, "township", ["township", "done", "clock", "late"])
indexes.declare(COLLECTION, "person", ["by", "done", "late"])
indexes.declare(COLLECTION, "case", ["case"])

CAUSES = {
    "applicant": "申请人外出、住院等原因",
    "data": "核对数据未按时返回",
    "meeting": "评议、会商未能按时召开",
    "hard": "情况复杂，调查困难",
    "staff": "人员不足或轮换",
    "disaster": "自然灾害、交通中断",
    "other": "其他",
}
CODE, REASON = "late_code", "late_reason"
FIELDS = (entry(CODE, "超期原因", "choice", options=options(**CAUSES)), text(REASON, "超期说明", help="记入案件和时限监督，县级可以查看"))
"""What an action asks besides its own fields when it ends a clock that has run out."""
SYSTEM = "system"
IN_TIME, LATE = "in_time", "late"
OUTCOMES = {IN_TIME: "按时", LATE: "超期"}
ABOUT = ("number", "name", "township", "village", "type")
"""What a row tells of its case."""


def collection() -> ScopedCollection:
    """Return the deadlines within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def ends(case, relief_type, action) -> list[dict]:
    """Return the running clocks of a case that an action would end."""
    if "stop_clocks" in action.effects:
        return [clock for clock in case.clocks if not clock["stopped"]]
    return clocks.ending(case, relief_type, action.milestones)


def late(case, relief_type, action, on) -> list[dict]:
    """Return the clocks that an action on a day would end too late."""
    return [clock for clock in ends(case, relief_type, action) if clocks.days_late(clock, on)]


def missing(move, action):
    """Yield what is not told of the reasons for being late; the program itself need not explain."""
    found = late(move.case, move.relief_type, action, move.on)
    if not found or move.actor.has(SYSTEM):
        return
    if move.data.get(CODE) not in CAUSES or len(str(move.data.get(REASON) or "").strip()) < 2:
        names = "、".join(f"“{clock['label']}”（{clock['due']} 到期）" for clock in found)
        yield f"{names}已超期，请选择超期原因并写明情况"


def told(values) -> dict:
    """Return what a form says of being late; {} when no cause was chosen."""
    return {key: values.get(key, "")[:500] for key in (CODE, REASON)} if values.get(CODE) else {}


def explained(move, action) -> dict:
    """Return what the record and the event say of being late; {} when nothing is."""
    found = late(move.case, move.relief_type, action, move.on)
    if not found:
        return {}
    why = {CODE: move.data.get(CODE) or SYSTEM, REASON: str(move.data.get(REASON) or "").strip()[:500]}
    days = [{"clock": clock["id"], "label": clock["label"], "due": clock["due"], "days": clocks.days_late(clock, move.on)} for clock in found]
    return why | {"late": days}


def queue(move, key, late: dict):
    """Queue a row for each clock that the action ends; `late` is what `explained` returned."""
    why = {"code": late[CODE], "reason": late[REASON]} if late else {}
    for clock in ends(move.case, move.relief_type, ACTIONS[key]):
        days = clocks.days_late(clock, move.on)
        row = {name: clock[name] for name in ("label", "clause", "due", "unit", "started")}
        row |= {"taken": clocks.taken(clock, move.on), "outcome": LATE if days else IN_TIME}
        row |= {"clock": clock["id"], "done": move.on.isoformat(), "late": days, "action": key, "owner": move.case.owner or ""}
        move.queue("deadline", **row, by=move.actor.id, by_name=move.actor.name, **(why if days else {}))


def row_of(case: dict, key: str, data: dict) -> dict:
    """Return the row of a queued deadline of a raw case document."""
    about = {name: case.get(name) for name in ABOUT}
    return {"_id": key, "case": case["_id"], **about, **data}


def carry(case: dict, item: dict):
    """Write the row of an outbox item; one that is there already stays as it is."""
    try:
        database.raw(COLLECTION).insert_one(row_of(case, item["key"], item["data"]))
    except DuplicateKeyError:
        return
