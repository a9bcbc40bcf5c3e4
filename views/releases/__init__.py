"""Releases: drafts on their way to publication, who checks, simulates, approves and publishes them, and what they change."""

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, drafts, engine
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.jobs.model import snapshot
from adminapp.policy import APPROVER, POLICY_ADMIN
from adminapp.releases import flow, publishing, store, withdrawing
from adminapp.releases.model import WITHDRAWN
from views.asked import shown_rev
from views.releases import changes, moving, shown

blueprint = Blueprint("releases", __name__, url_prefix="/releases")


@blueprint.get("/")
def index():
    """List releases, newest first, and the drafts that are in none."""
    return render_template("releases/list.html", **shown.index(engine.current()))


@blueprint.post("/")
def begin():
    """Put the picked drafts into a new release; from the page of a draft it is checked at once."""
    try:
        row = flow.begin(request.form.getlist("ids"), g.actor, request.form.get("title", ""), request.form.get("reason", ""))
    except (Conflict, Invalid) as error:
        flash(str(error), "error")
        return redirect(url_for(".index"), 303)
    said, kind = _("已拟定发布方案 %(number)s。请先检查，再试算、送审。", number=row["number"]), "success"
    if request.form.get("then") == "check":
        said, kind = _check(row["_id"], row["rev"], request.form)
    flash(said, kind)
    return redirect(url_for(".show", release_id=row["_id"]), 303)


@blueprint.get("/<release_id>")
def show(release_id):
    row = flow.settle(store.get(release_id), g.actor)
    return render_template("releases/show.html", **shown.release(row, engine.current(), tab="show"))


@blueprint.get("/<release_id>/changes")
def compare(release_id):
    """Show what the release changes, sentence by sentence, with everything that reads it."""
    row = flow.settle(store.get(release_id), g.actor)
    held = engine.current()
    return render_template("releases/changes.html", items=changes.of_release(row, held), **shown.release(row, held, tab="compare"))


@blueprint.get("/<release_id>/cases")
def cases(release_id):
    """Show how many cases stand under which version, what becomes of them, and preview a recipe on them."""
    return _cases(flow.settle(store.get(release_id), g.actor))


@blueprint.post("/<release_id>/cases")
def save_cases(release_id):
    row = flow.settle(store.get(release_id), g.actor)
    try:
        moving.save(row, request.form, g.actor)
    except Invalid as error:
        return _cases(row, request.form, error), error.status
    flash(_("已保存。内容有改动时要重新检查、试算。"), "success")
    return redirect(url_for(".cases", release_id=release_id), 303)


def _cases(row, typed=None, problem=None):
    held = engine.current()
    page = moving.page(row, held, typed, problem)
    return render_template("releases/cases.html", **page, **shown.release(row, held, tab="cases"))


@blueprint.post("/<release_id>/act")
def act(release_id):
    """Take one step; which one, and who may, stands in ACTS."""
    store.get(release_id)
    name, rev = request.form.get("do", ""), shown_rev()
    if name not in ACTS:
        raise Invalid(_("没有这个步骤。"))
    roles, function = ACTS[name]
    if not g.actor.has(*roles):
        raise Forbidden()
    try:
        said, kind = function(release_id, rev, request.form)
    except (Conflict, Invalid, Forbidden) as error:
        said, kind = str(error), "error"
    flash(said, kind)
    return redirect(url_for(".show", release_id=release_id), 303)


@blueprint.post("/<release_id>/earlier/<key>")
def earlier(release_id, key):
    """Begin a draft that says again what was in force before, or after a release was taken back what that said."""
    row = store.get(release_id)
    if row["state"] == WITHDRAWN:
        draft = withdrawing.once_more(row, key, engine.current(), g.actor)
        flash(_("已按撤回的内容起草“%(name)s”，改好后按正常步骤发布。", name=draft.title), "success")
        return redirect(url_for("designer.draft", draft_id=draft.id), 303)
    draft = withdrawing.earlier_again(row, key, engine.current(), g.actor)
    flash(_("已按原来的内容起草“%(name)s”，之后新增的字段设为停用。检查后按正常步骤发布。", name=draft.title), "success")
    return redirect(url_for(".index"), 303)


