"""What the screens of the plan show: numbers by month that open lists, and tasks with where each is done."""

import re
from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, policy
from adminapp.ongoing import tasks, work
from adminapp.ongoing.tasks import (
    BIRTHDAY,
    DONE,
    DROPPED,
    FOLLOW,
    KINDS,
    LATE,
    LIFE,
    OPEN,
    PLANNED,
    REVIEW,
    STATES,
    TONES,
)
from adminapp.ongoing.wishes import AHEAD
from adminapp.workflow import bulk
from adminapp.workflow.machine import ACTIONS
from views.cases.badges import due_badge
from views.narrowing import Choice, chips, filters
from views.worklist import type_names

PAGE = 50
TABS = (LATE, OPEN, FOLLOW, PLANNED, DONE, DROPPED)
ANSWERS = {REVIEW: ("record_review",), LIFE: ("record_life",), BIRTHDAY: ("adjust_birthday", "record_review")}
"""Kind of task → actions of the case that answer it."""
FOLLOWING = {"absent": ("suspend", "record_life"), "dead": ("propose_termination",), "ended": ("propose_termination",), "changed": ("change_content",)}
"""Result → the lawful steps that it asks for."""
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Wanted:
    """What is asked for; unknown words count as not given."""

    show: str = OPEN
    township: str = ""
    month: str = ""
    kind: str = ""
    after: str = ""

    @classmethod
    def read(cls, values):
        show, township, month, kind = (values.get(name, "") for name in ("show", "township", "month", "kind"))
        known = len(township) == divisions.TOWNSHIP and divisions.exists(township) and g.actor.reaches(township)
        return cls(
            show if show in TABS else OPEN, township if known else "", month if MONTH.fullmatch(month) else "", kind if kind in KINDS else "",
            values.get("after", "")[:120],
        )  # fmt: skip

    def address(self, endpoint="ongoing.tasks", **changes):
        named = {"show": self.show, "township": self.township, "month": self.month, "kind": self.kind} | changes
        return url_for(endpoint, **{key: value for key, value in named.items() if value})


def plan(wanted: Wanted) -> dict:
    """Return the plan: a row a township for the county, a row a kind for one township."""
    counted = [row for row in tasks.counts(wanted.township) if not wanted.kind or row["kind"] == wanted.kind]
    this = dates.month_of(dates.today())
    months, county = dates.month_range(this, dates.add_months(this, AHEAD)), g.actor.townships is None and not wanted.township
    if county:
        lines = [(code, name, {"township": code}) for code, name in divisions.township_choices()]
    else:
        lines = [(key, _(label), {"kind": key}) for key, label in KINDS.items() if not wanted.kind or key == wanted.kind]
    by = "township" if county else "kind"
    columns = [
        {"key": "what", "label": _("乡镇") if county else _("事项"), "main": True, "nowrap": True}, {"key": LATE, "label": _("超期"), "align": "r"},
        {"key": OPEN, "label": _("待办"), "align": "r"}, {"key": FOLLOW, "label": _("待后续"), "align": "r"},
        *({"key": month, "label": _month(month), "align": "r"} for month in months[1:]),
    ]  # fmt: skip
    rows = [_line(wanted, name, about, [row for row in counted if row[by] == key], months) for key, name, about in lines]
    rows = [row for row in rows if not county or row["sum"]]
    return {
        "wanted": wanted, "county": county, "columns": columns, "rows": rows, "foot": _foot(counted, months) if county else None, "any": bool(counted),
        "tabs": [_kind_tab(wanted, key, label) for key, label in (("", _("全部")), *((key, _(label)) for key, label in KINDS.items()))],
        "tiles": _tiles(wanted, counted, this), "may_plan": policy.permits("ongoing.plan", g.actor.roles),
        "place": divisions.name_of(wanted.township) if wanted.township else "",
    }  # fmt: skip


def _month(month):
    """Return a short heading: within a year no month comes twice, and January says that the year is another."""
    number = int(month[5:])
    return _("%(year)s 年 1 月", year=month[:4]) if number == 1 else _("%(n)s 月", n=number)


def _line(wanted, name, about, counted, months):
    sums, cells = _sums(counted, months), {"what": {"text": name, "url": wanted.address("ongoing.index", **about)} if "township" in about else name}
    for key, number in sums.items():
        asked = {"show": key, "month": ""} if key in (LATE, OPEN, FOLLOW) else {"show": PLANNED, "month": key}
        shown = {"text": f"{number:,}", "url": wanted.address(**asked, **about)} if number else "–"
        cells[key] = shown | {"tone": "bad"} if number and key == LATE else shown
    return {"id": name, "name": name, "cells": cells, "sum": sum(sums.values())}


def _sums(counted, months):
    """Return {column: number}: what is late, waits, waits for a later step, and what each coming month has."""
    found = dict.fromkeys((LATE, OPEN, FOLLOW, *months[1:]), 0)
    for row in counted:
        if row["state"] in (OPEN, FOLLOW):
            found[row["state"]] += row["n"]
            found[LATE] += row["late"]
        elif (month := max(row["month"], months[1])) in found:
            found[month] += row["n"]
    return found


def _foot(counted, months):
    return {"what": _("合计")} | {key: f"{number:,}" if number else "–" for key, number in _sums(counted, months).items()}


def _kind_tab(wanted, key, label):
    return {"label": label, "url": wanted.address("ongoing.index", kind=key, show=""), "active": wanted.kind == key}


