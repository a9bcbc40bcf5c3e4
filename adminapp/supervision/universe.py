"""Whom a year's sample is drawn from (抽取总体): new recipients, by the township that opened the award and by type.

An award says once and for ever when and where it was opened (adminapp/awards/store.py), so the universe of a day in the
past reads the same for ever. The index `new` covers these reads.
"""

from collections import defaultdict
from datetime import date

from adminapp import awards, database

KEYS = {"_id": 0, "opened": 1, "origin": 1, "type": 1, "number": 1}


def of_year(year: int, until: date) -> dict[tuple[str, str], list[str]]:
    """Return {(township, type): case numbers, sorted} of the year's new awards up to the end of the day `until`."""
    strata = defaultdict(list)
    for row in _awards().find(_opened(year, until), KEYS, hint="new"):
        strata[row["origin"], row["type"]].append(row["number"])
    return {key: sorted(numbers) for key, numbers in sorted(strata.items())}


def by_month(year: int, until: date, township: str = "") -> dict[tuple[str, str, str], int]:
    """Return {(township, type, month): number of new awards} of the year, of all townships or of one."""
    place = {"origin": township} if township else {}
    pipeline = [
        {"$match": {**_opened(year, until), **place}},
        {"$group": {"_id": {"o": "$origin", "t": "$type", "m": {"$substrBytes": ["$opened", 0, 7]}}, "n": {"$sum": 1}}},
    ]
    rows = _awards().aggregate(pipeline, hint="new")
    return {(row["_id"]["o"], row["_id"]["t"], row["_id"]["m"]): row["n"] for row in rows}


def _opened(year, until):
    last = min(until, date(year, 12, 31))
    return {"opened": {"$gte": date(year, 1, 1).isoformat(), "$lte": last.isoformat()}}


def _awards():
    # By the township that opened the award, not by the place now: the readers of supervision limit it themselves.
    return database.raw(awards.COLLECTION)
