"""Standards raised for all (标准调整): order and trial by the county's reviewer, approval by another person, what came of it."""

import secrets

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, engine
from adminapp.changes import raises
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan
from adminapp.policy import APPROVER, REVIEWER
from views.asked import shown_rev
from views.jobs import RESULTS, state_of

blueprint = Blueprint("raises", __name__, url_prefix="/raises")
for _kind in (raises.TRIAL, raises.CARRY):
    RESULTS[_kind] = lambda job: url_for("raises.show", order_id=job["args"]["order"])
BACK, AHEAD = 24, 3
"""Months offered before and after this one."""


@blueprint.get("/")
def index():
    """List the orders, newest first."""
    return render_template("raises/list.html", rows=[_row(row) for row in raises.listed()], may_order=g.actor.has(REVIEWER))


def _row(row):
    cells = {
        "month": {"text": row["month"], "sub": "、".join(row["types"].values())},
        "reason": row["reason"],
        "raised": f"{_total(row, 'raised'):,}",
        "monthly": format_yuan(_total(row, "monthly")),
        "by": {"text": row["by_name"], "sub": dates.day_of(row["at"]).isoformat()},
        "state": state_of_order(row),
    }
    return {"id": row["_id"], "url": url_for("raises.show", order_id=row["_id"]), "cells": cells}


def _total(row, name):
    return sum(each[name] for each in row["sums"].values())


def state_of_order(row: dict) -> dict:
    return {"text": _(raises.STATES[row["state"]]), "tone": raises.TONES[row["state"]]}


@blueprint.route("/new", methods=["GET", "POST"])
def new():
    """Choose month and types; the trial begins with the order."""
    problems, held = [], engine.current()
    now = dates.month_of(dates.today())
    months = sorted(dates.month_range(dates.add_months(now, -BACK), dates.add_months(now, AHEAD)), reverse=True)
    chosen = request.values.get("month", "")
    chosen = chosen if chosen in months else now
    if request.method == "POST":
        try:
            row = raises.order(held, chosen, request.form.getlist("types"), request.form.get("reason", ""), g.actor, request.form.get("once", ""))
            audit.log("job", job=row["job"], what="标准调整试算")
            return redirect(url_for("raises.show", order_id=row["_id"]), 303)
        except Invalid as error:
            problems = [str(each) for each in error.problems]
    latest = sorted(held.registry.latest().values(), key=lambda each: each.relief_type.code)
    types = [
        {"key": each.key, "name": each.relief_type.name, "changed": found}
        for each in latest
        if (found := raises.changed(each.relief_type, held.standards, chosen))
    ]
    return render_template(
        "raises/new.html", types=types, months=months, chosen=chosen, problems=problems, form=request.form, picked=request.form.getlist("types"),
        once=secrets.token_hex(12),
    ), 422 if problems else 200  # fmt: skip


@blueprint.get("/<order_id>")
def show(order_id):
    """Show what an order gives by type, its job, and what may be done with it."""
    row = raises.get(order_id)
    job = _job(row)
    stuck = job and job["state"] in jobs.FINISHED and row["state"] in raises.JOBS
    mine = row["state"] != raises.CARRYING or row["approved_by"] == g.actor.id
    return render_template(
        "raises/show.html", row=row, state=state_of_order(row), sums=[_sum(row, key) for key in row["types"] if key in row["sums"]],
        total={name: _total(row, name) for name in ("raised", "same", "left", "monthly", "back")}, problems=job["problems"] if job else [],
        progress=state_of(job) if job and (job["state"] not in jobs.FINISHED or stuck) else None,
        may_approve=row["state"] == raises.CHECKED and g.actor.has(APPROVER) and g.actor.id != row["by"],
        may_drop=row["state"] == raises.CHECKED and g.actor.has(REVIEWER, APPROVER), may_wake=stuck and mine and g.actor.has(REVIEWER, APPROVER),
    )  # fmt: skip


def _job(row):
    try:
        return jobs.get_readable(row["job"], g.actor) if row["job"] else None
    except NotFound:
        return None


def _sum(row, key):
    sums = row["sums"][key]
    amounts = {name: format_yuan(sums[name]) for name in ("monthly", "back")}
    return {"id": key, "cells": {"name": row["types"][key], **{name: f"{sums[name]:,}" for name in ("raised", "same", "left")}, **amounts}}


@blueprint.post("/<order_id>")
def act(order_id):
    """Approve an order, take it back, or go on with work that was interrupted."""
    row, action = raises.get(order_id), request.form.get("action", "")
    rev = shown_rev()
    if action == "approve":
        row = raises.approve(order_id, rev, g.actor)
        audit.log("job", job=row["job"], what="标准调整")
        flash(_("已批准，正在逐件办理。"), "success")
    elif action == "drop":
        raises.drop(order_id, rev, g.actor)
        flash(_("已撤销，没有办理。"), "success")
    elif action == "wake":
        raises.wake(row, g.actor)
    else:
        raise NotFound
    return redirect(url_for("raises.show", order_id=order_id), 303)
