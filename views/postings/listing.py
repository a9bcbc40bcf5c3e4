"""The list of postings: due villages, sheets to hang, sheets that hang, sheets to take down, what is over, long-term lists."""

from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine, policy
from adminapp.objections import register as objections
from adminapp.postings import prepare
from adminapp.postings import register as postings
from adminapp.postings.sheet import period_of
from views.places import townships

PAGE = 50
TABS = ("due", "prepared", "up", "down", "over", "long")


@dataclass(frozen=True)
class Wanted:
    show: str
    township: str = ""
    village: str = ""
    before: str = ""

    @classmethod
    def read(cls, values):
        township = values.get("township", "")
        choices = [code for code, _name in townships()]
        if township not in choices:
            township = choices[0] if len(choices) == 1 else ""
        village = values.get("village", "")
        village = village if village[: divisions.TOWNSHIP] in choices and g.actor.reaches(village[: divisions.TOWNSHIP], village) else ""
        show = values.get("show", "")
        usual = "due" if policy.permits("postings.create", g.actor.roles) else "up"
        return cls(show if show in TABS else usual, township, village, values.get("before", ""))

    def address(self, **changes):
        args = {"show": self.show, "township": self.township, "village": self.village} | changes
        return url_for("postings.index", **{key: value for key, value in args.items() if value})

    def index(self, pile) -> str:
        return pile.hints[0 if self.township else 1]

    def place(self) -> dict:
        return {key: value for key, value in (("township", self.township), ("village", self.village)) if value}


@dataclass(frozen=True)
class Pile:
    """What a tab lists: filter, the field it is ordered by (``due`` up, ``planned`` down), indexes of a township and of the county."""

    query: dict
    by: str
    way: int
    hints: tuple[str, str]

    def after(self, mark: str) -> dict:
        """Return the filter of the rows behind the last one of a page (``value~id``)."""
        value, _sep, ident = mark.partition("~")
        beyond, within = ("$gt", "$gte") if self.way == 1 else ("$lt", "$lte")
        return {self.by: {within: value}, "$or": [{self.by: {beyond: value}}, {"_id": {beyond: ident}}]} if ident else {}

    def order(self):
        return [(self.by, self.way), ("_id", self.way)]


def piles(today: str) -> dict[str, Pile]:
    """Return the tabs that list postings; what somebody has to do comes in the order of its day, the rest newest first."""
    posted, waiting, told = {"state": postings.POSTED, "kind": postings.REVIEW}, ("work_township", "work"), ("township_kind", "kind")
    ended = {"$in": [postings.CLOSED, postings.REPOSTED, postings.VOID]}
    return {
        "prepared": Pile({"state": postings.PREPARED}, "due", 1, waiting), "up": Pile({**posted, "end": {"$gte": today}}, "due", 1, waiting),
        "down": Pile({**posted, "end": {"$lt": today}}, "due", 1, waiting), "over": Pile({"kind": postings.REVIEW, "state": ended}, "planned", -1, told),
        "long": Pile({"kind": postings.LONG, "state": postings.POSTED}, "planned", -1, told),
    }  # fmt: skip


def page(wanted: Wanted) -> dict:
    """Return what the template shows: tabs with counts, and the rows of the chosen one."""
    found = piles(dates.today().isoformat())
    labels = {"due": _("待公示"), "prepared": _("待张贴"), "up": _("公示中"), "down": _("待撤下办结"), "over": _("已办结"), "long": _("长期公示")}
    tones = {"down": "bad", "prepared": "wait"}
    counts = {
        key: postings.collection().count_documents({**wanted.place(), **found[key].query}, limit=1000, hint=wanted.index(found[key]))
        for key in ("prepared", "up", "down")
    }
    due = _due(wanted) if wanted.show == "due" else []
    tabs = [
        {
            "label": labels[key],
            "url": wanted.address(show=key),
            "count": counts.get(key),
            "tone": tones.get(key, "") if counts.get(key) else "",
            "active": key == wanted.show,
        }
        for key in TABS
        if key != "due" or policy.permits("postings.create", g.actor.roles)
    ]
    rows, more = ([], None) if wanted.show == "due" else _rows(wanted, found[wanted.show])
    return {
        "wanted": wanted, "tabs": tabs, "due": due, "columns": _columns(wanted.show), "rows": rows, "next_url": more and wanted.address(before=more),
        "townships": townships(), "today": dates.today(), "may_prepare": policy.permits("postings.create", g.actor.roles),
        "choose_township": wanted.show == "due" and not wanted.township, "objections": _waiting(wanted), "label": labels[wanted.show],
    }  # fmt: skip


