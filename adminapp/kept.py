"""What somebody has typed into a form and not sent yet: kept for its writer alone, sealed, for some days.

``{_id: "<account>:<form>", at, content}``. The form is named by its address, so it is found again where it was left;
`content` is the JSON of [[name, value], …], absent once it was sent. Nothing of it counts as stored: it only comes back
into the same form.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes, sealing

COLLECTION = "kept_forms"
DAYS = 14
indexes.declare(COLLECTION, "at", ["at"], expire_after=DAYS * 86400)
CONTEXT = "kept_form"
MOST = 200_000
"""Characters of a form that is kept; a larger one is none of ours."""
LATE = timedelta(seconds=5)
"""How long after a form was sent what was typed before may still arrive, by another connection."""


@dataclass(frozen=True)
class Kept:
    at: datetime
    pairs: list[tuple[str, str]]


def keep(account: str, form: str, pairs: list[tuple[str, str]]) -> datetime | None:
    """Keep what stands in a form instead of what was kept before; return when. None when it is too much, or was just sent."""
    content, at = json.dumps(pairs, ensure_ascii=False), dates.now()
    if len(content) > MOST:
        return None
    row = {"at": at, "content": sealing.seal(content, CONTEXT)}
    not_just_sent = {"_id": _name(account, form), "$or": [{"content": {"$exists": True}}, {"at": {"$lt": at - LATE}}]}
    try:
        database.raw(COLLECTION).update_one(not_just_sent, {"$set": row}, upsert=True)
    except DuplicateKeyError:
        return None
    return at


def find(account: str, form: str) -> Kept | None:
    """Return what the account left in the form; None when there is nothing, or it is too old."""
    row = database.raw(COLLECTION).find_one({"_id": _name(account, form)})
    if row is None or "content" not in row or row["at"] < dates.now() - timedelta(days=DAYS):
        return None
    return Kept(row["at"], [tuple(pair) for pair in json.loads(sealing.unseal(row["content"], CONTEXT))])


def forget(account: str, form: str):
    """Drop what was kept: it was sent, or is not wanted."""
    database.raw(COLLECTION).update_one({"_id": _name(account, form)}, {"$set": {"at": dates.now()}, "$unset": {"content": ""}}, upsert=True)


def _name(account, form):
    return f"{account}:{form}"
