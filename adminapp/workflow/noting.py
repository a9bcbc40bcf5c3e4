"""Puts an event into the logs of many cases in a few writes, under the same compare-and-set as any change of a case."""

import secrets
from collections.abc import Iterable

from adminapp import database, dates
from adminapp.related import recusal
from adminapp.scope import ScopedCollection
from adminapp.workflow import events


def note_many(notes: Iterable[tuple[object, dict]]):
    """Store each (case, event entry) if the case still stands at the revision it was read at, and carry the events out.

    A case that moved on meanwhile is left as it is: whoever needs to know looks for the event. One event a case.
    """
    now, updates, ids = dates.now(), [], []
    for case, entry in notes:
        if sentence := recusal.bar(entry["actor"], case.people):
            raise recusal.Recused(sentence)
        seq = case.event_seq + 1
        waiting = {"key": secrets.token_hex(8), "kind": "event", "data": {**entry, "seq": seq}}
        changed = {"rev": case.rev + 1, "event_seq": seq, "updated": now}
        updates.append(({"_id": case.pk, "rev": case.rev}, {"$set": changed, "$push": {"outbox": waiting}}))
        ids.append(case.pk)
    ScopedCollection(database.raw("cases")).update_each(updates)
    events.drain_many(ids)
