"""Complaints and reports (投诉举报): the list and what became of all of them, entering one, assigning, investigating, answering."""

from flask import Blueprint, flash, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine
from adminapp.complaints import course
from adminapp.complaints import register as complaints
from adminapp.declaration.model import Option
from adminapp.errors import Forbidden, Invalid
from adminapp.feedback import papers, sealed
from adminapp.outputs import outputs
from adminapp.workflow.action import entry, options, text
from views.complaints import shown
from views.courses import take_step
from views.downloads import send_bytes
from views.plainforms import fail, form_class

blueprint = Blueprint("complaints", __name__, url_prefix="/complaints")


@blueprint.get("/")
def index():
    return render_template("complaints/list.html", **shown.listing(g.actor, request.args.get("show", "")))


def _fields():
    places = tuple(Option(code=code, label=name) for code, name in divisions.township_choices())
    return [
        entry("channel", "反映方式", "choice", options=options(**{key: label for key, label in complaints.CHANNELS.items() if key != "web"})),
        entry("received_on", "受理日期", "date", max="today"),
        entry("subject", "反映的对象", "choice", options=options(**complaints.SUBJECTS)),
        entry("township", "所在乡镇", "choice", options=places, required=False),
        entry("about", "被反映的人或单位", required=False, max_length=100, help="密封保存"),
        text("content", "反映的问题"),
        entry("name", "反映人姓名", required=False, max_length=30, help="可以匿名；密封保存，只有核查人能看"),
        entry("contact", "联系方式", required=False, max_length=60),
    ]


@blueprint.route("/new", methods=["GET", "POST"])
def create():
    """Enter a complaint that came by phone, letter or visit."""
    defaults = {"received_on": dates.today(), "channel": "phone"}
    form = form_class(_fields())(request.form if request.method == "POST" else None, data=defaults)
    if request.method == "POST" and form.validate():
        try:
            uploads = [(item.filename, item.read(papers.LARGEST + 1)) for item in request.files.getlist("file") if item.filename]
            complaint, secret = course.receive(form.typed(), uploads, g.actor)
        except Invalid as error:
            fail(form, error)
        else:
            crumbs = [(_("投诉举报"), url_for("complaints.index")), (complaint["_id"], None)]
            next_url = url_for("complaints.show", complaint_id=complaint["_id"]) if complaints.visible(g.actor) == {} else url_for("complaints.index")
            return render_template(
                "objections/receipt.html", number=complaint["_id"], secret=secret, who=_("反映人"), items=crumbs, next_url=next_url
            ), 201
    return render_template("complaints/form.html", form=form), 422 if form.errors else 200


@blueprint.get("/<complaint_id>")
def show(complaint_id):
    return _page(complaints.get(complaint_id, g.actor))


def _page(row, opened=None, status=200):
    return render_template("complaints/show.html", opened=opened, **shown.one(row, g.actor)), status


STEPS = {
    "link": lambda row, form, rev: course.link(engine.current().registry, row, g.actor, rev, form.get("number", "")),
    "assign": lambda row, form, rev: course.assign(row, g.actor, rev, form.get("owner", ""), form.get("note", "")),
    "begin": lambda row, form, rev: course.begin(row, g.actor, rev),
    "conclude": lambda row, form, rev: course.conclude(row, g.actor, rev, *(form.get(key, "") for key in ("conclusion", "finding", "answer"))),
    "reply": lambda row, form, rev: course.reply(row, g.actor, rev, dates.parse_date(form.get("on") or dates.today().isoformat()), form.get("way", "")),
    "close": lambda row, form, rev: course.close(row, g.actor, rev),
}


@blueprint.post("/<complaint_id>/act")
def act(complaint_id):
    """Take the next step; whatever stands in its way is said on the page."""
    row = complaints.get(complaint_id, g.actor)
    url = url_for("complaints.show", complaint_id=complaint_id)
    return take_step(STEPS, row, url, lambda status: _page(complaints.get(complaint_id, g.actor), status=status))


@blueprint.post("/<complaint_id>/reveal")
def reveal(complaint_id):
    """Show who told, for a stated reason, to the investigator alone; that is logged."""
    row = complaints.get(complaint_id, g.actor)
    if not complaints.reads_name(g.actor, row):
        raise Forbidden
    reason = request.form.get("reason", "").strip()
    if len(reason) < 2:
        flash(_("请写明查看理由。"), "error")
        return _page(row, status=422)
    audit.log("reveal", complaint=row["_id"], reason=reason)
    return _page(row, {key: sealed.unseal(complaints.COLLECTION, key, row[key]) for key in ("name", "contact")})


@blueprint.get("/<complaint_id>/papers/<paper_id>")
def paper(complaint_id, paper_id):
    row = complaints.get(complaint_id, g.actor)
    if not complaints.reads_words(g.actor, row):
        raise Forbidden
    found, data = papers.read(row, paper_id)
    audit.log("download", complaint=row["_id"], file=found["id"])
    return send_bytes(data, found["name"], found["type"])


@blueprint.get("/<complaint_id>/reply")
def slip(complaint_id):
    """The written answer (投诉举报答复告知书) to print; addressed by hand, so that no paper names who told."""
    row = _answered(complaint_id)
    audit.log("print", complaint=row["_id"])
    return render_template("complaints/slip.html", letter=shown.letter(row))


@blueprint.get("/<complaint_id>/reply.pdf")
def slip_pdf(complaint_id):
    """The written answer as PDF."""
    row = _answered(complaint_id)
    letter = shown.letter(row)
    data = outputs["complaint_reply"](letter, engine.current().settings.home)
    audit.log("print", complaint=row["_id"], format="pdf")
    return send_bytes(data, f"{letter['title']}_{row['_id']}.pdf", "application/pdf")


def _answered(complaint_id):
    row = complaints.get(complaint_id, g.actor)
    if not complaints.reads_words(g.actor, row) or row["state"] not in (complaints.DECIDED, complaints.REPLIED, complaints.CLOSED):
        raise Forbidden
    return row
