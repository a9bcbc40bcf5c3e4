"""What the screens of appraisals show: villages that wait, meetings, one meeting with its people and votes, its minutes."""

import re
from datetime import date

from flask import g, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, policy, procedure
from adminapp.appraisal import counting, meetings
from adminapp.paging import mark_of
from adminapp.policy import CLERK, DEPUTY
from adminapp.text import narrow, plain_number
from adminapp.workflow.action import entry, options
from views.plainforms import form_class, section
from views.worklist import type_names

PAGE = 50
TONES = {meetings.PLANNED: "wait", meetings.HELD: "info", meetings.CLOSED: "good", meetings.CANCELLED: ""}
ITEM_TONES = {meetings.WAITING: "wait", meetings.RECORDED: "good", meetings.DROPPED: "bad"}
VOTE_LABELS = {"agree": "同意", "against": "不同意", "abstain": "弃权"}
PLAN = (entry("day", "评议日期", "date"), entry("place", "评议地点", max_length=60))
PERSON = (
    entry("name", "姓名", "person_name"), entry("capacity", "身份", "choice", options=options(**counting.CAPACITIES)), entry("present", "到会", "yes_no"),
)  # fmt: skip
HELD = (
    *PLAN, entry("chair", "主持人", "person_name"), entry("leader", "乡镇负责人", "person_name", required=False), entry("recorder", "记录人", "person_name"),
    entry("attendance", "参加人", "table", fields=PERSON, max_rows=meetings.MOST_PEOPLE, help="应到的都写上，没有到会的选“否”"),
)  # fmt: skip
BLANK_ROWS = 6
SPLIT = re.compile(r"[、，,;；\s]+")


def may_work() -> bool:
    return g.actor.has(CLERK, DEPUTY)


def listing() -> dict:
    """Return the villages that wait and the meetings; ?after= is the mark of the meeting to go on behind."""
    after = request.args.get("after", "")
    found = meetings.listed(PAGE + 1, after)
    return {
        "villages": [_village(code, number) for code, number in meetings.villages_waiting(g.actor).items()],
        "village_columns": [{"key": "village", "label": _("村（社区）"), "main": True}, {"key": "waiting", "label": _("待评议"), "align": "r"}],
        "columns": [
            {"key": "meeting", "label": _("评议"), "main": True},
            {"key": "village", "label": _("村（社区）")},
            {"key": "day", "label": _("日期")},
            {"key": "cases", "label": _("户数"), "align": "r"},
            {"key": "state", "label": _("状态")},
        ],
        "rows": [_row(row) for row in found[:PAGE]],
        "next_url": url_for("meetings.index", after=mark_of(found[PAGE - 1]), _anchor="meetings") if len(found) > PAGE else None,
        "first_url": url_for("meetings.index", _anchor="meetings") if after else None,
    }


def _village(code, number):
    url = url_for("meetings.new", village=code) if may_work() else None
    cells = {"village": {"text": divisions.name_of(code), "sub": divisions.name_of(code[:9])}, "waiting": _("%(n)s 户", n=number)}
    return {"id": code, "url": url, "cells": cells} | ({"actions": [{"label": _("安排评议"), "url": url}]} if url else {})


def _state(row):
    return {"text": _(meetings.STATES[row["state"]]), "tone": TONES[row["state"]]}


def _row(row):
    cells = {
        "meeting": {"text": row["_id"], "sub": row["made_by_name"]},
        "village": {"text": divisions.name_of(row["village"]), "sub": divisions.name_of(row["township"])},
        "day": row["day"],
        "cases": len(row["items"]),
        "state": _state(row),
    }
    return {"id": row["_id"], "url": url_for("meetings.show", meeting_id=row["_id"]), "cells": cells}


# Plan


def plan_form(posted, village):
    return form_class(PLAN)(posted, data=None if posted else {"day": dates.today(), "place": f"{divisions.name_of(village)}村部"})


def choosing(village, waiting, form, chosen, again) -> dict:
    rows = [{"id": str(item["case"]), "name": item["name"], "number": item["number"], "type": type_names().get(item["type"], item["type"]),
             "ticked": str(item["case"]) in chosen or not again} for item in waiting]  # fmt: skip
    return {
        "village": divisions.name_of(village), "place": divisions.full_name(village), "form": form, "sections": [section(form, _("评议安排"))], "rows": rows,
        "action": url_for("meetings.new", village=village), "cancel": url_for("meetings.index"),
    }  # fmt: skip


# Attendance


def attendance_form(posted, found):
    if posted is not None:
        return form_class(HELD)(posted)
    rows = found["attendance"] or [{"capacity": counting.REPRESENTATIVE}] * BLANK_ROWS
    about = {key: found[key] for key in ("place", "chair", "leader", "recorder")}
    form = form_class(HELD)(None, data=about | {"day": min(date.fromisoformat(found["day"]), dates.today()), "attendance": rows})
    form.rev.data = str(found["rev"])
    return form


