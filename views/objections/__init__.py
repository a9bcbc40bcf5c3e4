"""Objections to postings (公示异议): the list, entering one for somebody, registering, deciding, answering."""

from flask import Blueprint, flash, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, database, dates, divisions, engine, policy
from adminapp.declaration.model import Option
from adminapp.errors import Forbidden, Invalid
from adminapp.feedback import papers, sealed
from adminapp.objections import course
from adminapp.objections import register as objections
from adminapp.postings import register as postings
from adminapp.related import recusal
from adminapp.workflow.action import entry, options, text
from views.courses import history, take_step
from views.downloads import send_bytes
from views.objections import listing
from views.plainforms import fail, form_class, section

blueprint = Blueprint("objections", __name__, url_prefix="/objections")


def _fields(posting):
    households = tuple(
        Option(code=str(row["case"]), label=f"{row['name']}（{row['type_name']}）")
        for row in posting["rows"]
        if row["state"] in (postings.UP, postings.OBJECTED)
    )
    return [
        entry("case", "对哪一户有异议", "choice", options=households),
        entry("channel", "提出方式", "choice", options=options(**{key: label for key, label in objections.CHANNELS.items() if key != "web"})),
        entry("received_on", "提出日期", "date", max="today"),
        entry("name", "异议人姓名", required=False, max_length=30, help="可以匿名；密封保存，只有核实的人能看"),
        entry("contact", "联系方式", required=False, max_length=60),
        text("content", "异议内容"),
    ]


@blueprint.get("/")
def index():
    return render_template("objections/list.html", **listing.page(listing.Wanted.read(request.args)))


@blueprint.route("/new/<posting_id>", methods=["GET", "POST"])
def create(posting_id):
    """Enter an objection that came by word or letter."""
    posting = postings.get(posting_id)
    defaults = {"case": request.args.get("case", ""), "received_on": dates.today(), "channel": "counter"}
    form = form_class(_fields(posting))(request.form if request.method == "POST" else None, data=defaults)
    if request.method == "POST" and form.validate():
        try:
            _check_recusal(posting, form.case.data)
            uploads = [(item.filename, item.read(papers.LARGEST + 1)) for item in request.files.getlist("file") if item.filename]
            objection, secret = course.receive(posting, form.case.data, form.typed(), uploads, g.actor)
        except (Invalid, Forbidden) as error:
            fail(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            crumbs = [(_("公示"), url_for("postings.index")), (_("公示异议"), url_for("objections.index")), (objection["_id"], None)]
            next_url = url_for("objections.show", objection_id=objection["_id"])
            return render_template(
                "objections/receipt.html", number=objection["_id"], secret=secret, who=_("异议人"), items=crumbs, next_url=next_url
            ), 201
    title = _("登记异议")
    place = f"{divisions.full_name(posting['village'])} {posting['issue']}"
    return render_template(
        "objections/form.html", form=form, title=title, place=place, sections=[section(form)], posting=posting
    ), 422 if form.errors else 200


def _check_recusal(posting, case_id):
    row = next((row for row in posting["rows"] if str(row["case"]) == str(case_id)), None)
    case = database.raw("cases").find_one({"_id": row["case"]}, {"people": 1}) if row else None
    if case:
        recusal.refuse(g.actor, case["people"])


@blueprint.get("/<objection_id>")
def show(objection_id):
    return _page(objections.get(objection_id))


def _page(row, opened=None, status=200):
    barred = recusal.bar(g.actor.id, _people(row))
    handles = policy.permits("objections.act", g.actor.roles) and not barred
    reads = handles or (g.actor.has(*policy.COUNTY) and not barred)
    words = {key: sealed.unseal(objections.COLLECTION, key, row[key]) for key in ("content", "finding")} if reads else {}
    told = [{**item, "note": ""} for item in row["history"]] if barred else row["history"]
    case = database.raw("cases").find_one({"_id": row["case"]}, {"type": 1}) or {}
    return render_template(
        "objections/show.html", row=row, state={"text": _(objections.STATES[row["state"]]), "tone": objections.TONES[row["state"]]},
        facts=_facts(row), words=words, barred=barred, handles=handles, opened=opened, decisions=objections.DECISIONS, today=dates.today(),
        case_url=url_for("cases.details_view", type_key=case["type"], id=str(row["case"])) if case and not barred else None,
        papers=_papers(row) if words else [],
        history=history(told),
    ), status  # fmt: skip


def _papers(row):
    opens = policy.permits("objections.paper", g.actor.roles)
    return [
        {"name": item["name"], "url": url_for("objections.paper", objection_id=row["_id"], paper_id=item["id"]) if opens else None}
        for item in row["papers"]
    ]


def _people(row):
    case = database.raw("cases").find_one({"_id": row["case"]}, {"people": 1})
    return case["people"] if case else []


def _facts(row):
    replied = row["replied"] or {}
    rows = [
        (_("公示对象"), f"{row['household']}（{row['type_name']}）"),
        (_("村（社区）"), divisions.full_name(row["village"])),
        (_("提出方式"), f"{_(objections.CHANNELS[row['channel']])}，{_('实名') if row['real_name'] else _('匿名')}"),
        (_("提出日期"), row["received_on"]),
        (_("办理期限"), row["due"]),
        (_("处理结果"), _(objections.DECISIONS.get(row["decision"], "")) if row["decision"] else ""),
        (_("答复"), f"{replied['on']} {replied['way']}" + (_("（超过期限）") if row.get("late") else "") if replied else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


STEPS = {
    "accept": lambda row, form, rev: course.accept(engine.current(), row, g.actor, rev),
    "decline": lambda row, form, rev: course.decline(engine.current(), row, g.actor, rev, form.get("reason", "")),
    "decide": lambda row, form, rev: course.decide(
        engine.current(), row, g.actor, rev, form.get("decision", ""), form.get("finding", ""), form.get("answer", "")
    ),
    "reply": lambda row, form, rev: course.reply(row, g.actor, rev, dates.parse_date(form.get("on") or dates.today().isoformat()), form.get("way", "")),
}


@blueprint.post("/<objection_id>/act")
def act(objection_id):
    row = objections.get(objection_id)
    url = url_for("objections.show", objection_id=objection_id)
    return take_step(STEPS, row, url, lambda status: _page(objections.get(objection_id), status=status))


@blueprint.post("/<objection_id>/reveal")
def reveal(objection_id):
    """Show who objected, for a stated reason, to whoever handles it; that is logged."""
    row = objections.get(objection_id)
    recusal.refuse(g.actor, _people(row))
    reason = request.form.get("reason", "").strip()
    if len(reason) < 2:
        flash(_("请写明查看理由。"), "error")
        return _page(row, status=422)
    audit.log("reveal", objection=row["_id"], reason=reason)
    opened = {key: sealed.unseal(objections.COLLECTION, key, row[key]) for key in ("name", "contact")}
    return _page(row, opened)


@blueprint.get("/<objection_id>/papers/<paper_id>")
def paper(objection_id, paper_id):
    row = objections.get(objection_id)
    recusal.refuse(g.actor, _people(row))
    found, data = papers.read(row, paper_id)
    audit.log("download", objection=row["_id"], file=found["id"])
    return send_bytes(data, found["name"], found["type"])
