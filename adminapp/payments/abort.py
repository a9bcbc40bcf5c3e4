"""Clears up behind an aborted batch: its lines give their slots back, so that other batches may pay them."""

import logging

from adminapp import database
from adminapp.jobs.sweeping import each
from adminapp.payments import batches, lines, roster

log = logging.getLogger(__name__)


def clear(batch_id: str):
    """Cancel every line the roster could ever make and close the roster. Safe to repeat, and against late builders.

    Lines that were never written are written as cancelled: a builder that wakes up later finds them there.
    """
    batch = batches.get(batch_id)
    if batch["state"] != batches.ABORTED or batch.get("cleared"):
        return
    roster.cut(batch_id)
    table = database.raw(lines.COLLECTION)
    free = [{"$set": {"state": lines.CANCELLED, "slot": {"$concat": ["-", "$_id"]}}}, {"$unset": "owed"}]
    for chunk in roster.chunks(batch_id):
        made = [lines.line_of(batch_id, number, row) for number, row in enumerate(chunk["rows"], chunk["first"])]
        lines.insert([lines.cancelled(line) for line in made])
        ids = [line["_id"] for line in made]
        table.update_many({"_id": {"$in": ids}, "state": {"$ne": lines.CANCELLED}}, free)
        lines.changed(line["award"] for line in made)
    table.update_many({"batch": batch_id, "kind": lines.ADJUST}, free)
    batches.collection().update_one({"_id": batch_id}, {"$set": {"cleared": True}})


def sweep(engine=None):
    """Clear what was left by processes that died between the step and its effect."""
    left = {"state": batches.ABORTED, "cleared": {"$ne": True}}
    each(batches.collection().find(left, {"_id": 1}), lambda batch: clear(batch["_id"]))
