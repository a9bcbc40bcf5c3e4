"""Why a list differs from the month before, payee by payee: the rows behind the sums on the page of a batch."""

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import divisions
from adminapp.bank import reach
from adminapp.errors import NotFound
from adminapp.money import format_yuan, signed_yuan
from adminapp.payments import batches, variance
from views.narrowing import Choice, chips, filters
from views.payments.board import blueprint, frame
from views.payments.paging import beyond

PAGE = 30
ORDER = [("township", 1), ("village", 1), ("_id", 1)]


@blueprint.get("/<batch_id>/variance", endpoint="variance")
def listing(batch_id):
    """List the rows this person may see; ?key= and ?township= narrow them, ?after= goes on."""
    batch = batches.get(batch_id)
    if not batch["variance"]:
        raise NotFound()
    wanted = {name: request.args.get(name, "")[:120] for name in ("key", "township", "after")}
    if wanted["key"] not in ("", *variance.REASONS):
        abort(400)
    found = list(variance.collection().find(query_of(batch, wanted), sort=ORDER, limit=PAGE + 1))
    following = None
    if len(found) > PAGE:
        last = found[PAGE - 1]
        following = _address(batch, wanted, after="~~".join((last["township"], last["village"], last["_id"].partition("/")[2])))
    return render_template(
        "payments/variance.html", **frame(batch, "variance"), columns=_columns(), rows=[_row(batch, row) for row in found[:PAGE]],
        next_url=following, first_url=_address(batch, wanted) if wanted["after"] else None, filters=filters(_choices(wanted)),
        chips=chips(_choices(wanted), lambda name: _address(batch, wanted | {name: ""})),
    )  # fmt: skip


def query_of(batch: dict, wanted: dict) -> dict:
    """Return the filter of the rows asked for; the scope of the person is added by the collection."""
    query = {"batch": batch["_id"]} | {name: wanted[name] for name in ("key", "township") if wanted[name]}
    if wanted["after"]:
        query |= beyond(batch["_id"], wanted["after"], "~~")
    return query


def _address(batch, wanted, after=None):
    kept = {name: value for name, value in wanted.items() if value and name != "after"}
    return url_for("payments.variance", batch_id=batch["_id"], **kept, after=after)


def _columns():
    return [
        {"key": "name", "label": _("对象"), "main": True},
        {"key": "place", "label": _("地区")},
        {"key": "type", "label": _("救助类型")},
        {"key": "why", "label": _("原因")},
        {"key": "before", "label": _("上月(元)"), "align": "r"},
        {"key": "after", "label": _("本月(元)"), "align": "r"},
        {"key": "amount", "label": _("变化(元)"), "align": "r"},
    ]


def _row(batch, row):
    cells = {
        "name": {"text": row["name"], "sub": row["number"]},
        "place": {"text": divisions.name_of(row["village"]), "sub": divisions.name_of(row["township"])},
        "type": batch["names"].get(row["type"], row["type"]),
        "why": {"text": _(variance.REASONS[row["key"]]), "sub": row["cause"]},
        "before": format_yuan(row["before"]),
        "after": format_yuan(row["after"]),
        "amount": signed_yuan(row["amount"]),
    }
    return {"id": row["_id"], "cells": cells}


def _choices(wanted):
    townships = {each.code: each.name for each in divisions.townships() if reach.reaches(g.actor, each.code)}
    choices = {"key": (_("原因"), {key: _(label) for key, label in variance.REASONS.items()}), "township": (_("乡镇"), townships)}
    return [Choice(name, label, options, wanted[name]) for name, (label, options) in choices.items() if len(options) > 1]
