"""The list of checks: tabs by how far they are, filters, and what may be done with several at once."""

from dataclasses import dataclass
from datetime import date

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, policy
from adminapp.auth import users
from adminapp.supervision import checks, course
from views.cases.badges import due_badge
from views.narrowing import Choice, chips, filters
from views.supervision.overview import read_township, read_year, type_names, years

PAGE = 50
TABS = {
    "": ("全部", tuple(checks.STATES)),
    "drawn": ("待指派", (checks.DRAWN,)),
    "assigned": ("待入户", (checks.ASSIGNED,)),
    "visited": ("待审定", (checks.VISITED,)),
    "open": ("整改", (checks.DEVIATION, checks.RECTIFYING)),
    "seen": ("已入户", checks.SEEN),
    "replaced": ("已替换", (checks.SUBSTITUTED,)),
}
BEFORE_VISIT = ("drawn", "assigned", "replaced")
"""Tabs that would tell a township whom the county is about to visit."""
BASES = checks.BASES | {"duty": "必查（近亲属、投诉）"}
RESULTS = {key: result.label for key, result in course.RESULTS.items()} | {"off": "有偏差"}


@dataclass(frozen=True)
class Wanted:
    """What the list shows; unknown words count as not given."""

    year: int
    tab: str = ""
    township: str = ""
    type: str = ""
    basis: str = ""
    result: str = ""
    round: str = ""
    after: str = ""

    @classmethod
    def read(cls, values):
        def known(name, choices):
            return values.get(name, "") if values.get(name, "") in choices else ""

        year, after, drawn = read_year(values), values.get("after", ""), values.get("round", "")
        return cls(
            year, known("tab", tabs()), read_township(values), known("type", type_names()), known("basis", BASES), known("result", RESULTS),
            drawn if drawn.startswith(f"{year}-") and g.actor.townships is None else "", after if after.startswith(f"{year}:") else "",
        )  # fmt: skip

    def address(self, **changes):
        named = {name: getattr(self, name) for name in ("year", "tab", "township", "type", "basis", "result", "round")} | changes
        return url_for("supervision.checks", **{key: value for key, value in named.items() if value})

    def query(self) -> dict:
        query = {"year": self.year, "state": {"$in": list(TABS[self.tab][1])}, **checks.visible(g.actor)}
        query |= {"township": self.township} if self.township else {}
        query |= {"type": self.type} if self.type else {}
        query |= {"round": self.round} if self.round else {}
        if self.basis:
            query["bases"] = {"$in": [basis for basis in checks.BASES if basis != checks.RANDOM]} if self.basis == "duty" else self.basis
        if self.result:
            query["result"] = {"$nin": ["true", ""]} if self.result == "off" else self.result
        return query

    @property
    def hint(self):
        return "state_township" if self.township or g.actor.townships is not None else "state"


def tabs() -> dict:
    county = g.actor.townships is None
    return {key: label for key, (label, _states) in TABS.items() if county or key not in BEFORE_VISIT}


def index():
    wanted = Wanted.read(request.args)
    query = wanted.query() | ({"_id": {"$gt": wanted.after}} if wanted.after else {})
    found = list(checks.collection().find(query, {"history": 0}, sort=[("_id", 1)], limit=PAGE + 1, hint=wanted.hint))
    shown, counts = found[:PAGE], _counts(wanted)
    picked = policy.permits("supervision.assign", g.actor.roles)
    return render_template(
        "supervision/checks.html",
        wanted=wanted,
        tabs=[_tab(wanted, key, _(label), counts) for key, label in tabs().items()],
        columns=columns(),
        rows=rows_of(shown),
        filters=filters(_choices(wanted)),
        chips=_chips(wanted),
        bulk=_bulk(wanted) if picked else [],
        next_url=wanted.address(after=shown[-1]["_id"]) if len(found) > PAGE else None,
        first_url=wanted.address() if wanted.after else None,
        back=request.full_path.rstrip("?"),
    )


