"""Numbers of cases worked out before anybody asks: by township, type and state, and how many decisions came in time.

One document a township and day, ``{_id: "<day>:<township>", day, township, at, types: {type: {state: n}}, decided,
on_time}``; the last one of a day stays and is what later days are compared with. `refresh` runs in the consumer; it
reads an index only, and the decisions of the last ninety days.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pymongo import ReplaceOne

from adminapp import database, dates, divisions, indexes
from adminapp.scope import Actor, ScopedCollection

COLLECTION = "figures"
indexes.declare(COLLECTION, "day", ["day", "township"])
indexes.declare("cases", "decided", ["decided_on"])
EVERY = timedelta(minutes=5)
DAYS = 90
"""Decisions of how many days count for the share that came in time."""
SMALL = 50_000
"""Cases up to which a reader may work the figures out when there are none yet."""


@dataclass(frozen=True)
class Counts:
    """The figures of the townships an actor reaches. `at` is None when nothing has been worked out yet."""

    at: datetime | None = None
    places: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    decided: int = 0
    on_time: int = 0

    def by_state(self) -> Counter:
        found = Counter()
        for types in self.places.values():
            for states in types.values():
                found.update(states)
        return found

    def by_place(self) -> dict[str, Counter]:
        """Return {township: {state: n}}."""
        found = {}
        for place, types in self.places.items():
            found[place] = Counter()
            for states in types.values():
                found[place].update(states)
        return found

    def by_type(self) -> dict[str, Counter]:
        """Return {type: {state: n}}."""
        found = {}
        for types in self.places.values():
            for key, states in types.items():
                found.setdefault(key, Counter()).update(states)
        return found


def read(actor: Actor, day: date | None = None) -> Counts:
    """Return the figures of a day, today when left out, for the actor's townships; none for who reaches no township.

    A small county whose consumer has not worked yet is counted at once, without storing it.
    """
    day, mine = day or dates.today(), actor.townships
    if actor.villages is not None or mine == frozenset():
        return Counts()
    rows = _stored(actor, day)
    if not rows and day == dates.today() and database.raw("cases").estimated_document_count() <= SMALL:
        rows = [row for row in work_out(day) if mine is None or row["township"] in mine]
    if not rows:
        return Counts()
    places = {row["township"]: row["types"] for row in rows}
    return Counts(
        min(row["at"] for row in rows), places, sum(row["decided"] for row in rows), sum(row["on_time"] for row in rows)
    )


def _stored(actor, day):
    query = {"day": day.isoformat()}
    if actor.townships is not None:
        query["township"] = {"$in": sorted(actor.townships)}
    return list(ScopedCollection(database.raw(COLLECTION)).find(query, hint="day"))


def refresh():
    """Work out the figures of today and store them. Safe to run twice at once: both write the same."""
    rows = work_out(dates.today())
    database.raw(COLLECTION).bulk_write([ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows])


def work_out(day: date) -> list[dict]:
    """Return the documents of a day, as cases stand now."""
    at = dates.now()
    counted, decided = _count(), _decisions(day)
    places = {item.code for item in divisions.townships(day)} | counted.keys() | decided.keys()
    rows = []
    for place in sorted(places):
        number, late = decided.get(place, (0, 0))
        row = {"day": day.isoformat(), "township": place, "at": at, "types": counted.get(place, {})}
        rows.append(row | {"_id": f"{day}:{place}", "decided": number, "on_time": number - late})
    return rows


def sweep(engine=None):
    """Refresh when the last time is long enough ago; called once a minute."""
    last = database.raw(COLLECTION).find_one({"day": dates.today().isoformat()}, {"at": 1}, hint="day")
    if last is None or last["at"] + EVERY <= dates.now():
        refresh()


def _count():
    """Return {township: {type: {state: n}}}: one walk over an index, no document is opened."""
    key = {name: f"${name}" for name in ("township", "type", "state")}
    pipeline = [{"$group": {"_id": key, "n": {"$sum": 1}}}]
    found = {}
    for row in database.raw("cases").aggregate(pipeline, hint="township_type_state"):
        place, kind, state = (row["_id"].get(name, "") for name in key)
        found.setdefault(place, {}).setdefault(kind, {})[state] = row["n"]
    return found


def _decisions(day):
    """Return {township: (decided, of these with a clock that ended late)} of the last DAYS days."""
    since = datetime.combine(day - timedelta(days=DAYS), datetime.min.time(), UTC)
    ended_late = {"$and": [{"$gt": ["$$clock.stopped", None]}, {"$gt": ["$$clock.stopped", "$$clock.due"]}]}
    late = {"$anyElementTrue": [{"$map": {"input": "$clocks", "as": "clock", "in": ended_late}}]}
    pipeline = [
        {"$match": {"decided_on": {"$gte": since}}},
        {"$group": {"_id": "$township", "n": {"$sum": 1}, "late": {"$sum": {"$cond": [late, 1, 0]}}}},
    ]
    found = database.raw("cases").aggregate(pipeline, hint="decided")
    return {row["_id"]: (row["n"], row["late"]) for row in found}
