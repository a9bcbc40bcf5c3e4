"""Statutory clocks of a case: started and stopped by milestones, paused while the applicant supplies papers.

A clock is ``{id, label, started, due, limit, unit, extended, paused, pauses, stopped, clause}`` with ISO dates; `pauses` are
``{cause, from, to}`` and `paused` is the first day of the one that lasts. When it is due follows from start, limit and
pauses alone (`due_of`), so a calendar that learns a year of holidays can be applied to it again.
"""

from datetime import date

from adminapp import dates


def start(case, relief_type, milestone: str, on: date, values):
    """Start the clocks that begin at `milestone`; a clock that runs already is left alone."""
    running = {clock["id"] for clock in case.clocks}
    for declared in relief_type.clocks:
        if declared.start == milestone and declared.id not in running and (not declared.when or values.holds(declared.when)):
            clock = {
                "id": declared.id, "label": declared.label, "started": on.isoformat(), "limit": declared.limit, "unit": declared.unit,
                "extended": declared.extended, "paused": None, "pauses": [], "stopped": None, "clause": declared.clause,
            }  # fmt: skip
            case.clocks.append({**clock, "due": due_of(clock)})


def ending(case, relief_type, milestones) -> list[dict]:
    """Return the running clocks that end at any of the milestones."""
    ends = {declared.id for declared in relief_type.clocks if declared.stop in milestones}
    return [clock for clock in case.clocks if not clock["stopped"] and clock["id"] in ends]


def stop(case, relief_type, milestone: str, on: date):
    """Stop the clocks that end at `milestone`."""
    ends = {clock["id"] for clock in ending(case, relief_type, (milestone,))}
    _change(case, lambda clock: _stopped(clock, on) if clock["id"] in ends else {})


def stop_all(case, on: date):
    _change(case, lambda clock: _stopped(clock, on))


def _stopped(clock, on):
    """Stop a clock; a pause that lasts ends with it."""
    return (_resumed(clock, on) if clock["paused"] else {}) | {"stopped": on.isoformat()}


def pause(case, on: date, cause: str):
    """Hold all running clocks for a cause (补正 and the like)."""
    pause = {"cause": cause, "from": on.isoformat(), "to": None}
    _change(case, lambda clock: {} if clock["paused"] else {"paused": on.isoformat(), "pauses": [*clock["pauses"], pause]})


def resume(case, on: date):
    """Let held clocks run again; the days held are added to what is due."""
    _change(case, lambda clock: _resumed(clock, on) if clock["paused"] else {})


def _resumed(clock, on):
    pauses = [*clock["pauses"][:-1], {**clock["pauses"][-1], "to": on.isoformat()}]
    return {"paused": None, "pauses": pauses, "due": due_of({**clock, "pauses": pauses})}


def extend(case):
    """Apply the extended limit where one is declared, counted from the same start."""

    def longer(clock):
        if not is_extendable(clock):
            return {}
        return {"limit": clock["extended"], "due": due_of({**clock, "limit": clock["extended"]})}

    _change(case, longer)


def is_extendable(clock: dict) -> bool:
    return not clock["stopped"] and bool(clock.get("extended")) and clock["limit"] < clock["extended"]


def due_of(clock: dict) -> str:
    """Return the last day of a clock by the calendar as it is known now, as ISO text.

    Days held are those of the clock's unit after the first day of a pause up to its last. A term in calendar days that ends
    on a rest day ends on the next working day (民法典 第二百零三条).
    """
    held = sum(_held(clock, pause) for pause in clock["pauses"] if pause["to"])
    return dates.add_days(date.fromisoformat(clock["started"]), clock["limit"] + held, clock["unit"], roll=True).isoformat()


def _held(clock, pause):
    first, last = date.fromisoformat(pause["from"]), date.fromisoformat(pause["to"])
    return max(dates.workdays_between(first, last) if clock["unit"] == "workday" else (last - first).days, 0)


def taken(clock: dict, on: date) -> int:
    """Return how many of its own days a clock ran from its start to `on`, without those it was held."""
    whole = {"from": clock["started"], "to": on.isoformat()}
    held = sum(_held(clock, {**pause, "to": pause["to"] or on.isoformat()}) for pause in clock["pauses"])
    return max(_held(clock, whole) - held, 0)


def days_late(clock: dict, on: date) -> int:
    """Return how many of the clock's days `on` lies behind its due date, 0 when it does not or the clock is held.

    At least one: a step taken on a rest day behind the due date is late too.
    """
    due = date.fromisoformat(clock["due"])
    if clock["paused"] or on <= due:
        return 0
    return max(dates.workdays_between(due, on), 1) if clock["unit"] == "workday" else (on - due).days


def set_due(case):
    """Keep the nearest open due date in the envelope, where work lists find it; a held case has none.

    Another due date begins without escalation.
    """
    open_dues = [clock["due"] for clock in case.clocks if not clock["stopped"] and not clock["paused"]]
    before, case.due = case.due, date.fromisoformat(min(open_dues)) if open_dues else None
    if before != case.due:
        case.escalated = 0


def _change(case, changes):
    """Replace clocks instead of editing them: mongoengine sees only what is assigned."""
    case.clocks = [clock if clock["stopped"] else {**clock, **changes(clock)} for clock in case.clocks]
