"""Running numbers: each key counts for itself, a number is given once and never again, whoever asks at the same time."""

from pymongo import ReturnDocument

from adminapp import database

COLLECTION = "counters"


def next_serial(key: str) -> int:
    """Return the next number of a key, from 1. A number whose paper was never stored leaves a gap."""
    row = database.raw(COLLECTION).find_one_and_update({"_id": key}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER)
    return row["value"]
