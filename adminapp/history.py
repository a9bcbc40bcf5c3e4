"""Documents that people work on one after another: each change is compare-and-set on `rev`, with an entry in `history`."""

from pymongo import ReturnDocument

from adminapp import database, dates
from adminapp.errors import Conflict
from adminapp.scope import Actor

LONGEST_NOTE = 500


def entry(actor: Actor, what: str, note: str = "") -> dict:
    """Return {at, by, by_name, what, note} of what somebody does now."""
    return {"at": dates.now(), "by": actor.id, "by_name": actor.name, "what": what, "note": note[:LONGEST_NOTE]}


def change(
    collection: str, document: dict, rev: int, values: dict, actor: Actor, what: str, note: str = "", *, where: dict | None = None, unset=()
) -> dict:
    """Set values on a document that stands at `rev` and as `where` says, and return it as it is then. Raise Conflict."""
    update = {"$set": values, "$inc": {"rev": 1}, "$push": {"history": entry(actor, what, note)}}
    if unset:
        update["$unset"] = dict.fromkeys(unset, "")
    query = {"_id": document["_id"], "rev": rev, **(where or {})}
    after = database.raw(collection).find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if after is None:
        raise Conflict()
    return after
