"""Democratic appraisals: plan a meeting on the cases of a village, write down who came and how they voted, close it into the cases."""


from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, divisions, engine, files
from adminapp.appraisal import meetings
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.outputs import outputs
from views.cases.rows import change_rows
from views.downloads import send_bytes
from views.meetings import shown
from views.plainforms import fail

blueprint = Blueprint("meetings", __name__, url_prefix="/appraisals")


@blueprint.get("/")
def index():
    return render_template("meetings/list.html", **shown.listing())


@blueprint.route("/new/<village>", methods=["GET", "POST"])
def new(village):
    """Choose the cases, the day and the place of a meeting."""
    if not divisions.exists(village) or len(village) != divisions.VILLAGE or not g.actor.reaches(village[:9], village):
        raise NotFound
    posted = request.form if request.method == "POST" else None
    form, chosen, waiting = shown.plan_form(posted, village), request.form.getlist("ids"), meetings.waiting_in(village, g.actor)
    if posted is not None and form.validate():
        typed = form.typed()
        try:
            made = meetings.plan(village, chosen, typed["day"], typed["place"] or "", g.actor)
            flash(_("已安排评议 %(id)s：%(n)s 户。", id=made["_id"], n=len(made["items"])), "success")
            return redirect(url_for("meetings.show", meeting_id=made["_id"]), 303)
        except Invalid as error:
            fail(form, error)
    status = 422 if posted is not None else 200
    return render_template("meetings/new.html", **shown.choosing(village, waiting, form, chosen, posted is not None)), status


@blueprint.get("/<meeting_id>")
def show(meeting_id):
    return render_template("meetings/show.html", **shown.one(meetings.get(meeting_id)))


@blueprint.route("/<meeting_id>/attendance", methods=["GET", "POST"])
def attend(meeting_id):
    """Write down who was there."""
    found = meetings.get(meeting_id)
    posted = request.form if request.method == "POST" else None
    form = shown.attendance_form(posted, found)
    if posted is not None and not change_rows(form, posted) and form.validate():
        about, rows = shown.attendance_of(form)
        try:
            _need_rev(found)
            meetings.attend(found, about, rows, g.actor)
            flash(_("已登记参加人。"), "success")
            return redirect(url_for("meetings.show", meeting_id=meeting_id) + "#votes", 303)
        except (Invalid, Conflict) as error:
            fail(form, error if isinstance(error, Invalid) else Invalid(str(error)))
    status = 422 if posted is not None and (form.errors or form.form_errors) else 200
    return render_template("meetings/attendance.html", **shown.attending(found, form)), status


def _need_rev(found):
    if request.form.get("rev") != str(found["rev"]):
        raise Conflict("这场评议刚刚有变动，请核对后再保存；您填写的内容已保留。")


@blueprint.post("/<meeting_id>/votes")
def vote(meeting_id):
    """Write down how each household was judged; what is refused comes back as typed."""
    found, typed, problems = meetings.get(meeting_id), request.form, []
    votes, wrong = shown.votes_of(found, typed)
    try:
        _need_rev(found)
        if wrong:
            raise Invalid(wrong)
        meetings.vote(found, votes, g.actor)
        flash(_("已登记评议情况。"), "success")
        return redirect(url_for("meetings.show", meeting_id=meeting_id) + "#votes", 303)
    except Invalid as error:
        problems, status = list(map(str, error.problems)), 422
    except Conflict as error:
        problems, status = [str(error)], 409
    return render_template("meetings/show.html", **shown.one(meetings.get(meeting_id), typed, problems)), status


@blueprint.post("/<meeting_id>/close")
def close(meeting_id):
    """Write what was judged into the cases; those that refuse are told and left alone."""
    found, file = meetings.get(meeting_id), request.files.get("scan")
    data = file.read(files.LARGEST + 1) if file and file.filename else b""
    try:
        done = meetings.close(engine.current(), found, request.form.getlist("stages"), (file.filename, data) if data else None, g.actor)
    except (Invalid, Conflict) as error:
        problems = list(map(str, getattr(error, "problems", None) or [error]))
        return render_template("meetings/show.html", **shown.one(meetings.get(meeting_id), None, problems)), 422
    written = sum(item["state"] == meetings.RECORDED for item in done["items"])
    left = len(done["items"]) - written
    flash(_("已写入 %(n)s 户的案件。", n=written), "success")
    if left:
        flash(_("%(n)s 户没有写入，原因见各户。", n=left), "warning")
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


@blueprint.post("/<meeting_id>/cancel")
def cancel(meeting_id):
    try:
        meetings.cancel(meetings.get(meeting_id), g.actor)
        flash(_("已取消这场评议，各户可以另行安排。"), "success")
    except (Invalid, Conflict) as error:
        flash(str(error), "error")
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


@blueprint.get("/<meeting_id>/minutes")
def minutes(meeting_id):
    """Print the minutes, to be signed by everybody present."""
    found = meetings.get(meeting_id)
    pdf = outputs["minutes"](shown.minutes(found), engine.current().settings.home)
    audit.log("print", meeting=meeting_id, what="minutes", cases=len(found["items"]))
    return send_bytes(pdf, f"{meeting_id} 民主评议记录.pdf", "application/pdf")
