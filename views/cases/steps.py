"""The line of steps over a case: what is done, where it stands, what follows."""

from flask_babel import gettext as _

from adminapp import dates
from adminapp.workflow.machine import STEPS

APPLY = "apply"
STEP_OF_STATE = {
    "draft": APPLY,
    "submitted": "accept",
    "supplement": "accept",
    "accepted": "survey",
    "surveying": "survey",
    "appraisal": "appraisal",
    "opinion": "opinion",
    "publicity": "posting",
    "objection": "posting",
    "county_check": "county_check",
    "confirm_ready": "confirm",
    "confirmed": "pay",
}
"""Where an open case stands. A step that the case does not have is replaced by the next one it has."""
STEP_RECORDS = {
    "survey": "visit",
    "verification": "verification",
    "appraisal": "appraisal",
    "consult": "consultation",
    "opinion": "opinion",
    "posting": "posting_result",
    "county_check": "county_visit",
    "notify": "service",
    "register": "registration",
    "pay": "registration",
}
"""The record that shows a step as done."""
BACK_STATES = {"supplement", "objection"}


def step_line(case, move) -> list[dict]:
    """Return the steps that this case has, in order."""
    here = STEP_OF_STATE.get(case.state)
    keys = [APPLY, *(key for key in STEPS if _has(case, move, key))]
    if here is not None and here not in keys:
        later = list(STEPS)[list(STEPS).index(here) :]
        here = next((key for key in later if key in keys), None)
    items, passed = [], here is not None
    for key in keys:
        note, done = _done(case, key)
        if key == here:
            state, passed = ("returned" if case.state in BACK_STATES else "current"), False
        else:
            state = "done" if done or passed else "next"
        items.append({"label": _label(move, key), "state": state, "note": _short(note)})
    return items


def _short(day):
    """Leave out this year, so that nine steps stand side by side."""
    return day.removeprefix(f"{dates.today().year}-")


def _has(case, move, key):
    return move.active(key) or (
        key in STEP_RECORDS and bool(case.last_record(STEP_RECORDS[key])) and key in move.relief_type.step_by_name
    )


def _label(move, key):
    return _("申请") if key == APPLY else move.step_label(key)


def _done(case, key):
    if key in (APPLY, "accept", "confirm"):
        day = {APPLY: case.applied_on, "accept": case.accepted_on, "confirm": case.decided_on}[key]
        return (day.isoformat() if day else ""), bool(day) and not (key == APPLY and case.state == "draft")
    record = case.last_record(STEP_RECORDS.get(key, "")) or (case.last_record("verification_exemption") if key == "verification" else None)
    return (record["on"], True) if record else ("", False)
