"""The lines of a batch: keyset paging by township, village and number; and the correction of one."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import database, divisions, policy, sealing
from adminapp.bank import reach
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.money import format_yuan, parse_yuan
from adminapp.payments import adjustments, batches, lines
from views.narrowing import Choice, chips, filters
from views.payments.board import blueprint, frame, seen_rev
from views.payments.paging import beyond

PAGE = 30
FILTERS = ("township", "type", "state", "kind")


@blueprint.get("/<batch_id>/lines", endpoint="lines")
def listing(batch_id):
    """List the lines this person may see; filters and ?q= (name or case number) narrow them, ?after= goes on."""
    batch, wanted = batches.get(batch_id), _wanted()
    (rows, following), choices = _page(batch, wanted), _choices(batch, wanted)
    return render_template(
        "payments/lines.html", **frame(batch, "lines"), columns=_columns(batch), rows=rows, wanted=wanted,
        next_url=following, first_url=address(batch, wanted) if wanted["after"] else None,
        filters=filters(choices), chips=chips(choices, lambda name: address(batch, wanted, without=name)),
    )  # fmt: skip


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
            adjustments.add(batch_id, found["_id"], amount, request.form.get("reason", ""), g.actor, seen_rev())
            flash(_("已调整，锁定时计入合计。"), "success")
            return redirect(url_for("payments.show", batch_id=batch_id), 303)
        except Invalid as error:
            problem = str(error)
    return render_template("payments/adjust.html", batch=batch, title=batches.title_of(batch), line=found,
                           cells=_row(batch, found)["cells"], problem=problem, form=request.form), 400 if problem else 200  # fmt: skip


def address(batch: dict, wanted: dict, after=None, without=None) -> str:
    """Return the address of the list with these filters, except the one named `without`."""
    kept = {key: value for key, value in wanted.items() if value and key not in ("after", without)}
    return url_for("payments.lines", batch_id=batch["_id"], **kept, after=after)


def _wanted():
    """Return what was asked for: filters, `q`, and the key to go on after."""
    wanted = {name: request.args.get(name, "")[:80].strip() for name in (*FILTERS, "q", "after")}
    if wanted["state"] not in ("", *lines.STATES) or wanted["kind"] not in ("", *lines.KINDS):
        abort(400)
    return wanted


def query_of(batch: dict, wanted: dict) -> dict:
    """Return the filter of the lines asked for; the scope of the person is added by the collection."""
    query = {"batch": batch["_id"]} | {key: wanted[key] for key in FILTERS if wanted[key]}
    if wanted["q"].isascii() and wanted["q"]:
        award = database.raw("awards").find_one({"number": wanted["q"]}, {"_id": 1})
        return query | {"award": award["_id"] if award else None}
    return query | ({"name": wanted["q"]} if wanted["q"] else {})


def _page(batch, wanted):
    query = query_of(batch, wanted)
    if wanted["after"]:
        query |= beyond(batch["_id"], wanted["after"], "~")
    order = [("township", 1), ("village", 1), ("_id", 1)]
    found = list(lines.collection().find(query, sort=order, limit=PAGE + 1))
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = address(batch, wanted, f"{last['township']}~{last['village']}~{number_of(last)}") if last else None
    return [_row(batch, line) for line in found[:PAGE]], following


def number_of(line: dict) -> str:
    """Return the number of a line within its batch."""
    return line["_id"].rpartition("/")[2]


def _columns(batch):
    return [
        {"key": "name", "label": _("收款人"), "main": True},
        {"key": "place", "label": _("地区")},
        *([{"key": "type", "label": _("救助类型")}] if len(batch["types"]) > 1 else []),
        {"key": "period", "label": _("所属月份")},
        {"key": "account", "label": _("银行账号")},
        {"key": "amount", "label": _("金额(元)"), "align": "r"},
        {"key": "state", "label": _("状态")},
    ]


def _row(batch, line):
    payee = line.get("spelling") or line["payee"] or line["name"]
    cells = {
        "name": {"text": payee, "sub": line["name"] if payee != line["name"] else line["number"]},
        "place": {"text": divisions.name_of(line["village"]), "sub": divisions.name_of(line["township"])},
        "type": batch["names"].get(line["type"], line["type"]),
        "period": {"text": line["period"], "sub": "" if line["kind"] == lines.REGULAR else _(lines.KINDS[line["kind"]])},
        "account": tail(line["account"]),
        "amount": format_yuan(line["amount"]),
        "state": {"text": _(lines.STATES[line["state"]]), "tone": lines.TONES[line["state"]], "sub": _why(line)},
    }
    row = {"id": line["_id"], "cells": cells, "dim": line["state"] == lines.CANCELLED}
    if _is_adjustable(batch, line) and policy.permits("payments.adjust", g.actor.roles):
        row["actions"] = [{"label": _("调整"), "url": url_for("payments.adjust", batch_id=batch["_id"], line=number_of(line))}]
    return row


def _why(line):
    """Return what the state does not say by itself: why it is held, what the bank wrote, how much arrived."""
    if line["state"] == lines.HELD:
        return "；".join(line["hold"])
    if line["state"] == lines.PARTIAL:
        return _("到账 %(amount)s 元", amount=format_yuan(lines.settled(line)))
    if line["kind"] in lines.BESIDE:
        return line["reason"]
    told = lines.outcome(line)
    return told.get("code", "") if line["state"] in lines.BROKEN else ""


def _is_adjustable(batch, line):
    return batch["state"] == batches.DRAFT and line["state"] == lines.PENDING and line["kind"] not in lines.BESIDE


def tail(sealed: str) -> str:
    """Return the last four digits of an account: enough to recognise it, not enough to use it."""
    if not sealed:
        return "—"
    try:
        return _("尾号 %(digits)s", digits=sealing.unseal(sealed, "bank_account")[-4:])
    except sealing.BrokenSeal:
        return _("数据异常")


def _choices(batch, wanted):
    townships = [each for each in divisions.townships() if reach.reaches(g.actor, each.code)]
    choices = {
        "township": (_("乡镇"), {each.code: each.name for each in townships}),
        "type": (_("救助类型"), {key: batch["names"].get(key, key) for key in batch["types"]}),
        "state": (_("状态"), {key: _(label) for key, label in lines.STATES.items()}),
        "kind": (_("种类"), {key: _(label) for key, label in lines.KINDS.items()}),
    }
    return [Choice(name, label, options, wanted[name]) for name, (label, options) in choices.items() if len(options) > 1]
