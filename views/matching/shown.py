"""What the screens of matches show: hits by state, the files that were compared, one hit with what to do."""

from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, policy
from adminapp.matching import course, store
from adminapp.matching.lists import HOLDS, match_lists
from adminapp.related import recusal
from views.cases.badges import due_badge
from views.cases.history import moment
from views.narrowing import Choice, chips, filters
from views.worklist import type_names

PAGE = 200
FILES = "files"
TABS = tuple(store.STATES)


@dataclass(frozen=True)
class Wanted:
    """What the list shows: hits in a state, or the files; of one township or all within reach."""

    show: str = store.OPEN
    township: str = ""

    @classmethod
    def read(cls, values):
        show, township = values.get("show", ""), values.get("township", "")
        known = len(township) == divisions.TOWNSHIP and divisions.exists(township) and g.actor.reaches(township)
        shown = show if show in TABS or (show == FILES and policy.permits("matching.run", g.actor.roles)) else store.OPEN
        return cls(shown, township if known else "")


def listing(wanted: Wanted) -> dict:
    county = policy.permits("matching.run", g.actor.roles)
    values = {"wanted": wanted, "tabs": _tabs(wanted, county), "may_upload": policy.permits("matching.upload", g.actor.roles), "page": PAGE,
              "lists": [{"value": kind.key, "label": kind.label} for kind in match_lists().values()], "more": False, "kinds": None,
              "filters": filters(_choices(wanted)),
              "chips": chips(_choices(wanted), lambda _name: url_for("matching.index", show=wanted.show))}  # fmt: skip
    if wanted.show == FILES:
        return values | {"columns": _file_columns(), "rows": [_file_row(row) for row in store.runs()], "kinds": kinds()}
    found = store.listed(wanted.show, wanted.township, PAGE + 1)
    return values | {"columns": columns(wanted.show in store.WAITING), "rows": [row_of(row) for row in found[:PAGE]], "more": len(found) > PAGE}


def _choices(wanted):
    return [Choice("township", _("乡镇"), dict(divisions.township_choices()), wanted.township)] if g.actor.townships is None else []


def _tabs(wanted, county):
    place = {"township": wanted.township} if wanted.township else {}
    found = [(state, _(store.STATES[state])) for state in TABS] + ([(FILES, _("名单"))] if county else [])
    tones = {store.OPEN: "bad", store.CONFIRMED: "bad"}
    tabs = []
    for key, label in found:
        number = store.count(key, wanted.township) if key in store.RUNNING else None
        tabs.append({"label": label, "url": url_for("matching.index", show=key, **place), "active": wanted.show == key, "count": number,
                     "tone": tones.get(key, "") if number else ""})  # fmt: skip
    return tabs


def columns(timed: bool, state: bool = False) -> list[dict]:
    named = [
        {"key": "name", "label": _("姓名"), "main": True}, {"key": "list", "label": _("名单")},
        {"key": "case", "label": _("案件")}, {"key": "place", "label": _("乡镇、村")},
    ]  # fmt: skip
    last = {"key": "due", "label": _("时限"), "nowrap": True} if timed else {"key": "found", "label": _("命中"), "nowrap": True}
    return [*named, *([{"key": "state", "label": _("状态")}] if state else []), last]


def row_of(row) -> dict:
    kind, types = match_lists().get(row["list"]), type_names()
    badge = due_badge(dates.parse_date(row["due"])) if row["state"] in store.WAITING and row["due"] else None
    cells = {
        "name": {"text": row["name"], "sub": "" if row["name"] == row["told_name"] else _("名单上是 %(name)s", name=row["told_name"])},
        "list": {"text": kind.label if kind else row["list"], "sub": row["on"]},
        "case": {"text": types.get(row["type"], row["type"]), "sub": f"{row['number']} · {who(row)}"},
        "place": divisions.name_of(row["township"]) + divisions.name_of(row["village"]),
        "state": {"text": _(store.STATES[row["state"]]), "tone": store.TONES[row["state"]]},
        "due": {"text": badge["text"], "tone": badge["tone"]} if badge else "",
        "found": row["found_on"],
    }
    return {"id": row["_id"], "url": url_for("matching.show", match_id=row["_id"]), "cells": cells, "name": row["name"]}


def who(row) -> str:
    if row["award"]:
        return _("在享，户主或本人") if row["leads"] else _("在享，成员")
    return _("申请中")


def _file_columns():
    return [
        {"key": "name", "label": _("文件"), "main": True}, {"key": "list", "label": _("名单")},
        {"key": "rows", "label": _("人数"), "align": "r"}, {"key": "bad", "label": _("有问题"), "align": "r"},
        {"key": "hits", "label": _("命中"), "align": "r"}, {"key": "new", "label": _("其中新发现"), "align": "r"},
        {"key": "on", "label": _("比对"), "nowrap": True},
    ]  # fmt: skip


