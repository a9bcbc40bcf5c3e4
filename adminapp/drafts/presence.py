"""Who else looks at a draft: one row for each person and draft, gone a minute after the last sign of life."""

from datetime import timedelta

from adminapp import database, dates, indexes

COLLECTION = "draft_presence"
indexes.declare(COLLECTION, "draft", ["draft", "-at"])
indexes.declare(COLLECTION, "gone", ["at"], expire_after=60)
RECENT = timedelta(seconds=40)


def here(draft_id: str, actor, tab: str, item: str):
    """Note that a person works at an item of a draft."""
    row = {
        "draft": draft_id,
        "user": actor.id,
        "name": actor.name,
        "tab": tab[:20],
        "item": item[:40],
        "at": dates.now(),
    }
    database.raw(COLLECTION).update_one({"_id": f"{draft_id}:{actor.id}"}, {"$set": row}, upsert=True)


def others(draft_id: str, user_id: str) -> list[dict]:
    """Return the others at a draft: name, tab, item; who came last comes first."""
    query = {"draft": draft_id, "at": {"$gt": dates.now() - RECENT}}
    rows = database.raw(COLLECTION).find(query, {"_id": 0}, sort=[("at", -1)], limit=20)
    return [row for row in rows if row["user"] != user_id]
