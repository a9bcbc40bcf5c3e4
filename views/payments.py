"""Payment lists: batches by month, one batch with its steps, totals, held lines and lines, and the files for the bank.

The county sees all, a township the lines of its own people and no sums of others. Nobody sees a whole account here:
full numbers leave only in files, which are logged.
"""

import secrets

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine, policy, sealing
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan, parse_yuan
from adminapp.payments import abort as aborted
from adminapp.payments import adjustments, batches, lines, release, variance
from views.jobs import RESULTS, state_of

blueprint = Blueprint("payments", __name__, url_prefix="/payments")

for _kind in (batches.BUILD, batches.SEAL):
    RESULTS[_kind] = lambda job: url_for("payments.show", batch_id=job["args"]["batch"])

PAGE = 30
HELD_SHOWN = 50
MONTHS_BACK = 12
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
    batches.BUILDING: "编制", batches.DRAFT: "锁定", batches.LOCKED: "审批", batches.APPROVED: "拨款",
    batches.FUNDED: "送银行", batches.SENT: "对账", batches.CLOSED: "办结",
}  # fmt: skip
DONE_BY = {"built": batches.BUILDING, "lock": batches.DRAFT, "approve": batches.LOCKED, "fund": batches.APPROVED,
           "send": batches.FUNDED, "close": batches.SENT}  # fmt: skip


@blueprint.get("/")
def index():
    """List the batches, newest month first; ?before= is the month to go on below."""
    before = request.args.get("before", "")
    found = batches.listed(PAGE + 1, dates.parse_month(before) if before else None)
    shown = found[:PAGE]
    following = url_for("payments.index", before=shown[-1]["month"]) if len(found) > PAGE else None
    return render_template("payments/list.html", columns=_batch_columns(), rows=[_batch_row(each) for each in shown],
                           next_url=following, first_url=url_for("payments.index") if before else None)  # fmt: skip


def _batch_columns():
    return [
        {"key": "title", "label": _("批次"), "main": True},
        {"key": "state", "label": _("状态")},
        {"key": "count", "label": _("行数"), "align": "r"},
        {"key": "amount", "label": _("金额(元)"), "align": "r"},
        {"key": "held", "label": _("暂缓"), "align": "r"},
        {"key": "by", "label": _("编制")},
    ]


def _batch_row(batch):
    sums = _sums(batch)
    cells = {
        "title": batches.title_of(batch),
        "state": {"text": _(batches.STATES[batch["state"]]), "tone": batches.TONES[batch["state"]]},
        "count": f"{sums['count']:,}" if sums else "",
        "amount": format_yuan(sums["amount"]) if sums else "",
        "held": f"{sums['held']:,}" if sums and sums["held"] else "",
        "by": {"text": batch["built_by"], "sub": _day(batch["created"])},
    }
    dim = batch["state"] == batches.ABORTED
    return {"id": batch["_id"], "url": url_for("payments.show", batch_id=batch["_id"]), "cells": cells, "dim": dim}


def _sums(batch):
    """Return ``{count, people, amount, held}`` of what the person may see; None while the batch is being built."""
    totals = batch["seal"] or batch["totals"]
    if totals is None:
        return None
    if lines.sees_all(g.actor):
        return {**{key: totals[key] for key in ("count", "people", "amount")}, "held": totals["held"]["count"]}
    mine = [each for each in totals["townships"] if each["key"] in g.actor.townships]
    sums = {key: sum(each[key] for each in mine) for key in ("count", "people", "amount")}
    return sums | {"held": lines.collection().count_documents({"batch": batch["_id"], "state": lines.HELD})}


@blueprint.route("/new", methods=["GET", "POST"])
def new():
    """Choose month and type, start the batch. Submitting twice, or two people at once, makes one batch."""
    types = _types()
    if request.method == "POST":
        scope = request.form.get("scope", "")
        chosen = types if scope == batches.ALL_TYPES else {key: name for key, name in types.items() if key == scope}
        if not chosen:
            abort(400, _("请选择救助类型。"))
        supplement = request.form.get("supplement") == "1"
        batch = batches.start_build(scope, request.form.get("month", ""), chosen, g.actor, supplement)
        if batch["state"] != batches.BUILDING:
            flash(_("这个月的批次已经有了，没有重复编制。锁定以后新决定的待遇请编补充批次。"), "info")
        return redirect(url_for("payments.show", batch_id=batch["_id"]), 303)
    this = dates.month_of(dates.today())
    months = [dates.add_months(this, -back) for back in range(MONTHS_BACK)]
    return render_template("payments/new.html", types=types, months=months, all_types=batches.ALL_TYPES)


