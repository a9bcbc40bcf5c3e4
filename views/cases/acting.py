"""The form of an action: what it asks, what stands in its way, and what the engine computes for it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import dates
from adminapp.errors import Conflict, Invalid
from adminapp.fields.choice import BLANK, choices
from adminapp.forms import build_action_form, build_fields_form
from adminapp.workflow import deadlines
from adminapp.workflow.asked import asked
from adminapp.workflow.machine import ACTIONS, STEPS
from adminapp.workflow.transition import perform
from views.cases import evidence, page
from views.cases.obstacles import obstacles

LATE_FORM = build_fields_form("late", deadlines.FIELDS)

SHOWS_DECISION = {"give_opinion": "now", "confirm": "stored", "refuse": "stored", "return_opinion": "stored"}
"""Actions that need the figures in sight: as computed now, or as stored with the opinion."""

DEFAULTS_TODAY = {"start", "date", "taken_down"}
BLANK_ROWS = {"surveyors": 2}

CONSEQUENCES = {
    "post": _l("公示期从次日起算，期满前不能报请确认。"),
    "confirm": _l("确认后即成为决定，当事人可依法申请复议或诉讼；本操作不能撤销。"),
    "refuse": _l("将作出不予确认决定并书面告知理由。"),
    "grant": _l("列入发放名册，从起始年月发放。"),
    "terminate": _l("从最后发放年月的次月起停发，不再恢复。"),
    "withdraw": _l("撤回后本件结束，需要时重新申请。"),
}


PREFILLED = {}
"""Action → function(case, relief type) that gives what a new form already holds, by field id."""


def form_of(action: str, posted, view, case):
    """Return the bound form; a new one has today's date, blank rows where they help and what the case already tells."""
    defaults = {}
    for field in asked(action, view.relief_type).live_fields.values():
        if field.kind == "date" and field.id in DEFAULTS_TODAY:
            defaults[field.id] = dates.today()
        if field.id in BLANK_ROWS:
            defaults[field.id] = [{}] * BLANK_ROWS[field.id]
    if action in PREFILLED and not posted:
        defaults |= PREFILLED[action](case, view.relief_type)
    form = build_action_form(action, view.relief_type).bind(posted, view.context(case), case, defaults)
    if "code" in form and view.relief_type.end_reasons:
        known = {option.code for option in ACTIONS[action].fields[0].options}
        own = [(item.code, item.label) for item in view.relief_type.end_reasons if item.code in known]
        if own:
            form["code"].choices = [BLANK, *choices(own)]
    return form


def late_form_of(posted, move, action: str):
    """Return the form that asks why the step comes late, None when it comes in time."""
    late = deadlines.late(move.case, move.relief_type, ACTIONS[action], move.on)
    return LATE_FORM(posted) if late else None


def carry_out(form, late_form, move, action: str, rev):
    """Perform the action with the form's values and papers.

    Raise Invalid with all sentences, Conflict when the case moved on; then nothing is stored.
    """
    checked = [form.check(complete=True), late_form is None or late_form.validate()]
    if not all(checked):
        raise Invalid([_("有没有填写或者填写不正确的地方，请看下面标出的各项"), *form.form_errors])
    if rev != str(move.case.rev):
        raise Conflict
    move.data = form.changes() | (late_form.typed() if late_form is not None else {})
    with evidence.received(move, action) as move.files:
        perform(move, action)


def values(view, move, action: str, form, late_form, problems) -> dict:
    """Return what the template of the action needs."""
    known, decision = ACTIONS[action], None
    if SHOWS_DECISION.get(action) == "now":
        decision = move.compute()
    elif action in SHOWS_DECISION:
        decision = move.case.decision or None
    standing = [] if problems else obstacles(move, action)
    return {
        "action": known,
        "key": action,
        "form": form,
        "sections": form.sections(),
        "evidence": evidence.inputs(known),
        "late_form": late_form,
        "late_clocks": deadlines.late(move.case, move.relief_type, known, move.on),
        "problems": problems,
        "obstacles": standing,
        "url": view.case_url(move.case, "act", action=action),
        "cancel_url": view.case_url(move.case),
        "decision": page.decision_values(decision, view.relief_type),
        "consequence": CONSEQUENCES.get(action, ""),
        "step_help": STEPS[known.step].help if known.step in STEPS else "",
        "head": page.head(move.case),
        "reasons": _reasons(action, view.relief_type),
        "confirm_by": move.confirm_by() if action in ("confirm", "refuse") else "",
    }


def _reasons(action, relief_type):
    return [item.label for item in relief_type.refusal_reasons] if action == "refuse" else []
