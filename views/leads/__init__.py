"""Leads: village assistants hand them in, the township visits, helps to apply, refers or says why nothing follows."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, engine
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.leads import leads
from views.leads import shown
from views.plainforms import fail

blueprint = Blueprint("leads", __name__, url_prefix="/leads")


@blueprint.get("/")
def index():
    return render_template("leads/list.html", **shown.listing(request.args))


@blueprint.route("/new", methods=["GET", "POST"])
def new():
    """Hand in a lead."""
    form = shown.report_form(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        try:
            made = leads.report(shown.reported(form), g.actor)
            flash(_("已报送线索 %(id)s，乡镇应在 %(due)s 前答复。", id=made["_id"], due=made["due"]), "success")
            return redirect(url_for("leads.show", lead_id=made["_id"]), 303)
        except Invalid as error:
            fail(form, error)
    return render_template("leads/new.html", **shown.reporting(form)), 422 if request.method == "POST" else 200


@blueprint.get("/<lead_id>")
def show(lead_id):
    return render_template("leads/show.html", **shown.one(leads.get(lead_id, g.actor)))


@blueprint.post("/<lead_id>/<deed>")
def answer(lead_id, deed):
    """Do one of visit, help, link, refer, refuse; what is refused is told on the page of the lead, with what was typed."""
    found, do = leads.get(lead_id, g.actor), DEEDS.get(deed)
    if do is None:
        raise NotFound
    try:
        if request.form.get("rev") != str(found["rev"]):
            raise Conflict("这条线索刚刚有变动，请核对后再办理；您填写的内容已保留。")
        return do(found, request.form)
    except (Invalid, Conflict, Forbidden) as error:
        problems = [text for item in getattr(error, "problems", None) or [error] for text in _sentences(item)]
        return render_template("leads/show.html", **shown.one(leads.get(lead_id, g.actor), deed, request.form, problems)), 422


def _sentences(problem):
    return [str(text) for texts in problem.values() for text in texts] if isinstance(problem, dict) else [str(problem)]


def _visit(found, form):
    try:
        on = dates.parse_date(form.get("on", ""))
    except Invalid:
        on = None
    leads.visit(found, on, form.get("note", ""), g.actor)
    return _back(found, _("已登记走访。"))


def _help(found, form):
    """Open the application and go on to its form."""
    published = engine.current().registry.latest().get(form.get("type", ""))
    if published is None or published.retired:
        raise Invalid("请选择要申请的救助类型。")
    _lead, case = leads.help_apply(found, published, g.actor, engine.current().standards)
    flash(_("已登记申请草稿 %(number)s，请与本人核对后补全并提交。", number=case.number), "success")
    return redirect(url_for("cases.edit_view", type_key=case.type, id=str(case.id)), 303)


def _link(found, form):
    leads.link(found, form.get("number", ""), g.actor)
    return _back(found, _("已关联申请。"))


def _refer(found, form):
    leads.refer(found, form.get("office", ""), form.get("note", ""), g.actor)
    return _back(found, _("已登记转办。"))


def _refuse(found, form):
    leads.not_needed(found, form.get("reason", ""), form.get("note", ""), g.actor)
    return _back(found, _("已答复：不需要救助。"))


def _back(found, sentence):
    flash(sentence, "success")
    return redirect(url_for("leads.show", lead_id=found["_id"]), 303)


DEEDS = {"visit": _visit, "help": _help, "link": _link, "refer": _refer, "refuse": _refuse}
