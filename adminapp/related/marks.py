"""Marks a case whose people stand in the register of relatives: the relations, the flag, a record and an event.

Asked at every action and edit of the case, and by `scan` when a filing comes later. A mark that stands is never taken
back by the program: the county visits (民发〔2021〕57号 第二十条), whatever becomes of the filing.
"""

import secrets
from datetime import date

from adminapp import dates
from adminapp.related import register
from adminapp.related.kinship import kinship
from adminapp.scope import Actor
from adminapp.workflow import events

FLAG, RECORD, ACTION = "relative", "relative", "match_relative"
MATCHED, DECLARED = "matched", "declared"
SYSTEM = Actor("system", "系统", frozenset({"system"}))


def mark(case, on: date | None = None, known: dict | None = None) -> list[dict]:
    """Add what the register newly knows of the case's people, in memory; return the new relations.

    The caller stores the case. Its event waits in the outbox like any other. `known` is `register.relations_of` the people
    of many cases, when it was asked already.
    """
    on = on or dates.today()
    keys = [person["key"] for person in case.people]
    relations = register.relations_of(keys, on) if known is None else {key: known[key] for key in keys if key in known}
    found = [item for rows in relations.values() for item in rows]
    new = []
    for item in found:
        # A filing of the next year says again what the last one said.
        if not any(_same(other, item) for other in (*(case.relations or ()), *new)):
            new.append(item.stored(on))
    if new:
        case.relations = [*(case.relations or ()), *new]
        _add(case, new, on)
    return new


def _same(stored, item):
    return stored["key"] == item.key and (stored["name"], stored["relation"]) == (item.name, item.relation)


def _add(case, relations, on):
    flag(case, FLAG)
    rows = [
        {"official": item["name"], "unit": item["unit"], "post": item["post"],
         "relation": kinship().label(item["relation"]), "person": item["person"]}
        for item in relations
    ]  # fmt: skip
    data = {"way": MATCHED, "relations": rows}
    case.records = [*case.records, record_of(RECORD, ACTION, data, on)]
    events.note(case, events.entry(SYSTEM, ACTION, "近亲属比对命中", case.state, case.state, data))


def declare(case, who: str, on: date, ident: str):
    """Keep what an applicant or a handler declared of a relative in words; the event of the action tells of it.

    `ident` is the id of the record.
    """
    row = {"official": who, "unit": "", "post": "", "relation": "", "person": case.name}
    case.records = [*case.records, record_of(RECORD, ACTION, {"way": DECLARED, "relations": [row]}, on) | {"id": ident}]


def flag(case, name: str):
    if name not in case.flags:
        case.flags = [*case.flags, name]


def record_of(kind: str, action: str, data: dict, on: date, actor: Actor = SYSTEM) -> dict:
    """Return a stage record that no form made."""
    return {
        "id": secrets.token_hex(6), "kind": kind, "action": action, "at": dates.now(), "on": on.isoformat(),
        "by": actor.id, "by_name": actor.name, "data": data,
    }  # fmt: skip
