"""The register of payees' accounts (收款账户): what waits for a second person, one account with its uses, the steps.

No screen shows a whole number: who verifies an account types it from the card or passbook, and the program compares.
"""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import database, dates, divisions, policy, sealing
from adminapp.bank import accounts, reach, verifying
from adminapp.errors import Invalid, NotFound
from adminapp.fields import KINDS
from adminapp.scope import ScopedCollection
from views.asked import shown_rev

blueprint = Blueprint("bank_accounts", __name__, url_prefix="/bank-accounts")
PAGE = 30
PILES = {
    "waiting": ("待核实", {"waiting": True}),
    "broken": ("不能收款", {"state": {"$in": [accounts.FAILED, accounts.FROZEN, accounts.CLOSED]}}),
    "good": ("已核实", {"state": accounts.VERIFIED}),
}


@blueprint.get("/")
def index():
    """List the accounts of one pile in the order of their keys; ?q= is a holder's whole name."""
    pile = request.args["show"] if request.args.get("show") in PILES else "waiting"
    townships = [each for each in divisions.townships() if reach.reaches(g.actor, each.code)]
    wanted = {"township": request.args.get("township", ""), "q": request.args.get("q", "").strip()[:40]}
    query = dict(PILES[pile][1])
    if wanted["township"] in {each.code for each in townships}:
        query["township"] = wanted["township"]
    if wanted["q"]:
        query["holder"] = wanted["q"]
    if after := request.args.get("after", "")[:64]:
        query["_id"] = {"$gt": after}
    found = list(accounts.collection().find(query, {"history": 0}, sort=[("_id", 1)], limit=PAGE + 1))

    def address(**changes):
        kept = {"show": pile if pile != "waiting" else None, **wanted} | changes
        return url_for("bank_accounts.index", **{name: value for name, value in kept.items() if value})

    return render_template(
        "bank/accounts.html", columns=_columns(), rows=[_row(account) for account in found[:PAGE]], wanted=wanted, pile=pile,
        townships=[(each.code, each.name) for each in townships], first_url=address() if after else None,
        next_url=address(after=found[PAGE - 1]["_id"]) if len(found) > PAGE else None,
        tabs=[
            {"label": _(label), "url": address(show=key if key != "waiting" else None), "active": key == pile,
             "count": accounts.collection().count_documents(PILES[key][1], limit=1000) if key == "waiting" else None}
            for key, (label, _query) in PILES.items()
        ],
    )  # fmt: skip


def _columns():
    return [
        {"key": "holder", "label": _("户名"), "main": True},
        {"key": "number", "label": _("账号")},
        {"key": "bank", "label": _("开户银行")},
        {"key": "uses", "label": _("用于")},
        {"key": "flags", "label": _("要看的")},
        {"key": "state", "label": _("状态")},
    ]


def _row(account):
    mine = visible(account)
    cells = {
        "holder": {"text": account["holder"], "sub": _("银行写法 %(text)s", text=account["spelling"]) if account["spelling"] else ""},
        "number": masked(account),
        "bank": account["bank"],
        "uses": _used(account, mine),
        "flags": "、".join(dict.fromkeys(_(LABELS[flag["key"]]) for flag in account["flags"])),
        "state": state_of(account) | {"sub": account["since"]},
    }
    return {"id": account["_id"], "url": url_for("bank_accounts.show", account_id=account["_id"]), "cells": cells}


def _used(account, mine):
    if not mine:
        return "—"
    count = len(account["uses"])
    return {"text": mine[0]["name"], "sub": _("共 %(n)s 件", n=count) if count > 1 else mine[0]["number"]}


LABELS = {"digit": "校验位", "holder": "非本户户名", "several": "多人共用", "names": "户名不一"}


def state_of(account: dict) -> dict:
    """Return the state of an account as a pill: one that is verified but has a use that is not waits again."""
    if account["state"] == accounts.VERIFIED and account.get("waiting"):
        return {"text": _("新用途待核实"), "tone": "wait"}
    return {"text": _(accounts.STATES[account["state"]]), "tone": accounts.TONES[account["state"]]}


def masked(account: dict) -> str:
    try:
        return KINDS["bank_account"].mask(sealing.unseal(account["number"], accounts.CONTEXT))
    except sealing.BrokenSeal:
        return _("数据异常")


def visible(account: dict) -> list[dict]:
    """Return the uses within the person's reach; an account of two townships shows each its own."""
    return [use for use in account["uses"] if reach.reaches(g.actor, use["township"], use["village"])]


@blueprint.get("/<account_id>")
def show(account_id):
    """Show one account: whose money goes there, what is unusual, what was done with it, and the steps on offer."""
    account = verifying.get(account_id)
    mine = visible(account)
    seen = {use["case"] for use in mine}
    whole = len(mine) == len(account["uses"])
    return render_template(
        "bank/account.html", account=account, number=masked(account), state=state_of(account), uses=_uses(mine),
        others=len(account["uses"]) - len(mine),
        flags=[flag for flag in account["flags"] if not flag.get("case") or flag["case"] in seen],
        history=[_step(note, whole) for note in reversed(account["history"])], may=verifying.offered(account, g.actor),
    )  # fmt: skip


def _uses(uses):
    cases = {}
    if policy.permits("cases.details_view", g.actor.roles):
        ids = [use["case"] for use in uses]
        cases = {row["_id"]: row["type"] for row in ScopedCollection(database.raw("cases")).find({"_id": {"$in": ids}}, {"type": 1})}
    return [
        {
            "id": str(use["case"]),
            "cells": {
                "name": {"text": use["name"], "sub": use["number"]}
                | ({"url": url_for("cases.details_view", type_key=cases[use["case"]], id=use["case"])} if use["case"] in cases else {}),
                "holder": use["holder"],
                "place": {"text": divisions.name_of(use["village"]), "sub": divisions.name_of(use["township"])},
                "entered": {"text": use["by_name"] or use["by"] or "—", "sub": use["on"]},
                "verified": {"text": use["verified"] or _("待核实"), "tone": "good" if use["verified"] else "wait"},
            },
        }
        for use in uses
    ]  # fmt: skip


def _step(note, whole):
    """Return one step; who sees only some of the uses does not read what was said about the others."""
    return {"at": note["at"].astimezone(dates.SHANGHAI), "label": _(note["label"]), "who": note["actor_name"] or note["actor"],
            "reason": note["reason"] if whole else ""}  # fmt: skip


@blueprint.post("/<account_id>/<deed>")
def act(account_id, deed):
    """Take one of verifying.STEPS; `rev` is what the person saw, `reason` what they wrote."""
    taking = verifying.STEPS.get(deed)
    if taking is None:
        raise NotFound()
    try:
        taking.function(account_id, g.actor, shown_rev(), request.form.get("reason", ""),
                        **{name: request.form.get(name, "") for name in taking.asks})  # fmt: skip
    except Invalid as error:
        flash(str(error), "error")
    else:
        flash(_("已办理：%(label)s", label=_(taking.label)), "success")
    return redirect(url_for("bank_accounts.show", account_id=account_id), 303)
