"""Carries out the outboxes of many new cases with a few writes; each one that is not plain goes its own way.

A new case holds its opening event, and, when a recipient was taken over, a decision, an award and an account besides.
"""

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from adminapp import awards, database
from adminapp.workflow import events

TOGETHER = {"decision", "award"}


def drain_new(case_ids):
    """Do what `events.drain` does for cases that have no award and no second event yet."""
    table = database.raw("cases")
    rows = list(table.find({"_id": {"$in": list(case_ids)}, "outbox.kind": "award"}, {"outbox": 1}))
    _decisions(rows)
    _awards(rows)
    if rows:
        gone = [UpdateOne({"_id": row["_id"]}, {"$pull": {"outbox": {"kind": {"$in": sorted(TOGETHER)}}}}) for row in rows]
        table.bulk_write(gone, ordered=False)
    events.drain_many(case_ids)


def _decisions(rows):
    found = [{"_id": item["key"], **item["data"]} for row in rows for item in row["outbox"] if item["kind"] == "decision"]
    _insert("decisions", found)


def _awards(rows):
    found = []
    for row in rows:
        award = None
        for item in row["outbox"]:
            if item["kind"] == "award":
                change = item["data"]
                award = awards.applied(award or awards.blank(row["_id"], change["about"]), item["key"], change)
        found.append(award)
    _insert(awards.COLLECTION, found)


def _insert(name, documents):
    if not documents:
        return
    try:
        database.raw(name).insert_many(documents, ordered=False)
    except BulkWriteError as error:  # a run that was killed had stored some of them: the same again is there
        if any(each["code"] != 11000 for each in error.details["writeErrors"]):
            raise
