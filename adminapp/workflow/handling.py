"""Who handles a case: claimed, handed over or assigned, and the persons responsible named anew. Each with its event.

A township has one handler of the case (经办人), the county another one while it checks. Naming one takes no right from
others: it says who is expected to act, and whose list the case is in.
"""

from adminapp import database, policy
from adminapp.auth import users
from adminapp.errors import Forbidden, Invalid
from adminapp.related.recusal import Recused
from adminapp.workflow import events, responsible
from adminapp.workflow.machine import STATES
from adminapp.workflow.persons import hands_of
from adminapp.workflow.transition import store

HANDLERS = {"owner": (policy.CLERK, policy.DEPUTY), "county_owner": (policy.REVIEWER, policy.APPROVER)}
"""Field of the case and who can be named in it."""
LEADERS = (policy.DEPUTY, policy.HEAD, policy.APPROVER)
"""Who may assign what somebody else has."""
OFFICE = (policy.DEPUTY, policy.HEAD, policy.REVIEWER, policy.APPROVER)
"""Who may name the persons responsible anew."""


def place_of(actor) -> str | None:
    """Return the field in which this actor handles cases, None for who handles none."""
    return next(
        (
            field
            for field, roles in HANDLERS.items()
            if actor.has(*roles) or (field == "owner" and actor.has(policy.HEAD))
        ),
        None,
    )


def claim(move):
    """Make the actor the handler of a case that has none, or whose handler has left."""
    case, field = move.case, _open_place(move)
    if not move.actor.has(*HANDLERS[field]):
        raise Forbidden("请由经办人员认领")
    before = getattr(case, field)
    if before == move.actor.id:
        return
    if before and _is_active(before):
        raise Invalid([f"本件已由{users.name_of(before)}经办，请由本人移交或由负责人指派"])
    _hand_over(move, field, {"id": move.actor.id, "name": move.actor.name}, "claim", "认领", {"before": before or ""})


def assign(move, to: str, reason: str):
    """Name another handler; who has the case may hand it over, a leader may assign any."""
    case, field = move.case, _open_place(move)
    before = getattr(case, field)
    absent = move.stands_for(*HANDLERS[field])
    mine = absent is not None and absent["from"] == before
    if before and before != move.actor.id and not mine and not move.actor.has(*LEADERS):
        raise Forbidden("只有经办人本人或负责人可以移交")
    people = dict(assignees(case, move.actor))
    if to not in people:
        raise Invalid(["请选择同级的在岗经办人员"])
    if to == before:
        raise Invalid([f"本件已由{people[to]}经办"])
    if len(reason.strip()) < 2:
        raise Invalid(["请写明移交原因"])
    data = {"before": before or "", "to": to, "to_name": people[to], "reason": reason.strip()[:200]}
    _hand_over(move, field, {"id": to, "name": people[to]}, "assign", "移交经办人", data)


def renew(move, reason: str):
    """Name the persons responsible anew, as they are in office today."""
    case = move.case
    _open_place(move)
    if not move.actor.has(*OFFICE):
        raise Forbidden()
    officials = responsible.of_township(case.township)
    if not case.responsible or not responsible.has_changed(case, officials):
        raise Invalid(["在任的责任人与本件登记的一致，不需要更新"])
    if len(reason.strip()) < 2:
        raise Invalid(["请写明更新原因"])
    before = case.responsible
    responsible.name(case, officials, before.get("clerk"), move.on)
    _store(
        move,
        "renew_responsible",
        "更新责任人",
        {"before": before, "after": case.responsible, "reason": reason.strip()[:200]},
    )


def assignees(case, actor) -> list[tuple[str, str]]:
    """Return (username, name) of who can be named for a case by this actor."""
    return assignees_in(case.township, actor)


def assignees_in(township: str, actor) -> list[tuple[str, str]]:
    """Return (username, name) of who can be named in a township: active handlers of the actor's level and of the place."""
    field = place_of(actor)
    if field is None:
        return []
    wanted = {"roles": {"$in": list(HANDLERS[field])}, "active": True}
    wanted |= {"townships": township} if field == "owner" else {}
    rows = database.raw(users.COLLECTION).find(wanted, {"name": 1}, sort=[("_id", 1)])
    return [(row["_id"], row["name"]) for row in rows]


def _open_place(move):
    case, field = move.case, place_of(move.actor)
    if move.recused:
        raise Recused(move.recused)
    if field is None or not move.actor.reaches(case.township, case.village):
        raise Forbidden()
    if not (STATES[case.state].open or STATES[case.state].on_roll):
        raise Invalid([f"本件已办结（{STATES[case.state].label}），不再变更经办人"])
    return field


def _is_active(username):
    user = users.find(username)
    return user is not None and user.active


def _hand_over(move, field, person, action, label, data):
    case = move.case
    setattr(case, field, person["id"])
    if field == "owner" and case.responsible:
        case.responsible = {**case.responsible, "clerk": person}
    _store(move, action, label, data)


def _store(move, action, label, data):
    case, signed = move.case, move.signature(*HANDLERS[place_of(move.actor)])
    case.hands = hands_of(case)
    store(case, case.rev, {**events.entry(move.actor, action, label, case.state, case.state, data), **signed})
