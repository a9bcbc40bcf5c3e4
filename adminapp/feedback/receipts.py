"""Receipts: a number that anybody may read, and a secret that only who handed in holds, to ask what became of it."""

import hmac
import secrets

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, sealing
from adminapp.feedback import papers

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L: read from paper and typed on a phone."""
LENGTH = 8


def next_number(mark: str) -> str:
    """Return the next number of a kind: mark, year, month, serial of the month: YY202609-00012."""
    month = dates.month_of(dates.today()).replace("-", "")
    row = database.raw("counters").find_one_and_update(
        {"_id": f"{mark}:{month}"}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    return f"{mark}{month}-{row['value']:05d}"


def make_secret(once: str = "") -> str:
    """Return a new secret, shown once. `once` names a submission: the same one has the same secret, which is not stored."""
    if not once:
        return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    number, letters = int(sealing.key_of(f"secret:{once}"), 16), ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters += LETTERS[place]
    return letters


def mark_of(once: str) -> dict:
    """Return what a document keeps of its submission, so that the same one is stored once (`store`)."""
    return {"once": sealing.key_of(f"once:{once}")} if once else {}


def store(collection: str, document: dict) -> dict:
    """Insert what came in; when this very submission is there already, return that and let the papers of this one go."""
    try:
        database.raw(collection).insert_one(document)
    except DuplicateKeyError:
        earlier = database.raw(collection).find_one({"once": document.get("once", "")})
        if earlier is None:
            raise
        papers.discard(document)
        return earlier
    return document


def digest_of(number: str, secret: str) -> str:
    """Return the keyed digest of a secret; blanks and case do not count."""
    return sealing.key_of(f"receipt:{number}:{secret}")


def matches(row: dict, secret: str) -> bool:
    """Tell whether the secret is that of the receipt."""
    return hmac.compare_digest(row.get("secret") or "", digest_of(row["_id"], secret))
