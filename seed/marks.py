"""Puts what the engine notes on a case by itself (a match with a filing, a complaint) on a stored demo case, events included."""

from collections.abc import Callable

from adminapp import database
from adminapp.workflow import events
from seed.predictable import object_id, predictable


def note_on(engine, case_id, ident: str, change: Callable) -> bool:
    """Change a case with `change(case)`, which tells whether it did, and write it with its events; once."""
    row = database.raw("cases").find_one({"_id": case_id})
    case = engine.registry.get(row["type"], row["schema_version"]).model._from_son(row)
    with predictable(f"{ident}:{case_id}"):
        if not change(case):
            return False
    waiting, case.outbox = list(case.outbox), []
    last = database.raw(events.COLLECTION).find_one({"case": case.pk, "seq": row["event_seq"]}, {"h": 1})
    before = last["h"] if last else ""
    for item in waiting:
        event = {**item["data"], "case": case.pk, "number": case.number, "township": case.township, "key": item["key"], "prev": before}
        before = event["h"] = events.digest(event)
        database.raw(events.COLLECTION).insert_one({**event, "_id": object_id(before)})
    values = {key: case.to_mongo()[key] for key in ("flags", "relations", "records", "event_seq") if key in case.to_mongo()}
    database.raw("cases").update_one({"_id": case.pk, "rev": case.rev}, {"$set": values, "$inc": {"rev": 1}})
    return True
