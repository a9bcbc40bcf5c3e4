"""Tokens of other systems: made by the system administrator, shown once, kept as a digest, revocable, counted.

``{_id, name, digest, role, townships, reveal, expires (ISO day), by, by_name, at, revoked}``. A token acts like a person of its
role and places, under the name of the system that holds it. `api_uses` counts requests by the minute and knows the last one.
"""

import hashlib
import hmac
import secrets
from datetime import date, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, divisions, indexes
from adminapp.errors import Invalid, NotFound
from adminapp.policy import AUDITOR, CLERK, FINANCE, REVIEWER, ROLES
from adminapp.scope import ALL, Actor

COLLECTION, USES = "api_tokens", "api_uses"
indexes.declare(COLLECTION, "at", ["-at"])
audit.declare("token_issued", "发放接口令牌")
audit.declare("token_revoked", "撤销接口令牌")

PREFIX = "relief"
TOKEN_ROLES = (CLERK, REVIEWER, FINANCE, AUDITOR)
"""What a system may stand for: reading and posting for a township, reading for the county, lists of payment."""
LONGEST_DAYS = 366
A_MINUTE = 120
"""Requests of a token in a minute."""


def issue(name: str, role: str, townships: list[str], days: int, reveal: bool, actor: Actor) -> tuple[dict, str]:
    """Make a token; return (row, text of the token), which is shown once and never stored. Raise Invalid."""
    name, problems = " ".join((name or "").split())[:60], {}
    if not name:
        problems["name"] = ["请填写使用系统的名称"]
    if role not in TOKEN_ROLES:
        problems["role"] = ["请选择角色"]
    known = {code for code, _name in divisions.township_choices()}
    if not set(townships) <= known or (role == CLERK and not townships):
        problems["townships"] = [f"{ROLES[CLERK]}的令牌要选择乡镇"]
    if not 1 <= days <= LONGEST_DAYS:
        problems["days"] = [f"有效期为 1 至 {LONGEST_DAYS} 天"]
    if problems:
        raise Invalid("；".join(text for texts in problems.values() for text in texts), problems=[problems])
    secret, ident = secrets.token_urlsafe(32), secrets.token_hex(6)
    row = {
        "_id": ident, "name": name, "digest": _digest(secret), "role": role, "townships": sorted(townships) if role != FINANCE else [], "reveal": reveal,
        "expires": (dates.today() + timedelta(days=days)).isoformat(), "by": actor.id, "by_name": actor.name, "at": dates.now(), "revoked": None,
    }  # fmt: skip
    database.raw(COLLECTION).insert_one(row)
    audit.log("token_issued", token=ident, role=role, townships=row["townships"], expires=row["expires"], reveal=reveal)
    return row, f"{PREFIX}_{ident}_{secret}"


def revoke(ident: str):
    """Let a token open nothing any more. Raise NotFound."""
    stored = database.raw(COLLECTION).find_one_and_update({"_id": str(ident), "revoked": None}, {"$set": {"revoked": dates.now()}})
    if stored is None and get(ident) is None:
        raise NotFound()
    if stored is not None:
        audit.log("token_revoked", token=stored["_id"])


def get(ident: str) -> dict | None:
    return database.raw(COLLECTION).find_one({"_id": str(ident)})


def listed() -> list[dict]:
    """Return the tokens, newest first, each with `last`, the time of its last request, or None."""
    last = {row["_id"]: row["last"] for row in database.raw(USES).find({})}
    return [{**row, "last": last.get(row["_id"])} for row in database.raw(COLLECTION).find({}, sort=[("at", -1)], limit=200)]


def state_of(row: dict) -> str:
    """Return "revoked", "expired" or "active"."""
    if row["revoked"]:
        return "revoked"
    return "expired" if date.fromisoformat(row["expires"]) < dates.today() else "active"


def authenticate(header: str) -> dict | None:
    """Return the token of an Authorization header, None for anything that opens nothing."""
    kind, _blank, text = (header or "").partition(" ")
    parts = text.strip().split("_", 2)
    if kind.lower() != "bearer" or len(parts) != 3 or parts[0] != PREFIX or not text.isascii():
        return None
    row = get(parts[1])
    known = row["digest"] if row else "0" * 64
    same = hmac.compare_digest(_digest(parts[2]), known)
    return row if row and same and state_of(row) == "active" else None


def actor_of(row: dict) -> Actor:
    """Return who acts with a token."""
    townships = frozenset(row["townships"])
    reach = townships if row["role"] in (CLERK, FINANCE) or townships else ALL
    return Actor(f"api:{row['_id']}", f"{row['name']}（接口）", frozenset({row["role"]}), reach)


def count(row: dict) -> int:
    """Count a request and return how many the token made in this minute."""
    now = dates.now()
    minute = now.strftime("%Y%m%d%H%M")
    counted = {"$cond": [{"$eq": ["$minute", minute]}, {"$add": ["$n", 1]}, 1]}
    update = [{"$set": {"n": counted, "minute": minute, "last": now}}]
    for _ in range(2):
        try:
            table = database.raw(USES)
            return table.find_one_and_update({"_id": row["_id"]}, update, upsert=True, return_document=ReturnDocument.AFTER)["n"]
        except DuplicateKeyError:  # two first requests at once
            continue
    return 1


def _digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
