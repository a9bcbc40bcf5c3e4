"""Delegation while away (外出委托): for some days a colleague of the same role and place acts for somebody who is absent.

``{_id, from, from_name, to, to_name, role, township, start, end, reason, by, by_name, at, ended}`` with ISO dates, both
included; `township` is "" for the county. It gives nobody a right: who stands in must hold the role in that place anyway,
today and on the day it is used. What it changes is whose work they see and that records name both; and a person who
delegated a role is treated as present wherever two different persons must act (`workflow/persons.py`).
"""

from datetime import date

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes, policy, procedure
from adminapp.auth import users
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.scope import Actor, ScopedCollection

COLLECTION = "delegations"
indexes.declare(COLLECTION, "to", ["to", "end"])
indexes.declare(COLLECTION, "from", ["from", "end"])
indexes.declare(COLLECTION, "township", ["township", "-end"])

ROLES = tuple(role for role in policy.ROLES if role in policy.CASE_WORKERS)
"""Roles that may be delegated: those that handle cases."""
LEADERS = {policy.CLERK: {policy.DEPUTY, policy.HEAD}, policy.DEPUTY: {policy.HEAD}, policy.REVIEWER: {policy.APPROVER}}
"""Who may arrange it for somebody who could not do so before leaving, by the role delegated."""
audit.declare("delegation", "外出委托")


def collection() -> ScopedCollection:
    return ScopedCollection(database.raw(COLLECTION))


def arrange(actor: Actor, absentee: str, deputy: str, role: str, start: date, end: date, reason: str) -> dict:
    """Store a delegation and return it; the same one again returns the first. Raise Forbidden, Invalid."""
    away, stand_in = users.find(absentee), users.find(deputy)
    if away is None or not _may_arrange(actor, away, role):
        raise Forbidden("只能为自己，或由上级为本单位人员办理外出委托")
    if stand_in is None:
        raise Invalid(["请选择代办人"])
    township, rows = _place(away, role), database.raw(COLLECTION)
    name = f"{absentee}:{role}:{start.isoformat()}"
    earlier = list(rows.find({"from": absentee, "role": role, "start": start.isoformat()}))
    for row in earlier:
        if not row["ended"] and (row["to"], row["end"]) == (deputy, end.isoformat()):
            return row  # sent twice
    problems = [
        *_unfit(away, stand_in, role, township),
        *_wrong_days(start, end),
        *([] if reason.strip() else ["请填写事由"]),
    ]
    problems += [] if problems else _overlaps(absentee, deputy, role, start, end)
    if problems:
        raise Invalid(problems)
    row = {
        "_id": f"{name}:{len(earlier)}" if earlier else name, "from": absentee, "from_name": away.name, "to": deputy, "to_name": stand_in.name,
        "role": role, "township": township, "start": start.isoformat(), "end": end.isoformat(), "reason": reason.strip()[:200],
        "by": actor.id, "by_name": actor.name, "at": dates.now(), "ended": None,
    }  # fmt: skip
    try:
        rows.insert_one(row)
    except DuplicateKeyError as error:
        raise Conflict("这项委托刚刚已登记，请刷新后查看") from error
    audit.log("delegation", what="arrange", id=row["_id"], to=deputy, role=role, until=row["end"])
    return row


def _may_arrange(actor, absentee, role):
    return actor.id == absentee.username or (
        actor.has(*LEADERS.get(role, ())) and _reaches(actor, _place(absentee, role))
    )


def end(actor: Actor, delegation_id: str) -> dict:
    """End a delegation today; who has it ended already is told so by NotFound, like who may not."""
    row = database.raw(COLLECTION).find_one({"_id": str(delegation_id)})
    if row is None or not may_end(actor, row):
        raise NotFound
    ended = {"at": dates.now(), "on": dates.today().isoformat(), "by": actor.id, "by_name": actor.name}
    after = database.raw(COLLECTION).find_one_and_update(
        {"_id": row["_id"], "ended": None}, {"$set": {"ended": ended}}, return_document=ReturnDocument.AFTER
    )
    if after is None:
        raise NotFound
    audit.log("delegation", what="end", id=row["_id"])
    return after


