"""Running numbers: each key counts for itself, a number is given once, whoever asks at the same time."""

from pymongo import ReturnDocument

from adminapp import database

COLLECTION = "counters"


def next_serial(key: str, count: int = 1) -> int:
    """Return the next number of a key, from 1, the first of `count` in a row. One whose paper was never stored leaves a gap."""
    row = database.raw(COLLECTION).find_one_and_update({"_id": key}, {"$inc": {"value": count}}, upsert=True, return_document=ReturnDocument.AFTER)
    return row["value"] - count + 1


def take_back(key: str, first: int, last: int):
    """Let the numbers from `first` to `last` never have been given, unless others were given since."""
    counters = database.raw(COLLECTION)
    if first == 1:
        counters.delete_one({"_id": key, "value": last})
    else:
        counters.update_one({"_id": key, "value": last}, {"$set": {"value": first - 1}})
