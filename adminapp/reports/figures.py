"""Figures: sums over rows, by township, type and class, and what reached the payees by the lists of the months."""

from collections import Counter
from collections.abc import Iterable

from adminapp import database, dates
from adminapp.payments import batches, lines
from adminapp.reports import rows as row_of
from adminapp.reports.rows import CLOSING, GRANTED, JOINED, LEFT, MOVED_IN, OPENING, TRAITS
from adminapp.reserve import book

HOUSEHOLDS, PERSONS = "households", "persons"
PEOPLE_OF = {OPENING: "before", JOINED: "plus", LEFT: "minus", CLOSING: "size", row_of.SUSPENDED_NOW: "size", GRANTED: "size",
             row_of.ADDED: "size", MOVED_IN: "plus", row_of.STOPPED: "before", row_of.MOVED_OUT: "before"}  # fmt: skip
"""Mark → which persons of a row are counted with it."""
PAID, PAID_YEAR, TIMES = "paid", "paid_year", "times"
NO_CLASS = "-"
COUNTED = (CLOSING, GRANTED)
"""Marks of rows whose people, class and amount belong to the month."""


def total(found: Iterable[dict]) -> dict[str, dict[str, dict]]:
    """Return {township: {type: figures}} of rows; figures are whole numbers by name, as `names` lists them, with `classes`."""
    sums: dict[str, dict[str, dict]] = {}
    for row in found:
        add(sums.setdefault(row["township"], {}).setdefault(row["type"], empty()), row)
    return sums


def empty() -> dict:
    return dict.fromkeys(names(), 0) | {"classes": {}}


def names() -> list[str]:
    """Return the names of the numbers: "<mark>.households", "<mark>.persons", traits, `due`, and what was paid."""
    marked = [f"{mark}_{unit}" for mark in row_of.MARKS for unit in (HOUSEHOLDS, PERSONS)]
    return [*marked, *TRAITS, "due", PAID, PAID_YEAR, TIMES]


def add(figures: dict, row: dict):
    """Count a row."""
    for mark in row["marks"]:
        figures[f"{mark}_{HOUSEHOLDS}"] += 1
        figures[f"{mark}_{PERSONS}"] += row[PEOPLE_OF[mark]]
    if not set(COUNTED) & set(row["marks"]):
        return
    for trait in TRAITS:
        figures[trait] += row[trait]
    figures["due"] += row["due"]
    part = figures["classes"].setdefault(row["class"] or NO_CLASS, {HOUSEHOLDS: 0, PERSONS: 0, "due": 0})
    part[HOUSEHOLDS] += 1
    part[PERSONS] += row["size"]
    part["due"] += row["due"]


def join(parts: Iterable[dict]) -> dict:
    """Return the sum of figures."""
    found = empty()
    for part in parts:
        for name in names():
            found[name] += part.get(name, 0)
        for code, values in part["classes"].items():
            into = found["classes"].setdefault(code, {HOUSEHOLDS: 0, PERSONS: 0, "due": 0})
            for name, value in values.items():
                into[name] += value
    return found


def add_paid(sums: dict, month: str):
    """Add to figures by township and type what the reserves and the sealed lists of the month, and of its year so far, paid out (fen, lines)."""
    year = dates.month_range(f"{month[:4]}-01", month)
    by_batch = {row["_id"]: row["month"] for row in batches.collection().find({"month": {"$in": year}, "state": {"$in": list(batches.SEALED)}}, {"month": 1})}
    by_batch |= book.batches_of(year)
    for (township, key), by_month in _paid(by_batch).items():
        figures = sums.setdefault(township, {}).setdefault(key, empty())
        figures[PAID], figures[TIMES] = by_month.get(month, (0, 0))
        figures[PAID_YEAR] = sum(amount for amount, _times in by_month.values())


def _paid(by_batch):
    """Return {(township, type): {month: (fen that count as paid, payees)}}; see `lines.settled`."""
    last = {"$ifNull": [{"$last": "$events.paid"}, 0]}
    settled = {"$switch": {"branches": [
        {"case": {"$in": ["$state", [lines.PENDING, lines.SENT, lines.PAID]]}, "then": "$amount"},
        {"case": {"$in": ["$state", [lines.PARTIAL, lines.REISSUED]]}, "then": last},
    ], "default": 0}}  # fmt: skip
    payee = {"$and": [{"$eq": ["$kind", lines.REGULAR]}, {"$in": ["$state", list(lines.TO_PAY)]}]}
    group = {
        "_id": {name: f"${name}" for name in ("batch", "township", "type")},
        "paid": {"$sum": settled}, "times": {"$sum": {"$cond": [payee, 1, 0]}},
    }  # fmt: skip
    found: dict = {}
    for row in database.raw(lines.COLLECTION).aggregate([{"$match": {"batch": {"$in": sorted(by_batch)}}}, {"$group": group}]):
        key, month = row["_id"], by_batch[row["_id"]["batch"]]
        months = found.setdefault((key["township"], key["type"]), {})
        amount, times = months.get(month, (0, 0))
        months[month] = amount + row["paid"], times + row["times"]
    return found


def differences(frozen: dict, live: dict) -> Counter:
    """Return {name: live − frozen} of two figures, without what is equal."""
    return Counter({name: live.get(name, 0) - frozen.get(name, 0) for name in names() if live.get(name, 0) != frozen.get(name, 0)})
