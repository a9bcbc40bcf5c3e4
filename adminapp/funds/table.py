"""The table of a fund request (向财政报送表): by type and township, what is asked for and how it differs from last month."""

import hashlib
import json

from adminapp import database, divisions
from adminapp.errors import Invalid
from adminapp.money import format_yuan, signed_yuan
from adminapp.payments import batches, lines, variance

EXTRA, FIRST = "extra", "first"
REASONS = variance.REASONS | {EXTRA: "补充名册", FIRST: "上月没有名册"}
"""Why an amount differs: the reasons of lists, and those of lists that cannot be compared with a month before."""
SUMS = ("households", "people", "amount", "before")


def rows(found: list[dict]) -> list[dict]:
    """Return ``{type, name, township, households, people, amount, before, reasons: [{key, count, amount}]}`` of sealed lists.

    Fen; `amount` − `before` is the sum of the reasons. Raise Invalid when the lines are not what was sealed, or when a list
    has a difference nobody can explain.
    """
    sums = _asked(found)
    for batch in found:
        mine = [row for row in sums if row["batch"] == batch["_id"]]
        if any(sum(row[name] for row in mine) != batch["seal"][name] for name in ("people", "amount")):
            raise Invalid(f"{batches.title_of(batch)}的明细与锁定时的合计不符，不能申请资金，请先核对。")
        if (batch["variance"] or {}).get("unexplained"):
            fen = batch["variance"]["unexplained"]
            raise Invalid(f"{batches.title_of(batch)}与上月的差额有 {format_yuan(fen)} 元未能说明，不能申请资金，请先核对。")
    names = {key: name for batch in found for key, name in batch["names"].items()}
    table: dict = {}
    for row in sums:
        _add(table, names, row["type"], row["township"], {name: row[name] for name in ("households", "people", "amount")})
    for row in [*_explained(found), *_without(found, sums)]:
        _add(table, names, row["type"], row["township"], {}, row)
    for row in table.values():
        row["before"] = row["amount"] - sum(reason["amount"] for reason in row["reasons"].values())
        row["reasons"] = [row["reasons"][key] for key in REASONS if key in row["reasons"]]
    return [table[key] for key in sorted(table)]


def _add(table, names, type_key, township, sums, reason=None):
    start = {"type": type_key, "name": names.get(type_key, type_key), "township": township, "households": 0, "people": 0, "amount": 0, "reasons": {}}
    row = table.setdefault((type_key, township), start)
    for name, value in sums.items():
        row[name] += value
    if reason:
        kept = row["reasons"].setdefault(reason["key"], {"key": reason["key"], "count": 0, "amount": 0})
        kept["count"] += reason["count"]
        kept["amount"] += reason["amount"]


def _asked(found):
    """Return sums by list, type and township; households are awards, people as on the list."""
    place = {"batch": "$batch", "type": "$type", "township": "$township"}
    regular = {"$cond": [{"$eq": ["$kind", lines.REGULAR]}, "$people", 0]}
    steps = [
        {"$match": {"batch": {"$in": [batch["_id"] for batch in found]}, "state": {"$in": list(lines.TO_PAY)}}},
        {"$group": {"_id": place | {"award": "$award"}, "people": {"$sum": regular}, "amount": {"$sum": "$amount"}}},
        {"$group": {"_id": {name: f"$_id.{name}" for name in place}, "households": {"$sum": 1}, "people": {"$sum": "$people"},
                    "amount": {"$sum": "$amount"}}},
    ]  # fmt: skip
    return [row["_id"] | {name: row[name] for name in SUMS[:3]} for row in database.raw(lines.COLLECTION).aggregate(steps)]


def _explained(found):
    """Return what the lists that have a month before them say of it, payee by payee, summed."""
    compared = [batch["_id"] for batch in found if batch["variance"]]
    steps = [
        {"$match": {"batch": {"$in": compared}}},
        {"$group": {"_id": {"type": "$type", "township": "$township", "key": "$key"}, "n": {"$sum": 1}, "amount": {"$sum": "$amount"}}},
    ]
    for row in database.raw(variance.COLLECTION).aggregate(steps) if compared else ():
        yield row["_id"] | {"count": row["n"], "amount": row["amount"]}


def _without(found, sums):
    """Return the amounts of lists that nothing can be compared with: all of them differ from last month."""
    keys = {batch["_id"]: EXTRA if batches.is_supplement(batch) else FIRST for batch in found if not batch["variance"]}
    for row in sums:
        if row["batch"] in keys:
            yield {"type": row["type"], "township": row["township"], "key": keys[row["batch"]], "count": row["households"], "amount": row["amount"]}


def by(found: list[dict], field: str) -> list[dict]:
    """Return the rows summed by "type" or "township": ``{key, name, households, people, amount, before, reasons}``."""
    table: dict = {}
    for row in found:
        name = row["name"] if field == "type" else divisions.name_of(row["township"])
        kept = table.setdefault(row[field], {"key": row[field], "name": name, **dict.fromkeys(SUMS, 0), "reasons": {}})
        for key in SUMS:
            kept[key] += row[key]
        for reason in row["reasons"]:
            mine = kept["reasons"].setdefault(reason["key"], {"key": reason["key"], "count": 0, "amount": 0})
            mine["count"] += reason["count"]
            mine["amount"] += reason["amount"]
    return [row | {"reasons": [row["reasons"][key] for key in REASONS if key in row["reasons"]]} for _key, row in sorted(table.items())]


def totals(found: list[dict]) -> dict:
    """Return {households, people, amount, before} of all rows."""
    return {name: sum(row[name] for row in found) for name in SUMS}


def told(row: dict) -> str:
    """Return the reasons of a row in words: "新增 12 笔 +3,400.00 元；停发、减员 3 笔 -900.00 元"."""
    return "；".join(f"{REASONS[each['key']]} {each['count']:,} 笔 {signed_yuan(each['amount'])} 元" for each in row["reasons"])


def digest_of(month: str, lists: list[dict], found: list[dict]) -> str:
    """Return the digest (SM3) of a request: its month, the seals of its lists and its table."""
    content = {"month": month, "lists": [[each["id"], each["digest"]] for each in lists], "rows": found}
    return hashlib.new("sm3", json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
