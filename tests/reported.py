"""A frozen report of a month, for tests that close one."""

from adminapp import database
from adminapp.reports import store


def freeze(*months: str):
    """Store reports of these months that are frozen and count nothing."""
    for month in months:
        report = {"state": store.FROZEN, "run": "", "figures": {}, "digest": f"digest-{month}", "live": None, "at": None}
        database.raw(store.COLLECTION).update_one({"_id": month}, {"$set": report}, upsert=True)
