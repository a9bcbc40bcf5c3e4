"""The form of an action: what it asks, what stands in its way, and what the engine computes for it."""

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import dates, divisions, engine
from adminapp.awards.entries import CAUSES
from adminapp.cases import values_of
from adminapp.changes.kinds import CHANGES
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.fields.choice import BLANK, choices
from adminapp.forms import build_action_form, build_fields_form
from adminapp.money import format_yuan, signed_yuan
from adminapp.verification import people
from adminapp.workflow import deadlines
from adminapp.workflow.asked import CASE_OPTIONS, asked
from adminapp.workflow.machine import ACTIONS, STEPS
from adminapp.workflow.transition import offered, perform, refusals
from views.cases import declared, evidence, page
from views.cases.obstacles import obstacles
from views.cases.rows import change_rows

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
    "terminate": _l("从最后发放年月的次月起停发（有渐退期的，渐退期满后停发），不再恢复。"),
    "apply_change": _l("确认后按下列月份和金额发放；已发月份的差额补发或列入多发。"),
    "withdraw": _l("撤回后本件结束，需要时重新申请。"),
}


def _next_month(case, relief_type):
    return {"from_month": dates.add_months(dates.month_of(dates.today()), 1)}


def _this_month(case, relief_type):
    return {"last_month": dates.month_of(dates.today())}


def _clause(case, relief_type):
    """Return the clause that is declared for the proposed reason of the end."""
    proposal = case.last_record("termination_proposal")
    code = proposal["data"].get("code") if proposal else ""
    return {"clause": next((item.clause for item in relief_type.end_reasons if item.code == code), "")}


def _signers(case, relief_type):
    """Return who still has to authorise the verification; day and way of signing are typed for each."""
    today = dates.today()
    values = values_of(case, relief_type, standards=engine.current().standards, on=today)
    left = people.missing(case, relief_type, values, today)
    return {"signed": [{"name": item.name, "relation": item.relation} for item in people.subjects(case, relief_type, values) if item.name in left]}


PREFILLED = {key: _next_month for key, action in ACTIONS.items() if any(field.id == "from_month" for field in action.fields)} | {
    "propose_termination": _this_month,
    "terminate": _clause,
    "record_authorisation": _signers,
}
"""Action → function(case, relief type) that gives what a new form already holds, by field id."""
PREVIEW = "_preview"
"""Name of the button that works a change out and stores nothing."""
WAITING = {"apply_change", "cancel_change", "record_hearing"}
EDITS = "change_content"
"""The action whose form is the form of the case itself."""


def form_of(action: str, posted, view, case, known=None):
    """Return the bound form; a new one has today's date, blank rows where they help, what the case already tells, and `known`."""
    defaults, verifies = {}, declared.applies(action, view.relief_type)
    if posted and declared.BUTTON in posted and verifies:
        posted = declared.fill(posted, view, case)
    for field in asked(action, view.relief_type).live_fields.values():
        if field.kind == "date" and field.id in DEFAULTS_TODAY:
            defaults[field.id] = dates.today()
        if field.id in BLANK_ROWS:
            defaults[field.id] = [{}] * BLANK_ROWS[field.id]
    if action in PREFILLED and not posted:
        defaults |= PREFILLED[action](case, view.relief_type)
    if verifies and not posted:
        defaults |= declared.opening(view, case)
    defaults |= known or {}
    form = build_action_form(action, view.relief_type).bind(posted, view.context(case), case, defaults)
    for field in form:
        if options := CASE_OPTIONS.get((action, field.short_name)):
            field.choices = [BLANK, *choices(options(case, view.relief_type))]
    if action == "change_place":
        form["village"].choices = county_choices(case.township)
    if verifies:
        declared.hint(form, view, case)
    return form


def county_choices(township):
    """Return all villages of the county, those of the own township first."""
    groups = divisions.grouped_choices()
    own = divisions.name_of(township)
    ordered = {own: groups.pop(own, ())} | groups
    return [BLANK, *(choice for name, villages in ordered.items() for choice in choices(villages, name))]


