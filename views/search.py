"""Finding a case of any type from the bar at the top."""

from flask import Blueprint, g, redirect, render_template, request, url_for

from adminapp import divisions, engine
from schemas.case import AnyCase
from views.cases import finding
from views.cases.badges import due_badge, state_badge

blueprint = Blueprint("search", __name__, url_prefix="/search")
COLUMNS = dict.fromkeys(("number", "type", "name", "people.name", "village", "township", "state", "due"), 1)


@blueprint.get("/")
def index():
    text = request.args.get("q", "").strip()[:60]
    query = (
        {"township": next(iter(g.actor.townships))}
        if g.actor.townships is not None and len(g.actor.townships) == 1
        else {}
    )
    rows, more = finding.find(AnyCase._get_collection(), text, query, COLUMNS)
    items = [_item(row, text) for row in rows]
    if len(items) == 1 and not more:
        return redirect(items[0]["url"])
    return render_template(
        "search/results.html", text=text, items=items, more=more, limit=finding.LIMIT, hint=finding.hint()
    )


def _item(row, text):
    names = engine.current().registry.latest()
    due = row.get("due")
    others = [person["name"] for person in row.get("people", ())[1:] if text and text in person["name"]]
    return {
        "title": row.get("name") or row["number"],
        "url": url_for("cases.details_view", type_key=row["type"], id=str(row["_id"])),
        "number": row["number"],
        "type": names[row["type"]].relief_type.name if row["type"] in names else row["type"],
        "place": divisions.name_of(row["township"]) + divisions.name_of(row["village"]),
        "others": others,
        "state": state_badge(row["state"]),
        "due": due_badge(due.date()) if due else None,
    }
