"""Sessions: a random number in a cookie, everything else in the database, so that a session can be ended.

``{_id: digest of the cookie, user, epoch, stage, needs, issued, seen, idle_minutes, expires, ip, agent}``. `stage` is
"signed", or "code" while the second factor is awaited; `needs` lists what must be done before anything else: password,
second_factor.
"""

import hashlib
import secrets
from datetime import timedelta

from pymongo import ASCENDING, DESCENDING

from adminapp import database, dates, indexes

COLLECTION = "sessions"
indexes.declare(COLLECTION, "user", ["user", "issued"])
indexes.declare(COLLECTION, "expires", ["expires"])

BYTES = 32
CODE_MINUTES = 5
SEEN_SECONDS = 30
"""A session's last use is written at most this often."""


def key_of(cookie: str) -> str:
    """Return the stored id: who reads the database cannot sign in with what is there."""
    return hashlib.new("sm3", cookie.encode("utf-8", "replace")).hexdigest()


def open_session(user, rules, *, stage: str, needs=(), ip: str = "", agent: str = "") -> str:
    """Store a new session and return the text for the cookie. Sessions beyond the limit end, oldest first."""
    sessions, now, cookie = database.raw(COLLECTION), dates.now(), secrets.token_urlsafe(BYTES)
    # Cleared here and not by an index of the server: the program has one clock, which tests and trainings may set.
    sessions.delete_many({"expires": {"$lt": now}})
    lifetime = timedelta(hours=rules.absolute_hours) if stage == "signed" else timedelta(minutes=CODE_MINUTES)
    sessions.insert_one(
        {
            "_id": key_of(cookie),
            "user": user.username,
            "epoch": user.epoch,
            "stage": stage,
            "needs": list(needs),
            "issued": now,
            "seen": now,
            "idle_minutes": rules.idle_minutes,
            "expires": now + lifetime,
            "ip": ip[:64],
            "agent": agent[:120],
        }
    )
    if stage == "signed":
        mine = sessions.find(
            {"user": user.username, "stage": "signed"}, {"_id": 1}, sort=[("issued", DESCENDING), ("_id", ASCENDING)]
        )
        beyond = [row["_id"] for row in mine if row["_id"] != key_of(cookie)][rules.parallel - 1 :]
        sessions.delete_many({"_id": {"$in": beyond}})
    return cookie


def find(cookie: str, used: bool = True) -> dict | None:
    """Return the living session of a cookie and note its use, unless a page asked by itself; None when it ended, idled or never was."""
    if not cookie or len(cookie) > 100:
        return None
    sessions, now = database.raw(COLLECTION), dates.now()
    row = sessions.find_one({"_id": key_of(cookie)})
    if row is None:
        return None
    if row["expires"] <= now or row["seen"] + timedelta(minutes=row["idle_minutes"]) <= now:
        sessions.delete_one({"_id": row["_id"]})
        return None
    if used and (now - row["seen"]).total_seconds() >= SEEN_SECONDS:
        sessions.update_one({"_id": row["_id"]}, {"$set": {"seen": now}})
    return row


def satisfy(session_id: str, need: str, **values):
    """Note that what the session needed is done; other fields may be set along."""
    update = {"$pull": {"needs": need}}
    if values:
        update["$set"] = values
    database.raw(COLLECTION).update_one({"_id": session_id}, update)


def keep(session_id: str, **values):
    """Store something with a session, such as a secret that is being set up."""
    database.raw(COLLECTION).update_one({"_id": session_id}, {"$set": values})


def close(session_id: str):
    """End one session."""
    database.raw(COLLECTION).delete_one({"_id": session_id})


def close_all(username: str, but: str = "") -> int:
    """End the sessions of an account, perhaps but one; return how many."""
    return database.raw(COLLECTION).delete_many({"user": username, "_id": {"$ne": but}}).deleted_count


def of(username: str) -> list[dict]:
    """Return the living sessions of an account, newest first."""
    now = dates.now()
    rows = database.raw(COLLECTION).find(
        {"user": username, "stage": "signed", "expires": {"$gt": now}}, sort=[("issued", DESCENDING)]
    )
    return [row for row in rows if row["seen"] + timedelta(minutes=row["idle_minutes"]) > now]