def _types():
    published = engine.current().registry.latest().values()
    return {item.key: item.relief_type.name for item in sorted(published, key=lambda each: each.relief_type.code)}


@blueprint.get("/<batch_id>")
def show(batch_id):
    batch = batches.get(batch_id)
    job = _job_of(batch)
    working = bool(job) and job["state"] not in jobs.FINISHED
    sums, county = _sums(batch), lines.sees_all(g.actor)
    wanted = _wanted()
    rows, following = _lines(batch, wanted)
    held = list(lines.collection().find({"batch": batch_id, "state": lines.HELD}, sort=[("_id", 1)], limit=HELD_SHOWN))
    return render_template(
        "payments/batch.html", batch=batch, title=batches.title_of(batch), sums=sums, county=county,
        state={"label": _(batches.STATES[batch["state"]]), "tone": batches.TONES[batch["state"]]}, steps=_steps(batch),
        job=state_of(job) if job and _tells(batch, job) else None, working=working,
        totals=_totals(batch, sums) if sums else [],
        townships=_townships(batch), types=_by_type(batch) if county else [],
        variance=_variance(batch) if county else None, overpaid=batch.get("overpaid") or [] if county else [],
        actions=[] if working else _actions(batch), can_lock=not working and _can_lock(batch),
        can_build=not working and batch["state"] == batches.BUILDING and g.actor.has(policy.REVIEWER),
        can_verify=policy.permits("payments.prove", g.actor.roles) and batch["roster"] is not None and not working,
        files=release.offered(batch, g.actor), request_id=secrets.token_hex(8),
        history=batch["history"] if county else [], held=[_held(line) for line in held],
        columns=_line_columns(batch), rows=rows, next_url=following, first_url=_first(batch, wanted),
        filters=_filters(batch, wanted), chips=_chips(batch, wanted), listed=wanted,
    )  # fmt: skip


def _job_of(batch):
    """Return the job of the batch as it stands, None when this person may not see it."""
    try:
        return jobs.get_readable(batch["job"], g.actor) if batch["job"] else None
    except NotFound:
        return None


def _tells(batch, job):
    """Tell whether the job still matters here: it runs, or it failed and the batch stands where it stood."""
    if job["state"] not in jobs.FINISHED:
        return True
    return job["state"] != jobs.DONE and batch["state"] in (batches.BUILDING, batches.DRAFT)


def _steps(batch):
    when = {DONE_BY[note["action"]]: _day(note["at"]) for note in batch["history"] if note["action"] in DONE_BY}
    state = batches.SENT if batch["state"] == batches.RECONCILING else batch["state"]
    if state == batches.ABORTED:
        return []
    here = STEPS.index(state)
    items = []
    for place, step in enumerate(STEPS):
        how = "done" if place < here or state == batches.CLOSED else "current" if place == here else "next"
        items.append({"label": _(STEP_LABELS[step]), "state": how, "note": when.get(step) if how == "done" else None})
    return items


def _totals(batch, sums):
    items = [
        {"label": _("行数"), "value": f"{sums['count']:,}"},
        {"label": _("人数"), "value": f"{sums['people']:,}", "unit": _("人")},
        {"label": _("应发金额"), "value": format_yuan(sums["amount"]), "unit": _("元")},
        {"label": _("暂缓"), "value": f"{sums['held']:,}", "unit": _("行"), "tone": "warn" if sums["held"] else ""},
    ]
    waiting = batch["adjustments"] if batch["state"] == batches.DRAFT and lines.sees_all(g.actor) else []
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


def _townships(batch):
    totals = batch["seal"] or batch["totals"] or {"townships": []}
    mine = g.actor.townships
    return [
        _sum_row(each, divisions.name_of(each["key"]))
        for each in totals["townships"]
        if lines.sees_all(g.actor) or each["key"] in mine
    ]


def _by_type(batch):
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


