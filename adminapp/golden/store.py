"""Where golden cases lie: one document for a published type, one for each draft, one for what case workers proposed.

Collection `golden`, ``{_id: holder, rev, text, digest, by, at}``; every write is a compare-and-set on `rev`.
"""

import hashlib

from pymongo.errors import DuplicateKeyError

from adminapp import database, dates
from adminapp.declaration import to_text
from adminapp.errors import Conflict
from adminapp.golden.model import GoldenFile
from adminapp.golden.reader import read_text

COLLECTION = "golden"


def of_type(key: str) -> str:
    """Return the holder of what is in force for a published type."""
    return f"type:{key}"


def of_draft(draft_id: str) -> str:
    return f"draft:{draft_id}"


def get(holder: str) -> dict:
    """Return ``{rev, text, digest}``; rev 0 and no text when there is nothing yet."""
    found = database.raw(COLLECTION).find_one({"_id": holder})
    return found or {"_id": holder, "rev": 0, "text": "", "digest": digest_of("")}


def read(holder: str, key: str) -> GoldenFile:
    """Return the golden cases of a holder; none is an empty file."""
    text = get(holder)["text"]
    return read_text(text, holder) if text else GoldenFile(key=key, cases=())


def save(holder: str, golden: GoldenFile | str, by: str, rev: int | None = None) -> dict:
    """Store golden cases (a file, or its text) and return what stands now.

    `rev` is the revision they were made from, None takes what is there now. Raise Conflict when somebody saved meanwhile.
    """
    text = golden if isinstance(golden, str) else to_text(golden) if golden.cases else ""
    before = get(holder)
    if rev is not None and rev != before["rev"]:
        raise Conflict("样例刚刚被他人修改，本次没有保存。请刷新后再试。")
    if text == before["text"]:
        return before
    row = {"rev": before["rev"] + 1, "text": text, "digest": digest_of(text), "by": by, "at": dates.now()}
    collection = database.raw(COLLECTION)
    try:
        stored = collection.update_one({"_id": holder, "rev": before["rev"]}, {"$set": row}, upsert=before["rev"] == 0)
    except DuplicateKeyError:
        stored = None
    if stored is None or not (stored.modified_count or stored.upserted_id):
        raise Conflict("样例刚刚被他人修改，本次没有保存。请刷新后再试。")
    return {"_id": holder, **row}


def drop(holder: str):
    """Forget what a closed draft held."""
    database.raw(COLLECTION).delete_one({"_id": holder})


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
