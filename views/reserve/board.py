"""The blueprint of the reserve: all books, one book with its month, and the steps people take with it."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions
from adminapp.bank import reach
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.money import format_yuan, signed_yuan
from adminapp.reserve import book, moves, overview, settling
from views.payments.board import seen_rev
from views.payments.shown import day

blueprint = Blueprint("reserve", __name__, url_prefix="/reserve")


def township_of(code: str) -> str:
    """Return the code of a township whose book the person may see. Raise NotFound."""
    if code not in {town.code for town in divisions.townships()} or not reach.reaches(g.actor, code):
        raise NotFound()
    return code


@blueprint.get("/")
def index():
    """List the books of the townships one reaches, with what is in hand and what is open."""
    month = dates.month_of(dates.today())
    towns = [town for town in divisions.townships() if reach.reaches(g.actor, town.code)]
    found = overview.standings([town.code for town in towns], month)
    rows = [_row(town, found[town.code]) for town in towns]
    sums = {name: sum(row["sums"][name] for row in rows) for name in ("balance", "paid", "wants")}
    tiles = [
        {"label": _("结存"), "value": format_yuan(sums["balance"]), "unit": _("元")},
        {"label": _("%(month)s 支付", month=month), "value": format_yuan(sums["paid"]), "unit": _("元")},
        {"label": _("待补签收单"), "value": str(sums["wants"]), "unit": _("笔"), "tone": "warn" if sums["wants"] else ""},
    ]
    return render_template("reserve/index.html", rows=rows, tiles=tiles, month=month)


def _row(town, found: overview.Standing):
    sums, settled = {"balance": found.balance or 0, "paid": found.paid, "wants": found.wants}, found.settled
    cells = {
        "name": town.name,
        "balance": format_yuan(sums["balance"]),
        "paid": format_yuan(sums["paid"]) if sums["paid"] else "",
        "wants": {"text": _("%(count)s 笔", count=found.wants), "tone": "wait"} if found.wants else "",
        "settled": {"text": _(settling.STATES[settled["state"]]), "tone": settling.TONES[settled["state"]], "sub": settled["month"]} if settled else "",
        "waits": {"text": _("待财政办理"), "tone": "info"} if found.waits else "",
    }
    return {"id": town.code, "url": url_for("reserve.show", town=town.code), "cells": cells, "sums": sums, "dim": found.balance is None}


@blueprint.get("/<town>")
def show(town):
    return page(township_of(town))


def month_asked(town: str) -> str:
    """Return ?month=, by default the newest in which something was booked."""
    known = book.months(town)
    month = request.values.get("month", "")
    return month if month in known else known[0] if known else dates.month_of(dates.today())


def page(town, problems=(), failed="", status=200):
    """Return the page of a book; `failed` is the dialog whose form was refused: what was typed is shown again in it."""
    month, today = month_asked(town), dates.today()
    entries, sums = book.month_of(town, month)
    settled, pending = settling.get(town, month), moves.of_township(town)
    may = settling.offered(settled, g.actor, sums["count"])
    waiting = [move for move in pending if move["state"] == moves.PROPOSED]
    return render_template(
        "reserve/book.html", town=town, name=divisions.name_of(town), month=month, months=book.months(town), balance=book.balance(town),
        tiles=_tiles(sums), rows=[entry_row(entry) for entry in reversed(entries)], settled=_settled(settled), may=may, rev=settled["rev"],
        stops=settling.problems_of(town, month) if "submit" in may else [],
        moves=[_move(move) for move in pending], waiting=[_asked(move) for move in waiting], proposals=_proposals(town, waiting),
        history=settled["history"], problems=problems, failed=failed, typed=request.form if failed else {}, today=today.isoformat(),
    ), status  # fmt: skip


def _tiles(sums):
    out = -(sums["payment"] + sums["void"] + sums["refund"])
    return [
        {"label": _("上期结存"), "value": format_yuan(sums["opening"]), "unit": _("元")},
        {"label": _("县级拨入"), "value": format_yuan(sums["advance"]), "unit": _("元")},
        {"label": _("支付救助金"), "value": format_yuan(out), "unit": _("元")},
        *([{"label": _("上缴县级"), "value": format_yuan(-sums["giveback"]), "unit": _("元")}] if sums["giveback"] else []),
        {"label": _("期末结存"), "value": format_yuan(sums["closing"]), "unit": _("元"), "tone": "good"},
    ]


def entry_row(entry: dict) -> dict:
    """Return an entry as a row of the book."""
    what = {"text": _(book.KINDS[entry["kind"]]), "tone": book.TONES[entry["kind"]]}
    receipt = {"text": _("待补签收单"), "tone": "wait"} if entry.get("wants") else _("已签收") if entry.get("papers") else ""
    cells = {
        "n": str(entry["n"]),
        "on": {"text": entry["on"], "sub": entry["by_name"]},
        "what": what,
        "who": {"text": entry["name"], "sub": divisions.name_of(entry["village"])} if entry.get("name") else entry.get("note", ""),
        "voucher": entry.get("voucher", ""),
        "amount": signed_yuan(entry["amount"]) if entry["amount"] else "",
        "balance": format_yuan(entry["balance"]),
        "receipt": receipt,
    }
    return {"id": entry["_id"], "url": url_for("reserve.entry", town=entry["township"], entry_no=entry["n"]), "cells": cells}


def _settled(row):
    return {"label": _(settling.STATES[row["state"]]), "tone": settling.TONES[row["state"]]}


def _move(move):
    done = _("%(name)s：%(text)s", name=move.get("done_name", ""), text=move.get("declined") or move.get("voucher", "")) if move.get("done_name") else ""
    cells = {
        "what": {"text": _(moves.LABELS[move["kind"]]), "sub": move["reason"]},
        "amount": format_yuan(move["amount"]),
        "state": {"text": _(moves.STATES[move["state"]]), "tone": {"PROPOSED": "wait", "DONE": "good"}.get(move["state"], "")},
        "by": {"text": move["by_name"], "sub": day(move["at"])},
        "done": done,
    }
    return {"id": move["_id"], "cells": cells}


def _asked(move):
    """Return what the person may do with a proposal that waits."""
    finance = g.actor.has("finance") and g.actor.id != move["by"]
    mine = g.actor.has("finance") or g.actor.id == move["by"]
    title = _("%(what)s %(sum)s 元", what=_(moves.LABELS[move["kind"]]), sum=format_yuan(move["amount"]))
    return {"id": move["_id"], "rev": move["rev"], "title": title, "confirm": finance, "decline": mine}


def _proposals(town, waiting):
    taken = {move["kind"] for move in waiting}
    return [{"kind": kind, "label": _(moves.LABELS[kind])} for kind in moves.LABELS if kind not in taken and moves.may_propose(kind, g.actor, town)]


@blueprint.post("/<town>/act")
def act(town):
    """Take a step with a book: settle its month, propose money, confirm or decline a proposal."""
    town, step, typed = township_of(town), request.form.get("step", ""), request.form
    try:
        if step in settling.STEPS:
            settling.take(town, month_asked(town), step, g.actor, seen_rev(), typed.get("reason", ""))
        elif step in moves.PROPOSERS:
            moves.propose(town, step, typed.get("amount", ""), typed.get("reason", ""), g.actor)
        else:
            move = moves.get(typed.get("move", ""))
            if move["township"] != town or step not in ("confirm", "decline"):
                raise NotFound()
            if step == "confirm":
                moves.confirm(move, g.actor, seen_rev(), typed.get("voucher", ""), typed.get("date", ""))
            else:
                moves.decline(move, g.actor, seen_rev(), typed.get("reason", ""))
    except Conflict as error:
        return page(town, [str(error)], step, 409)
    except Invalid as error:
        return page(town, [str(each) for each in error.problems or [error]], step, 422)
    flash(_("已办理。"), "success")
    return redirect(url_for("reserve.show", town=town, month=month_asked(town)), 303)
