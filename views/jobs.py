"""Long work of the person: what runs, how far it is, its files. Colleagues' jobs only where their kind says so."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, engine
from adminapp.jobs import artefacts, model
from views.downloads import send_path

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


RESULTS = {}
"""Kind of job → function(job) that returns the address of its result; screens add theirs."""


@blueprint.get("/")
def index():
    """List the person's own jobs, newest first."""
    return render_template("jobs/list.html", columns=_columns(), rows=[_row(job) for job in model.owned_by(g.actor)])


@blueprint.get("/<job_id>")
def show(job_id):
    job = model.get_readable(job_id, g.actor)
    return render_template(
        "jobs/job.html", job=job, progress=state_of(job), artefacts=list(enumerate(job["artefacts"]))
    )


@blueprint.get("/<job_id>/status")
def status(job_id):
    """Answer what js/job.js asks for."""
    return state_of(model.get_readable(job_id, g.actor))


@blueprint.post("/<job_id>/cancel")
def cancel(job_id):
    model.cancel(job_id, g.actor)
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.get("/<job_id>/files/<int:number>")
def artefact(job_id, number):
    """Hand out a file; who may have it is asked again each time, whatever was allowed when the job was started."""
    job = model.get_readable(job_id, g.actor)
    if job["state"] != model.DONE:
        abort(404)
    path, entry = artefacts.path_of(engine.current().settings, job, number)
    audit.log("download", job=job["_id"], digest=entry["digest"][:16])
    return send_path(path, entry["name"])


def state_of(job: dict) -> dict:
    """Return a job as components/progress.html and js/job.js want it."""
    finished = job["state"] in model.FINISHED
    own = job["actor"]["id"] == g.actor.id
    return {
        "label": job["title"], "state_label": _(model.STATES[job["state"]]), "tone": model.TONES[job["state"]],
        "done": job["done"], "total": job["total"], "failed": job["failed"],
        "message": job["message"], "finished": finished,
        "poll_url": url_for("jobs.status", job_id=job["_id"]),
        "cancel_url": url_for("jobs.cancel", job_id=job["_id"]) if own and not finished else None,
        "result_url": _result_url(job) if finished else None,
    }  # fmt: skip


def _result_url(job):
    """Return where the result is seen: the kind's own page, else the job's, which needs no link to itself."""
    if job["kind"] in RESULTS:
        return RESULTS[job["kind"]](job)
    return url_for("jobs.show", job_id=job["_id"]) if request.endpoint != "jobs.show" else None


def _columns():
    return [
        {"key": "title", "label": _("任务"), "main": True},
        {"key": "state", "label": _("状态")},
        {"key": "done", "label": _("进度"), "align": "r"},
        {"key": "failed", "label": _("问题"), "align": "r"},
        {"key": "created", "label": _("提交时间")},
    ]


def _row(job):
    cells = {
        "title": job["title"],
        "state": {"text": _(model.STATES[job["state"]]), "tone": model.TONES[job["state"]]},
        "done": f"{job['done']} / {job['total']}" if job["total"] else "",
        "failed": str(job["failed"] or ""),
        "created": dates.minute_text(job["created"]),
    }
    return {"id": job["_id"], "url": url_for("jobs.show", job_id=job["_id"]), "cells": cells}
