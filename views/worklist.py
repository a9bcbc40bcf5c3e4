"""My work: what waits for me from every source, nearest due date first; and what waits for anybody of my township."""

from dataclasses import replace

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import database, dates, delegation, divisions, engine, policy, worklist
from adminapp.auth import users
from adminapp.workflow import bulk
from views.cases.badges import due_badge
from views.places import townships

blueprint = Blueprint("worklist", __name__, url_prefix="/work")
TONES = {"todo": "", "soon": "wait", "late": "bad", "urged": "bad"}
NAMES = ("show", "source", "type", "township", "person", "all")
ME, NOBODY = "me", "none"


def read_asked(args) -> worklist.Asked:
    """Return what was asked for; unknown words count as not given."""
    return worklist.Asked(
        g.actor,
        show=args["show"] if args.get("show") in worklist.PILES else "todo",
        source=args["source"] if args.get("source") in worklist.SOURCES else "",
        kind=args["type"] if args.get("type") in type_names() else "",
        township=args["township"] if args.get("township") in dict(townships()) else "",
        people=_people(args.get("person", "")),
        everybody=args.get("all") == "1" and may_see_all(),
        today=dates.today(),
    )


def _people(person):
    """Return whose work is asked for: one's own with that of absent colleagues one stands in for, nobody's, a colleague's."""
    if person == ME:
        return (g.actor.id, *(row["from"] for row in standing_in()))
    return () if person == NOBODY else (person,) if person in dict(colleagues()) else None


def standing_in() -> list[dict]:
    """Return the delegations under which the person stands in today."""
    if "standing_in" not in g:
        g.standing_in = delegation.held_by(g.actor, dates.today())
    return g.standing_in


def colleagues() -> list[tuple[str, str]]:
    """Return (username, name) of those whose work a leader of one township looks after."""
    if not g.actor.has(policy.DEPUTY, policy.HEAD) or "colleagues" in g:
        return g.get("colleagues", [])
    roles = {
        "roles": {"$in": [policy.CLERK, policy.DEPUTY]},
        "active": True,
        "townships": {"$in": sorted(g.actor.townships)},
    }
    rows = database.raw(users.COLLECTION).find(roles, {"name": 1}, sort=[("_id", 1)])
    g.colleagues = [(row["_id"], row["name"]) for row in rows if row["_id"] != g.actor.id]
    return g.colleagues


def may_see_all() -> bool:
    """Tell whether the actor sees what waits for colleagues: everybody but the village assistant."""
    return g.actor.has(*(policy.CASE_WORKERS - {policy.ASSISTANT}))


def type_names() -> dict[str, str]:
    return {key: item.relief_type.name for key, item in engine.current().registry.latest().items()}


def address(**changes) -> str:
    """Return the address of the list as it is, with some things asked for otherwise."""
    asked = {name: request.args.get(name) for name in NAMES} | changes
    return url_for("worklist.index", **{name: value for name, value in asked.items() if value})


@blueprint.get("/overview")
def overview():
    """Count what waits for anybody: by township for the county, by handler within a township, and by kind of work."""
    asked = replace(read_asked(request.args), everybody=True, people=None, show="todo")
    township = asked.township or (townships()[0][0] if len(townships()) == 1 else "")
    places = worklist.by_township(asked) if not township else {}
    people = worklist.by_person(replace(asked, township=township)) if township else {}
    return render_template(
        "worklist/overview.html",
        asked=asked,
        township=township,
        townships=townships() if len(townships()) > 1 else [],
        places=[_line(name, places[code], township=code, type=asked.kind) for code, name in townships() if code in places],
        people=_people_lines(people),
        sources=[
            _line(_(worklist.SOURCES[key].label), piles, township=township, source=key, type=asked.kind)
            for key, piles in worklist.by_source(asked).items()
        ],
        columns=_overview_columns(),
    )


def _people_lines(people):
    """Return how much each handler has, without links: the list asks whose hands a case is in, which more people's may be."""
    names = users.names(key for key in people if key)
    lines = [_figures(names.get(key, key) if key else _("无人认领"), piles) for key, piles in people.items()]
    return sorted(lines, key=lambda line: -line["late"])


