"""Batches by month: the list, a new one, and the steps people take with one."""

import secrets

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, engine, policy
from adminapp.bank import reach
from adminapp.errors import Invalid
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan
from adminapp.payments import acts, batches, opening, release, timetable
from views.jobs import state_of
from views.payments import shown
from views.payments.board import blueprint, frame, seen_rev

PAGE = 30
MONTHS_BACK = 12


@blueprint.get("/")
def index():
    """List the batches, newest month first; ?before= is the one to go on below, or a month."""
    before = request.args.get("before", "")
    found = batches.listed(PAGE + 1, before)
    page = found[:PAGE]
    following = url_for("payments.index", before=page[-1]["_id"]) if len(found) > PAGE else None
    return render_template("payments/list.html", columns=_columns(), rows=[_row(each) for each in page],
                           next_url=following, first_url=url_for("payments.index") if before else None)  # fmt: skip


def _columns():
    return [
        {"key": "title", "label": _("批次"), "main": True},
        {"key": "state", "label": _("状态")},
        {"key": "count", "label": _("行数"), "align": "r"},
        {"key": "amount", "label": _("金额(元)"), "align": "r"},
        {"key": "held", "label": _("暂缓"), "align": "r"},
        {"key": "by", "label": _("编制")},
    ]


def _row(batch):
    sums = shown.sums(batch)
    cells = {
        "title": batches.title_of(batch),
        "state": {"text": _(batches.STATES[batch["state"]]), "tone": batches.TONES[batch["state"]]},
        "count": f"{sums['count']:,}" if sums else "",
        "amount": format_yuan(sums["amount"]) if sums else "",
        "held": f"{sums['held']:,}" if sums and sums["held"] else "",
        "by": {"text": batch["built_by"], "sub": shown.day(batch["created"])},
    }
    dim = batch["state"] == batches.ABORTED
    return {"id": batch["_id"], "url": url_for("payments.show", batch_id=batch["_id"]), "cells": cells, "dim": dim}


@blueprint.route("/new", methods=["GET", "POST"])
def new():
    """Choose month and type, start the batch. Submitting twice, or two people at once, makes one batch."""
    published = sorted(engine.current().registry.latest().values(), key=lambda item: item.relief_type.code)
    types = {item.key: item.relief_type.name for item in published}
    once = frozenset(item.key for item in published if item.relief_type.payment.cycle == "once")
    problem = ""
    if request.method == "POST":
        scope, asked = request.form.get("scope", ""), request.form.get("supplement") == "1"
        chosen = types if scope == batches.ALL_TYPES else {key: name for key, name in types.items() if key == scope}
        if not chosen:
            abort(400, _("请选择救助类型。"))
        try:
            batch = opening.start_build(scope, request.form.get("month", ""), chosen, g.actor, asked, request.form.get("reason", ""), once)
        except Invalid as error:
            problem = str(error)
        else:
            if batch["state"] == batches.PROPOSED:
                flash(_("补充批次已提出，另一人同意后开始编制。"), "info")
            elif batch["state"] != batches.BUILDING:
                flash(_("这个月的批次已经有了，没有重复编制。锁定以后新决定的待遇请编补充批次。"), "info")
            return redirect(url_for("payments.show", batch_id=batch["_id"]), 303)
    return render_template(
        "payments/new.html", types=types, once=once, months=_months(), all_types=batches.ALL_TYPES, problem=problem, form=request.form
    ), 400 if problem else 200


def _months():
    """Return {month: cut-off day} that a list may be made for, newest first, the present one in any case for one-off relief."""
    last = max(timetable.newest(dates.today()), dates.month_of(dates.today()))
    return {month: timetable.cutoff(month) for month in (dates.add_months(last, -back) for back in range(MONTHS_BACK))}


@blueprint.get("/<batch_id>")
def show(batch_id):
    """Show where a batch stands, its sums, why they differ from last month, and the steps on offer."""
    batch = batches.get(batch_id)
    job, county = shown.job_of(batch), reach.sees_all(g.actor)
    working, sums = bool(job) and job["state"] not in jobs.FINISHED, shown.sums(batch)
    return render_template(
        "payments/batch.html", **frame(batch, "show"), sums=sums, county=county, steps=shown.steps(batch),
        job=state_of(job) if job and shown.tells(batch, job) else None, working=working,
        totals=shown.totals(batch, sums) if sums else [], townships=shown.townships(batch),
        types=shown.by_type(batch) if county else [], outcomes=shown.outcomes(batch) if county else [],
        variance=shown.variance_of(batch) if county else None,
        overpaid=batch.get("overpaid") or [] if county else [], held=shown.held(batch),
        actions=[] if working else shown.actions(batch), can_lock=not working and shown.can_lock(batch),
        can_build=not working and batch["state"] == batches.BUILDING and g.actor.has(policy.REVIEWER),
        can_verify=policy.permits("payments.prove", g.actor.roles) and batch["roster"] is not None and not working,
        asked=_asked(batch), files=release.offered(batch, g.actor), request_id=secrets.token_hex(8), history=batch["history"] if county else [],
    )  # fmt: skip


def _asked(batch):
    """Return {label, url} of the fund request of an approved list: the one that is there, or a new one for who may make it."""
    if not policy.permits("funds.show", g.actor.roles):
        return None
    if batch.get("request"):
        return {"label": _("资金申请"), "url": url_for("funds.show", funding_id=batch["request"]), "kind": ""}
    if batch["state"] == batches.APPROVED and policy.permits("funds.new", g.actor.roles):
        return {"label": _("申请资金"), "url": url_for("funds.new", month=batch["month"]), "kind": "primary"}
    return None


@blueprint.post("/<batch_id>/act")
def act(batch_id):
    """Take a step: lock (a job), or one of acts.ACTIONS; `rev` is what the person saw."""
    key, rev = request.form.get("action", ""), seen_rev()
    if key == "lock":
        opening.start_seal(batch_id, rev, g.actor)
    elif key == "build":
        opening.wake(batches.get(batch_id), g.actor)
    else:
        acts.perform(batch_id, key, g.actor, rev, request.form.get("reason", ""))
        flash(_("已办理：%(label)s", label=_(acts.ACTIONS[key].label)), "success")
    return redirect(url_for("payments.show", batch_id=batch_id), 303)


@blueprint.post("/<batch_id>/prove")
def prove(batch_id):
    """Recompute everything of the batch as a job and show what differs."""
    batch = batches.get(batch_id)
    title = _("核对 %(title)s", title=batches.title_of(batch))
    job_id = jobs.start(batches.PROVE, title, {"batch": batch["_id"]}, g.actor)
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/<batch_id>/release", endpoint="release")
def release_files(batch_id):
    """Start the job that writes the chosen files."""
    name = request.form.get("request", "")[:32]
    job_id = release.start(batch_id, request.form.getlist("files"), g.actor, f"{batch_id} {name}" if name else "")
    return redirect(url_for("jobs.show", job_id=job_id), 303)