def _counts(wanted):
    """Return {state: number} under the filters, whatever the tab."""
    query = {**wanted.query(), "state": {"$in": list(checks.STATES)}}
    pipeline = [{"$match": query}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}]
    return {row["_id"]: row["n"] for row in checks.collection().aggregate(pipeline, hint=wanted.hint)}


def _tab(wanted, key, label, counts):
    number = sum(counts.get(state, 0) for state in TABS[key][1])
    tone = "bad" if key == "open" and number else ""
    return {"label": label, "url": wanted.address(tab=key), "count": number, "tone": tone, "active": wanted.tab == key}


def columns():
    return [
        {"key": "name", "label": _("救助对象"), "main": True},
        {"key": "type", "label": _("救助类型")},
        {"key": "place", "label": _("乡镇、村"), "nowrap": True},
        {"key": "basis", "label": _("来源"), "nowrap": True},
        {"key": "who", "label": _("核查人"), "full": True},
        {"key": "state", "label": _("状态")},
        {"key": "due", "label": _("期限"), "nowrap": True},
    ]


def rows_of(found):
    names, leads = type_names(), users.names(row["owner"] for row in found if row["owner"])
    return [_row(row, names, leads) for row in found]


def _row(row, names, leads):
    state, due = checks.STATES[row["state"]], due_badge(date.fromisoformat(row["due"])) if row["due"] else None
    sub = _(course.RESULTS[row["result"]].label) if row["result"] and row["state"] != checks.CONSISTENT else ""
    who = leads.get(row["owner"], "") or "、".join(item["name"] for item in row["visitors"][:2])
    cells = {
        "name": {"text": row["name"] or row["number"], "sub": row["number"]},
        "type": names.get(row["type"], row["type"]),
        "place": {"text": divisions.name_of(row["village"]), "sub": divisions.name_of(row["township"])},
        "basis": "、".join(_(checks.BASES[basis]) for basis in row["bases"]),
        "who": who,
        "state": {"text": _(state.label), "tone": state.tone, "sub": sub},
        "due": due or row["visited_on"] or "",
    }
    return {"id": row["_id"], "name": row["name"], "url": url_for("supervision.show", check_id=row["_id"]), "cells": cells}


def _choices(wanted):
    yield Choice("year", _("年度"), {str(year): str(year) for year in years()}, str(wanted.year))
    yield Choice("type", _("救助类型"), type_names(), wanted.type)
    if g.actor.townships is None:
        yield Choice("township", _("乡镇"), dict(divisions.township_choices()), wanted.township)
    yield Choice("basis", _("来源"), {key: _(label) for key, label in BASES.items()}, wanted.basis)
    yield Choice("result", _("核查结果"), {key: _(label) for key, label in RESULTS.items()}, wanted.result)


def _chips(wanted):
    """Return the chips; this year is nothing that was chosen, and a round is chosen on its own page."""
    chosen = [one for one in _choices(wanted) if one.name != "year" or wanted.year != dates.today().year]
    if wanted.round:
        chosen.append(Choice("round", _("抽取"), {wanted.round: wanted.round}, wanted.round))
    return chips(chosen, lambda name: wanted.address(**{name: None}))


def _bulk(wanted):
    """Return what may be done with the picked ones in this tab."""
    states = TABS[wanted.tab][1]
    actions = []
    if checks.DRAWN in states or checks.ASSIGNED in states:
        actions.append({"label": _("指派核查人"), "url": url_for("supervision.assign")})
        actions.append({"label": _("打印核查表"), "url": url_for("supervision.sheets")})
    if states == (checks.VISITED,):
        asked = _("所选核查的结论均审定为属实？结果不是属实的会跳过。")
        actions.append({"label": _("审定属实"), "url": url_for("supervision.agree"), "confirm": asked})
    return actions
