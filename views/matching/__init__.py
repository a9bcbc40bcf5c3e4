"""Matches with lists of other offices: the hits by state, one with its story, and the files the county had compared."""

import secrets
from io import BytesIO

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, uploads
from adminapp.errors import Conflict, Invalid
from adminapp.files import XLSX
from adminapp.jobs import model as jobs
from adminapp.matching import course, lists, store
from adminapp.outputs import outputs
from adminapp.tabular.reading import LARGEST
from views.downloads import send_bytes
from views.jobs import RESULTS
from views.matching import panel, shown

blueprint = Blueprint("matching", __name__, url_prefix="/matching")
panel.offer(blueprint)
JOB = "match_list"
RESULTS[JOB] = lambda job: url_for("matching.run", run_id=job["_id"])


@blueprint.get("/")
def index():
    return render_template("matching/list.html", **shown.listing(shown.Wanted.read(request.args)), once=secrets.token_hex(8))


@blueprint.post("/upload")
def upload():
    """Keep the list sealed and start the job that compares it."""
    kind, file = lists.match_lists().get(request.form.get("list", "")), request.files.get("file")
    data = file.read(LARGEST + 1) if file and file.filename else b""
    problem = None
    if kind is None:
        problem = _("请选择是哪一种名单。")
    elif not data or len(data) > LARGEST:
        problem = _("请选择名单文件（XLSX、XLS 或 CSV，不超过 %(n)s MB）。", n=LARGEST // 1024 // 1024)
    if problem:
        flash(problem, "error")
        return redirect(url_for("matching.index", show=shown.FILES), 303)
    args = {"list": kind.key, "upload": uploads.keep(data, file.filename, g.actor)}
    job_id = jobs.start(JOB, _("比对%(label)s名单", label=kind.label), args, g.actor, key=request.form.get("once", "")[:40])
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.get("/lists/<list_key>/template")
def template(list_key):
    """Hand out the empty table of a list."""
    kind, stream = lists.get(list_key), BytesIO()
    outputs["match_template"](stream, kind)
    return send_bytes(stream.getvalue(), f"{kind.label}名单.xlsx", XLSX.type)


@blueprint.get("/files/<run_id>")
def run(run_id):
    return render_template("matching/run.html", **shown.run(store.get_run(run_id)))


@blueprint.get("/<match_id>")
def show(match_id):
    return render_template("matching/show.html", **shown.one(store.get(match_id)))


@blueprint.post("/<match_id>/check")
def check(match_id):
    """Take down what the township found out."""
    return _do(match_id, lambda row, typed: course.check(row, typed["real"], typed["note"], g.actor), _("已登记核实结果，等待县级复核。"))


@blueprint.post("/<match_id>/decide")
def decide(match_id):
    """Decide as a second person, or have it looked into once more."""

    def done(row, typed):
        if typed["back"]:
            return course.send_back(row, typed["note"], g.actor)
        return course.decide(row, typed["real"], typed["note"], g.actor)

    return _do(match_id, done, _("已复核。"))


@blueprint.post("/<match_id>/lift")
def lift(match_id):
    """Take back what was confirmed."""
    return _do(match_id, lambda row, typed: course.lift(row, typed["note"], g.actor), _("已解除，暂缓的待遇随下一批发放。"))


def _do(match_id, deed, sentence):
    row, typed = store.get(match_id), shown.typed(request.form)
    try:
        if typed["rev"] != str(row["rev"]):
            raise Conflict("这条比对结果刚刚有变动，请核对后再办理。")
        after = deed(row, typed)
    except (Invalid, Conflict) as error:
        problems = list(map(str, getattr(error, "problems", None) or [error]))
        return render_template("matching/show.html", **shown.one(store.get(match_id), typed, problems)), 422
    audit.log("match", match=row["_id"], case=row["number"], state=after["state"])
    flash(sentence, "success")
    return redirect(url_for("matching.show", match_id=row["_id"]), 303)


audit.declare("match", "部门数据比对")
