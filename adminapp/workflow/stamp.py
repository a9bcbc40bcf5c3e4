"""Writes an event and a few envelope fields on a stored case that no person is looking at: sweeps and recalculations."""

import secrets

from adminapp import database, dates
from adminapp.jobs.sweeping import each
from adminapp.workflow import events


def stamp(row: dict, changes: dict, entry: dict) -> bool:
    """Set envelope fields of a raw case if it still stands as read (`rev`, `event_seq`), with the event; return whether it did."""
    seq = row.get("event_seq", 0) + 1
    item = {"key": secrets.token_hex(8), "kind": "event", "data": {**entry, "seq": seq}}
    update = {
        "$set": {**changes, "event_seq": seq, "rev": row["rev"] + 1, "updated": dates.now()},
        "$push": {"outbox": item},
    }
    done = database.raw("cases").update_one({"_id": row["_id"], "rev": row["rev"]}, update).matched_count == 1
    if done:
        each([row["_id"]], events.drain)  # the case is stored; whatever is left in the outbox is swept later
    return done
