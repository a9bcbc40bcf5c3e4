"""How much waits for anybody: by township, by handler, by source. Grouped inside the database, over index entries alone."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from adminapp.worklist.reading import PILES, URGED, Asked, collection_of, counts_by_source, queries, soon_days
from adminapp.worklist.source import Source


def by_township(asked: Asked) -> dict[str, dict[str, int]]:
    """Return {township: {pile: number}} over all sources."""
    found = defaultdict(lambda: dict.fromkeys(PILES, 0))
    for source in asked.sources():
        _add(found, source, asked, "$township")
    return dict(found)


def by_person(asked: Asked) -> dict[str, dict[str, int]]:
    """Return {username: {pile: number}} of the cases by their handler, "" for what nobody has."""
    found = defaultdict(lambda: dict.fromkeys(PILES, 0))
    for source in asked.sources():
        if source.handler:
            _add(found, source, asked, f"${source.handler}")
    return dict(found)


def by_source(asked: Asked) -> dict[str, dict[str, int]]:
    """Return {source: {pile: number}} of what waits for anybody."""
    return counts_by_source(asked.actor, everybody=True, kind=asked.kind, township=asked.township, today=asked.today)


def _add(found, source: Source, asked, key):
    for query in queries(source, asked):
        group = {
            "_id": key,
            "todo": {"$sum": 1},
            "soon": {"$sum": _soon(source, asked)},
            "late": {"$sum": _late(source, asked)},
        }
        for row in collection_of(source).aggregate([{"$match": query.filter}, {"$group": group}], hint=query.hint):
            piles = found[row["_id"] or ""]
            for pile in ("todo", "soon", "late"):
                piles[pile] += row[pile]
    for query in queries(source, replace(asked, actor=asked.asker, show=URGED)):
        group = {"_id": key, "n": {"$sum": 1}}
        for row in collection_of(source).aggregate([{"$match": query.filter}, {"$group": group}], hint=query.hint):
            found[row["_id"] or ""][URGED] += row["n"]


def _late(source, asked):
    today, due = source.stored(asked.today), f"${source.due}"
    return {"$cond": [{"$and": [{"$gte": [due, source.ever]}, {"$lt": [due, today]}]}, 1, 0]}


def _soon(source, asked):
    today, due = source.stored(asked.today), f"${source.due}"
    last = source.stored(asked.today + timedelta(days=soon_days(asked.today)))
    return {"$cond": [{"$and": [{"$gte": [due, today]}, {"$lte": [due, last]}]}, 1, 0]}
