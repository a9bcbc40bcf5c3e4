"""Recovery (追缴): what was paid too much, how it comes back, and the steps on offer."""

from bson import ObjectId
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, policy
from adminapp.bank import reach
from adminapp.errors import Invalid, NotFound
from adminapp.ledger import recovery, steps
from adminapp.money import format_yuan
from views.asked import shown_rev

blueprint = Blueprint("recoveries", __name__, url_prefix="/recoveries")
PAGE = 30
KINDS = {"agreement": "还款安排", "deposit": "缴款", "write_off": "核销", "reject": "退回"}


@blueprint.get("/")
def index():
    """List the recoveries of one pile; ?township= narrows, ?after= goes on."""
    pile = request.args["show"] if request.args.get("show") in recovery.STATES else recovery.OPEN
    places = [(each.code, each.name) for each in divisions.townships() if reach.reaches(g.actor, each.code)]
    township = request.args.get("township", "")
    township = township if township in dict(places) else ""
    query = {"state": pile} | ({"township": township} if township else {})
    after = request.args.get("after", "")
    page = query | ({"_id": {"$gt": ObjectId(after)}} if ObjectId.is_valid(after) else {})
    found = list(recovery.collection().find(page, {"entries": 0}, sort=[("_id", 1)], limit=PAGE + 1))

    def address(**changes):
        kept = {"show": pile, "township": township} | changes
        return url_for("recoveries.index", **{name: value for name, value in kept.items() if value})

    return render_template(
        "recoveries/list.html", rows=[_row(row) for row in found[:PAGE]], places=places, township=township, pile=pile,
        first_url=address() if after else None, next_url=address(after=found[PAGE - 1]["_id"]) if len(found) > PAGE else None,
        tabs=[{"label": _(label), "url": address(show=key), "active": key == pile} for key, label in recovery.STATES.items()],
    )  # fmt: skip


def _row(row):
    cells = {
        "name": {"text": row["name"], "sub": row["number"]},
        "place": {"text": divisions.name_of(row["village"]), "sub": divisions.name_of(row["township"])},
        "overpaid": format_yuan(row["overpaid"]),
        "open": format_yuan(row["open"]),
        "how": _terms(row["agreement"]) if row["agreement"] else "",
        "state": {"text": _("待确认"), "tone": "wait"} if row["pending"] else state_of(row),
    }
    return {"id": str(row["_id"]), "url": url_for("recoveries.show", recovery_id=row["_id"]), "cells": cells}


def state_of(row: dict) -> dict:
    return {"text": _(recovery.STATES[row["state"]]), "tone": recovery.TONES[row["state"]]}


def _terms(item):
    return _("%(way)s，%(month)s 起每月 %(sum)s 元", way=_(recovery.WAYS[item["way"]]), month=item["from_month"], sum=format_yuan(item["monthly"]))


def get(text: str) -> dict:
    if not ObjectId.is_valid(text):
        raise NotFound
    return recovery.get(ObjectId(text))


@blueprint.get("/<recovery_id>")
def show(recovery_id):
    return _page(get(recovery_id))


def _page(row, problems=(), failed="", status=200):
    """Return the page of a recovery; `failed` is the step whose form was refused: what was typed is shown again in it."""
    return render_template(
        "recoveries/show.html", row=row, state=state_of(row), pending=_pending(row["pending"]), may=steps.offered(row, g.actor),
        agreement=_terms(row["agreement"]) if row["agreement"] else "", entries=[_entry(entry) for entry in reversed(row["entries"])],
        award_url=url_for("awards.show", id=row["_id"]) if policy.permits("awards.show", g.actor.roles) else None,
        place=divisions.name_of(row["township"]) + divisions.name_of(row["village"]), problems=problems, failed=failed,
        typed=request.form if failed else {},
        ways=[{"value": key, "label": _(label)} for key, label in recovery.WAYS.items()], month=dates.add_months(dates.month_of(dates.today()), 1),
        today=dates.today().isoformat(),
    ), status  # fmt: skip


def _pending(item):
    if not item:
        return None
    text = _terms(item) if item["kind"] == "agreement" else _("核销 %(sum)s 元", sum=format_yuan(item["amount"]))
    heard = _("%(day)s 已告知并听取意见", day=item["heard"]) if item.get("heard") else ""
    return {"label": _(KINDS[item["kind"]]), "text": text, "heard": heard, "by": item["by_name"], "on": item["on"], "reason": item["reason"]}


def _entry(entry):
    amount = entry.get("returned") or entry.get("written")
    text = _terms(entry) if entry["kind"] == "agreement" else _("凭证 %(number)s", number=entry["receipt"]) if entry.get("receipt") else ""
    cells = {
        "on": {"text": entry.get("date") or entry["on"], "sub": entry["by_name"]},
        "what": {"text": _(KINDS[entry["kind"]]), "sub": text},
        "amount": format_yuan(amount) if amount else "",
        "reason": {"text": entry["reason"], "sub": _("%(who)s拟定", who=entry["proposed_name"]) if entry.get("proposed_name") else ""},
    }
    return {"id": entry["key"], "cells": cells}


@blueprint.post("/<recovery_id>/<step>")
def act(recovery_id, step):
    """Take one of steps.STEPS; `rev` is what the person saw, `reason` what they wrote."""
    row, known = get(recovery_id), steps.STEPS.get(step)
    if known is None:
        raise NotFound
    asked = {name: request.form.get(name, "") for name in known.asks}
    try:
        steps.take(step, row, g.actor, shown_rev(), request.form.get("reason", ""), **asked)
    except Invalid as error:
        return _page(row, [str(each) for each in error.problems or [error]], step, 422)
    flash(_("已办理：%(label)s", label=_(known.label)), "success")
    return redirect(url_for("recoveries.show", recovery_id=recovery_id), 303)
