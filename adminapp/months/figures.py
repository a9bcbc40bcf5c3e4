"""The figures of a month: what was due, credited, under way, not credited and held, by list, type and township; and those of other parts.

They rest on what never changes once the bank has answered: a line paid again later stays what it was.
"""

import hashlib
import json
from collections.abc import Callable

from adminapp import database, divisions
from adminapp.payments import batches, lines
from adminapp.reserve import book

FIGURES: dict[str, Callable[[str], dict]] = {}
"""``key: function(month) → dict`` of plain values: frozen with the month under the key. Statistics put theirs in here."""

SUMS = {"households": "户数", "people": "人数", "due": "应发", "paid": "到账", "waiting": "待发和在途", "unpaid": "未到账", "held": "暂缓"}
KINDS = {lines.REGULAR: "regular", lines.ARREARS: "arrears", lines.REISSUE: "reissue", lines.ADJUST: "adjust", lines.SETOFF: "setoff"}
KIND_LABELS = {name: lines.KINDS[kind] for kind, name in KINDS.items()}


def measure(month: str) -> dict:
    """Return ``{lists: [{id, title, …}], rows: [{list, type, name, township, …}], other: {key: …}}`` of a month; fen.

    Each row has SUMS and the amounts by kind of line; it can be looked up: the lines of `list` with this type and township.
    """
    found = list(batches.collection().find({"month": month, "state": {"$in": list(batches.SEALED)}}, sort=[("scope", 1), ("n", 1)]))
    names = {key: name for batch in found for key, name in batch["names"].items()}
    reserves = _reserves(month)
    names |= {key: name for each in reserves for key, name in each["names"].items()}
    lists = [{"id": batch["_id"], "title": batches.title_of(batch), "digest": batch["seal"]["digest"]} for batch in found]
    lists += [{"id": each["_id"], "title": each["title"], "digest": each["digest"]} for each in reserves]
    rows = [row | {"name": names.get(row["type"], row["type"])} for row in _rows([one["id"] for one in lists])]
    lists = [one | total([row for row in rows if row["list"] == one["id"]]) for one in lists]
    return {"lists": lists, "rows": rows, "other": {key: count(month) for key, count in sorted(FIGURES.items())}}


def _reserves(month):
    """Return ``[{_id, title, names, digest}]`` of the townships that paid out of their reserve in the month, as if each were a list."""
    query, found = {"month": month, "kind": book.PAYMENT}, {}
    for entry in database.raw(book.COLLECTION).find(query, {"row": 0}, sort=[("township", 1), ("n", 1)]):
        township = entry["township"]
        title = f"{int(month[:4])} 年 {int(month[5:])} 月{divisions.name_of(township)}备用金"
        each = found.setdefault(township, {"_id": book.batch_id(township, month), "title": title, "names": {}})
        each["names"][entry["type"]], each["digest"] = entry["type_name"], entry["digest"]
    return list(found.values())


def _rows(batch_ids):
    place = {"list": "$batch", "type": "$type", "township": "$township"}
    held = {"$eq": ["$state", lines.HELD]}
    told = {"$ifNull": [{"$let": {"vars": {"last": {"$arrayElemAt": ["$events", -1]}}, "in": "$$last.paid"}}, 0]}
    part, under_way = [lines.PARTIAL, lines.REISSUED], [lines.PENDING, lines.SENT]
    # What the bank credited: lines.settled without what is still under way, of which the bank has said nothing.
    paid = {"$cond": [{"$eq": ["$state", lines.PAID]}, "$amount", {"$cond": [{"$in": ["$state", part]}, told, 0]}]}
    waiting = {"$cond": [{"$in": ["$state", under_way]}, "$amount", 0]}
    due = {"$cond": [held, 0, "$amount"]}
    regular = {"$and": [{"$not": [held]}, {"$eq": ["$kind", lines.REGULAR]}]}
    kinds = {name: {"$sum": {"$cond": [{"$and": [{"$not": [held]}, {"$eq": ["$kind", kind]}]}, "$amount", 0]}} for kind, name in KINDS.items()}
    sums = {"people": {"$sum": {"$cond": [regular, "$people", 0]}}, "due": {"$sum": due}, "paid": {"$sum": paid},
            "waiting": {"$sum": waiting}, "held": {"$sum": {"$cond": [held, "$amount", 0]}}, "pays": {"$max": {"$cond": [held, 0, 1]}}}  # fmt: skip
    steps = [
        {"$match": {"batch": {"$in": batch_ids}, "state": {"$ne": lines.CANCELLED}}},
        {"$group": {"_id": place | {"award": "$award"}, **sums, **kinds}},
        {"$group": {"_id": {name: f"$_id.{name}" for name in place}, "households": {"$sum": "$pays"},
                    **{name: {"$sum": f"${name}"} for name in ("people", "due", "paid", "waiting", "held", *KINDS.values())}}},
        {"$sort": {"_id.list": 1, "_id.type": 1, "_id.township": 1}},
    ]  # fmt: skip
    for row in database.raw(lines.COLLECTION).aggregate(steps) if batch_ids else ():
        yield row.pop("_id") | row | {"unpaid": row["due"] - row["paid"] - row["waiting"]}


def total(rows: list[dict]) -> dict:
    """Return the sums of rows."""
    return {name: sum(row[name] for row in rows) for name in (*SUMS, *KINDS.values())}


def by(rows: list[dict], field: str) -> list[dict]:
    """Return the rows summed by "type" or "township", in order of key: ``{key, rows, …sums}``."""
    keys = sorted({row[field] for row in rows})
    return [{"key": key, "rows": mine, **total(mine)} for key in keys for mine in [[row for row in rows if row[field] == key]]]


def digest_of(month: str, figures: dict) -> str:
    """Return the digest (SM3) of a month's figures."""
    return hashlib.new("sm3", json.dumps({"month": month, **figures}, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
