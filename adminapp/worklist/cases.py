"""Cases as a source of work: a case waits for whoever may take the next step of its state."""

from collections.abc import Iterable

from adminapp.workflow import escalation
from adminapp.workflow.action import CLOCK, STATE
from adminapp.workflow.machine import ACTIONS, STATES
from adminapp.worklist.source import Item, Source, register


def states_of(roles: Iterable[str], *waits: str) -> list[str]:
    """Return the states in which a case waits for somebody with these roles, for a step or only while a clock runs."""
    wanted, roles = set(waits or (STATE,)), set(roles)
    found = {
        state
        for action in ACTIONS.values()
        if action.waits in wanted and roles & set(action.roles)
        for state in action.source
        if action.waits == CLOCK or STATES[state].open
    }
    return [state for state in STATES if state in found]


def next_action(state: str, roles: Iterable[str]):
    """Return the action that a case in a state waits for from these roles, the usual one first, None when there is none."""
    roles = set(roles)
    found = [
        action for action in ACTIONS.values() if action.waits and state in action.source and roles & set(action.roles)
    ]
    return min(found, key=lambda action: action.tone != "primary", default=None)


def _open(actor):
    states = states_of(actor.roles)
    return {"state": {"$in": states}} if states else None


def _timed(actor):
    states = states_of(actor.roles, STATE, CLOCK)
    return {"state": {"$in": states}} if states else None


def nearest(clocks: Iterable[dict]) -> dict | None:
    """Return the running clock that ends first."""
    running = [clock for clock in clocks if not clock["stopped"] and not clock["paused"]]
    return min(running, key=lambda clock: clock["due"], default=None)


def _item(row, actor):
    action, clock = next_action(row["state"], actor.roles), nearest(row.get("clocks", ()))
    return Item(
        what=action.todo or action.label if action else STATES[row["state"]].label,
        title=row.get("name") or row["number"],
        link=("cases.details_view", {"type_key": row["type"], "id": str(row["_id"])}),
        number=row["number"],
        kind=row["type"],
        township=row["township"],
        village=row["village"],
        clause=clock["clause"] if clock else "",
        owner=row.get("owner") or row.get("county_owner") or "",
        roles=tuple(role for role in action.roles if role in actor.roles) if action else (),
        notes=(f"已报{escalation.LEVELS[row['escalated'] - 1].label}",) if row.get("escalated") else (),
        state=row["state"],
    )


CASES = Source(
    key="cases",
    label="案件办理",
    collection="cases",
    open=_open,
    timed=_timed,
    item=_item,
    projection=(
        "number",
        "type",
        "name",
        "village",
        "township",
        "state",
        "clocks",
        "owner",
        "county_owner",
        "escalated",
    ),
    indexes=("work_township", "work"),
    owner="hands",
    person="hands",
    handler="owner",
    kind_field="type",
    urged=escalation.urged,
    urged_indexes=("escalated_township", "escalated"),
)
register(CASES)
