"""Tries to sign in, counted in the database so that all workers count together.

A lock holds for one account from one address: nobody can shut out a colleague from elsewhere. Each try is counted
before the password is looked at, so that fifty at once are fifty tries. Unknown usernames count like known ones and
are not stored.
"""

import hashlib
from datetime import timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes
from adminapp.errors import ReliefError

COLLECTION = "login_tries"
indexes.declare(COLLECTION, "until", ["until"])
indexes.declare(COLLECTION, "account", ["account"])


class Locked(ReliefError):
    """Too many tries. The sentence is the same for accounts that exist and those that do not."""

    sentence = "尝试次数过多，请稍后再试，或联系系统管理员解除锁定。"
    status = 429


def count(username: str, ip: str, rules):
    """Count one try; raise Locked when the account (from this address) or the address has had too many."""
    if _add(f"ip:{ip}", "", timedelta(minutes=1), rules.address_per_minute, hold=False) > rules.address_per_minute:
        raise Locked
    account = _digest(username)
    if (
        _add(f"{account}:{ip}", account, timedelta(minutes=rules.lock_minutes), rules.lock_after, hold=True)
        > rules.lock_after
    ):
        raise Locked


def too_many(what: str, address: str, minutes: int, most: int) -> bool:
    """Count one use of something that is open to anybody; tell whether this address had more than `most` in the window."""
    return _add(f"{what}:{address}", "", timedelta(minutes=minutes), most, hold=False) > most


def forget(username: str, ip: str):
    """Clear an account's tries from one address, after a login that worked."""
    database.raw(COLLECTION).delete_one({"_id": f"{_digest(username)}:{ip}"})


def unlock(username: str) -> int:
    """Clear an account's tries from everywhere; return how many addresses had some."""
    return database.raw(COLLECTION).delete_many({"account": _digest(username)}).deleted_count


def is_locked(username: str, rules) -> bool:
    query = {"account": _digest(username), "until": {"$gt": dates.now()}, "count": {"$gte": rules.lock_after}}
    return database.raw(COLLECTION).find_one(query) is not None


def _add(key, account, window, limit, hold):
    """Count within a window, in one step at the server; return the count. `hold`: the last try starts a full lock."""
    now = dates.now()
    over = {"$lte": [{"$ifNull": ["$until", now]}, now]}
    total = {"$cond": [over, 1, {"$add": ["$count", 1]}]}
    restart = {"$or": [over, {"$eq": [total, limit]}]} if hold else over
    # Key and account are literals: a text that begins with $ would otherwise be read as a field.
    update = [
        {
            "$set": {
                "count": total,
                "until": {"$cond": [restart, now + window, "$until"]},
                "account": {"$literal": account},
            }
        }
    ]
    tries = database.raw(COLLECTION)
    tries.delete_many({"until": {"$lt": now - window}})
    for last in (False, True):
        try:
            return tries.find_one_and_update({"_id": key}, update, upsert=True, return_document=ReturnDocument.AFTER)[
                "count"
            ]
        except DuplicateKeyError:  # two first tries at once: the second finds the row
            if last:
                raise


def _digest(username):
    return hashlib.new("sm3", username.strip().lower()[:200].encode("utf-8", "replace")).hexdigest()