def _file_row(row):
    kind = match_lists().get(row["list"])
    cells = {name: row[name] for name in ("rows", "bad", "hits", "new")}
    cells |= {"name": row["name"], "list": kind.label if kind else row["list"], "on": {"text": row["on"], "sub": row["by_name"]}}
    return {"id": row["_id"], "url": url_for("matching.run", run_id=row["_id"]), "cells": cells, "name": row["name"]}


def kinds() -> dict:
    """Return the lists there are as a table: who has the data, what a hit does, the empty table to fill."""
    columns = [
        {"key": "label", "label": _("名单"), "main": True}, {"key": "provider", "label": _("数据单位"), "full": True},
        {"key": "holds", "label": _("命中以后"), "full": True}, {"key": "columns", "label": _("表格的列"), "full": True},
    ]  # fmt: skip
    may = policy.permits("matching.template", g.actor.roles)
    rows = []
    for kind in match_lists().values():
        cells = {
            "label": {"text": kind.label, "sub": kind.clause}, "provider": kind.provider, "holds": {"text": _(HOLDS[kind.holds]), "sub": kind.todo},
            "columns": "、".join(column.titles[0] for column in kind.layout.columns),
        }  # fmt: skip
        acts = [{"label": _("下载空表"), "url": url_for("matching.template", list_key=kind.key)}] if may else []
        rows.append({"id": kind.key, "cells": cells, "name": kind.label, **({"actions": acts} if acts else {})})
    return {"columns": columns, "rows": rows}


def run(row) -> dict:
    """Return what the page of a file shows."""
    kind, found = match_lists().get(row["list"]), store.listed("", limit=PAGE + 1, run=row["_id"])
    return {
        "row": row, "label": kind.label if kind else row["list"], "columns": columns(False, state=True), "rows": [row_of(item) for item in found[:PAGE]],
        "more": len(found) > PAGE, "page": PAGE,
        "tiles": [{"label": label, "value": row[key], "unit": unit, "tone": tone} for key, label, unit, tone in (
            ("rows", _("名单人数"), _("人"), ""), ("bad", _("有问题没有比对"), _("行"), "wait" if row["bad"] else ""),
            ("hits", _("命中"), _("条"), ""), ("new", _("新发现"), _("条"), "bad" if row["new"] else ""))],
    }  # fmt: skip


def one(row, typed=None, problems=()) -> dict:
    """Return what the page of one hit shows. What else the office told is for those who handle it."""
    kind, handles = match_lists()[row["list"]], g.actor.has(*policy.TOWNSHIP, *policy.COUNTY)
    near = recusal.bar(g.actor.id, course.people_of(row))
    facts = [
        (_("案件编号"), row["number"]),
        (_("救助类型"), type_names().get(row["type"], row["type"])),
        (_("乡镇、村"), divisions.full_name(row["village"])),
        (_("在案件中"), who(row)),
        (_("名单上的姓名"), row["told_name"] + ("" if row["told_name"] == row["name"] else _("（与案件不同）"))),
        (kind.event(), row["on"]),
        (_("截止"), row["until"]),
        (_("数据单位"), kind.provider),
        (_("名单写明"), store.detail_of(row) if handles and not near else ""),
        (_("时限"), row["due"] if row["state"] in store.WAITING else ""),
        (_("依据"), kind.clause),
    ]
    return {
        "row": row, "kind": kind, "holds": _(HOLDS[kind.holds]), "problems": problems, "typed": typed or {"real": None, "note": ""}, "near": near,
        "state": {"label": _(store.STATES[row["state"]]), "tone": store.TONES[row["state"]]}, "deed": course.may(row, g.actor),
        "facts": [{"label": label, "value": value, "wide": label == _("名单写明")} for label, value in facts if value],
        "case_url": url_for("cases.details_view", type_key=row["type"], id=str(row["case"])), "history": [_line(line) for line in reversed(row["history"])],
    }  # fmt: skip


def _line(line):
    real = {True: _("属实"), False: _("不属实")}.get(line.get("real"), "")
    told = "：".join(filter(None, (real, line.get("note", ""))))
    return {"title": _(line["what"]), "actor": line["by_name"], "at": moment(line["at"]), "iso": line["at"].isoformat(), "note": told}


def typed(form) -> dict:
    answers = {"yes": True, "no": False}
    return {"real": answers.get(form.get("real")), "back": form.get("real") == "back", "note": form.get("note", "")[:1000], "rev": form.get("rev", "")}
