"""What a case said when something was decided on it, kept when it is about to be changed.

A decision remembers the digest of the declared values it was made from. Whoever changes the values of a decided case
keeps them first (`queue_of`, in the same write as the change), so the content of every decision can be found: it is the
case as it stands, or a kept one. Sealed values stay sealed; computed ones are left out, they follow from the rest.
"""

from datetime import datetime

from adminapp import database, indexes
from adminapp.fields import KINDS
from adminapp.workflow.digests import digest

COLLECTION = "case_contents"
indexes.declare(COLLECTION, "case", ["case"])
ENVELOPE = ("applied_on", "accepted_on")
"""What formulas see of the envelope and never changes; the village stands on the decision itself."""


def names(relief_type) -> list[str]:
    """Return the stored names of what is typed."""
    return [field.stored for field in relief_type.fields.values() if KINDS[field.kind].stored and field.kind != "computed"]


def snapshot(case, relief_type) -> dict:
    """Return the case's content as stored."""
    return _filled(case.stored_values([*names(relief_type), *ENVELOPE]))


def digest_of(content: dict) -> str:
    return digest({name: plain(value) for name, value in content.items()})


def plain(value):
    """Return a value without the time zone that MongoDB adds to a day."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _filled(values):
    """Return the values that are not blank: what was emptied by an update is not stored, what never was is."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def row_of(case, relief_type) -> dict:
    """Return the outbox data (kind "content") that keeps the case as it stands."""
    content = snapshot(case, relief_type)
    return {"digest": digest_of(content), "version": case.schema_version, "content": content}


def kept(case_id, data: dict) -> dict:
    """Return the document of a kept content; `data` is what `row_of` gives."""
    return {"_id": f"{case_id}:{data['digest']}", "case": case_id, "version": data["version"], "content": data["content"]}


def carry(case: dict, item: dict):
    """Keep a queued content; the same one again is there already."""
    row = kept(case["_id"], item["data"])
    database.raw(COLLECTION).update_one({"_id": row["_id"]}, {"$setOnInsert": row}, upsert=True)


def keep(case: dict, relief_type) -> str:
    """Keep the content of a case as stored (a raw document) before something outside the workflow rewrites it."""
    content = of_document(case, relief_type)
    found = digest_of(content)
    carry(case, {"data": {"digest": found, "version": case["schema_version"], "content": content}})
    return found


def of(case_id, wanted: str, published, case: dict | None = None) -> dict | None:
    """Return the content with this digest as a raw document: the case as it stands, or as it was kept; None when lost.

    `case` is the raw document where it was read already.
    """
    case = case or database.raw("cases").find_one({"_id": case_id})
    if case is not None:
        content = of_document(case, published.relief_type)
        if digest_of(content) == wanted:
            return content
    row = database.raw(COLLECTION).find_one({"_id": f"{case_id}:{wanted}"})
    return row["content"] if row and digest_of(row["content"]) == wanted else None


def of_document(case: dict, relief_type) -> dict:
    """Return the content of a raw document."""
    return _filled({name: case.get(name) for name in (*names(relief_type), *ENVELOPE)})