class Asking:
    """The forms of one request for an action: its own, that of the case where it edits the content, and why it comes late."""

    def __init__(self, view, move, action: str, posted, known=None):
        self.view, self.move, self.action = view, move, action
        case, edits = move.case, action == EDITS
        self.form = form_of(action, posted, view, case, known)
        self.edited = view.form_class.bind(posted, g.actor, view.context(case), case) if edits else None
        late = deadlines.late(case, move.relief_type, ACTIONS[action], move.on)
        self.late_form = LATE_FORM(posted) if late else None

    def only_redraws(self) -> bool:
        """Tell whether a button was pressed that changes the forms and stores nothing: a row more or less, blanks filled."""
        rows = any(change_rows(form, request.form) for form in (self.form, self.edited) if form is not None)
        return rows or declared.BUTTON in request.form

    def read(self, rev):
        """Check the forms and give the move what was typed. Raise Invalid with all sentences, Conflict when the case moved on."""
        checked = [self.form.check(complete=True), self.late_form is None or self.late_form.validate()]
        more = []
        if self.edited is not None:
            checked.append(self.edited.check(complete=True))
            more = self.edited.form_errors
        if not all(checked):
            raise Invalid([_("有没有填写或者填写不正确的地方，请看下面标出的各项"), *self.form.form_errors, *more])
        if rev != str(self.move.case.rev):
            raise Conflict
        self.move.data = self.form.changes() | (self.late_form.typed() if self.late_form is not None else {})
        if self.edited is not None:
            self.move.data["changes"] = self.edited.changes()

    def preview(self, rev) -> dict:
        """Return what the change as typed would give; nothing is stored. Raise Forbidden where it is not offered."""
        if self.action not in offered(self.move):
            raise Forbidden
        self.read(rev)
        return worked_out(self.move, self.action)

    def carry_out(self, rev):
        """Perform the action with the forms' values and papers; when it is refused nothing is stored."""
        self.read(rev)
        with evidence.received(self.move, self.action) as self.move.files:
            perform(self.move, self.action)

    def values(self, move, problems, plan) -> dict:
        """Return what the template needs; `move` is on the case as it stands now."""
        edited = {"edited": self.edited, "edited_sections": self.edited.sections() if self.edited is not None else ()}
        return values(self.view, move, self.action, self.form, self.late_form, problems) | edited | {"plan": plan}


def worked_out(move, action: str) -> dict | None:
    """Return what a change gives month by month, as proposed on the case or as typed; None when there is none.

    Nothing is stored. Where it cannot be worked out, `problems` says why.
    """
    if action not in CHANGES and not waits(move.case, action):
        return None
    move.key = action
    plan = move.plan
    problems = plan.problems() or refusals(move, action) if action in CHANGES else []
    steps = plan.steps if plan.decides and not plan.problems() else []
    return {
        "changes": plan.changes(),
        "rows": [_step(step) for step in steps],
        "decision": page.decision_values(steps[-1].decision | {"confirm_by": move.confirm_by(plan.amount)}, move.relief_type) if steps else None,
        "cause": _(CAUSES.get(plan.cause, plan.cause)),
        "reduces": bool(steps) and plan.reduces,
        "problems": problems,
    }


def waits(case, action: str) -> bool:
    """Tell whether the action is about a change that waits on the case."""
    return action in WAITING and "outcome" in (case.pending or {})


def _step(step):
    return {
        "months": f"{step.month} — {step.last}" if step.last else _("%(month)s 起", month=step.month),
        "before": format_yuan(step.before),
        "after": format_yuan(step.amount),
        "difference": signed_yuan(step.amount - step.before),
    }


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
        "previews": action in CHANGES,
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
        "fills": declared.applies(action, view.relief_type),
        "confirm_by": move.confirm_by() if action in ("confirm", "refuse") else "",
    }


def _reasons(action, relief_type):
    return [item.label for item in relief_type.refusal_reasons] if action == "refuse" else []
