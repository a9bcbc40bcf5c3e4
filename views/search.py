"""One box for everything: cases, villages, functions of the program. As a page, and as suggestions while one types."""

from collections import Counter

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import divisions, engine, figures, policy
from adminapp.errors import NotFound
from adminapp.search import cases, places
from adminapp.workflow.machine import STATES
from schemas.case import AnyCase
from views import menu
from views.cases.badges import due_badge, state_badge
from views.help import content as help_texts

blueprint = Blueprint("search", __name__, url_prefix="/search")
COLUMNS = dict.fromkeys(("number", "type", "name", "people.name", "village", "township", "state", "due"), 1)
SUGGESTED, PAGES, HELPS, OF_VILLAGE = 6, 5, 4, 60


@blueprint.get("/")
def index():
    text = request.args.get("q", "").strip()[: cases.LONGEST]
    found, pages, villages, helps = find_cases(text), find_pages(text), find_places(text), find_help(text)
    items = [case_item(row, text) for row in found.rows]
    if len(items) == 1 and not (found.near or pages or villages or helps):
        return redirect(items[0]["url"])
    return render_template(
        "search/results.html",
        text=text,
        items=items,
        near=[case_item(row, text) for row in found.near],
        more=found.more,
        limit=cases.LIMIT,
        pages=pages,
        places=villages,
        helps=helps,
        hint=hint(),
    )


@blueprint.get("/suggest")
def suggest():
    """Return the first finds as options of the box. Numbers of persons are looked up by Enter only: that is logged."""
    text = request.args.get("q", "").strip()[: cases.LONGEST]
    found = find_cases(text, SUGGESTED, log=False)
    rows = [*found.rows, *found.near][:SUGGESTED]
    groups = [
        (_("功能"), find_pages(text)),
        (_("案件") if found.rows else _("姓名相近"), [case_item(row, text) for row in rows]),
        (_("乡镇和村"), find_places(text)),
        (_("帮助"), find_help(text)),
    ]
    return render_template("search/suggest.html", text=text, groups=[group for group in groups if group[1]])


@blueprint.get("/place/<place>")
def place(place):
    """Show what there is in a township or a village."""
    if not divisions.exists(place):
        raise NotFound
    known = divisions.get(place)
    if known.is_village:
        if not g.actor.reaches(divisions.township_of(place), place):
            raise NotFound
        rows = list(AnyCase._get_collection().find({"village": place}, COLUMNS, hint="village"))
        counted = {}
        for row in rows:
            counted.setdefault(row["type"], Counter())[row["state"]] += 1
    elif g.actor.villages is not None or not g.actor.reaches(place):
        raise NotFound
    else:
        counted, rows = figures.read(g.actor).places.get(place, {}), []
    return render_template(
        "search/place.html",
        place=known,
        above=_above(known),
        types=_types_of(counted, {"village" if known.is_village else "township": place}),
        villages=[] if known.is_village else divisions.villages(place),
        items=[case_item(row) for row in _urgent_first(rows)[:OF_VILLAGE]],
    )


def find_cases(text: str, limit: int = cases.LIMIT, log: bool = True) -> cases.Found:
    """Return the cases of every type that match, nothing for who reads no cases."""
    if not g.actor.roles & policy.CASE_READERS:
        return cases.Found()
    return cases.find(AnyCase._get_collection(), g.actor, text, {}, COLUMNS, limit, log)


def find_places(text: str) -> list[dict]:
    if not g.actor.roles & policy.CASE_READERS:
        return []
    return [
        {
            "title": one.name,
            "note": divisions.name_of(divisions.township_of(one.code)) if one.is_village else _("乡镇"),
            "url": url_for("search.place", place=one.code),
            "icon": "map",
        }
        for one in places.find(g.actor, cases.read(text))
    ]


def find_pages(text: str) -> list[dict]:
    """Return the entries of the menu, and the forms for new cases, whose words contain what was typed."""
    word = cases.read(text)
    return [item for item in menu.pages() if places.matches(item["title"], word)][:PAGES] if word else []


def find_help(text: str) -> list[dict]:
    """Return the help on screens whose title was typed, and the words of the office that it explains."""
    word = cases.read(text)
    if len(word) < places.SHORTEST:
        return []
    topics = [topic for topic in help_texts.topics().values() if places.matches(topic.title, word)]
    found = [{"title": topic.title, "note": topic.what, "url": url_for("help.topic", topic_key=topic.key), "icon": "book"} for topic in topics]
    words = [row for row in help_texts.words() if any(name and places.matches(name, word) for name in (row["word"], row.get("short")))]
    found += [{"title": row["word"], "note": row["means"], "url": url_for("help.words", q=row["word"]), "icon": "book"} for row in words]
    return found[:HELPS]


def hint() -> str:
    return _("姓名、首字母、编号或完整身份证号")


def case_item(row, text=""):
    names = engine.current().registry.latest()
    due, state = row.get("due"), state_badge(row["state"])
    kind = names[row["type"]].relief_type.name if row["type"] in names else row["type"]
    village = divisions.name_of(row["village"])
    others = [person["name"] for person in row.get("people", ())[1:] if text and text in person["name"]]
    return {
        "title": row.get("name") or row["number"],
        "url": url_for("cases.details_view", type_key=row["type"], id=str(row["_id"])),
        "number": row["number"],
        "type": kind,
        "place": divisions.name_of(row["township"]) + village,
        "others": others,
        "note": " · ".join([*others[:2], kind, village, state["label"]]),
        "icon": "case",
        "state": state,
        "due": due_badge(due.date()) if due else None,
    }


def _above(place):
    """Return (name, address or None) of a village's township; None for a township."""
    if not place.is_village:
        return None
    code = divisions.township_of(place.code)
    return divisions.name_of(code), None if g.actor.villages is not None else url_for("search.place", place=code)


def _types_of(counted, values):
    published, found = engine.current().registry.latest(), []
    for key, states in sorted(counted.items()):
        if key in published:
            working = sum(number for state, number in states.items() if STATES[state].open and state != "draft")
            paid = sum(number for state, number in states.items() if STATES[state].on_roll)
            url = url_for("cases.index_view", type_key=key, **values)
            found.append((published[key].relief_type.name, url, working, paid, sum(states.values())))
    return found


def _urgent_first(rows):
    """Return running cases by the day they are due, then the rest, newest first."""
    newest = sorted(rows, key=lambda row: row["_id"], reverse=True)
    last = 10**6
    return sorted(newest, key=lambda row: (not STATES[row["state"]].open, row["due"].toordinal() if row.get("due") else last))