def attendance_of(form) -> tuple[dict, list[dict]]:
    """Return (about, rows) as `meetings.attend` takes them."""
    typed = form.typed()
    about = {key: (typed[key] or "").strip() for key in ("place", "chair", "leader", "recorder")} | {"day": typed["day"]}
    return about, [row for row in typed["attendance"] or () if row.get("name")]


def attending(found, form) -> dict:
    url = url_for("meetings.show", meeting_id=found["_id"])
    action = url_for("meetings.attend", meeting_id=found["_id"])
    return {"meeting": found, "form": form, "sections": [section(form, _("参加人"))], "cancel": url, "action": action}


# One meeting


def votes_of(found, typed) -> tuple[dict, list[str]]:
    """Return ({case id: votes}, sentences) of what was typed for the households that are not written yet."""
    votes, wrong = {}, []
    for item in found["items"]:
        if item["state"] != meetings.WAITING:
            continue
        key, own = str(item["case"]), {}
        for name, label in VOTE_LABELS.items():
            text = typed.get(f"{name}-{key}", "").strip()
            own[name] = plain_number(narrow(text), 4)
            if text and own[name] is None:
                wrong.append(_("%(who)s：%(what)s要填人数。", who=item["name"], what=_(label)))
        own["recused"] = [name for name in SPLIT.split(typed.get(f"recused-{key}", "").strip()) if name][:20]
        own["opinion"] = typed.get(f"opinion-{key}", "").strip()[: meetings.LONGEST]
        votes[key] = own
    return votes, wrong


def one(found, typed=None, problems=()) -> dict:
    day = date.fromisoformat(found["day"])
    is_open, came = found["state"] in meetings.OPEN, counting.present(found)
    work = may_work() and is_open
    return {
        "meeting": found, "problems": problems, "state": {"label": _(meetings.STATES[found["state"]]), "tone": TONES[found["state"]]},
        "head": [found["day"], divisions.full_name(found["village"]), found["place"]],
        "facts": [
            {"label": _("主持人"), "value": found["chair"]},
            {"label": _("乡镇负责人"), "value": found["leader"]},
            {"label": _("记录人"), "value": found["recorder"]},
            {"label": _("应到"), "value": _("%(n)s 人", n=len(found["attendance"])) if found["attendance"] else ""},
            {"label": _("实到"), "value": _("%(n)s 人", n=len(came)) if came else ""},
            {"label": _("其中村（居）民代表"), "value": _("%(n)s 人", n=sum(row["capacity"] == counting.REPRESENTATIVE for row in came)) if came else ""},
        ],
        "people": [_person(row) for row in found["attendance"]],
        "items": [_item(found, item, typed) for item in found["items"]],
        "work": work, "may_vote": work and found["state"] == meetings.HELD, "may_close": work and found["state"] == meetings.HELD,
        "may_cancel": work and all(item["state"] == meetings.WAITING for item in found["items"]),
        "may_print": policy.permits("meetings.minutes", g.actor.roles),
        "stages": procedure.value("appraisal.stages", day) or (), "needs_scan": bool(procedure.value("appraisal.scan", day)), "accept": ".pdf,.jpg,.jpeg,.png",
        "votes": [(key, _(label)) for key, label in VOTE_LABELS.items()],
    }  # fmt: skip


def _person(row):
    return {"name": row["name"], "capacity": _(counting.CAPACITIES[row["capacity"]]), "present": _("到会") if row["present"] else _("未到")}


def _item(found, item, typed):
    key = str(item["case"])

    def value(name, stored):
        return typed.get(f"{name}-{key}", "") if typed is not None else stored

    judges = len(counting.voters(found, item)) if found["attendance"] else None
    return {
        "key": key, "name": item["name"], "number": item["number"], "type": type_names().get(item["type"], item["type"]),
        "url": url_for("cases.details_view", type_key=item["type"], id=key), "judges": judges,
        "state": {"label": _(meetings.ITEMS[item["state"]]), "tone": ITEM_TONES[item["state"]]}, "waits": item["state"] == meetings.WAITING,
        "problem": item["problem"], "recused": value("recused", "、".join(item["recused"])), "opinion": value("opinion", item["opinion"]),
        "votes": {name: value(name, "" if item[name] is None else item[name]) for name in VOTE_LABELS},
        "result": "" if any(item[name] is None for name in VOTE_LABELS) else _("多数同意") if counting.carried(item) else _("未过半数"),
    }  # fmt: skip


def minutes(found) -> dict:
    """Return the meeting as it is printed (exports/meeting_minutes.py)."""
    day = date.fromisoformat(found["day"])
    return found | {
        "where": divisions.full_name(found["village"]), "program": list(procedure.value("appraisal.stages", day) or ()),
        "people": [(row["name"], counting.CAPACITIES[row["capacity"]], row["present"]) for row in found["attendance"]],
        "representatives": sum(row["capacity"] == counting.REPRESENTATIVE for row in counting.present(found)), "came": len(counting.present(found)),
        "types": {item["type"]: type_names().get(item["type"], item["type"]) for item in found["items"]},
    }  # fmt: skip
