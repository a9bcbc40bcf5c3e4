"""The page of one posting, and the choice of cases for a new one."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import database, dates, divisions, engine, policy
from adminapp.legal_basis import legal_basis
from adminapp.objections import register as objections
from adminapp.postings import evidence, prepare, settings
from adminapp.postings import register as postings
from adminapp.postings.rows import COLUMNS, label_of
from adminapp.postings.sheet import period_of
from adminapp.public.pages import posting_address
from adminapp.related import recusal
from adminapp.workflow import deadlines
from views.cases.history import moment
from views.courses import history
from views.postings.listing import next_step, state_of


def choice(village: str, case: str) -> dict:
    """Return the due cases of a village to choose from; `case` comes from its own page and is ticked alone."""
    moves = prepare.due_by_village(engine.current(), village[: divisions.TOWNSHIP], g.actor, village).get(village, [])
    rows = [
        {
            "id": str(move.case.pk),
            "name": move.case.name,
            "number": move.case.number,
            "type": move.relief_type.name,
            "since": move.case.state_since,
            "picked": not case or str(move.case.pk) == case,
            "url": url_for("cases.details_view", type_key=move.case.type, id=str(move.case.pk)),
        }
        for move in moves
    ]
    return {
        "village": village, "place": divisions.full_name(village), "rows": rows, "today": dates.today(), "settings": settings.read(),
        "board": _("%(village)s村务公开栏", village=divisions.name_of(village)), "phone": legal_basis().county_phone,
    }  # fmt: skip


def one(posting: dict) -> dict:
    """Return everything that the page of a posting shows."""
    start, end = period_of(posting)
    today = dates.today().isoformat()
    state, kind = posting["state"], posting["kind"]
    barred = recusal.bar(g.actor.id, _people(posting)) if kind == postings.REVIEW else None
    over = state == postings.POSTED and posting["end"] < today
    may = {name: policy.permits(f"postings.{name}", g.actor.roles) and not barred for name in ("hang", "take_down", "close", "void", "repost", "again")}
    columns = [key for key in COLUMNS if any(key in row["texts"] for row in posting["rows"])]
    return {
        "posting": posting, "state": state_of(posting), "place": divisions.full_name(posting["village"]), "barred": barred,
        "facts": _facts(posting, start, end), "columns": _columns(columns, posting), "rows": [_row(row, columns, posting) for row in posting["rows"]],
        "photos": [_photo(posting, item) for item in posting["photos"]], "history": history(posting["history"]),
        "next": next_step(posting), "today": dates.today(),
        "late_start": bool(posting["start"]) and posting["start"] > posting["planned"],
        "hangs": may["hang"] and state == postings.PREPARED,
        "takes_down": may["take_down"] and over and not posting["taken_down"] and kind == postings.REVIEW,
        "closes": may["close"] and over and bool(posting["taken_down"]),
        "voids": may["void"] and state == postings.PREPARED, "reposts": may["repost"] and state == postings.POSTED and kind == postings.REVIEW,
        "again": may["again"] and any(row["note"] and row["state"] in (postings.LISTED, postings.UP) for row in posting["rows"]),
        "causes": deadlines.CAUSES,
        "objections": _objections(posting), "may_object": policy.permits("objections.create", g.actor.roles) and postings.is_up(posting, dates.today()),
        "public_url": _public_url(posting),
        "earlier": posting["replaces"], "later": posting["replaced_by"],
    }  # fmt: skip


def _public_url(posting):
    return url_for("public.page", path=posting_address(posting)) if postings.is_up(posting, dates.today()) else None


def _people(posting):
    """Return the people of all rows, whatever the reader's scope: only to see whether the reader must keep off."""
    found = database.raw("cases").find({"_id": {"$in": [row["case"] for row in posting["rows"]]}}, {"people": 1})
    return [person for case in found for person in case["people"]]


def _facts(posting, start, end):
    long = posting["kind"] == postings.LONG
    rows = [
        (_("期数"), posting["issue"]),
        (_("公示期"), _("%(start)s 至 %(end)s", start=start, end=end) if not long else ""),
        (_("天数"), f"{posting['days']} {_(dates.UNITS[posting['unit']])}" if posting["days"] else ""),
        (_("户数"), len(posting["rows"])),
        (_("张贴地点"), posting["place"]),
        (_("监督举报电话"), posting["phone"]),
        (_("监督单位"), posting["office"]),
        (_("编制人"), posting["maker"]["name"]),
        (_("撤下"), f"{posting['taken_down']['on']} {posting['taken_down']['by_name']}" if posting["taken_down"] else ""),
        (_("公示内容"), _("含县方案列明的扩大内容") if posting.get("wide") else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value not in ("", None)]


def _columns(columns, posting):
    found = [{"key": key, "label": _(label_of(key, posting)), "main": key == "name", "align": "r" if key == "amount" else ""} for key in columns]
    if "type" not in columns:
        found.insert(1, {"key": "type", "label": _("救助类型")})
    return found if posting["kind"] == postings.LONG else [*found, {"key": "state", "label": _("状态")}]


def _row(row, columns, posting):
    cells = {key: row["texts"].get(key, "—") for key in columns}
    cells.setdefault("type", row["type_name"])
    if cells["type"] == "—":
        cells["type"] = row["type_name"]
    cells["name"] = {"text": row["texts"].get("name", row["name"]), "sub": row.get("number", "")}
    note = row["note"]
    cells["state"] = {"text": _(postings.ROW_STATES[row["state"]]), "tone": postings.ROW_TONES[row["state"]], "sub": note}
    url = url_for("cases.details_view", type_key=row["type"], id=str(row["case"])) if policy.permits("cases.details_view", g.actor.roles) else None
    actions = []
    stands = posting["kind"] == postings.REVIEW and postings.is_up(posting, dates.today()) and row["state"] in (postings.UP, postings.OBJECTED)
    if stands and policy.permits("objections.create", g.actor.roles):
        actions.append({"label": _("登记异议"), "url": url_for("objections.create", posting_id=posting["_id"], case=str(row["case"]))})
    return {"id": str(row["case"]), "url": url, "cells": cells, "actions": actions, "dim": row["state"] == postings.LEFT}


def _photo(posting, item):
    use = {evidence.HUNG: _("张贴照片"), evidence.TAKEN_DOWN: _("撤下照片")}[item["use"]]
    taken = _("相机记录 %(day)s", day=item["taken"]) if item["taken"] else ""
    return {
        "url": url_for("postings.photo", posting_id=posting["_id"], photo_id=item["id"]),
        "label": use,
        "note": " · ".join(filter(None, [moment(item["at"]), item["by_name"], item["place"], taken])),
    }


def _objections(posting):
    if not policy.permits("objections.show", g.actor.roles):
        return []
    found = objections.collection().find({"posting": posting["_id"]}, {"history": 0}, sort=[("_id", 1)])
    return [
        {
            "url": url_for("objections.show", objection_id=row["_id"]),
            "number": row["_id"],
            "household": row["household"],
            "received_on": row["received_on"],
            "state": {"text": _(objections.STATES[row["state"]]), "tone": objections.TONES[row["state"]]},
        }
        for row in found
    ]
