"""Posting by village (公示): what is due, what hangs, what is to be taken down; prepare → print → photo → posted → closed."""

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound, ReliefError
from adminapp.outputs import outputs
from adminapp.postings import course, evidence, prepare
from adminapp.postings import register as postings
from adminapp.workflow import deadlines
from views.asked import shown_rev
from views.downloads import send_bytes
from views.postings import listing, shown

blueprint = Blueprint("postings", __name__, url_prefix="/postings")
MOST_SHEETS = 60


@blueprint.get("/")
def index():
    return render_template("postings/list.html", **listing.page(listing.Wanted.read(request.args)))


@blueprint.route("/new", methods=["GET", "POST"])
def create():
    """Choose the due cases of one village, or take all due cases of the ticked villages at once."""
    if request.method == "POST":
        villages = request.form.getlist("ids") or [request.form.get("village", "")]
        return _prepare([code for code in villages if code])
    village = request.args.get("village", "")
    if not divisions.exists(village) or not g.actor.reaches(village[: divisions.TOWNSHIP], village):
        raise NotFound
    return render_template("postings/new.html", **shown.choice(village, request.args.get("case", "")))


def _prepare(villages):
    try:
        planned = dates.parse_date(request.form.get("planned") or dates.today().isoformat())
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("postings.index"), 303)
    picked = request.form.getlist("cases") if "choose" in request.form else None
    made, refused = [], []
    for village in villages:
        try:
            place, phone = request.form.get("place", ""), request.form.get("phone", "")
            made += prepare.prepare(engine.current(), village, g.actor, planned, place[:60], phone[:20], picked)
        except ReliefError as error:
            refused.append(str(error))
    for sentence in refused or ([] if villages else [_("请勾选要编制公示表的村（社区）。")]):
        flash(sentence, "error")
    if made:
        flash(_("已编制 %(n)s 张公示表，请打印张贴，张贴后上传照片。", n=len(made)), "success")
    if len(made) == 1:
        return redirect(url_for("postings.show", posting_id=made[0]["_id"]), 303)
    return redirect(url_for("postings.index", show="prepared" if made else "due"), 303)


@blueprint.get("/<posting_id>")
def show(posting_id):
    return render_template("postings/show.html", **shown.one(postings.get(posting_id)))


@blueprint.get("/<posting_id>/sheet.pdf")
def sheet(posting_id):
    return _print([postings.get(posting_id)])


@blueprint.get("/sheets.pdf")
def sheets():
    """All sheets that wait to be hung, for one township or the actor's villages."""
    query = {"state": postings.PREPARED} | ({"township": township} if (township := request.args.get("township", "")) else {})
    found = list(postings.collection().find(query, sort=[("village", 1), ("_id", 1)], limit=MOST_SHEETS))
    if not found:
        flash(_("没有待张贴的公示表。"), "warning")
        return redirect(url_for("postings.index", show="prepared"), 303)
    return _print(found)


def _print(found):
    held = engine.current().settings
    try:
        pdf = outputs["posting_sheet"](found, held.county, held.home, f"{request.url_root}public/")
    except ReliefError as error:  # faces that are still being made, a name that no face can draw
        flash(str(error), "error")
        return redirect(url_for("postings.show", posting_id=found[0]["_id"]), 303)
    audit.log("print", postings=[posting["_id"] for posting in found])
    name = f"{divisions.name_of(found[0]['village'])}{found[0]['issue']}公示表" if len(found) == 1 else _("待张贴公示表")
    return send_bytes(pdf, f"{name}.pdf", "application/pdf")


@blueprint.get("/<posting_id>/photos/<photo_id>")
def photo(posting_id, photo_id):
    entry, data = evidence.read(postings.get(posting_id), photo_id)
    return send_bytes(data, entry["name"], entry["type"], inline=True)


@blueprint.post("/<posting_id>/hang")
def hang(posting_id):
    def work(posting, rev):
        upload = request.files.get("photo")
        photo = evidence.read_photo(upload.filename or "", upload.read(evidence.files.LARGEST + 1)) if upload else None
        if photo is None:
            raise Invalid(_("请选择照片"))
        course.hang(engine.current(), posting, photo, request.form.get("place", "").strip()[:60], g.actor, rev)
        return _("已开始公示，期限从照片上传之日起算。")

    return _do(posting_id, work)


@blueprint.post("/<posting_id>/taken-down")
def take_down(posting_id):
    def work(posting, rev):
        upload = request.files.get("photo")
        photo = evidence.read_photo(upload.filename, upload.read(evidence.files.LARGEST + 1)) if upload and upload.filename else None
        course.take_down(posting, g.actor, rev, _day("on"), photo)
        return _("已登记撤下，请民政助理员办结。")

    return _do(posting_id, work)


@blueprint.post("/<posting_id>/close")
def close(posting_id):
    def work(posting, rev):
        rows = postings.counts(course.close(engine.current(), posting, g.actor, rev))
        done, held, waits = rows.get(postings.DONE, 0), rows.get(postings.OBJECTED, 0), rows.get(postings.UP, 0)
        told = [
            _("已办结：%(n)s 户报请确认", n=done),
            held and _("%(n)s 户有异议，答复后另行报请", n=held),
            waits and _("%(n)s 户没有办成，原因见下表", n=waits),
        ]
        return "，".join(filter(None, told)) + "。"

    return _do(posting_id, work)


@blueprint.post("/<posting_id>/void")
def void(posting_id):
    def work(posting, rev):
        course.void(posting, g.actor, rev, request.form.get("reason", ""))
        return _("已作废，案件可以重新编制。")

    return _do(posting_id, work)


@blueprint.post("/<posting_id>/repost")
def repost(posting_id):
    made = []

    def work(posting, rev):
        made.append(course.repost(engine.current(), posting, g.actor, rev, request.form.get("reason", ""), _day("planned")))
        return _("已重新编制，请打印张贴并上传新的照片，期限重新起算。")

    return _do(posting_id, work, lambda: made[0]["_id"] if made else posting_id)


@blueprint.post("/<posting_id>/again")
def again(posting_id):
    """Try once more what was refused for single cases."""

    def work(posting, rev):
        course.follow(engine.current(), posting, again=True, told=deadlines.told(request.form))
        return _("已再次办理。")

    return _do(posting_id, work)


def _day(name) -> date:
    return dates.parse_date(request.form.get(name) or dates.today().isoformat())


def _do(posting_id, work, target=None):
    """Take a step on the posting that was shown; whatever stands in its way is said on its page."""
    posting = postings.get(posting_id)
    try:
        flash(work(posting, shown_rev()), "success")
    except (Invalid, Conflict, Forbidden) as error:
        for sentence in dict.fromkeys(map(str, getattr(error, "problems", None) or [error])):
            flash(sentence, "error")
    return redirect(url_for("postings.show", posting_id=target() if target else posting_id), 303)