def _variance(batch):
    found = batch["variance"]
    if not found:
        return None
    rows = [
        {"label": _(variance.REASONS[row["key"]]), "count": f"{row['count']:+,}", "amount": _signed(row["amount"])}
        for row in found["rows"]
    ]
    return {"rows": rows, "total": {"count": f"{found['count']:+,}", "amount": _signed(found["amount"])}}


def _signed(fen):
    return ("+" if fen > 0 else "") + format_yuan(fen)


def _actions(batch):
    """Return the steps on offer: those that need a reason open a dialog."""
    return [
        {"key": key, "label": _(action.label), "confirm": _(action.confirm), "reason": action.reason,
         "url": url_for("payments.act", batch_id=batch["_id"]), "danger": action.to == batches.ABORTED}
        for key, action in batches.offered(batch, g.actor).items()
        if not (action.other_person and g.actor.id in batch["makers"])
    ]  # fmt: skip


def _can_lock(batch):
    return batch["state"] == batches.DRAFT and g.actor.has(policy.REVIEWER) and bool(batch["roster"]["count"])


def _held(line):
    return {
        "id": line["_id"],
        "cells": {
            "name": {"text": line["name"], "sub": line["number"]},
            "place": divisions.name_of(line["township"]) + divisions.name_of(line["village"]),
            "amount": format_yuan(line["amount"]),
            "why": "；".join(line["hold"]),
        },
    }


@blueprint.post("/<batch_id>/act")
def act(batch_id):
    """Take a step: lock (a job), or one of batches.ACTIONS; `rev` is what the person saw."""
    key, rev = request.form.get("action", ""), _rev()
    if key == "lock":
        batches.start_seal(batch_id, rev, g.actor)
    elif key == "build":
        batches.wake(batches.get(batch_id), g.actor)
    else:
        batch = batches.perform(batch_id, key, g.actor, rev, request.form.get("reason", ""))
        flash(_("已办理：%(label)s", label=_(batches.ACTIONS[key].label)), "success")
        if batch["state"] == batches.ABORTED:
            aborted.clear(batch_id)  # what is left when this process dies is swept within a minute
    return redirect(url_for("payments.show", batch_id=batch_id), 303)


def _rev():
    rev = request.form.get("rev", "")
    if not (rev.isascii() and rev.isdigit() and len(rev) < 9):
        abort(400)
    return int(rev)


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


@blueprint.route("/<batch_id>/lines/<line>/adjust", methods=["GET", "POST"])
def adjust(batch_id, line):
    """Correct one line of a draft by a line beside it."""
    batch = batches.get(batch_id)
    found = lines.collection().find_one({"_id": f"{batch_id}/{line}", "batch": batch_id})
    if found is None or found["kind"] in lines.BESIDE:
        raise NotFound()
    if batch["state"] != batches.DRAFT or found["state"] != lines.PENDING:
        raise Conflict(_("只有待锁定批次中待发放的明细可以调整。"))
    problem = ""
    if request.method == "POST":
        try:
            amount = parse_yuan(request.form.get("amount", ""), allow_negative=True)
            adjustments.add(batch_id, found["_id"], amount, request.form.get("reason", ""), g.actor, _rev())
            flash(_("已调整，锁定时计入合计。"), "success")
            return redirect(url_for("payments.show", batch_id=batch_id), 303)
        except Invalid as error:
            problem = str(error)
    shown = _line(batch, found)["cells"]
    return render_template("payments/adjust.html", batch=batch, title=batches.title_of(batch), line=found, cells=shown,
                           problem=problem, form=request.form), 400 if problem else 200  # fmt: skip


# The lines of a batch: keyset paging by township, village and number.


def _wanted():
    """Return the filters asked for: township, type, state, kind, and the key to go on after."""
    wanted = {name: request.args.get(name, "") for name in ("township", "type", "state", "kind", "after")}
    if wanted["state"] not in ("", *lines.STATES) or wanted["kind"] not in ("", *lines.KINDS):
        abort(400)
    return {name: value[:80] for name, value in wanted.items()}


def _lines(batch, wanted):
    query = {"batch": batch["_id"]} | {key: wanted[key] for key in ("township", "type", "state", "kind") if wanted[key]}
    if wanted["after"]:
        township, village, number = (wanted["after"].split("~") + ["", ""])[:3]
        key = f"{batch['_id']}/{number}"
        query["$or"] = [
            {"township": {"$gt": township}},
            {"township": township, "village": {"$gt": village}},
            {"township": township, "village": village, "_id": {"$gt": key}},
        ]
    order = [("township", 1), ("village", 1), ("_id", 1)]
    found = list(lines.collection().find(query, sort=order, limit=PAGE + 1))
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = _url(batch, wanted, f"{last['township']}~{last['village']}~{_number(last)}") if last else None
    return [_line(batch, line) for line in found[:PAGE]], following


