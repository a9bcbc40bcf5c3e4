"""The book of a township's reserve: entries that are only added, each with the balance after it (collection `reserve_entries`).

``{_id: "<township>/<n>", township, n, key, kind, amount, balance, on, month, at, by, by_name, voucher, note, prev, digest, …}``;
`amount` in fen, out is negative. Entry n+1 can be inserted once only and was reckoned from entry n: that is the compare-and-set, so
two payments of the last money cannot both be. `on` is the day the money moved, `month` the month it is booked in: the current one, or the
next that is neither settled nor closed. The settlement of a month is an entry too (of nothing), so nothing slips in behind it.
`key` names what is booked and is unique: asked for twice it is booked once. `digest` covers the entry and the one before.
"""

import hashlib
import json

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, divisions, indexes
from adminapp.bank import reach
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.money import format_yuan
from adminapp.payments import lines, opening
from adminapp.scope import Actor

COLLECTION = "reserve_entries"
audit.declare("reserve", "备用金")
indexes.declare(COLLECTION, "key", ["key"], unique=True)
indexes.declare(COLLECTION, "book", ["township", "-n"])
indexes.declare(COLLECTION, "month", ["month", "township", "-n"])
indexes.declare(COLLECTION, "case", ["case"], sparse=True)
indexes.declare(COLLECTION, "of", ["of"], sparse=True)
indexes.declare(COLLECTION, "open", ["open"], sparse=True)
indexes.declare(COLLECTION, "wants", ["wants"], sparse=True)

ADVANCE, PAYMENT, REFUND, GIVEBACK, VOID, SETTLE = "advance", "payment", "refund", "giveback", "void", "settle"
KINDS = {ADVANCE: "县级拨入", PAYMENT: "支付救助金", REFUND: "未领退回", GIVEBACK: "上缴县级", VOID: "冲销", SETTLE: "月度结算"}
TONES = {ADVANCE: "good", PAYMENT: "info", REFUND: "wait", GIVEBACK: "", VOID: "bad", SETTLE: ""}
CHANGING = ("papers", "wants", "open")
"""What may change after an entry was booked: the receipt that is handed in later, and marks for the program."""
TRIES = 40


def collection():
    """Return the entries within the actor's reach."""
    return reach.collection(COLLECTION)


def get(township: str, n: int) -> dict:
    """Return an entry. Raise NotFound, also out of reach."""
    found = collection().find_one({"_id": entry_id(township, n)})
    if found is None:
        raise NotFound()
    return found


def entry_id(township: str, n: int) -> str:
    return f"{township}/{n:06d}"


def newest(township: str) -> dict | None:
    """Return the last entry of a book, None before the first."""
    return database.raw(COLLECTION).find_one({"township": township}, {"row": 0}, sort=[("n", DESCENDING)])


def balance(township: str) -> int:
    """Return the fen a township has in hand."""
    last = newest(township)
    return last["balance"] if last else 0


def append(township: str, key: str, kind: str, amount: int, actor: Actor, on: str, month: str = "", **about) -> dict:
    """Book an amount (fen, out negative) and return its entry; what is booked already under `key` is returned as it is.

    Raise Invalid when the money is not there, Conflict when others keep coming in between. `month` is given for a settlement only.
    """
    table = database.raw(COLLECTION)
    for _try in range(TRIES):
        if there := table.find_one({"key": key}):
            return there
        last = newest(township)
        rest = (last["balance"] if last else 0) + amount
        if rest < 0:
            raise Invalid(f"{divisions.name_of(township)}备用金余额 {format_yuan(rest - amount)} 元，不够支付 {format_yuan(-amount)} 元。")
        n = last["n"] + 1 if last else 1
        entry = {
            "_id": entry_id(township, n), "township": township, "n": n, "key": key, "kind": kind, "amount": amount, "balance": rest, "on": on,
            "month": month or _month(township), "at": dates.now(), "by": actor.id, "by_name": actor.name, "prev": last["digest"] if last else "", **about,
        }  # fmt: skip
        entry["digest"] = digest_of(entry)
        try:
            table.insert_one(entry)
        except DuplicateKeyError:
            continue
        audit.log("reserve", township=township, entry=n, action=kind, amount=amount, balance=rest)
        return entry
    raise Conflict()


def _month(township):
    """Return the month to book in. Looked up after the newest entry was read: a settlement made since takes the number away."""
    table = database.raw(COLLECTION)
    last = table.find_one({"township": township, "kind": {"$ne": SETTLE}}, {"month": 1}, sort=[("n", DESCENDING)])
    month = max(dates.month_of(dates.today()), last["month"] if last else "")
    while opening.is_shut(month) or table.find_one({"key": settle_key(township, month)}, {"_id": 1}):
        month = dates.add_months(month, 1)
    return month


def settle_key(township: str, month: str) -> str:
    return f"settle:{township}:{month}"


def digest_of(entry: dict) -> str:
    """Return the digest (SM3) of an entry, which holds that of the entry before it."""
    content = {name: value for name, value in entry.items() if name not in (*CHANGING, "digest")}
    content["at"] = int(content["at"].timestamp())
    return hashlib.new("sm3", json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def of_month(township: str, month: str) -> list[dict]:
    """Return the entries of a month in their order, within the actor's reach."""
    return list(collection().find({"township": township, "month": month}, {"row": 0}, sort=[("n", 1)]))


def sums(entries: list[dict], before: int) -> dict:
    """Return ``{opening, <kind>…, closing, count}`` of the entries of a month; `before` is the balance it began with."""
    found = {"opening": before, "count": sum(entry["kind"] != SETTLE for entry in entries)} | dict.fromkeys(KINDS, 0)
    for entry in entries:
        found[entry["kind"]] += entry["amount"]
    return found | {"closing": before + sum(found[kind] for kind in KINDS)}


def balance_before(township: str, month: str) -> int:
    """Return the balance with which a month began."""
    query = {"township": township, "month": {"$lt": month}, "kind": {"$ne": SETTLE}}
    last = database.raw(COLLECTION).find_one(query, {"balance": 1}, sort=[("n", DESCENDING)])
    return last["balance"] if last else 0


def month_of(township: str, month: str) -> tuple[list[dict], dict]:
    """Return (entries, sums) of a month of a book."""
    entries = of_month(township, month)
    return entries, sums(entries, balance_before(township, month))


def months(township: str) -> list[str]:
    """Return the months in which something was booked, newest first."""
    return sorted(database.raw(COLLECTION).distinct("month", {"township": township}), reverse=True)


def batch_id(township: str, month: str) -> str:
    """Return what the payment lines of a book's month stand under instead of a list."""
    return f"{lines.RESERVE}{township}:{month}"


def batches_of(months) -> dict[str, str]:
    """Return {batch id: month} of the reserve payments of months, whether there are any or not."""
    return {batch_id(town.code, month): month for month in months for town in divisions.townships()}


def parts(batch: str) -> tuple[str, str]:
    """Return (township, month) of a batch id of the reserve."""
    _prefix, township, month = batch.split(":")
    return township, month
