"""What follows when a batch goes to the bank: its lines are on their way, and lines they pay again are settled.

The step itself is one compare-and-set on the batch; this may be killed anywhere and is swept until it is done.
"""

from adminapp import database, dates
from adminapp.jobs.sweeping import each
from adminapp.payments import batches, lines

GONE = (batches.SENT, batches.RECONCILING, batches.CLOSED)


def mark(batch_id: str):
    """Mark the lines of a batch that was sent. Safe to repeat."""
    batch = batches.get(batch_id)
    if batch["state"] not in GONE or batch.get("sent"):
        return
    table = database.raw(lines.COLLECTION)
    table.update_many({"batch": batch_id, "state": lines.PENDING}, {"$set": {"state": lines.SENT}})
    query = {"batch": batch_id, "kind": lines.REISSUE, "state": {"$in": list(lines.TO_PAY)}}
    for line in table.find(query, {"reissues": 1, "award": 1}, batch_size=1000):
        for old in table.find({"_id": {"$in": line["reissues"]}, "state": {"$in": list(lines.BROKEN)}}):
            settle(old, line["_id"])
        lines.changed([line["award"]])
    batches.collection().update_one({"_id": batch_id}, {"$set": {"sent": True}})


def settle(old: dict, by: str):
    """Mark a line that came back as paid again by the line `by`."""
    event = {"at": dates.now(), "by": "", "from": old["state"], "to": lines.REISSUED, "paid": lines.settled(old), "line": by}
    update = {"$set": {"state": lines.REISSUED}, "$push": {"events": event}, "$unset": {"queue": "", "owed": ""}}
    database.raw(lines.COLLECTION).update_one({"_id": old["_id"], "state": old["state"]}, update)


def sweep(engine=None):
    """Do what was left by processes that died between the step and its effect."""
    query = {"state": {"$in": list(GONE)}, "sent": {"$ne": True}}
    each(batches.collection().find(query, {"_id": 1}), lambda batch: mark(batch["_id"]))
