"""The correction queue (退汇更正): what the bank did not credit, and who must put what right before it is paid again."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import divisions, policy
from adminapp.bank import reach, reasons
from adminapp.errors import Invalid
from adminapp.money import format_yuan
from adminapp.payments import batches, lines
from adminapp.payments.returns import queue
from views.payments.lines import tail

blueprint = Blueprint("corrections", __name__, url_prefix="/corrections")
PAGE = 30


@blueprint.get("/")
def index():
    """List what came back and is still owed, newest list first; ?township= and ?state= narrow, ?after= goes on."""
    townships = [each for each in divisions.townships() if reach.reaches(g.actor, each.code)]
    township = request.args.get("township", "")
    township = township if township in {each.code for each in townships} else ""
    found = queue.listed(g.actor, township, request.args.get("after", "")[:80], PAGE + 1)
    following = url_for("corrections.index", township=township or None, after=found[PAGE - 1]["line"]["_id"]) if len(found) > PAGE else None
    return render_template(
        "payments/corrections.html", columns=_columns(), rows=[_row(entry) for entry in found[:PAGE]], next_url=following,
        first_url=url_for("corrections.index", township=township or None) if request.args.get("after") else None,
        townships=[(each.code, each.name) for each in townships], township=township, total=queue.count(g.actor, township),
        open_entries=[_dialog(entry) for entry in found[:PAGE] if queue.may_fix(entry, g.actor)],
    )  # fmt: skip


def _columns():
    return [
        {"key": "name", "label": _("收款人"), "main": True},
        {"key": "place", "label": _("地区")},
        {"key": "batch", "label": _("名册")},
        {"key": "amount", "label": _("未到账(元)"), "align": "r"},
        {"key": "reason", "label": _("银行的原因")},
        {"key": "state", "label": _("办理")},
    ]


def _row(entry):
    line, url = entry["line"], _account_url(entry)
    cells = {
        "name": {"text": line["payee"] or line["name"], "sub": f"{line['number']} · {tail(line['account'])}"},
        "place": {"text": divisions.name_of(line["village"]), "sub": divisions.name_of(line["township"])},
        "batch": {"text": line["period"], "sub": _(lines.STATES[line["state"]])},
        "amount": format_yuan(entry["owed"]),
        "reason": {"text": _(entry["reason"].label), "sub": entry["told"].get("code", "")},
        "state": {"text": _(queue.STATES[entry["state"]]), "tone": queue.TONES[entry["state"]], "sub": _what(entry)},
    }
    row = {"id": line["_id"], "cells": cells, "actions": []}
    if queue.may_fix(entry, g.actor):
        row["actions"].append({"label": _("登记核实情况"), "dialog": _dialog_id(line)})
    if url:
        row["actions"].append({"label": _("收款账户"), "url": url})
    return row


def _what(entry):
    """Return what has to be done, or where it stands by now."""
    if entry["state"] == queue.LISTED:
        return batches.title_of(batches.get(entry["again"]["batch"]))
    if entry["state"] == queue.READY:
        note = entry["line"].get("fixed", {}).get("note")
        return _("已核实：%(note)s", note=note) if note else _("下次编制名册时自动列入")
    return f"{entry['why']}：{_(entry['reason'].help)}" if entry["reason"].fix == reasons.ACCOUNT else _(entry["reason"].help)


def _account_url(entry):
    if entry["reason"].fix != reasons.ACCOUNT or not entry["account"] or not policy.permits("bank_accounts.show", g.actor.roles):
        return None
    return url_for("bank_accounts.show", account_id=entry["account"]["_id"])


def _dialog_id(line):
    return "fix-" + line["_id"].replace(":", "-").replace("/", "-")


def _dialog(entry):
    line = entry["line"]
    batch_id, _slash, number = line["_id"].rpartition("/")
    return {
        "id": _dialog_id(line), "url": url_for("corrections.settle", batch_id=batch_id, line=number),
        "text": _("%(name)s，%(amount)s 元：%(help)s", name=line["name"], amount=format_yuan(entry["owed"]), help=_(entry["reason"].help)),
    }  # fmt: skip


@blueprint.post("/<batch_id>/<line>/settle")
def settle(batch_id, line):
    """Answer what needed looking into: pay it again, or never."""
    pay = request.form.get("pay") == "1"
    try:
        queue.settle(f"{batch_id}/{line}", g.actor, pay, request.form.get("reason", ""))
    except Invalid as error:
        flash(str(error), "error")
    else:
        flash(_("已登记，下次编制名册时重新发放。") if pay else _("已登记，不再发放。"), "success")
    return redirect(url_for("corrections.index"), 303)
