"""Reads the piles of all sources: counts, and rows by nearest due date. Every query names the index that carries it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import merge
from itertools import islice

from adminapp import database, dates, divisions, procedure
from adminapp.scope import Actor, ScopedCollection
from adminapp.worklist.source import SOURCES, Item, Source, everyone

LIMIT = 100
COUNT_TO = 1000
NOBODY = [None, [], ""]
URGED = "urged"
PILES = {"todo": "待办", "soon": "即将到期", "late": "已超期", URGED: "督办"}


def soon_days(today: date) -> int:
    """Return how many days before its due date something is urgent."""
    return procedure.value("worklist.soon", today) or 0


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see. `people` limits to what these users have, () to what nobody has, None not at all;
    `everybody` shows what waits for anybody of the place, not only for the actor's own roles.
    """

    actor: Actor
    show: str = "todo"
    kind: str = ""
    source: str = ""
    township: str = ""
    people: tuple[str, ...] | None = None
    everybody: bool = False
    today: date = field(default_factory=dates.today)

    @property
    def asker(self) -> Actor:
        return everyone(self.actor) if self.everybody else self.actor

    def sources(self) -> list[Source]:
        """Return the sources that can hold something of this."""
        chosen = [source for key, source in SOURCES.items() if self.source in ("", key)]
        return [
            source
            for source in chosen
            if (self.people is None or source.owner) and (not self.kind or source.kind_field)
        ]

    def sources_of_actor(self) -> list[Source]:
        """Return the sources in which anything can ever wait for the asker."""
        return [source for source in SOURCES.values() if (source.timed or source.open)(self.asker) is not None]

    def place(self) -> dict:
        """Return the township part of the filter, for the index; the scope itself is added by the collection."""
        if self.township:
            return {"township": self.township}
        townships = self.actor.townships
        if self.actor.villages is not None:
            townships = {divisions.township_of(code) for code in self.actor.villages}
        if townships is None:
            return {}
        codes = sorted(townships)
        return {"township": codes[0]} if len(codes) == 1 else {"township": {"$in": codes}}


@dataclass(frozen=True)
class Query:
    """One read: a filter and the index that carries it. `dated` rows come in the order of their due date."""

    source: Source
    filter: dict
    hint: str
    dated: bool


def queries(source: Source, asked: Asked) -> Iterator[Query]:
    """Yield the reads of one source: what has a due date within the pile, and for `todo` what has none."""
    if asked.show == URGED:
        yield from _urged(source, asked)
        return
    always = source.open(asked.asker)
    timed = (source.timed or source.open)(asked.asker)
    place, more = asked.place(), {source.kind_field: asked.kind} if asked.kind else {}
    hint = source.indexes[0 if place else 1]
    if asked.people is not None:
        more[source.owner] = {"$in": list(asked.people) or NOBODY}
        hint = source.person if asked.people and source.person else hint
    if timed is not None:
        yield Query(source, {**place, **timed, source.due: limits(source, asked.show, asked.today), **more}, hint, True)
    if always is not None and asked.show == "todo":
        yield Query(source, {**place, **always, source.due: None, **more}, hint, False)


def _urged(source, asked):
    """Yield the read of what was brought to the actor's own post, whoever has the next step."""
    found = source.urged(asked.actor) if source.urged else None
    if found is None:
        return
    place, more = asked.place(), {source.kind_field: asked.kind} if asked.kind else {}
    if asked.people is not None:
        more[source.owner] = {"$in": list(asked.people) or NOBODY}
    yield Query(
        source,
        {**place, **found, source.due: {"$gte": source.ever}, **more},
        source.urged_indexes[0 if place else 1],
        True,
    )


def limits(source: Source, show: str, today: date) -> dict:
    """Return the limits of the due date in a pile."""
    start = source.stored(today)
    if show == "soon":
        return {"$gte": start, "$lte": source.stored(today + timedelta(days=soon_days(today)))}
    return {"$gte": source.ever, "$lt": start} if show == "late" else {"$gte": source.ever}


def count(asked: Asked) -> int:
    """Return how many there are in a pile; above COUNT_TO it only says so."""
    found = 0
    for source in asked.sources():
        for query in queries(source, asked):
            found += collection_of(source).count_documents(query.filter, limit=COUNT_TO + 1, hint=query.hint)
    return found


def counts(actor: Actor, **asked) -> dict[str, int]:
    """Return {pile: number} of what waits for an actor."""
    wanted = Asked(actor, **asked)
    return {show: count(replace(wanted, show=show)) for show in PILES}


def counts_by_source(actor: Actor, **asked) -> dict[str, dict[str, int]]:
    """Return {source: {pile: number}}, without the sources in which nothing waits."""
    found = {key: counts(actor, source=key, **asked) for key in SOURCES}
    return {key: piles for key, piles in found.items() if any(piles.values())}


def rows(asked: Asked, limit: int = LIMIT) -> list[Item]:
    """Return the first items of a pile, nearest due date first; those without a due date come last."""
    found = [query for source in asked.sources() for query in queries(source, asked)]
    dated = [_read(query, asked, limit) for query in found if query.dated]
    items = list(islice(merge(*dated, key=lambda item: item.due), limit))
    for query in found:
        if not query.dated and len(items) < limit:
            items += _read(query, asked, limit - len(items))
    return items


def _read(query, asked, limit):
    source = query.source
    wanted = dict.fromkeys((*source.projection, source.due, *filter(None, (source.owner,))), 1)
    order = {"sort": [(source.due, 1)]} if query.dated else {}
    found = collection_of(source).find(query.filter, wanted, limit=limit, hint=query.hint, **order)
    for row in found:
        yield replace(
            source.item(row, everyone(asked.actor) if asked.show == URGED else asked.asker),
            due=source.day(row),
            source=source.key,
            id=str(row["_id"]),
        )


def collection_of(source):
    return ScopedCollection(database.raw(source.collection))
