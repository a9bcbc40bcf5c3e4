"""The rows of a register: one pipeline over the collection it is fed from, within the actor's scope.

A register is read for a span (a month, a year, at most three: `periods.MOST_MONTHS`), so its rows are bounded and can be counted, summed and turned over by
number of page; nothing of it is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adminapp import database, dates, indexes
from adminapp.bank import reach
from adminapp.registers.model import DAY, MOMENT, MONTH, YEAR, Register
from adminapp.scope import Actor, ScopedCollection

indexes.declare("cases", "records", ["records.kind", "records.on", "township"])
indexes.declare("awards", "spell_states", ["spells.state", "spells.from", "township"])
indexes.declare("recoveries", "since", ["since", "township"])

@dataclass(frozen=True)
class Asked:
    """What is wanted of a register: the months `first` to `last` (both included), a place, a type, codes of its columns.

    `q` is a whole number (ASCII) or a whole name.
    """

    first: str
    last: str
    township: str = ""
    village: str = ""
    type: str = ""
    q: str = ""
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def span(self) -> str:
        return self.first if self.first == self.last else f"{self.first}_{self.last}"


@dataclass(frozen=True)
class Sums:
    """How many rows, and the totals by column key."""

    count: int
    totals: dict[str, int]


def collection(register: Register, actor: Actor):
    """Return the collection within the actor's scope; finance reaches the payments of the whole county."""
    if register.money:
        return reach.collection(register.collection)
    return ScopedCollection(database.raw(register.collection))


def count(register: Register, asked: Asked, actor: Actor) -> int:
    found = list(collection(register, actor).aggregate([*pipeline(register, asked, actor), {"$count": "n"}]))
    return found[0]["n"] if found else 0


def sums(register: Register, asked: Asked, actor: Actor) -> Sums:
    """Return number and totals of all rows that are asked for."""
    totals = {f"t{number}": {"$sum": _summed(column)} for number, column in enumerate(register.totals)}
    grouped = {"$group": {"_id": None, "n": {"$sum": 1}, **totals}}
    found = next(iter(collection(register, actor).aggregate([*pipeline(register, asked, actor), grouped])), {"n": 0})
    return Sums(found["n"], {column.key: found.get(f"t{number}", 0) for number, column in enumerate(register.totals)})


def _summed(column):
    return {"$size": {"$ifNull": [f"${column.path}", []]}} if column.kind == "count" else f"${column.path}"


def rows(register: Register, asked: Asked, actor: Actor, skip: int = 0, limit: int = 0) -> Iterator[dict]:
    """Yield documents, newest first; of a register with `each`, that list is the one element of the row."""
    order = {register.when: -1, "_id": 1} | ({f"{register.each}.id": 1} if register.each else {})
    stages = [*pipeline(register, asked, actor), {"$sort": order}]
    stages += [{"$skip": skip}] if skip else []
    stages += [{"$limit": limit}] if limit else []
    yield from collection(register, actor).aggregate(stages, allowDiskUse=True)


def match_of(register: Register, asked: Asked, actor: Actor) -> dict:
    """Return the filter of the documents that have such rows; the scope is added by the collection."""
    wanted, within = _document(register, asked, actor), _element(register, asked)
    if within:
        prefix = f"{register.each}."
        wanted[register.each] = {"$elemMatch": {path.removeprefix(prefix): value for path, value in within.items()}}
    return wanted


def pipeline(register: Register, asked: Asked, actor: Actor, paths=()) -> list[dict]:
    """Return the stages that give the rows, without the scope; with the paths alone that are named, all that are shown by default."""
    needed = dict.fromkeys({register.when, *register.where, *paths}, 1) if paths else _needed(register)
    stages = [{"$match": match_of(register, asked, actor)}, {"$project": needed}]
    if register.each:
        stages.append({"$unwind": f"${register.each}"})
        if within := _element(register, asked):
            stages.append({"$match": within})
    return stages


def _needed(register):
    """Return the projection: only what the columns show and the link needs, so that long cases stay in the database."""
    paths = {register.when, *register.where, "number", "type", "case", "case_type", *(column.path for column in register.columns)}
    if register.each:
        paths.add(f"{register.each}.id")
    return dict.fromkeys(sorted(paths - {"_id"}), 1)


def _split(register, conditions):
    """Return (of the document, of the element)."""
    prefix = f"{register.each}." if register.each else None
    inner = {path: value for path, value in conditions.items() if prefix and path.startswith(prefix)}
    return {path: value for path, value in conditions.items() if path not in inner}, inner


def _document(register, asked, actor):
    wanted = _split(register, _conditions(register, asked))[0]
    wanted |= {name: value for name in ("township", "village", "type") if (value := getattr(asked, name))}
    if register.shown and actor.townships is not None:
        wanted[register.shown] = True
    return wanted


def _element(register, asked):
    return _split(register, _conditions(register, asked))[1]


def _conditions(register, asked):
    found = {path: values[0] if len(values) == 1 else {"$in": list(values)} for path, values in register.where.items()}
    for key, code in asked.codes.items():
        path = register.column(key).path
        found[path] = code if path not in register.where or code in register.where[path] else {"$in": []}
    if asked.q:
        found[register.column("number" if asked.q.isascii() else "name").path] = asked.q
    return found | {register.when: bounds(register.span, asked.first, asked.last)}


def bounds(span: str, first: str, last: str) -> dict:
    """Return the condition for months `first` to `last` on a value that is written as `span` says."""
    if span == MONTH:
        return {"$gte": first, "$lte": last}
    if span == YEAR:
        return {"$gte": int(first[:4]), "$lte": int(last[:4])}
    begin, end = dates.parse_date(f"{first}-01"), dates.parse_date(f"{dates.add_months(last, 1)}-01")
    if span == DAY:
        return {"$gte": begin.isoformat(), "$lt": end.isoformat()}
    assert span == MOMENT
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=dates.SHANGHAI).astimezone(UTC) for day in (begin, end))
    return {"$gte": begin, "$lt": end}
