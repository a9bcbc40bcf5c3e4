"""Draws that follow from a text instead of from chance, so that the engine's own functions make the same county each time."""

import hashlib
import secrets
from contextlib import contextmanager
from random import Random
from unittest.mock import patch

from bson import ObjectId

from adminapp import database, dates
from adminapp.workflow import events


@contextmanager
def predictable(ident: str):
    """Let `secrets` draw from the text inside the block. For invented data only."""
    drawn = 0

    def token_hex(size=32):
        nonlocal drawn
        drawn += 1
        return hashlib.sha256(f"{ident}:{drawn}".encode()).hexdigest()[: size * 2]

    with patch.object(secrets, "token_hex", token_hex), patch.object(secrets, "choice", Random(ident).choice):
        yield


def follow_seed(query: dict):
    """Give the events of a query ids that follow from their digests, so that the same seed makes the same database."""
    table = database.raw(events.COLLECTION)
    for event in list(table.find(query)):
        table.delete_one({"_id": event["_id"]})
        table.insert_one({**event, "_id": object_id(event["h"])})


def object_id(digest: str) -> ObjectId:
    """Return an id that sorts by the time of the moment and follows from a digest."""
    return ObjectId(int(dates.now().timestamp()).to_bytes(4) + bytes.fromhex(digest[:16]))
