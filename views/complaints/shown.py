"""The list of complaints with what became of all of them this year, and the page of one."""

from flask import url_for
from flask_babel import gettext as _

from adminapp import database, dates, divisions, policy
from adminapp.auth import users
from adminapp.complaints import course
from adminapp.complaints import register as complaints
from adminapp.feedback import sealed
from adminapp.legal_basis import legal_basis
from adminapp.notices.wording import day_text
from views.courses import history

PAGE = 200


def listing(actor, show: str) -> dict:
    scope = complaints.visible(actor) or {}
    show = show if show in ("open", "late", "all") else "open"
    waiting = {"state": {"$in": list(complaints.OPEN)}}
    query = {"open": waiting, "late": {**waiting, "limit": {"$lt": dates.today().isoformat()}}, "all": {}}[show]
    order = [("_id", -1)] if show == "all" else [("due", 1)]
    rows = list(database.raw(complaints.COLLECTION).find({"$and": [scope, query]}, {"history": 0, "content": 0}, sort=order, limit=PAGE))
    labels = {"open": _("待办"), "late": _("超期未答复"), "all": _("全部")}
    return {
        "tabs": [{"label": label, "url": url_for("complaints.index", show=key), "active": key == show} for key, label in labels.items()],
        "rows": [_row(row) for row in rows], "columns": _columns(), "tiles": _tiles(scope), "show": show, "page": PAGE, "more": len(rows) == PAGE,
        "may_create": policy.permits("complaints.create", actor.roles),
    }  # fmt: skip


def _tiles(scope):
    """Return how many of this year's were answered, in time, late, and wait beyond their limit: every one is to be answered."""
    year, today = dates.today().year, dates.today().isoformat()
    table = database.raw(complaints.COLLECTION)

    def count(**query):
        return table.count_documents({"$and": [scope, {"received_on": {"$gte": f"{year}-01-01", "$lte": f"{year}-12-31"}}, query]})

    total, answered, late = count(), count(state={"$in": [complaints.REPLIED, complaints.CLOSED]}), count(late=True)
    overdue = count(state={"$in": list(complaints.OPEN)}, limit={"$lt": today})
    share = f"{answered * 100 // total}%" if total else "—"
    return [
        {"label": _("%(year)s 年收到", year=year), "value": total},
        {"label": _("已答复"), "value": share, "sub": _("%(n)s 件", n=answered), "tone": "good" if answered == total else ""},
        {"label": _("超期答复"), "value": late, "tone": "wait" if late else ""},
        {"label": _("超期未答复"), "value": overdue, "tone": "bad" if overdue else "", "url": url_for("complaints.index", show="late")},
    ]


def _columns():
    return [
        {"key": "number", "label": _("编号"), "main": True}, {"key": "subject", "label": _("反映的对象")}, {"key": "place", "label": _("乡镇")},
        {"key": "channel", "label": _("方式")}, {"key": "received", "label": _("受理日期"), "nowrap": True}, {"key": "owner", "label": _("核查人")},
        {"key": "due", "label": _("期限"), "nowrap": True}, {"key": "state", "label": _("状态")},
    ]  # fmt: skip


def _row(row):
    late = bool(row["due"]) and row["due"] < dates.today().isoformat()
    cells = {
        "number": row["_id"], "subject": _(complaints.SUBJECTS[row["subject"]]), "place": _place(row), "received": row["received_on"],
        "channel": f"{_(complaints.CHANNELS[row['channel']])} · {_('实名') if row['real_name'] else _('匿名')}", "owner": row["owner_name"],
        "due": {"text": row["due"], "tone": "bad" if late else "info"} if row["due"] else (_("超期答复") if row["late"] else ""), "state": _state(row),
    }  # fmt: skip
    return {"id": row["_id"], "url": url_for("complaints.show", complaint_id=row["_id"]), "cells": cells}


def _state(row):
    return {"text": _(complaints.STATES[row["state"]]), "tone": complaints.TONES[row["state"]]}


def _place(row):
    return divisions.name_of(row["township"]) if row["township"] else _("全县")