def _overview_columns():
    tail = [{"key": pile, "label": _(label), "align": "r"} for pile, label in worklist.PILES.items()]
    return [{"key": "name", "label": _("名称"), "main": True}, *tail]


def _figures(name, piles):
    return {"id": name, "cells": {"name": name} | {pile: piles[pile] for pile in worklist.PILES}, "late": piles["late"]}


def _line(name, piles, **asked):
    """Return the figures with links to the lists that hold just these; what is urged is listed by whom it was brought to."""
    asked, line = {key: value for key, value in asked.items() if value}, _figures(name, piles)
    for pile in worklist.PILES:
        if piles[pile] and pile != worklist.URGED:
            url = url_for("worklist.index", all=1, show=pile if pile != "todo" else None, **asked)
            line["cells"][pile] = {"text": piles[pile], "url": url}
    return line


@blueprint.get("/")
def index():
    asked = read_asked(request.args)
    found = worklist.counts(g.actor, **_wanted(asked))
    tabs = [
        {
            "label": _(label),
            "url": address(show=pile if pile != "todo" else None),
            "count": f"{worklist.COUNT_TO}+" if found[pile] > worklist.COUNT_TO else found[pile],
            "tone": TONES[pile] if found[pile] else "",
            "active": pile == asked.show,
        }
        for pile, label in worklist.PILES.items()
        if pile != worklist.URGED or any(source.urged and source.urged(g.actor) for source in worklist.SOURCES.values())
    ]
    items = worklist.rows(asked)
    return render_template(
        "worklist/index.html",
        asked=asked,
        tabs=tabs,
        items=show_items(items),
        bulk=bulk_actions(items),
        choices=_choices(asked),
        standing_in=standing_in(),
        may_see_all=may_see_all(),
        roles={key: _(label) for key, label in policy.ROLES.items()},
        limit=worklist.LIMIT,
        more=found[asked.show] > worklist.LIMIT,
    )


def _wanted(asked):
    return {name: getattr(asked, name) for name in ("source", "kind", "township", "people", "everybody", "today")}


def _choices(asked):
    """Return the filters that make sense for this person: {name: (label, [(value, label)])}."""
    shown = {"type": (_("救助类型"), list(type_names().items()))}
    sources = [(source.key, _(source.label)) for source in asked.sources_of_actor()]
    if len(sources) > 1:
        shown = {"source": (_("事项"), sources)} | shown
    if len(townships()) > 1:
        shown["township"] = (_("乡镇"), townships())
    if may_see_all():
        whose = [(ME, _("归我办的")), (NOBODY, _("无人认领的")), *colleagues()]
        shown |= {"person": (_("经办"), whose), "all": (_("范围"), [("1", _("所有岗位"))])}
    return shown


def bulk_actions(items) -> list[dict]:
    """Return the buttons for what may be done at once with some of these items."""
    states = {item.state for item in items if item.source == "cases"}
    keys = {key for state in states for key in bulk.offered(g.actor, state)} if may_see_all() else set()
    return [
        {"label": _(step.label), "url": url_for("bulk.ask", step=key)}
        for key, step in bulk.STEPS.items()
        if key in keys
    ]


def show_items(items) -> list[dict]:
    """Return items as components/worklist.html wants them."""
    types, names = type_names(), users.names({item.owner for item in items if item.owner})
    return [_item(item, types, names) for item in items]


def _item(item, types, names):
    badge, url = due_badge(item.due), url_for(item.link[0], **item.link[1])
    who = names.get(item.owner) or "、".join(_(policy.ROLES[role]) for role in item.roles)
    return {
        "title": item.title,
        "pick": item.id if item.source == "cases" and may_see_all() else "",
        "url": url,
        "step": item.what,
        "number": item.number,
        "type": types.get(item.kind, item.kind) or _(worklist.SOURCES[item.source].label),
        "place": " ".join(filter(None, map(divisions.name_of, filter(None, (item.township, item.village))))),
        "who": _("由%(who)s办理", who=who) if who else "",
        "clause": item.clause,
        "notes": item.notes,
        "due": item.due,
        "left": badge["text"] if badge else _("无时限"),
        "tone": badge["tone"] if badge else "",
        "action": {"label": _("办理"), "url": url + "#actions"},
    }
