"""Month close: which months are closed, what stands in the way, and the frozen figures, each opening the lines behind it."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import divisions
from adminapp.errors import Invalid, NotFound
from adminapp.money import format_yuan
from adminapp.months import closing, figures
from adminapp.months.points import points
from adminapp.payments import batches, lines
from adminapp.reserve import book
from views.payments.board import seen_rev
from views.payments.shown import day

blueprint = Blueprint("months", __name__, url_prefix="/months")


@blueprint.get("/")
def index():
    """List every month that has a list, newest first."""
    return render_template("months/list.html", rows=[_row(row) for row in closing.listed()])


def _row(row):
    last = row["closings"][-1] if row["closings"] else None
    sums = figures.total(last["figures"]["lists"]) if last and row["state"] != closing.OPEN else {}
    cells = {
        "month": {"text": row["_id"], "sub": _("第 %(n)s 次月结", n=last["n"]) if last and last["n"] > 1 else ""},
        "state": {"text": _(closing.STATES[row["state"]]), "tone": closing.TONES[row["state"]]},
        **{name: format_yuan(sums[name]) if sums else "" for name in ("due", "paid", "unpaid")},
        "by": {"text": last["by_name"], "sub": day(last["at"])} if last else "",
    }
    return {"id": row["_id"], "url": url_for("months.show", month=row["_id"]), "cells": cells}


@blueprint.get("/<month>")
def show(month):
    return _page(_get(month))


def _get(month):
    """Return a month that has a list; 404 for any other."""
    try:
        row = closing.get(month)
    except Invalid as error:
        raise NotFound from error
    if not row["closings"] and not batches.collection().find_one({"month": row["_id"]}, {"_id": 1}):
        raise NotFound
    return row


def _page(row, problems=(), failed="", status=200):
    """Return the page of a month; figures are the frozen ones, ?closing= an earlier closing, or as they are now while it is open."""
    open_now = row["state"] == closing.OPEN
    number = request.args.get("closing", "")
    chosen = next((each for each in row["closings"] if str(each["n"]) == number), None)
    if number and chosen is None:
        abort(404)
    frozen = chosen or (None if open_now or not row["closings"] else row["closings"][-1])
    found = frozen["figures"] if frozen else figures.measure(row["_id"])
    sums = figures.total(found["rows"])
    stops = points(row["_id"], closing.closed_months()) if open_now and not chosen else []
    may = {} if chosen and chosen is not row["closings"][-1] else closing.offered(row, g.actor)
    return render_template(
        "months/show.html", row=row, title=_("%(year)s 年 %(month)s 月月结", year=row["_id"][:4], month=int(row["_id"][5:])), frozen=frozen, tiles=_tiles(sums),
        state={"label": _(closing.STATES[row["state"]]), "tone": closing.TONES[row["state"]]}, foot=_cells(sums) | {"name": _("合计")},
        stops=[{"text": point.text, "url": url_for(point.endpoint, **point.args)} for point in stops],
        lists=[_sum(each, each["title"], _list_url(each["id"])) for each in found["lists"]],
        types=[_sum(each, each["rows"][0]["name"], _behind(each["rows"], type=each["key"])) for each in figures.by(found["rows"], "type")],
        townships=[_sum(each, divisions.name_of(each["key"]), _behind(each["rows"], township=each["key"])) for each in figures.by(found["rows"], "township")],
        kinds=[{"label": _(label), "value": format_yuan(sums[name])} for name, label in figures.KIND_LABELS.items() if sums[name]],
        changed=closing.changed(row)[:20] if not chosen else [], may={key: step for key, step in may.items() if not (key == "close" and stops)},
        earlier=[_earlier(row["_id"], each) for each in row["closings"] if each is not frozen],
        problems=problems, failed=failed, typed=request.form if failed else {}, columns=_columns,
    ), status  # fmt: skip


def _earlier(month, closed):
    label = _("第 %(n)s 次，%(day)s，%(name)s", n=closed["n"], day=day(closed["at"]), name=closed["by_name"])
    return {"label": label, "url": url_for("months.show", month=month, closing=closed["n"]), "digest": closed["digest"]}


def _tiles(sums):
    return [
        {"label": _("应发"), "value": format_yuan(sums["due"]), "unit": _("元")},
        {"label": _("到账"), "value": format_yuan(sums["paid"]), "unit": _("元"), "tone": "good"},
        {"label": _("待发和在途"), "value": format_yuan(sums["waiting"]), "unit": _("元"), "tone": "warn" if sums["waiting"] else ""},
        {"label": _("未到账"), "value": format_yuan(sums["unpaid"]), "unit": _("元"), "tone": "warn" if sums["unpaid"] else ""},
        {"label": _("暂缓"), "value": format_yuan(sums["held"]), "unit": _("元"), "tone": "warn" if sums["held"] else ""},
    ]


def _columns(first):
    return [
        {"key": "name", "label": first, "main": True},
        {"key": "households", "label": _("户数"), "align": "r"},
        {"key": "people", "label": _("人数"), "align": "r"},
        {"key": "due", "label": _("应发(元)"), "align": "r"},
        {"key": "paid", "label": _("到账(元)"), "align": "r"},
        {"key": "waiting", "label": _("待发和在途(元)"), "align": "r"},
        {"key": "unpaid", "label": _("未到账(元)"), "align": "r"},
        {"key": "held", "label": _("暂缓(元)"), "align": "r"},
    ]


def _cells(sums):
    counts = {name: f"{sums[name]:,}" for name in ("households", "people")}
    return counts | {name: format_yuan(sums[name]) for name in ("due", "paid", "waiting", "unpaid", "held")}


def _sum(sums, name, url):
    return {"id": sums.get("id") or sums["key"], "url": url, "cells": _cells(sums) | {"name": name}}


def _behind(rows, **narrow):
    """Return the address of the lines that a sum is made of; with several lists, that of the largest."""
    largest = max(rows, key=lambda row: (not row["list"].startswith(lines.RESERVE), row["due"]))
    return _list_url(largest["list"]) if largest["list"].startswith(lines.RESERVE) else url_for("payments.lines", batch_id=largest["list"], **narrow)


def _list_url(list_id):
    """Return the address of a list, or of the book of the reserve that stands in its place."""
    if not list_id.startswith(lines.RESERVE):
        return url_for("payments.show", batch_id=list_id)
    town, month = book.parts(list_id)
    return url_for("reserve.show", town=town, month=month)


@blueprint.post("/<month>/act")
def act(month):
    """Take one of closing.STEPS; `rev` is what the person saw."""
    row, key = _get(month), request.form.get("step", "")
    try:
        closing.take(row["_id"], key, g.actor, seen_rev(), request.form.get("reason", ""))
    except Invalid as error:
        return _page(row, [str(each) for each in error.problems], key, 422)
    flash(_("已办理：%(label)s", label=_(closing.STEPS[key].label)), "success")
    return redirect(url_for("months.show", month=row["_id"]), 303)
