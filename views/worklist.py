"""My work: the cases on which my roles can act now, nearest due date first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine
from adminapp.workflow.machine import ACTIONS, STATES
from schemas.case import AnyCase
from views.cases.badges import SOON, due_badge, state_badge

blueprint = Blueprint("worklist", __name__, url_prefix="/work")
LIMIT = 100
COUNT_TO = 1000
COLUMNS = dict.fromkeys(("number", "type", "name", "village", "township", "state", "state_since", "due"), 1)
SIDE_ACTIONS = {
    "withdraw",
    "record_service",
    "propose_change",
    "propose_termination",
    "suspend",
    "record_hearing",
    "object",
    "stop_uncooperative",
}
"""Actions that may be taken at any time: a case does not wait for them."""


def states_of(roles) -> list[str]:
    """Return the states in which somebody with these roles has the next step, from the table of actions."""
    states = defaultdict(bool)
    for key, action in ACTIONS.items():
        if key not in SIDE_ACTIONS and roles & set(action.roles):
            for state in action.source:
                states[state] |= STATES[state].open
    return [state for state in STATES if states[state]]


@dataclass(frozen=True)
class Pile:
    """A part of the work: `limits` of the due date, `needs_due` leaves out what has none."""

    key: str
    label: str
    query: dict
    tone: str = ""


def piles(states, today) -> list[Pile]:
    start = datetime(today.year, today.month, today.day, tzinfo=UTC)
    mine = {"state": {"$in": states}}
    return [
        Pile("todo", _("待办"), mine),
        Pile("soon", _("即将到期"), {**mine, "due": {"$gte": start, "$lte": start + timedelta(days=SOON)}}, "wait"),
        Pile("late", _("已超期"), {**mine, "due": {"$lt": start, "$gte": datetime(1900, 1, 1, tzinfo=UTC)}}, "bad"),
    ]


@blueprint.get("/")
def index():
    today, states = dates.today(), states_of(g.actor.roles)
    place = _place(g.actor)
    hint = "work_township" if "township" in place else "work"
    cases, found = AnyCase._get_collection(), piles(states, today)
    chosen = next((pile for pile in found if pile.key == request.args.get("show")), found[0])
    names = {key: item.relief_type.name for key, item in engine.current().registry.latest().items()}
    wanted = request.args.get("type", "")
    kind = {"type": wanted} if wanted in names else {}
    counts = {
        pile.key: cases.count_documents({**place, **pile.query, **kind}, limit=COUNT_TO + 1, hint=hint)
        for pile in found
    }
    rows = read_rows(cases, {**place, **chosen.query, **kind}, states, hint)
    tabs = [
        {
            "label": pile.label,
            "url": _address(pile.key, wanted),
            "count": f"{COUNT_TO}+" if counts[pile.key] > COUNT_TO else counts[pile.key],
            "tone": pile.tone if counts[pile.key] else "",
            "active": pile is chosen,
        }
        for pile in found
    ]
    items = [_item(row, names, g.actor.roles) for row in rows]
    return render_template(
        "worklist/index.html",
        tabs=tabs,
        items=items,
        types=names,
        chosen_type=wanted,
        show=chosen.key,
        limit=LIMIT,
        more=counts[chosen.key] > LIMIT,
    )


def read_rows(cases, query, states, hint) -> list[dict]:
    """Return the first rows, nearest due date first. Those without a due date come after those with one.

    Each state is read in the order of its index and merged by the database; rows without a date are a second such read.
    """
    if not states:
        return []
    dated = {**query, "due": query.get("due") or {"$gte": datetime(1900, 1, 1, tzinfo=UTC)}}
    rows = list(cases.find(dated, COLUMNS, sort=[("due", 1)], limit=LIMIT, hint=hint))
    if len(rows) < LIMIT and "due" not in query:
        rows += cases.find({**query, "due": None}, COLUMNS, limit=LIMIT - len(rows), hint=hint)
    return rows


def _place(actor):
    townships = actor.townships
    if townships is None and actor.villages is None:
        return {}
    codes = sorted(townships or {divisions.township_of(code) for code in actor.villages or ()})
    return {"township": codes[0]} if len(codes) == 1 else {"township": {"$in": codes}}


def _address(show, kind):
    return url_for("worklist.index", show=show if show != "todo" else None, type=kind or None)


def _item(row, names, roles):
    due = row["due"].date() if row.get("due") else None
    badge, state = due_badge(due), state_badge(row["state"])
    action = next(
        (
            one.label
            for key, one in ACTIONS.items()
            if key not in SIDE_ACTIONS and row["state"] in one.source and roles & set(one.roles)
        ),
        "",
    )
    return {
        "title": row.get("name") or row["number"],
        "url": url_for("cases.details_view", type_key=row["type"], id=str(row["_id"])),
        "number": row["number"],
        "type": names.get(row["type"], row["type"]),
        "step": state["label"],
        "place": divisions.name_of(row["township"]) + " " + divisions.name_of(row["village"]),
        "due": due,
        "left": badge["text"] if badge else _("无时限"),
        "tone": badge["tone"] if badge else "",
        "action": {
            "label": _("办理"),
            "url": url_for("cases.details_view", type_key=row["type"], id=str(row["_id"])) + "#actions",
        }
        if action
        else None,
    }
