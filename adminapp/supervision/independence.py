"""Who may check a case: nobody of the township that handled it, nobody who handled it, no relative (县方案 五(二)1)."""

from collections.abc import Iterable

from adminapp import database, policy
from adminapp.auth import users
from adminapp.related import recusal
from adminapp.text import bare_name

LEADERS = (policy.REVIEWER, policy.APPROVER)
"""Who leads a visit and enters its result."""
NEVER = (policy.SYSADMIN, policy.ASSISTANT)
HANDLED = ("accepted_by", "opinion_by", "confirmed_by", "owner")
"""Fields of a case with who decided something of it."""


def township_staff(township: str) -> dict[str, str]:
    """Return {user id: name} of everybody who works for a township, in office or not any more."""
    rows = database.raw(users.COLLECTION).find({"townships": township}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}


def problems(case: dict, check: dict, accounts: Iterable[users.User], names: Iterable[str] = ()) -> list[str]:
    """Return a sentence for each of these visitors who must not check the case; `names` are people without an account.

    `case` is the raw document or a case: its people, and who handled it.
    """
    read = case.get if isinstance(case, dict) else lambda name, default=None: getattr(case, name, default)
    chain = township_staff(check["origin"]) | township_staff(check["township"])
    handled = {read(name) for name in HANDLED} - {None, ""}
    found = []
    for user in accounts:
        if user.id in chain:
            found.append(f"{user.name}是被核查乡镇的工作人员，不能参加核查")
        elif user.id in handled:
            found.append(f"{user.name}经办或审批过本件，不能参加核查")
        elif sentence := recusal.bar(user.id, read("people") or ()):
            found.append(f"{user.name}：{sentence}")
    family = {person["name"] for person in read("people") or ()}
    for name in names:
        if bare_name(name) in map(bare_name, chain.values()):
            found.append(f"{name}与被核查乡镇的工作人员同名，不能参加核查；确系不同的人请注明单位后由负责人指派")
        elif bare_name(name) in map(bare_name, family):
            found.append(f"{name}与申请家庭成员同名，不能参加核查")
    return found


def candidates() -> dict[str, str]:
    """Return {user id: name} of who can be asked to visit: active accounts of the county."""
    rows = database.raw(users.COLLECTION).find({"active": True, "townships": [], "roles": {"$nin": list(NEVER)}}, {"name": 1}, sort=[("_id", 1)])
    return {row["_id"]: row["name"] for row in rows}
