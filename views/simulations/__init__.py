"""Results of simulations: what drafts would do to real cases, in figures for everybody who prepares or decides, by case for those
who may read cases."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, drafts, engine
from adminapp.files import XLSX
from adminapp.jobs import model as jobs
from adminapp.outputs import outputs
from adminapp.simulation import ordering, store
from adminapp.simulation.plan import LIVE
from views.downloads import send_bytes
from views.jobs import RESULTS, state_of
from views.simulations.cases import page_of, sees_cases, without_names
from views.simulations.figures import CHANGED, figures
from views.simulations.texts import over_of

blueprint = Blueprint("simulations", __name__, url_prefix="/simulations")
RESULTS[store.JOB] = lambda job: url_for("simulations.show", simulation_id=job["args"]["simulation"])


@blueprint.get("/")
def index():
    return render_template("simulations/list.html", columns=_columns(), rows=[_listed(row) for row in store.listed()])


def _columns():
    return [
        {"key": "title", "label": _("试算"), "main": True}, {"key": "over", "label": _("范围")}, {"key": "state", "label": _("状态")},
        {"key": "changed", "label": _("有变化"), "align": "r"}, {"key": "by", "label": _("试算人")},
    ]  # fmt: skip


def _listed(row):
    counts, done = row["counts"] or {}, row["state"] == store.DONE
    cells = {
        "title": row["title"], "over": over_of(row), "changed": f"{sum(counts.get(key, 0) for key in CHANGED):,}" if done else "",
        "state": {"text": _("已完成") if done else _("进行中"), "tone": "good" if done else "info"},
        "by": {"text": row["by_name"], "sub": dates.minute_text(row["at"])},
    }  # fmt: skip
    return {"id": row["_id"], "url": url_for(".show", simulation_id=row["_id"]), "cells": cells}


@blueprint.post("/")
def order():
    """Simulate single drafts, beside any release."""
    items = [ordering.item_of(drafts.get(draft_id)) for draft_id in dict.fromkeys(request.form.getlist("ids"))]
    over = request.form.get("month", "") if request.form.get("over") == "month" else LIVE
    row = ordering.order(engine.current(), items, over, None, g.actor)
    store.start(row, g.actor)
    return redirect(url_for(".show", simulation_id=row["_id"]), 303)


@blueprint.get("/<simulation_id>")
def show(simulation_id):
    row = store.get(simulation_id)
    done = row["state"] == store.DONE
    job = jobs.get(row["job"]) if row["job"] and not done else None
    values = {"simulation": row, "over": over_of(row), "job": state_of(job) if job else None, "at": dates.minute_text(row["at"])}
    more = {}
    if done:
        with without_names():
            more = figures(row)
        more |= page_of(row, request.args)
    return render_template("simulations/show.html", **values, **more)


@blueprint.post("/<simulation_id>/workbook/<sheet>")
def workbook(simulation_id, sheet):
    """Hand out a workbook of the sums, or of the cases to those who may read cases."""
    row = store.get(simulation_id)
    if sheet not in ("totals", "cases") or row["state"] != store.DONE or (sheet == "cases" and not sees_cases()):
        abort(404)
    name, data = outputs[f"simulation_{sheet}"](row)
    audit.log("export", simulation=row["_id"], what=sheet, digest=row["digest"][:16])
    return send_bytes(data, name, XLSX.type)
