"""The plan of ongoing management: what the coming months bring by township or kind, and the tasks behind each number."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp.ongoing import planning, work
from views.jobs import RESULTS
from views.ongoing import panel, shown

blueprint = Blueprint("ongoing", __name__, url_prefix="/ongoing")
panel.offer(blueprint)
RESULTS[planning.JOB] = lambda job: url_for("ongoing.index")


@blueprint.get("/")
def index():
    return render_template("ongoing/index.html", **shown.plan(shown.Wanted.read(request.args)))


@blueprint.get("/tasks")
def tasks():
    return render_template("ongoing/tasks.html", **shown.listing(shown.Wanted.read(request.args)))


@blueprint.post("/plan")
def plan():
    """Plan anew at once, instead of in the coming night."""
    job_id = work.start(g.actor)
    flash(_("正在编排：已排的不会改动，只补缺少的、交办本月的。"), "success")
    return redirect(url_for("jobs.show", job_id=job_id), 303)
