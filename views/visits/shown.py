"""What the screens of visits show: villages with households that wait, packs, one pack, one sheet to be entered."""

from flask import g, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine, policy
from adminapp.paging import mark_of
from adminapp.policy import CLERK, DEPUTY
from adminapp.text import bare_name
from adminapp.visits import packs
from adminapp.workflow.action import SURVEYORS, entry
from views.plainforms import form_class, section
from views.worklist import type_names

PAGE = 50
TONES = {packs.PLANNED: "wait", packs.DONE: "good", packs.ABSENT: "bad", packs.DROPPED: ""}
FIELDS = (entry("day", "走访日期", "date"), SURVEYORS)


def may_work() -> bool:
    return g.actor.has(CLERK, DEPUTY)


def listing() -> dict:
    """Return the villages that wait and the packs; ?after= is the mark of the pack to go on behind."""
    after = request.args.get("after", "")
    found = packs.listed(PAGE + 1, after)
    return {
        "villages": [_village(code, number) for code, number in packs.villages_waiting(engine.current(), g.actor).items()],
        "village_columns": [
            {"key": "village", "label": _("村（社区）"), "main": True},
            {"key": "waiting", "label": _("待走访"), "align": "r"},
        ],
        "pack_columns": [
            {"key": "pack", "label": _("走访包"), "main": True},
            {"key": "village", "label": _("村（社区）")},
            {"key": "day", "label": _("走访日期")},
            {"key": "who", "label": _("调查人")},
            {"key": "done", "label": _("已录入"), "align": "r"},
            {"key": "state", "label": _("状态")},
        ],
        "packs": [_pack_row(pack) for pack in found[:PAGE]],
        "next_url": url_for("visits.index", after=mark_of(found[PAGE - 1]), _anchor="packs") if len(found) > PAGE else None,
        "first_url": url_for("visits.index", _anchor="packs") if after else None,
        "may_work": may_work(),
    }  # fmt: skip


def _village(code, number):
    url = url_for("visits.new", village=code) if may_work() else None
    cells = {"village": {"text": divisions.name_of(code), "sub": divisions.name_of(code[:9])}, "waiting": _("%(n)s 户", n=number)}
    return {"id": code, "url": url, "cells": cells} | ({"actions": [{"label": _("做走访包"), "url": url}]} if url else {})


def _pack_row(pack):
    cells = {
        "pack": {"text": pack["_id"], "sub": pack["made_by_name"]},
        "village": {"text": divisions.name_of(pack["village"]), "sub": divisions.name_of(pack["township"])},
        "day": pack["day"],
        "who": "、".join(row["name"] for row in pack["surveyors"]),
        "done": f"{pack['done']} / {len(pack['stops'])}",
        "state": {"text": _(packs.STATES[pack["state"]]), "tone": "good" if pack["state"] == packs.CLOSED else "wait"},
    }
    return {"id": pack["_id"], "url": url_for("visits.pack", pack_id=pack["_id"]), "cells": cells}


# A new pack


def pack_form(posted):
    """Return the form of day and visitors; a new one has the actor's name and room for a second visitor."""
    defaults = {"day": dates.today(), "surveyors": [{"name": bare_name(g.actor.name), "relative": False}, {"relative": False}]}
    return form_class(FIELDS)(posted, data=None if posted else defaults)


def visitors(typed) -> list[dict]:
    return [{"name": row["name"], "unit": row["unit"] or "", "relative": bool(row["relative"])} for row in typed["surveyors"] or () if row["name"]]


def choosing(village, waiting, form, chosen, again) -> dict:
    rows = [_choice(stop, str(stop["case"]) in chosen or not again) for stop in waiting]
    return {
        "village": divisions.name_of(village), "place": divisions.full_name(village), "form": form, "sections": [section(form, _("走访安排"))], "rows": rows,
        "action": url_for("visits.new", village=village), "cancel": url_for("visits.index"), "most": packs.MOST,
    }  # fmt: skip


def _choice(stop, ticked):
    return {"id": str(stop["case"]), "name": stop["name"], "number": stop["number"], "type": type_names().get(stop["type"], stop["type"]),
            "address": stop["address"], "ticked": ticked}  # fmt: skip


# One pack


def pack(found) -> dict:
    following = packs.following(packs.without_relatives(found, g.actor))
    work = may_work()
    return {
        "pack": found, "place": divisions.full_name(found["village"]),
        "state": {"label": _(packs.STATES[found["state"]]), "tone": "good" if found["state"] == packs.CLOSED else "wait"},
        "facts": [_("%(day)s 走访", day=found["day"]), divisions.full_name(found["village"]), "、".join(row["name"] for row in found["surveyors"])],
        "columns": [
            {"key": "n", "label": _("顺序"), "align": "r"},
            {"key": "name", "label": _("申请人"), "main": True},
            {"key": "type", "label": _("救助类型")},
            {"key": "address", "label": _("住址"), "full": True},
            {"key": "state", "label": _("录入情况")},
        ],
        "rows": [_stop(found, number, stop, work) for number, stop in enumerate(found["stops"], 1)],
        "absent": [_asked(found, stop) for stop in found["stops"] if work and stop["state"] in (packs.PLANNED, packs.ABSENT)],
        "next_url": url_for("visits.enter", pack_id=found["_id"], case_id=str(following["case"])) if following and work else None,
        "paper_url": url_for("visits.paper", pack_id=found["_id"]) if policy.permits("visits.paper", g.actor.roles) else None,
        "to_print": any(stop["state"] in (packs.PLANNED, packs.ABSENT) for stop in found["stops"]),
    }  # fmt: skip


def _stop(found, number, stop, work):
    case_url = url_for("cases.details_view", type_key=stop["type"], id=str(stop["case"]))
    cells = {
        "n": number,
        "name": {"text": stop["name"], "sub": stop["number"]},
        "type": type_names().get(stop["type"], stop["type"]),
        "address": stop["address"],
        "state": {"text": _(packs.STOPS[stop["state"]]), "tone": TONES[stop["state"]], "sub": stop["note"]},
    }
    actions = []
    if work and stop["state"] in (packs.PLANNED, packs.ABSENT):
        actions.append({"label": _("录入"), "url": url_for("visits.enter", pack_id=found["_id"], case_id=str(stop["case"]))})
        actions.append({"label": _("没见到人"), "dialog": f"absent-{stop['case']}"})
    return {"id": str(stop["case"]), "url": case_url, "cells": cells, "actions": actions}


def _asked(found, stop):
    return {"id": f"absent-{stop['case']}", "name": stop["name"], "url": url_for("visits.mark", pack_id=found["_id"], case_id=str(stop["case"]))}


# One sheet


def known(found) -> dict:
    """Return what the pack tells the form of the visit."""
    day = dates.parse_date(found["day"])
    return {"date": min(day, dates.today()), "surveyors": [dict(row) for row in found["surveyors"]]}


def entering(found, stop) -> dict:
    ids = [item["case"] for item in found["stops"]]
    left = sum(item["state"] == packs.PLANNED for item in found["stops"])
    return {
        "url": url_for("visits.enter", pack_id=found["_id"], case_id=str(stop["case"])),
        "cancel_url": url_for("visits.pack", pack_id=found["_id"]),
        "pack": found, "place_in_pack": ids.index(stop["case"]) + 1, "left": left,
        "last": packs.following(packs.without_relatives(found, g.actor), stop["case"]) is None,
    }  # fmt: skip
