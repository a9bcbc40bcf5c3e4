"""Who is recorded as dead: by a change of a case, a termination, or a match with outside data. One row a person, the first stays.

``{_id: person key, on: ISO day, source, case, by, at}``. The key is that of the ID number, never the number.
"""

from datetime import date, datetime

from adminapp import database, dates

COLLECTION = "deaths"


def row_of(on: date, source: str, case=None, by: str = "") -> dict:
    return {"on": on.isoformat(), "source": source, "case": case, "by": by, "at": dates.now()}


def record(key: str, on: date, source: str, case=None, by: str = ""):
    """Record a death once; what was recorded first stays."""
    row = row_of(on, source, case, by)
    database.raw(COLLECTION).update_one({"_id": key}, {"$setOnInsert": row}, upsert=True)


def carry(case: dict, item: dict):
    """Carry out a queued record (outbox kind "death")."""
    data = item["data"]
    record(data["key"], date.fromisoformat(data["on"]), data["source"], case["_id"], data["by"])


def revoke(key: str):
    """Take a record back that was wrong."""
    database.raw(COLLECTION).delete_one({"_id": key})


def of(keys: list[str], known: str | datetime | None = None) -> dict[str, dict]:
    """Return {key: row} of those of these persons who are recorded as dead; with `known` by the end of an ISO day, or by a moment."""
    rows = database.raw(COLLECTION).find({"_id": {"$in": keys}}) if keys else ()
    return {row["_id"]: row for row in rows if known is None or _when(row, known) <= known}


def _when(row, known):
    return dates.day_of(row["at"]).isoformat() if isinstance(known, str) else row["at"]
