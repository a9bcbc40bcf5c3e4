"""Guesses which column of a file is which: what the person chose last time, then the declaration's labels, then old headings.

A plan of a sheet is ``{name, header, titles, places}``: `header` the row of the headings from 0, `places` {place from 0 as
text: target key}. It is a guess; the person confirms it.
"""

from adminapp import database
from adminapp.imports.columns import KEY, Target
from adminapp.tabular import Table, plain_title
from adminapp.text import plain_number

COLLECTION = "import_habits"
HEADER_WITHIN = 10
MARKER, LISTS, GUIDE = "relief", "选项", "填表说明"
"""Sheets of a template that hold no rows: which declaration it was made from, the drop-downs, the notes."""
HELPERS = {MARKER, LISTS, GUIDE}
EXAMPLE = "示例"
"""What stands in the first cell of the row that shows how to fill a template."""


def marker_of(sheets: dict[str, Table]) -> dict | None:
    """Return ``{type, version, mode}`` of the declaration a template was made from, None for a file of another origin."""
    if MARKER not in sheets:
        return None
    found = {row[0]: row[1] for row in sheets[MARKER].rows if len(row) > 1}
    return {"type": found.get("type", ""), "mode": found.get("mode", ""), "version": plain_number(found.get("version", "")) or 0}


def plans(sheets: dict[str, Table], targets: dict[str, Target], habits: dict[str, str] | None = None) -> list[dict]:
    """Return a plan for each sheet that may hold rows, in order."""
    known = {name: table for name, table in sheets.items() if name not in HELPERS}
    return [_plan(name, table, targets, habits or {}, first=number == 0) for number, (name, table) in enumerate(known.items())]


def _plan(name, table, targets, habits, first):
    best = {"header": 0, "places": {}}
    for focus in _focuses(name, targets, first):
        for number, row in enumerate(table.rows[:HEADER_WITHIN]):
            places = _places(row, focus, targets, habits)
            if len(places) > len(best["places"]):
                best = {"header": number, "places": places}
    titles = table.rows[best["header"]]
    return {"name": name, "titles": titles, **best}


def _focuses(name, targets, first):
    """Return what a sheet may be about, likeliest first: None is the cases, else a table's id."""
    tables = {target.table.id: target.table for target in targets.values() if target.table}
    named = [key for key, table in tables.items() if plain_title(table.label) == plain_title(name)]
    return named or ([None] if first else [*tables, None])


def _places(row, focus, targets, habits):
    """Return {place: key}; the columns of the focus first, then, on a sheet of cases, those of tables written beside it."""
    found, taken = {}, set()
    cells = {place: plain_title(cell) for place, cell in enumerate(row) if cell}
    for place, title in cells.items():
        key = habits.get(title)
        if key in targets and key not in taken and _fits(targets[key], focus):
            found[place] = key
            taken.add(key)
    about = [target for target in targets.values() if _fits(target, focus)]
    beside = [target for target in targets.values() if focus is None and target.table]
    for target in (*about, *beside):
        if target.key in taken:
            continue
        for title in map(plain_title, target.titles):
            place = next((place for place, cell in cells.items() if cell == title and place not in found), None)
            if place is not None:
                found[place] = target.key
                taken.add(target.key)
                break
    return {str(place): found[place] for place in sorted(found)}


def _fits(target, focus):
    if focus is None:
        return target.table is None
    return target.key == KEY or (target.table is not None and target.table.id == focus)


def habits_of(user: str, type_key: str) -> dict[str, str]:
    """Return {heading: target key} as this person mapped the type's files before."""
    row = database.raw(COLLECTION).find_one({"_id": f"{user}:{type_key}"})
    return dict(row["titles"]) if row else {}


def remember(user: str, type_key: str, plans: list[dict]):
    """Keep how the person mapped headings, those of tables apart from those of cases by their keys."""
    titles = {plain_title(plan["titles"][int(place)]): key for plan in plans for place, key in plan["places"].items()}
    pairs = {**habits_of(user, type_key), **titles}
    rows = [[title, key] for title, key in list(pairs.items())[-300:]]
    database.raw(COLLECTION).update_one({"_id": f"{user}:{type_key}"}, {"$set": {"titles": rows}}, upsert=True)
