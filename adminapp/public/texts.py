"""What the county writes beside a policy in the library (collection `policy_texts`): one document a type, plain text.

``{_id: type key, rev, intro, apply, contact, by, by_name, at, history}``.
"""

from adminapp import audit, database, dates
from adminapp.errors import Conflict
from adminapp.feedback.sealed import tidy
from adminapp.scope import Actor

COLLECTION = "policy_texts"
FIELDS = {"intro": "政策介绍", "apply": "怎样申请", "contact": "咨询和联系"}
LONGEST = 2000


def all_of() -> dict[str, dict]:
    return {row["_id"]: row for row in database.raw(COLLECTION).find({}, {"history": 0})}


def get(key: str) -> dict:
    """Return the text of a type; an empty one with rev 0 where nobody wrote any."""
    return database.raw(COLLECTION).find_one({"_id": key}, {"history": 0}) or {"_id": key, "rev": 0, **dict.fromkeys(FIELDS, "")}


def write(key: str, values: dict, rev: int, actor: Actor) -> dict:
    """Store the text that stood at `rev`. Raise Invalid at its input, Conflict."""
    typed = {name: tidy(name, label, values.get(name), most=LONGEST) for name, label in FIELDS.items()}
    table = database.raw(COLLECTION)
    change = {"$set": {**typed, "by": actor.id, "by_name": actor.name, "at": dates.now()}}
    if rev == 0:
        row = {"rev": 1, **change["$set"]}
        done = table.update_one({"_id": key}, {"$setOnInsert": row}, upsert=True).upserted_id is not None
    else:
        done = table.update_one({"_id": key, "rev": rev}, change | {"$inc": {"rev": 1}}).modified_count == 1
    if not done:
        raise Conflict()
    audit.log("settings", what="policy_text", type=key)
    return get(key)
