"""Where awards lie: one document a case, with its entries and the spells they give (adminapp/awards/spells.py).

``{_id: case, number, type, programme, unit, cycle, person, people, household_size, township, village, name, previous,
opened, origin, entries, spells, rev}``. `people` are the keys of the persons the award is for, `township` and `village` the
place now. A new recipient's award says when and by which township it was `opened` (ISO day, `origin`); one that goes on
with an earlier award (`previous`) does not.
"""

from pymongo import ASCENDING

from adminapp import database, indexes
from adminapp.awards.spells import derive
from adminapp.scope import ScopedCollection

COLLECTION = "awards"
indexes.declare(COLLECTION, "people", ["people", "programme"])
indexes.declare(COLLECTION, "roll", ["type", "township", "_id"])
indexes.declare(COLLECTION, "township", ["township", "_id"])
indexes.declare(COLLECTION, "new", ["opened", "origin", "type", "number"])
indexes.declare(COLLECTION, "number", "number")
indexes.declare(COLLECTION, "name", "name")
NOW = ("township", "village", "name", "people", "version")
"""What of an entry is also what the award says of itself now, whatever the month it holds from."""
CHANGED: list = []
"""Who hears that an award has one more entry: ``function(award ids)``, safe to repeat."""


def collection() -> ScopedCollection:
    """Return the awards within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def apply(case_id, key: str, change: dict):
    """Carry out one queued change; a key that was applied changes nothing. `change["about"]` makes the award."""
    table = database.raw(COLLECTION)
    if "about" in change:
        table.update_one({"_id": case_id}, {"$setOnInsert": blank(case_id, change["about"])}, upsert=True)
    while (award := table.find_one({"_id": case_id})) is not None:
        after = applied(award, key, change)
        if after is award:
            break
        update = {name: value for name, value in after.items() if name not in ("_id", "entries") and value != award.get(name)}
        stands = {"_id": case_id, "rev": award["rev"]}
        if table.update_one(stands, {"$set": update, "$push": {"entries": after["entries"][-1]}}).matched_count:
            break
    for hear in CHANGED:
        hear([case_id])


def blank(case_id, about: dict) -> dict:
    """Return an award before its first entry."""
    return {"_id": case_id, **about, "entries": [], "spells": [], "rev": 0}


def applied(award: dict, key: str, change: dict) -> dict:
    """Return the award with one more entry, or the very same when it has that entry."""
    if any(entry["key"] == key for entry in award["entries"]):
        return award
    entry = {"key": key, **{name: value for name, value in change.items() if name != "about"}}
    entries = [*award["entries"], entry]
    now = {name: value for name, value in entry["set"].items() if name in NOW}
    if "people" in now:
        now["household_size"] = max(1, len(now["people"]))
    if not award["entries"] and not award.get("previous"):
        now |= {"opened": entry["on"], "origin": now.get("township", "")}
    return {**award, **now, "entries": entries, "spells": derive(entries), "rev": award["rev"] + 1}


def of_people(keys: list[str]) -> list[dict]:
    """Return the awards of any of these persons, in any township."""
    return list(database.raw(COLLECTION).find({"people": {"$in": keys}}, sort=[("_id", ASCENDING)])) if keys else []