def _number(line):
    return line["_id"].rpartition("/")[2]


def _url(batch, wanted, after=None, without=None):
    kept = {key: value for key, value in wanted.items() if value and key not in ("after", without)}
    return url_for("payments.show", batch_id=batch["_id"], **kept, after=after, _anchor="lines")


def _first(batch, wanted):
    return _url(batch, wanted) if wanted["after"] else None


def _line_columns(batch):
    return [
        {"key": "name", "label": _("收款人"), "main": True},
        {"key": "place", "label": _("地区")},
        *([{"key": "type", "label": _("救助类型")}] if len(batch["types"]) > 1 else []),
        {"key": "period", "label": _("所属月份")},
        {"key": "account", "label": _("银行账号")},
        {"key": "amount", "label": _("金额(元)"), "align": "r"},
        {"key": "state", "label": _("状态")},
    ]


def _line(batch, line):
    cells = {
        "name": {
            "text": line["payee"] or line["name"],
            "sub": line["name"] if line["payee"] not in ("", line["name"]) else "",
        },
        "place": {"text": divisions.name_of(line["village"]), "sub": divisions.name_of(line["township"])},
        "type": batch["names"].get(line["type"], line["type"]),
        "period": {
            "text": line["period"],
            "sub": "" if line["kind"] == lines.REGULAR else _(lines.KINDS[line["kind"]]),
        },
        "account": _tail(line["account"]),
        "amount": format_yuan(line["amount"]),
        "state": _line_state(batch, line),
    }
    row = {"id": line["_id"], "cells": cells, "dim": line["state"] == lines.CANCELLED}
    if _is_adjustable(batch, line) and policy.permits("payments.adjust", g.actor.roles):
        url = url_for("payments.adjust", batch_id=batch["_id"], line=_number(line))
        row["actions"] = [{"label": _("调整"), "url": url}]
    return row


def _is_adjustable(batch, line):
    return batch["state"] == batches.DRAFT and line["state"] == lines.PENDING and line["kind"] not in lines.BESIDE


def _line_state(batch, line):
    if line["state"] == lines.PENDING and batch["state"] in (batches.SENT, batches.RECONCILING):
        return {"text": _("已送银行"), "tone": "info"}
    if line["state"] == lines.PENDING and batch["state"] == batches.CLOSED:
        return {"text": _("已发放"), "tone": "good"}
    return {"text": _(lines.STATES[line["state"]]), "tone": lines.TONES[line["state"]]}


def _tail(sealed):
    """Return the last four digits of an account: enough to recognise it, not enough to use it."""
    if not sealed:
        return "—"
    try:
        return _("尾号 %(digits)s", digits=sealing.unseal(sealed, "bank_account")[-4:])
    except sealing.BrokenSeal:
        return _("数据异常")


def _filters(batch, wanted):
    townships = [each for each in divisions.townships() if lines.sees_all(g.actor) or each.code in g.actor.townships]
    choices = {
        "township": (_("乡镇"), {each.code: each.name for each in townships}),
        "type": (_("救助类型"), {key: batch["names"].get(key, key) for key in batch["types"]}),
        "state": (_("状态"), {key: _(label) for key, label in lines.STATES.items()}),
        "kind": (_("种类"), {key: _(label) for key, label in lines.KINDS.items()}),
    }
    return [
        {"name": name, "label": label, "kind": "select", "value": wanted[name],
         "options": [{"value": key, "label": text, "selected": key == wanted[name]} for key, text in options.items()]}
        for name, (label, options) in choices.items()
        if len(options) > 1
    ]  # fmt: skip


def _chips(batch, wanted):
    shown = []
    for item in _filters(batch, wanted):
        chosen = next((option["label"] for option in item["options"] if option["selected"]), "")
        if chosen:
            shown.append(
                {"label": item["label"], "value": chosen, "remove_url": _url(batch, wanted, without=item["name"])}
            )
    return shown


def _day(moment):
    return dates.day_of(moment).isoformat()