def _waiting(wanted) -> int:
    query = {"state": {"$in": list(objections.OPEN)}, **wanted.place()}
    return objections.collection().count_documents(query, limit=1000) if policy.permits("objections.index", g.actor.roles) else 0


def _due(wanted) -> list[dict]:
    """Return a row for each village with cases to post; asked for one township at a time."""
    if not wanted.township:
        return []
    found = prepare.due_by_village(engine.current(), wanted.township, g.actor, wanted.village)
    rows = []
    for village, moves in sorted(found.items()):
        types = {}
        for move in moves:
            types[move.relief_type.name] = types.get(move.relief_type.name, 0) + 1
        oldest = min(move.case.state_since for move in moves)
        cells = {
            "village": divisions.name_of(village),
            "count": len(moves),
            "types": "、".join(f"{name} {count}" for name, count in types.items()),
            "oldest": oldest,
        }
        rows.append({"id": village, "name": divisions.name_of(village), "url": url_for("postings.create", village=village), "cells": cells})
    return rows


def _columns(show):
    if show == "due":
        return [
            {"key": "village", "label": _("村（社区）"), "main": True}, {"key": "count", "label": _("户数"), "align": "r"},
            {"key": "types", "label": _("类型")}, {"key": "oldest", "label": _("最早初审日期"), "nowrap": True},
        ]  # fmt: skip
    found = [
        {"key": "village", "label": _("村（社区）"), "main": True}, {"key": "issue", "label": _("期数"), "nowrap": True},
        {"key": "count", "label": _("户数"), "align": "r"}, {"key": "period", "label": _("公示期"), "full": True},
        {"key": "next", "label": _("下一步")}, {"key": "state", "label": _("状态")},
    ]  # fmt: skip
    return [column for column in found if column["key"] != "next" or show not in ("over", "long")]


def _rows(wanted, pile):
    query = {**wanted.place(), **pile.query, **pile.after(wanted.before)}
    shown = {"photos": 0, "history": 0}
    found = list(postings.collection().find(query, shown, sort=pile.order(), limit=PAGE + 1, hint=wanted.index(pile)))
    last = found[PAGE - 1] if len(found) > PAGE else None
    return [_row(posting) for posting in found[:PAGE]], last and f"{last[pile.by]}~{last['_id']}"


def _row(posting):
    start, end = period_of(posting)
    objected = sum(row["state"] == postings.OBJECTED for row in posting["rows"])
    cells = {
        "village": {"text": divisions.name_of(posting["village"]), "sub": divisions.name_of(posting["township"])},
        "issue": posting["issue"],
        "count": {"text": len(posting["rows"]), "sub": _("异议 %(n)s", n=objected) if objected else ""},
        "period": {
            "text": _("%(start)s 至 %(end)s", start=start, end=end),
            "sub": f"{posting['days']} {_(dates.UNITS[posting['unit']])}" if posting["days"] else "",
        },
        "next": next_step(posting),
        "state": state_of(posting),
    }
    return {"id": posting["_id"], "url": url_for("postings.show", posting_id=posting["_id"]), "cells": cells}


def state_of(posting) -> dict:
    text, tone = postings.STATES[posting["state"]], postings.TONES[posting["state"]]
    if posting["state"] == postings.POSTED and posting["end"] < dates.today().isoformat():
        text, tone = ("待办结", "wait") if posting["taken_down"] else ("待撤下", "bad")
    return {"text": _(text), "tone": tone}


def next_step(posting) -> dict | str:
    today = dates.today().isoformat()
    if posting["kind"] == postings.LONG:
        return _("每月自动更新")
    if posting["state"] == postings.PREPARED:
        return {"text": _("张贴并上传照片"), "sub": _("计划 %(day)s", day=posting["planned"])}
    if posting["state"] == postings.POSTED:
        if posting["taken_down"]:
            return _("办结")
        late = posting["due"] < today
        return {"text": _("撤下"), "sub": _("应于 %(day)s 前", day=posting["due"]) + (_("，已超期") if late else "")}
    return ""
