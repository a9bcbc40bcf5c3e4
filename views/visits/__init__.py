"""Household visits: packs of a village and a day on paper, entered afterwards sheet by sheet; findings taken over.

What is entered goes through the normal action of the case; a pack only knows which of its households are left.
"""


from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.loading import load_case
from adminapp.outputs import outputs
from adminapp.related import recusal
from adminapp.visits import packs, sheets
from adminapp.visits.compared import VISIT
from adminapp.visits.taking import take_over
from adminapp.workflow.transition import Move, offered
from views import keeping
from views.asked import shown_rev
from views.cases import acting, view_of
from views.cases.rows import change_rows
from views.downloads import send_bytes
from views.plainforms import fail
from views.visits import panel, shown

blueprint = Blueprint("visits", __name__, url_prefix="/visits")
panel.offer(blueprint)


@blueprint.get("/")
def index():
    return render_template("visits/list.html", **shown.listing())


@blueprint.route("/new/<village>", methods=["GET", "POST"])
def new(village):
    """Choose households, day and visitors of a pack."""
    if not divisions.exists(village) or len(village) != divisions.VILLAGE or not g.actor.reaches(village[:9], village):
        raise NotFound
    waiting = packs.waiting_in(engine.current(), village, g.actor)
    posted = request.form if request.method == "POST" else None
    form, chosen = shown.pack_form(posted), request.form.getlist("ids")
    if posted is not None and not change_rows(form, posted) and form.validate():
        typed = form.typed()
        try:
            pack = packs.make(engine.current(), village, chosen, typed["day"], shown.visitors(typed), g.actor)
            flash(_("走访包 %(id)s 已做好：%(n)s 户。打印后带去走访。", id=pack["_id"], n=len(pack["stops"])), "success")
            return redirect(url_for("visits.pack", pack_id=pack["_id"]), 303)
        except Invalid as error:
            fail(form, error)
    status = 422 if posted is not None and (form.errors or form.form_errors) else 200
    return render_template("visits/new.html", **shown.choosing(village, waiting, form, chosen, posted is not None)), status


@blueprint.get("/packs/<pack_id>")
def pack(pack_id):
    return render_template("visits/pack.html", **shown.pack(packs.refreshed(packs.get(pack_id))))


@blueprint.get("/packs/<pack_id>/paper")
def paper(pack_id):
    """Print the pack: a cover with the way, then a sheet for each household that is still to be visited, without those of relatives."""
    found = packs.refreshed(packs.get(pack_id))
    day, wanted = dates.today(), _to_visit(found)
    stops = _to_visit(packs.without_relatives(found, g.actor))
    made = [sheets.sheet(engine.current(), stop, day, _address) for stop in stops]
    if len(stops) < len(wanted):
        flash(_("%(n)s 户您应当回避，没有打印，请由其他人员打印。", n=len(wanted) - len(stops)), "warning")
    elif not made:
        flash(_("这个包的户都已录入或者不再走访，没有要打印的。"), "warning")
    if not made:
        return redirect(url_for("visits.pack", pack_id=pack_id))
    pdf = outputs["visit_pack"](found | {"place": divisions.full_name(found["village"])}, made, engine.current().settings.home)
    audit.log("print", pack=pack_id, what="visit_pack", cases=len(made))
    return send_bytes(pdf, f"{pack_id} 走访包.pdf", "application/pdf")


def _to_visit(found):
    return [stop for stop in found["stops"] if stop["state"] in (packs.PLANNED, packs.ABSENT)]


def _address(case):
    return url_for("cases.details_view", type_key=case.type, id=str(case.id), _external=True)


@blueprint.route("/packs/<pack_id>/enter/<case_id>", methods=["GET", "POST"])
def enter(pack_id, case_id):
    """Enter the sheet of one household and go on to the next."""
    found = packs.get(pack_id)
    stop = packs.stop_of(found, case_id)
    case, published = load_case(engine.current().registry, case_id)
    recusal.refuse(g.actor, case.people)
    view, move = view_of(published), Move(case, published, g.actor, engine.current().standards)
    if VISIT not in offered(move):
        flash(_("%(name)s现在不能登记入户调查，案件不在调查阶段。", name=case.name), "warning")
        return redirect(url_for("visits.pack", pack_id=pack_id), 303)
    if answer := keeping.answer():
        return answer
    posted = keeping.formdata()
    asked = acting.Asking(view, move, VISIT, posted, None if posted else shown.known(found))
    problems, status = [], 200
    if request.method == "POST" and not asked.only_redraws():
        try:
            asked.carry_out(request.form.get("rev"))
            keeping.forget()
            return _go_on(packs.mark(pack_id, case_id, packs.DONE), stop, _("已录入 %(name)s。", name=stop["name"]))
        except Conflict:
            case, status = view.reload(case), 409
            problems = [_("本件刚刚有变动，请核对后再办理；您填写的内容已保留。")]
        except Invalid as error:
            case, status = view.reload(case), 422
            problems = list(dict.fromkeys(map(str, error.problems)))
    values = asked.values(view.move(case), problems, None) | shown.entering(found, stop)
    return view.render("visits/enter.html", case=case, kept_at=keeping.offered(), **values), status


@blueprint.post("/packs/<pack_id>/mark/<case_id>")
def mark(pack_id, case_id):
    """Say that nobody was met at a household, or that it is visited no more."""
    stop = packs.stop_of(packs.get(pack_id), case_id)
    recusal.refuse_cases(g.actor, [stop["case"]])
    state = request.form.get("state", "")
    if state not in (packs.ABSENT, packs.DROPPED, packs.PLANNED):
        raise NotFound
    try:
        found = packs.mark(pack_id, case_id, state, request.form.get("reason", ""))
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("visits.pack", pack_id=pack_id), 303)
    return _go_on(found, stop, _("%(name)s：%(state)s。", name=stop["name"], state=_(packs.STOPS[state])))


def _go_on(found, stop, sentence):
    """Go to the next sheet of the pack that is not of a relative, or to the pack when none is left."""
    flash(sentence, "success")
    after = packs.following(packs.without_relatives(found, g.actor), stop["case"])
    if after is None:
        return redirect(url_for("visits.pack", pack_id=found["_id"]), 303)
    return redirect(url_for("visits.enter", pack_id=found["_id"], case_id=str(after["case"])), 303)


@blueprint.post("/cases/<case_id>/take")
def take(case_id):
    """Take chosen findings of the last visit over into the application."""
    case, published = load_case(engine.current().registry, case_id)
    move = Move(case, published, g.actor, engine.current().standards)
    try:
        listed = take_over(move, list(dict.fromkeys(request.form.getlist("take")))[:200], shown_rev())
        flash(_("已采纳：%(what)s。", what="、".join(item["label"] for item in listed)), "success")
    except (Invalid, Conflict, Forbidden) as error:
        problems = [problem for problem in getattr(error, "problems", None) or [] if not isinstance(problem, dict)]
        flash("；".join(map(str, problems)) or str(error), "error")
    return redirect(url_for("cases.details_view", type_key=case.type, id=case_id), 303)
