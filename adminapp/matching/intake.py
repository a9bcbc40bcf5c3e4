"""Compares the rows of a list with who is on the roll or applies, and stores each hit once.

A hit that somebody found untrue stays so while the office tells the same day; another day is something new. Safe to run
twice at once and to kill anywhere: every hit has its id.
"""

from collections.abc import Iterable
from itertools import islice

from pymongo.errors import DuplicateKeyError

from adminapp import awards, database, dates, sealing
from adminapp.awards.spells import PENDING, RUNNING, SUSPENDED, state_in
from adminapp.identity import told_by
from adminapp.matching import course, store
from adminapp.matching.lists import MatchList
from adminapp.tabular import Row
from adminapp.workflow.machine import STATES

BATCH = 1000
OPEN_STATES = sorted(key for key, state in STATES.items() if state.open)
LIVE = RUNNING | {PENDING}
"""States of an award from which money can still come."""
NEW, AGAIN, SAME = "new", "again", "same"


def judge(rows: Iterable[Row], places: dict[str, int]):
    """Add to the rows what is wrong among their cells: a day before the birth, an end before the begin, a person told twice."""
    seen = {}
    for row in rows:
        values = row.values
        if values.get("until") and values.get("on") and values["until"] < values["on"]:
            row.refuse(places.get("until"), f"截止日期 {values['until']} 早于起始日期 {values['on']}")
        number = values.get("id_number")
        if number and values.get("on"):
            told = told_by(number)
            if told and values["on"] < told.birth:
                row.refuse(places.get("on"), f"日期 {values['on']} 早于出生日期 {told.birth}，请核对是否串行")
            if not row.problems:
                first = seen.setdefault(number, row.number)
                if first != row.number:
                    row.refuse(places.get("id_number"), f"与第 {first} 行是同一人，只取第一行")


def compare(kind: MatchList, rows: Iterable[Row], run: str, progress=lambda done: None) -> dict[str, int]:
    """Store the hits of good rows; return ``{hits, new}``. `progress` hears how many rows are done."""
    counts, done, good = {"hits": 0, "new": 0}, 0, (row for row in rows if not row.problems)
    while batch := list(islice(good, BATCH)):
        told = {sealing.key_of(row.values["id_number"]): row.values for row in batch}
        for hit in hits(kind, told):
            counts["hits"] += 1
            counts["new"] += keep(hit | {"run": run}) != SAME
        done += len(batch)
        progress(done)
    return counts


def hits(kind: MatchList, told: dict[str, dict]) -> Iterable[dict]:
    """Yield a hit for each person told of ({key: values}) and each award or open case the person is counted in."""
    month = dates.month_of(dates.today())
    rows = [award for award in awards.of_people(sorted(told)) if award["spells"] and state_in(award, month) in LIVE]
    wanted = {"number": 1, "type": 1, "township": 1, "village": 1, "people": 1, "state": 1}
    cases = {row["_id"]: row for row in database.raw("cases").find({"_id": {"$in": [award["_id"] for award in rows]}}, wanted)}
    for award in rows:
        case = cases.get(award["_id"])
        for key in award["people"] if case else ():
            if key in told:
                leads = award["unit"] == "person" or key == award["person"]
                place = {"township": award["township"], "village": award["village"]}
                yield _hit(kind, told[key], key, {**case, **place}, leads, True, state_in(award, month) != SUSPENDED)
    applying = {"people.key": {"$in": sorted(told)}, "state": {"$in": OPEN_STATES}}
    for case in database.raw("cases").find(applying, wanted, hint="people"):
        if case["_id"] not in cases:
            for place, person in enumerate(case["people"]):
                if person.get("key") in told:
                    yield _hit(kind, told[person["key"]], person["key"], case, place == 0, False)


def _hit(kind, values, key, case, leads, award, pays=True):
    person = next((row for row in case["people"] if row.get("key") == key), {})
    about = {name: case[name] for name in ("number", "type", "township", "village")}
    return {
        "_id": store.ident(kind.key, key, case["_id"]), "list": kind.key, "key": key, "case": case["_id"], "award": award, **about,
        "name": person.get("name") or "", "relation": person.get("relation") or "", "leads": leads, "told_name": values["name"],
        "on": values["on"].isoformat(), "until": values["until"].isoformat() if values.get("until") else None,
        "detail": store.seal(kind.told(values)), "pays": pays,
    }  # fmt: skip


TOLD = ("told_name", "on", "until", "detail")


def keep(hit: dict) -> str:
    """Store a hit and return whether it is new, comes up again, or is the same as before.

    One that was dealt with comes up again when money can flow again; a suspended award is left in peace (`pays` false).
    """
    hit, pays = {name: value for name, value in hit.items() if name != "pays"}, hit["pays"]
    table, today = database.raw(store.COLLECTION), dates.today()
    due, clause = store.due_of(store.ANSWER, today)
    start = {"state": store.OPEN, "due": due, "clause": clause, "found_on": today.isoformat(), "checked": None, "decided": None, "settled_on": None}
    while True:
        before = table.find_one({"_id": hit["_id"]})
        if before is None:
            try:
                table.insert_one(hit | start | {"history": [store.note("比对命中", None, on=hit["on"])], "rev": 0})
                return NEW
            except DuplicateKeyError:
                continue
        changes = {name: hit[name] for name in TOLD if hit[name] != before[name]}
        reopened = ("on" in changes and before["state"] not in store.WAITING) or (before["state"] == store.SETTLED and pays)
        if not changes and not reopened:
            return SAME
        told = store.note("再次命中" if reopened else "名单有更新", None, on=hit["on"])
        update = {**{key: value for key, value in hit.items() if key != "_id"}, **(start if reopened else {}), "rev": before["rev"] + 1}
        if table.update_one({"_id": hit["_id"], "rev": before["rev"]}, {"$set": update, "$push": {"history": told}}).matched_count:
            course.follow({**before, **update})
            return AGAIN if reopened else SAME
