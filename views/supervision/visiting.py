"""The two forms of a check that are actions of the case: the county's visit and the township's answer."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, engine
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.forms import build_action_form
from adminapp.loading import load_case
from adminapp.supervision import checks, course
from adminapp.text import bare_name
from adminapp.workflow.actions.spotcheck import SPOT_CHECK
from adminapp.workflow.machine import ACTIONS
from adminapp.workflow.transition import Move, perform
from views.cases import evidence, page, view_of
from views.cases.rows import change_rows


def visit(check_id):
    row = checks.get(check_id, g.actor)
    if row["state"] != checks.ASSIGNED:
        return _not_now(row)
    people = [{"name": bare_name(item["name"]), "unit": item["unit"], "relative": False} for item in row["visitors"]]
    return _form(row, "record_spot_check", {"date": dates.today(), "surveyors": people, "received": True})


def answer(check_id):
    row = checks.get(check_id, g.actor)
    if row["stage"] != checks.RECTIFY:
        return _not_now(row)
    return _form(row, "answer_rectification", {})


def _not_now(row):
    if request.method == "POST":
        raise Conflict
    flash(_("这件核查的状态为“%(state)s”，现在不能登记。", state=_(checks.STATES[row["state"]].label)), "warning")
    return redirect(url_for("supervision.show", check_id=row["_id"]))


def _form(row, action, defaults):
    """Show the form of an action of the check's case, or carry it out; nothing typed is lost."""
    held = engine.current()
    case, published = load_case(held.registry, row["case"])
    view, back = view_of(published), url_for("supervision.show", check_id=row["_id"])
    posted = request.form if request.method == "POST" else None
    form = build_action_form(action, published.relief_type).bind(posted, view.context(case), case, defaults)
    problems, status = [], 200
    if request.method == "POST" and not change_rows(form, request.form):
        move = Move(case, published, g.actor, held.standards, driver=SPOT_CHECK, about=row["_id"])
        try:
            _carry_out(form, move, action)
            flash(_("已办理：%(action)s", action=_(ACTIONS[action].label)), "success")
            return redirect(back, 303)
        except Conflict:
            case, status = load_case(held.registry, row["case"])[0], 409
            problems = [_("本件刚刚有变动，请核对后再办理；您填写的内容已保留。")]
            form.rev.data = str(case.rev)
        except (Invalid, Forbidden) as error:
            status, problems = 422, list(dict.fromkeys(map(str, getattr(error, "problems", None) or [error])))
    known = ACTIONS[action]
    return render_template(
        "supervision/visit.html", row=row, action=known, form=form, sections=form.sections(), evidence=evidence.inputs(known), problems=problems,
        url=request.path, back=back, head=page.head(case), order=row["order"],
        measure=_(course.MEASURES[row["order"]["measure"]].label) if row["order"] else "",
    ), status  # fmt: skip


def _carry_out(form, move, action):
    if not form.check(complete=True):
        raise Invalid([_("有没有填写或者填写不正确的地方，请看下面标出的各项"), *form.form_errors])
    if request.form.get("rev") != str(move.case.rev):
        raise Conflict
    move.data = form.changes()
    with evidence.received(move, action) as move.files:
        perform(move, action)
