"""Statutory clocks of a case: started and stopped by milestones, paused while the applicant supplies papers.

A clock is ``{id, label, started, due, limit, unit, extended, paused, stopped, clause}`` with ISO dates. Days count from the
day after the start; a limit in working days follows the calendar of rest days and made-up working days.
"""

from datetime import date

from adminapp import dates


def start(case, relief_type, milestone: str, on: date, values):
    """Start the clocks that begin at `milestone`; a clock that runs already is left alone."""
    running = {clock["id"] for clock in case.clocks}
    for declared in relief_type.clocks:
        if declared.start == milestone and declared.id not in running and (not declared.when or values.holds(declared.when)):
            case.clocks.append({
                "id": declared.id, "label": declared.label, "started": on.isoformat(), "due": _due(on, declared.limit, declared.unit),
                "limit": declared.limit, "unit": declared.unit, "extended": declared.extended, "paused": None, "stopped": None,
                "clause": declared.clause,
            })  # fmt: skip


def stop(case, relief_type, milestone: str, on: date):
    """Stop the clocks that end at `milestone`."""
    ends = {declared.id for declared in relief_type.clocks if declared.stop == milestone}
    _change(case, lambda clock: {"stopped": on.isoformat()} if clock["id"] in ends else {})


def stop_all(case, on: date):
    _change(case, lambda clock: {"stopped": on.isoformat()})


def pause(case, on: date):
    """Hold all running clocks (补正 and the like)."""
    _change(case, lambda clock: {} if clock["paused"] else {"paused": on.isoformat()})


def resume(case, on: date):
    """Let held clocks run again; the days held are added to what is due."""

    def shift(clock):
        if not clock["paused"]:
            return {}
        held = date.fromisoformat(clock["paused"])
        days = dates.workdays_between(held, on) if clock["unit"] == "workday" else (on - held).days
        due = date.fromisoformat(clock["due"])
        return {"paused": None, "due": dates.add_days(due, max(days, 0), clock["unit"]).isoformat()}

    _change(case, shift)


def extend(case):
    """Apply the extended limit where one is declared, counted from the same start."""

    def longer(clock):
        if not clock.get("extended") or clock["limit"] >= clock["extended"]:
            return {}
        gained = clock["extended"] - clock["limit"]
        due = dates.add_days(date.fromisoformat(clock["due"]), gained, clock["unit"])
        return {"limit": clock["extended"], "due": due.isoformat()}

    _change(case, longer)


def set_due(case):
    """Keep the nearest open due date in the envelope, where work lists find it; a held case has none."""
    open_dues = [clock["due"] for clock in case.clocks if not clock["stopped"] and not clock["paused"]]
    case.due = date.fromisoformat(min(open_dues)) if open_dues else None


def _change(case, changes):
    """Replace clocks instead of editing them: mongoengine sees only what is assigned."""
    case.clocks = [clock if clock["stopped"] else {**clock, **changes(clock)} for clock in case.clocks]


def _due(on, limit, unit):
    return dates.add_days(on, limit, unit).isoformat()
