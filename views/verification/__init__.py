"""Verification of the economic status: requests of the townships, the county's batches and reports, the paper to sign.

A township sees which kinds of information did not agree; what the agencies sent back is opened by the county's checkers
alone, for a stated reason that is logged, and stands on no other page.
"""


from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, engine, uploads
from adminapp.cases import values_of
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.loading import load_case
from adminapp.outputs import outputs
from adminapp.related import recusal
from adminapp.tabular.reading import LARGEST
from adminapp.verification import batches, findings, reporting, requests
from adminapp.verification.paper import authorisation as papers_of
from adminapp.workflow import deadlines
from views.downloads import send_bytes
from views.jobs import RESULTS
from views.verification import panel, shown

blueprint = Blueprint("verification", __name__, url_prefix="/verification")
panel.offer(blueprint)
JOBS = {"send": "verification_send", "receive": "verification_receive", "report": "verification_report"}
"""What is done with a batch → kind of job (exports/verification_files.py)."""
for _kind in JOBS.values():
    RESULTS[_kind] = lambda job: url_for("verification.batch", batch_id=job["args"]["batch"])


@blueprint.get("/")
def index():
    return render_template("verification/list.html", **shown.listing(shown.Wanted.read(request.args)))


@blueprint.post("/batches")
def make():
    """Put the chosen requests together in a batch."""
    try:
        made = batches.make(list(dict.fromkeys(request.form.getlist("ids")))[: batches.MOST + 1], g.actor)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("verification.index"), 303)
    flash(_("已组成批次 %(batch)s：%(n)s 户、%(people)s 人。", batch=made["_id"], n=made["requests"], people=made["people"]), "success")
    return redirect(url_for("verification.batch", batch_id=made["_id"]), 303)


@blueprint.get("/batches/<batch_id>")
def batch(batch_id):
    return render_template("verification/batch.html", **shown.batch(batches.get(batch_id)))


@blueprint.post("/batches/<batch_id>/send")
def send(batch_id):
    """Start the job that starts the verifications and writes the file for the agencies."""
    found, reason = batches.get(batch_id), request.form.get("reason", "").strip()[:200]
    if len(reason) < 2:
        flash(_("请写明导出事由。"), "error")
        return _back(found)
    return _start("send", found, _("发出核对批次 %(batch)s", batch=found["_id"]), reason=reason, **deadlines.told(request.form))


@blueprint.post("/batches/<batch_id>/receive")
def receive(batch_id):
    """Keep the report file sealed and start the job that reads it."""
    found, file = batches.get(batch_id), request.files.get("file")
    data = file.read(LARGEST + 1) if file and file.filename else b""
    if not data or len(data) > LARGEST:
        flash(_("请选择核对结果文件（XLSX、XLS 或 CSV，不超过 %(n)s MB）。", n=LARGEST // 1024 // 1024), "error")
        return _back(found)
    return _start("receive", found, _("导入核对结果 %(batch)s", batch=found["_id"]), upload=uploads.keep(data, file.filename, g.actor))


@blueprint.post("/batches/<batch_id>/report")
def report_clear(batch_id):
    """Start the job that reports on the households of which nobody has to judge anything."""
    found = batches.get(batch_id)
    return _start("report", found, _("批量出具核对报告 %(batch)s", batch=found["_id"]))


def _start(what, found, title, **args):
    job_id = jobs.start(JOBS[what], title, {"batch": found["_id"], **args}, g.actor, key=request.form.get("once", "")[:40])
    return redirect(url_for("jobs.show", job_id=job_id), 303)


def _back(found):
    return redirect(url_for("verification.batch", batch_id=found["_id"]), 303)


@blueprint.get("/<request_id>")
def show(request_id):
    return render_template("verification/show.html", **shown.one(_read(request_id)))


@blueprint.post("/<request_id>/report")
def report(request_id):
    """Report on one household and go on to the next of its batch; what is refused comes back with all that was typed."""
    row = _read(request_id)
    typed = shown.typed(row, request.form)
    try:
        if request.form.get("rev") != str(row["rev"]):
            raise Conflict()
        done = reporting.report(engine.current(), row, typed["results"], typed["notes"], typed["summary"], g.actor, deadlines.told(request.form))
    except (Invalid, Conflict, Forbidden) as error:
        problems = list(map(str, getattr(error, "problems", None) or [error]))
        return render_template("verification/show.html", **shown.one(_read(request_id), typed=typed, problems=problems)), 422
    flash(_("已出具 %(name)s 的核对报告：%(result)s。", name=row["name"], result=_(findings.RESULTS[done["result"]])), "success")
    return redirect(url_for("verification.show", request_id=shown.following(done) or row["_id"]), 303)


@blueprint.post("/<request_id>/reveal")
def reveal(request_id):
    """Show what the agencies sent back, once, for a stated reason."""
    row, reason = _read(request_id), request.form.get("reason", "").strip()[:200]
    if len(reason) < 2:
        flash(_("请写明查看理由。"), "error")
        return redirect(url_for("verification.show", request_id=row["_id"]), 303)
    found = findings.opened(row, g.actor)
    audit.log("reveal", case=row["number"], field="verification", reason=reason)
    return render_template("verification/show.html", **shown.one(row, raw=found))


def _read(request_id):
    row = requests.get(request_id)
    case, _published = load_case(engine.current().registry, row["case"])
    recusal.refuse(g.actor, case.people)
    return row


@blueprint.get("/cases/<case_id>/authorisation")
def authorisation(case_id):
    """Print the paper on which the household authorises its verification."""
    case, published = load_case(engine.current().registry, case_id)
    recusal.refuse(g.actor, case.people)
    if not panel.is_verified_by_county(published.relief_type):
        raise NotFound
    today = dates.today()
    values = values_of(case, published.relief_type, standards=engine.current().standards, on=today)
    address = url_for("cases.details_view", type_key=case.type, id=str(case.id), _external=True)
    pdf = outputs["papers"](papers_of(case, published.relief_type, values, today, address), engine.current().settings.home)
    audit.log("print", case=case.number, what="authorisation")
    return send_bytes(pdf, f"{case.number} 核对授权书.pdf", "application/pdf")