def may_end(actor: Actor, row: dict) -> bool:
    mine = actor.id in (row["from"], row["by"])
    return not row["ended"] and (
        mine or (actor.has(*LEADERS.get(row["role"], ())) and _reaches(actor, row["township"]))
    )


def is_active(row: dict, on: date) -> bool:
    """Tell whether a delegation holds on a day; on the day it is ended it holds no more."""
    day = on.isoformat()
    return row["start"] <= day <= row["end"] and not (row["ended"] and row["ended"]["on"] <= day)


def held_by(actor: Actor, on: date) -> list[dict]:
    """Return the delegations under which an actor stands in on a day, as far as the actor's own role and place reach."""
    rows = database.raw(COLLECTION).find({"to": actor.id, "end": {"$gte": on.isoformat()}})
    return [row for row in rows if is_active(row, on) and actor.has(row["role"]) and _reaches(actor, row["township"])]


def _reaches(actor, township):
    return actor.reaches(township) if township else actor.townships is None


def away(usernames, on: date) -> dict[str, dict]:
    """Return {username: delegation} of those who are away on a day."""
    rows = database.raw(COLLECTION).find({"from": {"$in": sorted(set(usernames))}, "end": {"$gte": on.isoformat()}})
    return {row["from"]: row for row in rows if is_active(row, on)}


def listed(actor: Actor, limit: int = 50) -> list[dict]:
    """Return one's own delegations and, for leaders, those of their place; the latest first."""
    own = list(
        database.raw(COLLECTION).find({"$or": [{"from": actor.id}, {"to": actor.id}]}, sort=[("end", -1)], limit=limit)
    )
    led = []
    if actor.has(*(role for leaders in LEADERS.values() for role in leaders)):
        led = list(collection().find({}, sort=[("end", -1)], limit=limit))
    found = {row["_id"]: row for row in [*own, *led]}
    return sorted(found.values(), key=lambda row: (row["end"], row["_id"]), reverse=True)[:limit]


def candidates(absentee: str, role: str) -> list[tuple[str, str]]:
    """Return (username, name) of who could stand in for somebody: active, same role, same place, somebody else."""
    away_user = users.get(absentee)
    township = _place(away_user, role)
    found = [user for user in users.all_users() if not list(_unfit(away_user, user, role, township))]
    return [(user.username, user.name) for user in found]


def _place(user, role):
    return user.townships[0] if role in policy.TOWNSHIP | {policy.ASSISTANT} and user.townships else ""


def _unfit(absentee, deputy, role, township):
    if absentee.username == deputy.username:
        yield "不能委托给本人"
    if role not in ROLES or role not in absentee.roles:
        yield f"{absentee.name}不担任这一岗位"
        return
    if not (absentee.active and deputy.active) or role not in deputy.roles:
        yield f"受托人要是在岗的{policy.ROLES[role]}：委托不增加任何人的权限"
    if township and not set(absentee.townships) <= set(deputy.townships):
        yield "受托人要在同一乡镇任职"
    if role == policy.ASSISTANT and not set(absentee.villages) <= set(deputy.villages):
        yield "受托人要负责同样的村（社区）"


def _wrong_days(start, end):
    longest = procedure.value("delegation.longest", start)
    if start < dates.today():
        yield "开始日期不能早于今天：以前的办理不能事后委托"
    if end < start:
        yield "结束日期早于开始日期"
    elif longest and (end - start).days >= longest:
        yield f"一次最长委托 {longest} 天，需要更久的请调整岗位"


def _overlaps(absentee, deputy, role, start, end):
    """Yield what stands in the way on the days: one delegation at a time, and no chains."""
    days = {"role": role, "end": {"$gte": start.isoformat()}, "start": {"$lte": end.isoformat()}, "ended": None}
    rows = database.raw(COLLECTION)
    for row in rows.find({"from": absentee, **days}):
        yield f"{row['start']} 至 {row['end']} 已委托{row['to_name']}，请先结束原委托"
    for row in rows.find({"from": deputy, **days}):
        yield f"{row['from_name']} {row['start']} 至 {row['end']} 自己外出，不能受托"
    for row in rows.find({"to": absentee, **days}):
        yield f"{row['start']} 至 {row['end']} 正代{row['from_name']}办理，不能再转托，请先结束该委托"