def one(row: dict, actor) -> dict:
    """Return what the page of a complaint shows to this reader; words only to who assigns or investigates."""
    reads, mine = complaints.reads_words(actor, row), complaints.reads_name(actor, row)
    assigns = actor.has(*complaints.ASSIGNERS)
    words = {key: sealed.unseal(complaints.COLLECTION, key, row[key]) for key in ("about", "content", "finding")} if reads else {}
    state = row["state"]
    gives = assigns and state in (complaints.RECEIVED, complaints.ASSIGNED, complaints.INVESTIGATING)
    papers = [{"name": item["name"], "url": url_for("complaints.paper", complaint_id=row["_id"], paper_id=item["id"])} for item in row["papers"]]
    return {
        "row": row, "state": _state(row), "facts": _facts(row), "words": words, "papers": papers if reads else [], "today": dates.today(),
        "history": history(row["history"]), "conclusions": complaints.CONCLUSIONS, "may_reveal": mine and row["real_name"],
        "assigns": gives, "people": _people(row) if gives else [], "links": assigns and state in complaints.OPEN and not row["case"],
        "begins": mine and state == complaints.ASSIGNED, "concludes": mine and state in (complaints.ASSIGNED, complaints.INVESTIGATING),
        "replies": mine and state == complaints.DECIDED, "closes": assigns and state == complaints.REPLIED,
        "slip_url": url_for("complaints.slip", complaint_id=row["_id"]) if reads and row["answer"] else None,
        "pdf_url": url_for("complaints.slip_pdf", complaint_id=row["_id"]) if reads and row["answer"] else None, "case_url": _case_url(row, actor),
    }  # fmt: skip


def _people(row) -> list[tuple[str, str]]:
    """Return who may investigate this one."""
    found = [user for user in users.all_users() if course.may_investigate(user, row) is None]
    return [(user.username, f"{user.name}（{'、'.join(_(label) for label in user.role_labels)}）") for user in found]


def _case_url(row, actor):
    if not row["case"] or not policy.permits("cases.details_view", actor.roles):
        return None
    case = database.raw("cases").find_one({"_id": row["case"]}, {"type": 1, "township": 1, "village": 1})
    return url_for("cases.details_view", type_key=case["type"], id=str(row["case"])) if actor.reaches(case["township"], case["village"]) else None


def _facts(row):
    replied = row["replied"] or {}
    rows = [
        (_("反映的对象"), _(complaints.SUBJECTS[row["subject"]])), (_("乡镇"), _place(row)), (_("关联案件"), row["number"]),
        (_("反映方式"), f"{_(complaints.CHANNELS[row['channel']])}，{_('实名') if row['real_name'] else _('匿名')}"),
        (_("受理日期"), row["received_on"]), (_("答复期限"), row["limit"]), (_("核查人"), row["owner_name"]),
        (_("结论"), _(complaints.CONCLUSIONS.get(row["conclusion"], "")) if row["conclusion"] else ""),
        (_("答复"), f"{replied['on']} {replied['way']}" + (_("（超过期限）") if row["late"] else "") if replied else ""),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in rows if value]


def letter(row: dict) -> dict:
    """Return the written answer, on the page as on paper: {title, number, paragraphs, office, on, foot}."""
    office, decided = legal_basis(), dates.parse_date((row["replied"] or {}).get("on") or row["decided_on"])
    return {
        "title": _("投诉举报答复告知书"), "number": f"{_('编号')}：{row['_id']}", "office": office.county.name, "on": day_text(decided),
        "foot": _("感谢您对社会救助工作的监督。"),
        "paragraphs": [
            _("您于%(day)s反映的社会救助有关问题（编号 %(number)s），我局已经核查，结论为：%(conclusion)s。",
              day=day_text(dates.parse_date(row["received_on"])), number=row["_id"], conclusion=_(complaints.CONCLUSIONS[row["conclusion"]])),
            *filter(None, row["answer"].splitlines()),
            _("对答复有疑问的，可以拨打 %(phone)s 咨询。", phone=office.county_phone),
        ],
    }  # fmt: skip
