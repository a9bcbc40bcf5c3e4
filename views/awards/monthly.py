"""The register of a month (享受名册): whose award runs in it, how much it gives, and why."""

from bson import ObjectId
from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import awards, dates, divisions, engine
from adminapp.awards import spells
from adminapp.errors import Invalid
from adminapp.money import format_yuan
from views.awards.board import blueprint, cause_of, state_pill
from views.narrowing import Choice, chips, filters

PAGE = 30
FILTERS = ("type", "township", "village", "state")
ORDER = [("township", 1), ("_id", 1)]
SHOWN = dict.fromkeys(("number", "name", "type", "township", "village", "spells"), 1)


@blueprint.get("/")
def index():
    """List the awards of a month; filters and ?q= (whole name or case number) narrow them, ?after= goes on."""
    wanted = _wanted()
    query = query_of(wanted)
    found = list(awards.collection().find(_after(query, wanted["after"]), SHOWN, sort=ORDER, limit=PAGE + 1))
    last = found[PAGE - 1] if len(found) > PAGE else None
    names = {key: each.relief_type.name for key, each in engine.current().registry.latest().items()}
    choices = list(_choices(wanted, names))
    return render_template(
        "awards/register.html", columns=_columns(), rows=[_row(award, wanted["month"], names) for award in found[:PAGE]],
        wanted=wanted, months=_months(wanted["month"]), sums=_tiles(_sums(query, wanted["month"])), filters=filters(choices),
        chips=chips(choices, lambda name: address(wanted, without=name)), next_url=address(wanted, after=f"{last['township']}~{last['_id']}") if last else None,
        first_url=address(wanted) if wanted["after"] else None,
    )  # fmt: skip


def address(wanted: dict, after=None, without=None) -> str:
    """Return the address of the register with these filters, except the one named `without`."""
    kept = {key: value for key, value in wanted.items() if value and key not in ("after", without)}
    return url_for("awards.index", **kept, after=after)


def _wanted():
    wanted = {name: request.args.get(name, "")[:40].strip() for name in (*FILTERS, "q", "after")}
    try:
        wanted["month"] = dates.parse_month(request.args.get("month") or dates.month_of(dates.today()))
    except Invalid:
        abort(400)
    if wanted["state"] not in ("", *spells.RUNNING):
        abort(400)
    return wanted


def query_of(wanted: dict) -> dict:
    """Return the filter of the awards that run in the month; the scope of the person is added by the collection."""
    month = wanted["month"]
    state = wanted["state"] or {"$in": sorted(spells.RUNNING)}
    spell = {"from": {"$lte": month}, "state": state, "$or": [{"to": None}, {"to": {"$gte": month}}]}
    spell |= {"village": wanted["village"]} if wanted["village"] else {}
    query = {"spells": {"$elemMatch": spell}} | {key: wanted[key] for key in ("type", "township") if wanted[key]}
    if wanted["q"]:
        query["number" if wanted["q"].isascii() else "name"] = wanted["q"]
    return query


def _after(query, after):
    township, _tilde, key = after.partition("~")
    if not ObjectId.is_valid(key):
        return query
    return query | {"$or": [{"township": {"$gt": township}}, {"township": township, "_id": {"$gt": ObjectId(key)}}]}


def _sums(query, month):
    """Return ``{awards, people, amount}`` of all that the query finds."""
    return next(iter(awards.collection().aggregate(_pipeline(query, month))), {})


def _pipeline(query, month):
    covers = {"$and": [{"$lte": ["$$spell.from", month]}, {"$or": [{"$eq": ["$$spell.to", None]}, {"$gte": ["$$spell.to", month]}]}]}
    spell = {"$first": {"$filter": {"input": "$spells", "as": "spell", "cond": covers}}}
    sums = {"awards": {"$sum": 1}, "people": {"$sum": "$spell.size"}, "amount": {"$sum": "$spell.amount"}}
    return [{"$match": query}, {"$project": {"spell": spell}}, {"$group": {"_id": None, **sums}}]


def _tiles(sums):
    return [
        {"label": _("份数"), "value": f"{sums.get('awards', 0):,}"},
        {"label": _("保障人数"), "value": f"{sums.get('people', 0):,}", "unit": _("人")},
        {"label": _("本月金额"), "value": format_yuan(sums.get("amount", 0)), "unit": _("元")},
    ]


def _columns():
    return [
        {"key": "name", "label": _("姓名和编号"), "main": True},
        {"key": "place", "label": _("地区")},
        {"key": "type", "label": _("救助类型")},
        {"key": "size", "label": _("人数"), "align": "r"},
        {"key": "amount", "label": _("本月金额(元)"), "align": "r"},
        {"key": "why", "label": _("自何时、因何")},
        {"key": "state", "label": _("状态")},
    ]


def _row(award, month, names):
    spell = awards.spell_in(award, month)
    moved = spell["village"] != award["village"]
    cells = {
        "name": {"text": award["name"], "sub": award["number"]},
        "place": {"text": divisions.name_of(spell["village"]), "sub": divisions.name_of(spell["township"]) + (_("（后迁出）") if moved else "")},
        "type": names.get(award["type"], award["type"]),
        "size": str(spell["size"]),
        "amount": format_yuan(spell["amount"]),
        "why": {"text": spell["from"], "sub": cause_of(spell["cause"])},
        "state": state_pill(spell["state"]),
    }
    return {"id": str(award["_id"]), "url": url_for("awards.show", id=award["_id"]), "cells": cells}


def _months(chosen):
    now = dates.month_of(dates.today())
    return sorted({chosen, *dates.month_range(dates.add_months(now, -17), dates.add_months(now, 1))}, reverse=True)


def _choices(wanted, names):
    places = [each for each in divisions.townships() if g.actor.reaches(each.code)] if g.actor.villages is None else []
    if len(places) > 1:
        yield Choice("township", _("乡镇"), {each.code: each.name for each in places}, wanted["township"])
    yield Choice("type", _("救助类型"), names, wanted["type"])
    yield Choice("state", _("状态"), {key: _(label) for key, label in spells.STATES.items() if key in spells.RUNNING}, wanted["state"])
    if township := wanted["township"] or (places[0].code if len(places) == 1 else ""):
        yield Choice("village", _("村（社区）"), dict(divisions.village_choices(township)), wanted["village"])
