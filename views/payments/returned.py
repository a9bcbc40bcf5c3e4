"""The bank's answers to a batch: upload, what the check found row by row, and taking a checked file in."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp.bank import profiles
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan
from adminapp.payments import batches, lines
from adminapp.payments.returns import model
from adminapp.policy import FINANCE
from views.jobs import state_of
from views.payments import shown
from views.payments.board import blueprint, frame, return_url, seen_rev

TOLD = (lines.PAID, lines.PARTIAL, lines.FAILED, lines.RETURNED)


@blueprint.get("/<batch_id>/returns", endpoint="returns")
def returns_of(batch_id):
    """List the files of a batch, and the form by which finance uploads one."""
    batch = batches.get(batch_id)
    may_upload = g.actor.has(FINANCE) and batch["state"] in model.OPEN
    return render_template(
        "payments/returns.html", **frame(batch, "returns"), forms=_forms(batch) if may_upload else [], columns=_columns(),
        rows=[_row(found) for found in model.listed(batch_id)], outcomes=shown.outcomes(batch), chosen=request.args.get("profile", ""),
    )  # fmt: skip


@blueprint.post("/<batch_id>/returns/upload")
def upload_returned(batch_id):
    """Keep a file and start its check; the same file again leads to what is there."""
    given, profile = request.files.get("file"), request.form.get("profile", "")
    content = given.read(model.LARGEST + 1) if given else b""
    try:
        found = model.upload(batch_id, profile, given.filename if given else "", content, g.actor)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("payments.returns", batch_id=batch_id, profile=profile), 303)
    return redirect(return_url(found["_id"]), 303)


def _forms(batch) -> list[dict]:
    """Return the profiles whose banks answer, those the batch was exported with first."""
    used = {key.removeprefix("bank:") for key in batch["files"] if key.startswith("bank:")}
    known = {item.id: item for item in [*(profiles.get(ident) for ident in used), *profiles.active().values()]}
    answering = [item for item in known.values() if item.profile.returns]
    return [{"value": item.id, "label": item.label} for item in sorted(answering, key=lambda item: item.id not in used)]


def _columns():
    return [
        {"key": "name", "label": _("文件"), "main": True},
        {"key": "state", "label": _("状态")},
        {"key": "rows", "label": _("行数"), "align": "r"},
        {"key": "failed", "label": _("未到账"), "align": "r"},
        {"key": "faults", "label": _("问题"), "align": "r"},
        {"key": "by", "label": _("上传")},
    ]


def _row(found):
    counts = found["counts"] or {}
    broken = sum(counts[state]["count"] for state in TOLD[1:] if state in counts)
    cells = {
        "name": found["name"],
        "state": {"text": _(model.STATES[found["state"]]), "tone": model.TONES[found["state"]]},
        "rows": f"{counts['rows']:,}" if counts else "",
        "failed": f"{broken:,}" if broken else "",
        "faults": f"{found['faults']:,}" if found.get("faults") else "",
        "by": {"text": found["by_name"], "sub": shown.day(found["at"])},
    }
    return {"id": found["_id"], "url": return_url(found["_id"]), "cells": cells, "dim": found["state"] == model.REJECTED}


@blueprint.get("/<batch_id>/returns/<return_key>")
def returned(batch_id, return_key):
    """Show one file: how its check or its taking in goes, what it says, and every row that cannot be true."""
    batch, found = batches.get(batch_id), _get(batch_id, return_key)
    job = shown.job_of(found)
    working = job is not None and job["state"] not in jobs.FINISHED
    mine, waits = g.actor.has(FINANCE), batch.get("returning")
    return render_template(
        "payments/returned.html", **frame(batch, "returns"), found=found, counts=found["counts"], told=_told(found, batch),
        profile=profiles.get(found["profile"]).label, job=state_of(job) if job and (working or job["state"] != jobs.DONE) else None,
        file_state={"label": _(model.STATES[found["state"]]), "tone": model.TONES[found["state"]]},
        may_apply=mine and found["state"] in (model.CHECKED, model.APPLYING) and not working and waits in (None, found["_id"]),
        may_reject=mine and found["state"] in (model.CHECKED, model.BLOCKED) and not working, waits=waits not in (None, found["_id"]),
        twin=model.twin(found),
    )  # fmt: skip


def _get(batch_id, return_key):
    found = model.get(f"{batch_id}/{return_key}")
    if found["batch"] != batch_id:
        raise NotFound()
    return found


def _told(found, batch):
    """Return totals of what the file says, each with the fen that were credited."""
    counts = found["counts"]
    if not counts or found["state"] == model.BLOCKED:
        return []
    items = [{"label": _("文件行数"), "value": f"{counts['rows']:,}"}]
    for state in TOLD:
        sums = counts[state]
        tone = {lines.PAID: "good", lines.PARTIAL: "warn"}.get(state, "bad") if sums["count"] else ""
        note = _("应发 %(due)s 元，到账 %(paid)s 元", due=format_yuan(sums["amount"]), paid=format_yuan(sums["paid"]))
        items.append({"label": _(lines.STATES[state]), "value": f"{sums['count']:,}", "unit": _("笔"), "tone": tone,
                      "note": note if sums["count"] else ""})  # fmt: skip
    if counts["missing"] and found["state"] == model.CHECKED:
        rest = profiles.get(found["profile"]).profile.returns.covers == "failures"
        label = _("文件没有列出，视为到账") if rest else _("文件没有列出，仍待回盘")
        items.append({"label": label, "value": f"{counts['missing']:,}", "unit": _("笔"), "tone": "" if rest else "warn"})
    return items


@blueprint.post("/<batch_id>/returns/<return_key>/apply")
def apply_returned(batch_id, return_key):
    """Start the job that writes what the file says onto the lines; one that another month had too only when that was looked at."""
    found = _get(batch_id, return_key)
    try:
        model.start_apply(found["_id"], seen_rev(), g.actor, really_this=request.form.get("really_this") == "1")
    except Invalid as error:
        flash(str(error), "error")
    return redirect(return_url(found["_id"]), 303)


@blueprint.post("/<batch_id>/returns/<return_key>/reject")
def reject_returned(batch_id, return_key):
    """Give the file up; the right one is uploaded instead."""
    found = _get(batch_id, return_key)
    model.reject(found["_id"], seen_rev(), g.actor)
    flash(_("已放弃这个文件，没有入账。"), "success")
    return redirect(url_for("payments.returns", batch_id=batch_id), 303)
