"""The page of one award: its spells with the reason of each, what was decided when, what was owed and paid."""

from bson import ObjectId
from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import awards, dates, decisions, divisions, engine, ledger, policy
from adminapp.awards.spells import SUSPENDED
from adminapp.errors import Invalid, NotFound
from adminapp.ledger import recovery
from adminapp.money import format_yuan
from adminapp.payments import batches, lines
from views.awards.board import blueprint, cause_of, months_of, state_pill
from views.cases.page import decision_values


def get(text: str) -> dict:
    """Return an award within the person's scope. Raise NotFound."""
    found = awards.collection().find_one({"_id": ObjectId(text)}) if ObjectId.is_valid(text) else None
    if found is None:
        raise NotFound
    return found


@blueprint.get("/<id>")
def show(id):
    """Show an award as it is known now, or with ?known= as it was known at the end of a past day; ?why= opens a spell."""
    award, problem = get(id), ""
    try:
        known = dates.parse_date(request.args["known"]).isoformat() if request.args.get("known") else None
    except Invalid as error:
        known, problem = None, str(error)
    seen = awards.as_known(award, known)
    published = engine.current().registry.get(award["type"], award["version"])
    month = dates.month_of(dates.today())
    return render_template(
        "awards/award.html", award=award, seen=seen, known=known, problem=problem, type_name=published.relief_type.name,
        place=divisions.name_of(award["township"]) + divisions.name_of(award["village"]), tiles=_tiles(award, month),
        state=_head_state(award, month), spells=[_spell(award, spell, known) for spell in reversed(seen["spells"])],
        why=_why(award, seen), entries=[_entry(entry) for entry in reversed(award["entries"])], periods=_periods(award),
    )  # fmt: skip


def _head_state(award, month):
    state = state_pill(awards.state_in(award, month))
    return {"label": state["text"], "tone": state["tone"]}


def _tiles(award, month):
    account = ledger.of(award)
    spell = awards.spell_in(award, month)
    tiles = [
        {"label": _("本月金额"), "value": format_yuan(awards.amount_in(award, month)), "unit": _("元"),
         "sub": cause_of(spell["cause"]) if spell else ""},
        {"label": _("保障人数"), "value": str(award["household_size"]), "unit": _("人")},
        {"label": _("应发合计"), "value": format_yuan(account.owed), "unit": _("元"), "sub": _("列入名册的月份")},
        {"label": _("已发合计"), "value": format_yuan(account.paid), "unit": _("元")},
    ]  # fmt: skip
    if account.arrears:
        tiles.append({"label": _("待补发"), "value": format_yuan(account.arrears), "unit": _("元"), "tone": "warn", "sub": _("下一份名册发放")})
    if account.overpaid:
        url = url_for("recoveries.show", recovery_id=award["_id"]) if _recoverable(award) else None
        tiles.append({"label": _("多发"), "value": format_yuan(account.overpaid), "unit": _("元"), "tone": "bad", "sub": _("追缴"), "url": url})
    return tiles


def _recoverable(award):
    found = policy.permits("recoveries.show", g.actor.roles)
    return found and recovery.collection().find_one({"_id": award["_id"]}, {"_id": 1}) is not None


def _spell(award, spell, known):
    entry = next(item for item in award["entries"] if item["key"] == spell["key"])
    parts = " + ".join(f"{part['label']} {format_yuan(part['amount'])}" for part in spell["components"])
    cells = {
        "months": {"text": months_of(spell), "url": url_for("awards.show", id=award["_id"], why=spell["key"], known=known) + "#why"},
        "amount": {"text": format_yuan(spell["amount"]), "sub": _("暂停前 %(sum)s", sum=format_yuan(spell["entitled"])) if spell["state"] == SUSPENDED else ""},
        "parts": parts if len(spell["components"]) > 1 else "",
        "size": str(spell["size"]),
        "cause": {"text": cause_of(spell["cause"]), "sub": entry.get("reason", "")},
        "decided": {"text": spell["on"], "sub": entry.get("by_name", "")},
        "state": state_pill(spell["state"]),
    }
    return {"id": spell["from"], "cells": cells}


def _why(award, seen):
    """Return the stored decision behind the spell that was asked for, the last one by default."""
    wanted = request.args.get("why") or (seen["spells"][-1]["key"] if seen["spells"] else "")
    spell = next((item for item in seen["spells"] if item["key"] == wanted), None)
    row = decisions.get(spell["decision"]) if spell else None
    if row is None:
        return None
    published = engine.current().registry.get(row["type"], row["version"])
    values = decision_values(row["decision"], published.relief_type)
    return {"months": months_of(spell), "decision": values, "on": row["on"], "by": row["by_name"], "digest": row["digest"], "version": row["version"]}


def _entry(entry):
    last = entry["to"]
    months = entry["from"] if last == entry["from"] else f"{entry['from']} — {last}" if last else _("%(month)s 起", month=entry["from"])
    cells = {
        "on": {"text": entry["on"], "sub": entry.get("by_name", "")},
        "cause": {"text": cause_of(entry["cause"]), "sub": entry.get("reason", "")},
        "months": months,
        "amount": format_yuan(entry["set"]["entitled"]) if "entitled" in entry["set"] else "",
    }
    return {"id": entry["key"], "cells": cells}


def _periods(award):
    return [_period(item) for item in ledger.of(award).periods]


def _period(item):
    difference = item.paid - item.due
    cells = {
        "period": item.period,
        "due": format_yuan(item.due),
        "paid": format_yuan(item.paid),
        "difference": {"text": _("多发 %(sum)s", sum=format_yuan(difference)), "tone": "bad"} if difference > 0
        else {"text": _("待发 %(sum)s", sum=format_yuan(-difference)), "tone": "wait"} if difference else "",
        "lines": "；".join(_line(line) for line in item.lines),
    }  # fmt: skip
    return {"id": item.period, "cells": cells}


def _line(line):
    text = f"{batches.short_name(line['batch'])} {_(lines.KINDS[line['kind']])} {format_yuan(line['amount'])} {_(lines.STATES[line['state']])}"
    return text + (f"（{'；'.join(line['hold'])}）" if line["state"] == lines.HELD else "")
