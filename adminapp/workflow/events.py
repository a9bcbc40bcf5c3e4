"""The log of a case: append-only events, each holding the digest of the one before, so that any change is found.

An event waits in the case's outbox, written together with the change it tells of; `drain` moves it to the collection
`events`. Every effect of the outbox has a natural key: draining twice, or dying in between, changes nothing.
"""

import secrets

from pymongo import ASCENDING, DESCENDING, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from adminapp import awards, contents, database, dates, decisions, indexes
from adminapp.jobs.sweeping import each
from adminapp.ongoing import course as ongoing
from adminapp.verification import requests
from adminapp.workflow import deadlines, digests

COLLECTION = "events"
indexes.declare(COLLECTION, "case_seq", ["case", "seq"], unique=True)
indexes.declare(COLLECTION, "at", ["-at"])
indexes.declare("cases", "outbox", ["outbox.key"], sparse=True)


def entry(actor, action: str, label: str, before: str, after: str, data: dict) -> dict:
    """Return an event before it has its place in the chain."""
    return {
        "at": dates.now(), "actor": actor.id, "actor_name": actor.name, "roles": sorted(actor.roles), "action": action, "label": label,
        "from": before, "to": after, "data": data,
    }  # fmt: skip


def note(case, entry: dict):
    """Let an event wait in the outbox of a case in memory, behind those that wait there already."""
    case.event_seq += 1
    case.outbox = [*case.outbox, {"key": secrets.token_hex(8), "kind": "event", "data": {**entry, "seq": case.event_seq}}]


def drain(case_id):
    """Carry out and remove what waits in one case's outbox, oldest first."""
    cases = database.raw("cases")
    case = cases.find_one({"_id": case_id})
    for item in (case or {}).get("outbox", ()):
        CARRIERS[item["kind"]](case, item)
        cases.update_one({"_id": case_id}, {"$pull": {"outbox": {"key": item["key"]}}})


def drain_many(case_ids):
    """Do `drain` for many cases; those that hold one event and nothing else, which is nearly all, share three writes.

    What cannot be carried out is logged and left to the sweep: it keeps no other case from its turn.
    """
    cases, single, mixed = database.raw("cases"), [], []
    shown = {"outbox": 1, "number": 1, "township": 1}
    for case in cases.find({"_id": {"$in": list(case_ids)}, "outbox.key": {"$gt": ""}}, shown):
        if [item["kind"] for item in case["outbox"]] == ["event"]:
            single.append((case, case["outbox"][0]))
        else:
            mixed.append(case["_id"])
    each(mixed, drain)
    if not single:
        return
    before = [{"case": case["_id"], "seq": item["data"]["seq"] - 1} for case, item in single]
    heads = {row["case"]: row["h"] for row in database.raw(COLLECTION).find({"$or": before}, {"case": 1, "h": 1})}
    try:
        rows = [_row(case, item, heads.get(case["_id"], "")) for case, item in single]
        database.raw(COLLECTION).insert_many(rows, ordered=False)
    except BulkWriteError:  # somebody else drained one of them meanwhile: each for itself tells whether it was the same
        each([case["_id"] for case, _item in single], drain)
        return
    cases.bulk_write([UpdateOne({"_id": case["_id"]}, {"$pull": {"outbox": {"key": item["key"]}}}) for case, item in single])


def left(limit: int = 1000) -> list:
    """Return the ids of cases whose outbox holds something, because a process died or because it cannot be carried out."""
    return [row["_id"] for row in database.raw("cases").find({"outbox.key": {"$gt": ""}}, {"_id": 1}).limit(limit)]


def sweep() -> int:
    """Drain what was left behind by processes that died; return with how many cases it went well."""
    return each(left(), drain)


def _carry_event(case, item):
    collection, data = database.raw(COLLECTION), item["data"]
    last = collection.find_one({"case": case["_id"], "seq": data["seq"] - 1}, {"h": 1}) if data["seq"] > 1 else None
    try:
        collection.insert_one(_row(case, item, last["h"] if last else ""))
    except DuplicateKeyError:
        if collection.find_one({"case": case["_id"], "seq": data["seq"]}, {"key": 1})["key"] != item["key"]:
            raise


def _row(case, item, prev):
    """Return an event as it is stored, behind the event whose digest is `prev`."""
    row = {**item["data"], "case": case["_id"], "number": case["number"], "township": case["township"], "key": item["key"], "prev": prev}
    return {**row, "h": digest(row)}


def _carry_award(case, item):
    awards.apply(case["_id"], item["key"], item["data"])


def _carry_account(case, item):
    from adminapp.bank import accounts  # which logs, and the log is made of events

    accounts.register(case, item["data"], item["key"])


def _carry_spot_check(case, item):
    from adminapp.supervision import course  # which logs, and the log is made of events

    course.carry(case, item)


CARRIERS = {
    "account": _carry_account,
    "event": _carry_event,
    "award": _carry_award,
    "decision": decisions.carry,
    "content": contents.carry,
    "death": awards.deaths.carry,
    "deadline": deadlines.carry,
    "ongoing": ongoing.carry,
    "spot_check": _carry_spot_check,
    "verification": requests.carry,
}
"""What carries out an entry of the outbox, by its kind: ``function(case, item)``, safe to repeat."""


def digest(event: dict) -> str:
    """Return the SM3 of the event's canonical text, the digest of its predecessor included."""
    return digests.digest({key: value for key, value in event.items() if key not in ("_id", "h")})


def history(case_id) -> list[dict]:
    """Return the events of a case, newest first."""
    return list(database.raw(COLLECTION).find({"case": case_id}, sort=[("seq", DESCENDING)]))


def verify(query=None):
    """Yield a sentence for the first break of each chain: a missing, changed or swapped event."""
    previous = None
    broken = set()
    for event in database.raw(COLLECTION).find(query or {}, sort=[("case", ASCENDING), ("seq", ASCENDING)]):
        if previous is None or previous["case"] != event["case"]:
            previous = None
        expected_seq, expected_prev = (previous["seq"] + 1, previous["h"]) if previous else (1, "")
        if event["case"] not in broken:
            if event["seq"] != expected_seq:
                yield f"{event['number']}：第 {expected_seq} 条记录缺失"
                broken.add(event["case"])
            elif event["prev"] != expected_prev or event["h"] != digest(event):
                yield f"{event['number']}：第 {event['seq']} 条记录（{event['label']}）被改动"
                broken.add(event["case"])
        previous = event
