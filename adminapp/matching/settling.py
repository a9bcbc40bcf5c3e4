"""Follows what became of the cases of matches: one that was dealt with is settled, one that moved goes along.

Runs in the consumer; each write is a compare-and-set on the match, so it may run twice and be killed anywhere.
"""

from adminapp import awards, database, dates
from adminapp.awards.spells import SUSPENDED, state_in
from adminapp.jobs.sweeping import each
from adminapp.matching import course, store
from adminapp.matching.intake import LIVE, OPEN_STATES
from adminapp.matching.lists import DEATH, match_lists
from adminapp.scope import system

BATCH = 500


def sweep(engine=None) -> int:
    """Look at every match of which something has to follow; return how many changed."""
    table, last, changed = database.raw(store.COLLECTION), "", 0
    each(table.find({"following": True}), course.follow)  # a machine died between two writes
    with system("matches"):
        while rows := list(table.find({"state": {"$in": list(store.RUNNING)}, "_id": {"$gt": last}}, {"detail": 0}, sort=[("_id", 1)], limit=BATCH)):
            changed += sum(map(_follow, rows, _standing(rows)))
            last = rows[-1]["_id"]
    return changed


def _standing(rows):
    """Yield (case, award) of each match as they stand."""
    ids = [row["case"] for row in rows]
    cases = {row["_id"]: row for row in database.raw("cases").find({"_id": {"$in": ids}}, {"state": 1, "township": 1, "village": 1, "people": 1})}
    held = {row["_id"]: row for row in database.raw(awards.COLLECTION).find({"_id": {"$in": ids}})}
    return [(cases.get(row["case"]), held.get(row["case"])) for row in rows]


def _follow(row, standing) -> bool:
    case, award = standing
    row = course.follow(row)  # another file may have told another day
    changes, lines = {}, []
    place = {name: (award or case or row)[name] for name in ("township", "village")}
    if any(place[name] != row[name] for name in place):
        changes |= place
    if not _still(row, case, award):
        changes |= {"state": store.SETTLED, "settled_on": dates.today().isoformat()}
        lines = [store.note("本人已不在享受或申请范围内", None)]
    if not changes:
        return False
    update = {"$set": {**changes, "rev": row["rev"] + 1}} | ({"$push": {"history": {"$each": lines}}} if lines else {})
    return bool(database.raw(store.COLLECTION).update_one({"_id": row["_id"], "rev": row["rev"]}, update).matched_count)


def _still(row, case, award):
    """Tell whether the person is still counted in the award, or in the open case. The dead are not dealt with by a suspension."""
    if award is not None:
        live = LIVE if match_lists()[row["list"]].records == DEATH else LIVE - {SUSPENDED}
        return row["key"] in award["people"] and state_in(award, dates.month_of(dates.today())) in live
    people = {person.get("key") for person in case["people"]} if case else ()
    return bool(case) and case["state"] in OPEN_STATES and row["key"] in people
