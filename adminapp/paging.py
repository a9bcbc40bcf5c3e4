"""Lists that show one state of their documents after the other, page by page: a page goes on behind the mark of the last row shown."""

from pymongo import ASCENDING, DESCENDING

UP, DOWN = ASCENDING, DESCENDING


def mark_of(row: dict) -> str:
    """Return the mark of a row: its state, day and id."""
    return f"{row['state']}~{row['day']}~{row['_id']}"


def by_state(collection, ways: dict[str, int], limit: int, after: str = "") -> list[dict]:
    """Return rows of the states of `ways` in their order, each by day and id upwards or downwards, from behind the mark `after` on.

    An index on state, day and id serves it. A mark that is none begins at the beginning.
    """
    state, day, ident = [*after.split("~", 2), "", ""][:3]
    states, found = list(ways), []
    for name in states[states.index(state) :] if state in ways else states:
        query = {"state": name} | (_behind(ways[name], day, ident) if name == state else {})
        found += collection.find(query, sort=[("day", ways[name]), ("_id", ways[name])], limit=limit - len(found))
        if len(found) == limit:
            break
    return found


def _behind(way, day, ident):
    beyond, within = ("$gt", "$gte") if way == UP else ("$lt", "$lte")
    return {"day": {within: day}, "$or": [{"day": {beyond: day}}, {"_id": {beyond: ident}}]}
