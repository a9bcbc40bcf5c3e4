"""What the page of a batch shows of it: steps, sums of what the person may see, why it differs from last month."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, policy
from adminapp.bank import reach
from adminapp.errors import NotFound
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan, signed_yuan
from adminapp.payments import acts, batches, lines, variance

STEPS = (
    batches.BUILDING,
    batches.DRAFT,
    batches.LOCKED,
    batches.APPROVED,
    batches.FUNDED,
    batches.SENT,
    batches.CLOSED,
)
STEP_LABELS = {
    batches.PROPOSED: "同意", batches.BUILDING: "编制", batches.DRAFT: "锁定", batches.LOCKED: "审批", batches.APPROVED: "拨款",
    batches.FUNDED: "送银行", batches.SENT: "对账", batches.CLOSED: "办结",
}  # fmt: skip
DONE_BY = {"consent": batches.PROPOSED, "built": batches.BUILDING, "lock": batches.DRAFT, "approve": batches.LOCKED, "fund": batches.APPROVED,
           "send": batches.FUNDED, "close": batches.SENT}  # fmt: skip


def sums(batch):
    """Return ``{count, people, amount, held}`` of what the person may see; None while the batch is being built."""
    totals = batch["seal"] or batch["totals"]
    if totals is None:
        return None
    if reach.sees_all(g.actor):
        return {**{key: totals[key] for key in ("count", "people", "amount")}, "held": totals["held"]["count"]}
    mine = [each for each in totals["townships"] if each["key"] in g.actor.townships]
    sums = {key: sum(each[key] for each in mine) for key in ("count", "people", "amount")}
    return sums | {"held": lines.collection().count_documents({"batch": batch["_id"], "state": lines.HELD})}


def job_of(thing):
    """Return the job noted on a batch or another document as it stands, None when this person may not see it."""
    try:
        return jobs.get_readable(thing["job"], g.actor) if thing.get("job") else None
    except NotFound:
        return None


def tells(batch, job):
    """Tell whether the job still matters here: it runs, or it failed and the batch stands where it stood."""
    if job["state"] not in jobs.FINISHED:
        return True
    return job["state"] != jobs.DONE and batch["state"] in (batches.BUILDING, batches.DRAFT)


def steps(batch):
    when = {DONE_BY[note["action"]]: day(note["at"]) for note in batch["history"] if note["action"] in DONE_BY}
    state = batches.SENT if batch["state"] == batches.RECONCILING else batch["state"]
    if state == batches.ABORTED:
        return []
    line = (batches.PROPOSED, *STEPS) if batch["supplement"] else STEPS
    here = line.index(state)
    items = []
    for place, step in enumerate(line):
        how = "done" if place < here or state == batches.CLOSED else "current" if place == here else "next"
        items.append({"label": _(STEP_LABELS[step]), "state": how, "note": when.get(step) if how == "done" else None})
    return items


def totals(batch, sums):
    items = [
        {"label": _("行数"), "value": f"{sums['count']:,}"},
        {"label": _("人数"), "value": f"{sums['people']:,}", "unit": _("人")},
        {"label": _("应发金额"), "value": format_yuan(sums["amount"]), "unit": _("元")},
        {"label": _("暂缓"), "value": f"{sums['held']:,}", "unit": _("笔"), "tone": "warn" if sums["held"] else ""},
    ]
    waiting = batch["adjustments"] if batch["state"] == batches.DRAFT and reach.sees_all(g.actor) else []
    if waiting:
        amount = sum(item["amount"] for item in waiting)
        items.append(
            {
                "label": _("待计入的调整"),
                "value": format_yuan(amount),
                "unit": _("元"),
                "note": _("%(n)s 行", n=len(waiting)),
            }
        )
    return items


def townships(batch):
    totals = batch["seal"] or batch["totals"] or {"townships": []}
    mine = g.actor.townships
    return [
        _sum_row(each, divisions.name_of(each["key"]))
        for each in totals["townships"]
        if reach.sees_all(g.actor) or each["key"] in mine
    ]


def by_type(batch):
    totals = batch["seal"] or batch["totals"] or {"types": []}
    return [_sum_row(each, batch["names"].get(each["key"], each["key"])) for each in totals["types"]]


def _sum_row(each, name):
    cells = {
        "name": name,
        "count": f"{each['count']:,}",
        "people": f"{each['people']:,}",
        "amount": format_yuan(each["amount"]),
    }
    return {"id": each["key"], "cells": cells}


def variance_of(batch):
    found = batch["variance"]
    if not found:
        return None
    rows = [
        {"label": _(variance.REASONS[row["key"]]), "count": f"{row['count']:+,}", "amount": signed_yuan(row["amount"]),
         "url": url_for("payments.variance", batch_id=batch["_id"], key=row["key"])}
        for row in found["rows"]
    ]  # fmt: skip
    if found["unexplained"]:
        rows.append({"label": _("未能说明"), "count": "", "amount": signed_yuan(found["unexplained"])})
    return {"rows": rows, "total": {"count": f"{found['count']:+,}", "amount": signed_yuan(found["amount"])}}


def actions(batch):
    """Return the steps on offer: those that need a reason open a dialog."""
    return [
        {"key": key, "label": _(action.label), "confirm": _(action.confirm), "reason": action.reason,
         "url": url_for("payments.act", batch_id=batch["_id"]), "danger": action.to == batches.ABORTED}
        for key, action in acts.offered(batch, g.actor).items()
        if not (action.other_person and g.actor.id in batch["makers"])
    ]  # fmt: skip


def can_lock(batch):
    return batch["state"] == batches.DRAFT and g.actor.has(policy.REVIEWER) and bool(batch["roster"]["count"])


HELD_SHOWN = 50


def held(batch) -> list[dict]:
    """Return rows of the first lines that are held, with the reason; all of them are in the list of lines."""
    query = {"batch": batch["_id"], "state": lines.HELD}
    return [_held(line) for line in lines.collection().find(query, sort=[("township", 1), ("village", 1), ("_id", 1)], limit=HELD_SHOWN)]


def _held(line):
    cells = {
        "name": {"text": line["name"], "sub": line["number"]},
        "place": divisions.name_of(line["township"]) + divisions.name_of(line["village"]),
        "amount": format_yuan(line["amount"]),
        "why": "；".join(line["hold"]),
    }
    return {"id": line["_id"], "cells": cells}


def outcomes(batch) -> list[dict]:
    """Return tiles of what the bank told so far, each opening its lines; none before it told anything."""
    results = batch.get("results") or {}
    return [
        {"label": _(lines.STATES[state]), "value": f"{results[state]['count']:,}", "unit": _("笔"),
         "sub": _("%(amount)s 元", amount=format_yuan(results[state]["amount"])), "tone": lines.TONES[state] if lines.TONES[state] in ("good", "bad") else "",
         "url": url_for("payments.lines", batch_id=batch["_id"], state=state)}
        for state in (lines.PAID, lines.SENT, *lines.BROKEN, lines.REISSUED)
        if state in results
    ]  # fmt: skip


def day(moment):
    return dates.day_of(moment).isoformat()