# Steps: each returns (sentence, kind of message)


def _check(release_id, rev, form):
    row = flow.check(release_id, rev, engine.current(), g.actor)
    if row["check"]["ok"]:
        return _("检查通过，可以试算。"), "success"
    return _("检查发现 %(count)s 处问题，改正后再检查。", count=row["check"]["count"]), "error"


def _simulate(release_id, rev, form):
    over = form.get("over", "live")
    over, on = (form.get("month", ""), None) if over == "month" else (over, form.get("on", ""))
    flow.simulate(release_id, rev, engine.current(), g.actor, over, dates.parse_date(on) if on else None)
    return _("试算已开始，完成后在本页显示结果。"), "success"


def _submit(release_id, rev, form):
    flow.submit(release_id, rev, g.actor)
    return _("已送审。起草和修改的人不能批准，请由另一人批准。"), "success"


def _recall(release_id, rev, form):
    flow.recall(release_id, rev, g.actor)
    return _("已撤回送审。"), "success"


def _return(release_id, rev, form):
    flow.give_back(release_id, rev, g.actor, form.get("reason", ""))
    return _("已退回起草人。"), "success"


def _approve(release_id, rev, form):
    flow.approve(release_id, rev, g.actor, form.get("note", ""))
    return _("已批准。批准的是当前内容，此后有改动须重新办理。"), "success"


def _schedule(release_id, rev, form):
    day = _day(form.get("day", ""))
    flow.schedule(release_id, rev, g.actor, day, snapshot(g.actor))
    return _("定于 %(day)s 零时后自动发布。", day=day.isoformat()), "success"


def _day(text) -> date:
    try:
        return dates.parse_date(text)
    except Invalid as error:
        raise Invalid(_("请选择发布日期。")) from error


def _unschedule(release_id, rev, form):
    flow.unschedule(release_id, rev, g.actor)
    return _("已取消发布日期。"), "success"


def _publish(release_id, rev, form):
    publishing.publish(release_id, rev, engine.current(), g.actor)
    return _("已发布。新申请按新版本办理，已有案件继续按原版本办理。"), "success"


def _withdraw(release_id, rev, form):
    withdrawing.withdraw(release_id, rev, engine.current(), g.actor, form.get("reason", ""))
    return _("已撤回发布，恢复到发布前的内容。要改了再发布的，从撤回的内容接着起草。"), "success"


def _cancel(release_id, rev, form):
    flow.cancel(release_id, rev, g.actor)
    return _("已作废。草稿保留，可以放进新的方案。"), "success"


def _rename(release_id, rev, form):
    flow.edit(release_id, rev, g.actor, title=form.get("title", ""), reason=form.get("reason", ""))
    return _("已保存。"), "success"


def _take_out(release_id, rev, form):
    row = store.get(release_id)
    left = [item["draft"] for item in row["items"] if item["draft"] != form.get("draft")]
    flow.edit(release_id, rev, g.actor, draft_ids=left)
    return _("已移出方案，草稿保留。"), "success"


def _put_in(release_id, rev, form):
    row = store.get(release_id)
    draft = drafts.get(form.get("draft", ""))
    flow.edit(release_id, rev, g.actor, draft_ids=[*(item["draft"] for item in row["items"]), draft.id])
    return _("已加入方案。"), "success"


WRITERS, APPROVERS = (POLICY_ADMIN,), (POLICY_ADMIN, APPROVER)
ACTS = {
    "check": (WRITERS, _check), "simulate": (WRITERS, _simulate), "submit": (WRITERS, _submit), "recall": (WRITERS, _recall),
    "approve": (APPROVERS, _approve), "return": (APPROVERS, _return), "schedule": (WRITERS, _schedule), "unschedule": (WRITERS, _unschedule),
    "publish": (WRITERS, _publish), "withdraw": (WRITERS, _withdraw), "cancel": (WRITERS, _cancel), "rename": (WRITERS, _rename),
    "take_out": (WRITERS, _take_out), "put_in": (WRITERS, _put_in),
}  # fmt: skip