def _tiles(wanted, counted, this):
    def number(**about):
        return sum(row["n"] for row in counted if all(row[key] == value for key, value in about.items()))

    late, following = sum(row["late"] for row in counted), dates.add_months(this, 1)
    return [
        {"label": _("超期"), "value": f"{late:,}", "unit": _("项"), "tone": "bad" if late else "good", "url": wanted.address(show=LATE)},
        {"label": _("本月待办"), "value": f"{number(state=OPEN):,}", "unit": _("项"), "url": wanted.address(show=OPEN)},
        {"label": _("待后续办理"), "value": f"{number(state=FOLLOW):,}", "unit": _("项"), "tone": "wait" if number(state=FOLLOW) else "",
         "sub": _("已登记结果，还要变更、暂停或终止"), "url": wanted.address(show=FOLLOW)},
        {"label": _("下月"), "value": f"{number(state=PLANNED, month=following):,}", "unit": _("项"), "url": wanted.address(show=PLANNED, month=following)},
    ]  # fmt: skip


def listing(wanted: Wanted) -> dict:
    """Return a pile of tasks."""
    found = tasks.listed(wanted.show, wanted.township, wanted.month, wanted.kind, wanted.after, PAGE + 1)
    rows = found[:PAGE]
    picking = bulk.STEPS["alive"].fits(g.actor, "in_benefit") and any(map(_certifiable, rows))
    return {
        "bulk": [{"label": _(bulk.STEPS["alive"].label), "url": url_for("bulk.ask", step="alive")}] if picking else [], "back": wanted.address(),
        "wanted": wanted, "columns": _columns(wanted), "rows": [row_of(row) for row in rows], "filters": _filters(wanted), "chips": _chips(wanted),
        "tabs": [{"label": _("超期") if key == LATE else _(STATES[key]), "url": wanted.address(show=key), "active": key == wanted.show} for key in TABS],
        "next_url": wanted.address(after=tasks.mark_of(wanted.show, rows[-1])) if len(found) > PAGE else None,
        "first_url": wanted.address() if wanted.after else None,
        "clear_url": url_for("ongoing.tasks", show=wanted.show) if wanted.township or wanted.month or wanted.kind else None,
        "plan_url": url_for("ongoing.index", **({"township": wanted.township} if wanted.township else {})),
    }  # fmt: skip


def _columns(wanted):
    done = wanted.show in (DONE, DROPPED)
    return [
        {"key": "name", "label": _("对象"), "main": True}, {"key": "what", "label": _("事项")}, {"key": "case", "label": _("待遇")},
        {"key": "month", "label": _("计划月份"), "nowrap": True},
        {"key": "done", "label": _("办结"), "nowrap": True} if done else {"key": "due", "label": _("时限"), "nowrap": True},
        {"key": "owner", "label": _("经办人")},
        *([{"key": "found", "label": _("结果")}] if wanted.show in (DONE, FOLLOW, LATE) else []),
    ]  # fmt: skip


def row_of(row) -> dict:
    badge = due_badge(dates.parse_date(row["due"])) if row["state"] in tasks.WAITING else {"text": row["due"], "tone": ""}
    cells = {
        "name": {"text": row["name"], "sub": divisions.name_of(row["township"]) + divisions.name_of(row["village"])},
        "what": {"text": _(KINDS[row["kind"]]), "sub": "，".join(filter(None, (row["person"], row["label"])))},
        "case": {"text": type_names().get(row["type"], row["type"]), "sub": row["number"]},
        "month": row["month"],
        "due": {"text": badge["text"], "tone": badge["tone"]}, "done": {"text": row["done_on"] or "", "sub": row["done_by_name"]},
        "owner": row["owner_name"] or "–", "found": _found(row),
    }  # fmt: skip
    address = {"type_key": row["type"], "id": str(row["award"])}
    shown = {"id": str(row["award"]), "pick": _certifiable(row), "url": url_for("cases.details_view", **address), "cells": cells, "name": row["name"]}
    acts = _acts(row, address) if row["state"] in tasks.LIVE else []
    return shown | ({"actions": acts} if acts else {})


def _certifiable(row):
    """Tell whether a row waits for a proof of life, which can be written down for several people at once."""
    return row["kind"] == LIFE and row["state"] in (PLANNED, OPEN)


def _found(row):
    if not row["result"]:
        return ""
    return {"text": _(work.result_text(row)), "tone": TONES[FOLLOW] if row["result"] in FOLLOWING else "good"}


def _acts(row, address):
    """Return where the task is done: what answers it, or the lawful step that its result asks for."""
    keys = FOLLOWING.get(row["result"], ()) if row["state"] == FOLLOW else ANSWERS[row["kind"]]
    may = [key for key in keys if g.actor.has(*ACTIONS[key].roles)]
    return [{"label": _(ACTIONS[key].label), "url": url_for("cases.act", action=key, **address)} for key in may]


def _choices(wanted):
    if g.actor.townships is None:
        yield Choice("township", _("乡镇"), dict(divisions.township_choices()), wanted.township)
    yield Choice("kind", _("事项"), {key: _(label) for key, label in KINDS.items()}, wanted.kind)


def _filters(wanted):
    return [*filters(_choices(wanted)), {"name": "month", "label": _("计划月份"), "kind": "month", "value": wanted.month}]


def _chips(wanted):
    months = {wanted.month: wanted.month} if wanted.month else {}
    chosen = [*_choices(wanted), Choice("month", _("计划月份"), months, wanted.month)]
    return chips(chosen, lambda name: wanted.address(**{name: ""}))
