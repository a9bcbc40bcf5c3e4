"""What the page of a case says of its verification: who has authorised, what was asked, what came of it."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, engine, policy
from adminapp.cases import values_of
from adminapp.related import recusal
from adminapp.verification import findings, people, requests
from adminapp.workflow.machine import STATES

BEFORE_REPORT = {"draft", "submitted", "supplement", "accepted", "surveying"}


def offer(blueprint):
    blueprint.add_app_template_global(panel_of, "verification_panel_of")


def is_verified_by_county(relief_type) -> bool:
    return "verification" in relief_type.step_by_name and relief_type.verification.by == "county"


def panel_of(case, relief_type) -> dict | None:
    """Return ``{missing, signed, print_url, requests: [{title, on, state, tone, url}]}``; None when there is nothing to say."""
    if not is_verified_by_county(relief_type) or recusal.bar(g.actor.id, case.people):
        return None
    asked, today = requests.of_case(case.id), dates.today()
    open_now = STATES[case.state].open and case.state in BEFORE_REPORT
    if not asked and not open_now:
        return None
    shown = {"missing": [], "signed": [], "print_url": None, "requests": [_shown(row) for row in asked]}
    if open_now:
        values = values_of(case, relief_type, standards=engine.current().standards, on=today)
        given = people.signed(case)
        shown["missing"] = people.missing(case, relief_type, values, today)
        shown["signed"] = [item.name for item in people.subjects(case, relief_type, values) if people.has_signed(item, given)]
        if policy.permits("verification.authorisation", g.actor.roles):
            shown["print_url"] = url_for("verification.authorisation", case_id=str(case.id))
    return shown


def _shown(row):
    result = row["state"] == requests.REPORTED
    return {
        "title": _(requests.OCCASIONS[row["occasion"]]),
        "on": row["reported_on"] if result else row["asked_on"],
        "state": _(findings.RESULTS[row["result"]]) if result else _(requests.STATES[row["state"]]),
        "tone": ("bad" if row["result"] == findings.INCONSISTENT else "good") if result else requests.TONES[row["state"]],
        "url": url_for("verification.show", request_id=row["_id"]) if policy.permits("verification.show", g.actor.roles) else None,
    }
