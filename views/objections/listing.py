"""The list of objections: what waits in the order of its day, what was done newest first, page by page."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from adminapp import dates, divisions
from adminapp.objections import register as objections
from views.narrowing import Choice, chips, filters
from views.places import townships

PAGE = 50
TABS = ("open", "late", "all")


@dataclass(frozen=True)
class Wanted:
    """`before` is the mark of the last row of the page before."""

    show: str
    township: str = ""
    decision: str = ""
    channel: str = ""
    year: str = ""
    before: str = ""

    @classmethod
    def read(cls, values):
        """Return what is asked for; unknown words count as not given."""
        show, places = values.get("show", ""), [code for code, _name in townships()]
        known = {"township": places, "decision": objections.DECISIONS, "channel": objections.CHANNELS, "year": years()}
        chosen = {name: values.get(name, "") for name in known}
        chosen = {name: value if value in known[name] else "" for name, value in chosen.items()}
        show = show if show in TABS else TABS[0]
        if show != "all":
            chosen |= {"decision": "", "year": ""}
        return cls(show, before=values.get("before", "")[:60], **chosen)

    def address(self, **changes):
        named = {name: getattr(self, name) for name in ("show", "township", "decision", "channel", "year")} | changes
        return url_for("objections.index", **{key: value for key, value in named.items() if value})

    @property
    def waits(self) -> bool:
        return self.show != "all"

    def query(self, today: str) -> dict:
        """Return the filter of the tab, without the page."""
        query = {name: getattr(self, name) for name in ("township", "decision", "channel") if getattr(self, name)}
        if self.waits:
            query["state"] = {"$in": list(objections.OPEN)}
        if self.show == "late":
            query["due"] = {"$lt": today}
        if self.year:
            query["received_on"] = {"$gte": f"{self.year}-01-01", "$lte": f"{self.year}-12-31"}
        return query

    def beyond(self) -> dict:
        """Return the filter of the rows behind the page before (``due~number``, or ``number``)."""
        day, _sep, number = self.before.rpartition("~")
        if not number:
            return {}
        if not self.waits:
            return {"_id": {"$lt": number}}
        return {"$and": [{"due": {"$gte": day}}, {"$or": [{"due": {"$gt": day}}, {"_id": {"$gt": number}}]}]}

    def order(self) -> list:
        return [("due", 1), ("_id", 1)] if self.waits else [("_id", -1)]

    def index(self) -> str:
        if self.waits:
            return "work_township" if self.township else "work"
        return "recent" if self.township else "_id_"


def years() -> list[str]:
    return [str(dates.today().year - back) for back in range(5)]


def page(wanted: Wanted) -> dict:
    """Return what the template shows."""
    today, table = dates.today().isoformat(), objections.collection()
    query = wanted.query(today)
    rows = list(table.find({**query, **wanted.beyond()}, {"history": 0}, sort=wanted.order(), limit=PAGE + 1, hint=wanted.index()))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    more = last and (f"{last['due']}~{last['_id']}" if wanted.waits else f"~{last['_id']}")
    labels = {"open": _("待办"), "late": _("已超期"), "all": _("全部")}
    late = table.count_documents({"state": {"$in": list(objections.OPEN)}, "due": {"$lt": today}}, hint="work")
    count = {"late": late or None}
    tabs = [{"label": labels[key], "url": wanted.address(show=key, decision="", year=""), "count": count.get(key), "tone": "bad", "active": key == wanted.show}
            for key in TABS]  # fmt: skip
    return {
        "rows": [_row(row, today) for row in rows[:PAGE]], "tabs": tabs, "columns": columns(), "wanted": wanted, "filters": filters(_choices(wanted)),
        "chips": chips(_choices(wanted), lambda name: wanted.address(**{name: ""})),
        "clear_url": url_for("objections.index", show=wanted.show), "total": _("共 %(n)s 件", n=table.count_documents(query)),
        "next_url": wanted.address(before=more) if more else None,
    }  # fmt: skip


def _choices(wanted):
    """Yield what the list can be narrowed by."""
    if len(townships()) > 1:
        yield Choice("township", _("乡镇"), dict(townships()), wanted.township)
    yield Choice("channel", _("提出方式"), {key: _(label) for key, label in objections.CHANNELS.items()}, wanted.channel)
    if not wanted.waits:
        yield Choice("decision", _("处理结果"), {key: _(label) for key, label in objections.DECISIONS.items()}, wanted.decision)
        yield Choice("year", _("提出年份"), {year: year for year in years()}, wanted.year)


def columns():
    return [
        {"key": "number", "label": _("编号"), "main": True}, {"key": "household", "label": _("公示对象")}, {"key": "place", "label": _("村（社区）")},
        {"key": "channel", "label": _("方式")}, {"key": "received", "label": _("提出日期"), "nowrap": True}, {"key": "due", "label": _("期限"), "nowrap": True},
        {"key": "state", "label": _("状态")},
    ]  # fmt: skip


def _row(row, today):
    late = bool(row["due"]) and row["due"] < today
    cells = {
        "number": row["_id"],
        "household": {"text": row["household"], "sub": row["type_name"]},
        "place": divisions.name_of(row["township"]) + divisions.name_of(row["village"]),
        "channel": f"{_(objections.CHANNELS[row['channel']])} · {_('实名') if row['real_name'] else _('匿名')}",
        "received": row["received_on"],
        "due": {"text": row["due"], "tone": "bad" if late else "info"} if row["due"] else (_("超期答复") if row.get("late") else ""),
        "state": {"text": _(objections.STATES[row["state"]]), "tone": objections.TONES[row["state"]]}
        | ({"sub": _(objections.DECISIONS[row["decision"]])} if row["decision"] else {}),
    }
    return {"id": row["_id"], "url": url_for("objections.show", objection_id=row["_id"]), "cells": cells}
