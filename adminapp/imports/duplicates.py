"""Pairs that may be the same household: the same person, a shared member, or the same name in the same village.

A pair is of a household of the file and an earlier one, or a case that is there. Nothing is decided by the program: a
household waits until a person has judged each of its pairs. What was judged of a pair is kept and holds for later files.
Other townships' cases are matched too, and nothing of them is told but that there is one.
"""

import hashlib
from collections import defaultdict

from adminapp import database, dates, indexes
from adminapp.imports import batches
from adminapp.scope import Actor, ScopedCollection

PAIRS, VERDICTS = "import_pairs", "import_verdicts"
indexes.declare(PAIRS, "batch", ["batch", "verdict", "n"])
SAME, DIFFERENT, OPEN = "same", "different", ""
SAME_LABEL = {SAME: "重复，不导入", DIFFERENT: "不是重复，导入", OPEN: "待判断"}
WHY = {"id": "申请人公民身份号码相同", "member": "有相同的家庭成员", "name": "同村同名"}
OVER = ("withdrawn", "not_accepted", "refused", "terminated", "terminated_uncoop")
"""States of cases that stand in nobody's way."""


def pairs() -> ScopedCollection:
    """Return the pairs within the actor's scope."""
    return ScopedCollection(database.raw(PAIRS))


class Finder:
    """Finds pairs chunk by chunk; it remembers the households it has seen. `batch` is the row of the batch."""

    def __init__(self, batch: dict, registry):
        self.batch, self.seen_ids, self.seen_names, self.about = batch, {}, {}, {}
        programme = registry.get(batch["type"], batch["version"]).relief_type.programme
        self.types = [key for key, item in registry.latest().items() if item.relief_type.programme == programme] or [batch["type"]]

    def find(self, composed: list[tuple]) -> list[dict]:
        """Return the pairs of a chunk of (household, case)."""
        stored = self._stored([case for _, case in composed])
        found = []
        for household, case in composed:
            mine = _side(case) | {"n": household.n, "sheet": household.sheet, "row": household.row + 1}
            for other, why in [*self._in_file(case), *_matches(case, stored)]:
                found.append(self._pair(mine, other, why))
            self._remember(case, mine)
        return found

    def find_stored(self, composed: list[tuple]) -> list[dict]:
        """Return the pairs of a chunk with cases that are there, and none within the file."""
        stored = self._stored([case for _, case in composed])
        return [
            self._pair(_side(case) | {"n": household.n, "sheet": household.sheet, "row": household.row + 1}, other, why)
            for household, case in composed
            for other, why in _matches(case, stored)
        ]

    def _in_file(self, case):
        found = {}
        for person in case.people:
            for earlier in self.seen_ids.get(person["key"], ()) if person["key"] else ():
                applicant = person["key"] in (case.people[0]["key"], self.about[earlier]["key"])
                found[earlier] = "id" if applicant or found.get(earlier) == "id" else "member"
        for earlier in self.seen_names.get((case.village, case.name), ()):
            found.setdefault(earlier, "name")
        return [(self.about[n], why) for n, why in found.items()]

    def _remember(self, case, mine):
        self.about[mine["n"]] = mine
        for person in case.people:
            if person["key"]:
                self.seen_ids.setdefault(person["key"], []).append(mine["n"])
        self.seen_names.setdefault((case.village, case.name), []).append(mine["n"])

    def _stored(self, cases):
        """Return the cases that are there and share a person or a name with one of these; own ones are left out."""
        table, shown = database.raw("cases"), dict.fromkeys(("number", "name", "township", "village", "people", "type", "state"), 1)
        common = {"type": {"$in": self.types}, "state": {"$nin": list(OVER)}}
        keys = sorted({person["key"] for case in cases for person in case.people if person["key"]})
        rows = list(table.find({"people.key": {"$in": keys}, **common}, shown)) if keys else []
        by_township = defaultdict(set)
        for case in cases:
            by_township[case.township].add(case.name)
        for township, names in by_township.items():
            rows += table.find({"township": township, "terms": {"$in": sorted(names)}, **common}, shown)
        first, last = batches.id_range(self.batch["_id"], self.batch["at"])
        return {row["_id"]: row for row in rows if not first <= row["_id"] <= last}

    def _pair(self, mine, other, why):
        other = other if "n" in other else _side_of_stored(other)
        key = hashlib.sha256("\n".join(["pair", *sorted((mine["mark"], other["mark"]))]).encode()).hexdigest()[:32]
        return {
            "_id": f"{self.batch['_id']}:{mine['n']}:{key}", "key": key, "batch": self.batch["_id"], "n": mine["n"], "why": why, "mine": mine, "other": other,
            "township": mine["township"], "village": mine["village"], "verdict": OPEN,
        }  # fmt: skip


def _side(case):
    return {
        "key": case.people[0]["key"] if case.people else "", "name": case.name, "township": case.township, "village": case.village,
        "people": [person["name"] for person in case.people], "mark": _mark(case.people, case.village),
    }  # fmt: skip


def _mark(people, village):
    """Return what a household of a file is known by when the file, or one like it, comes again."""
    return "|".join([village, *(f"{person['key']}{person['name']}" for person in people)])


def _side_of_stored(row):
    names = [person["name"] for person in row.get("people") or ()]
    about = {name: row.get(name) for name in ("number", "name", "township", "village", "state", "type")}
    return about | {"case": row["_id"], "people": names, "mark": str(row["_id"])}


def _matches(case, stored):
    """Yield (stored case, why) for each that may be the same household."""
    mine = {person["key"] for person in case.people if person["key"]}
    for row in stored.values():
        keys = [person["key"] for person in row.get("people") or () if person["key"]]
        shared = mine & set(keys)
        if shared:
            yield row, "id" if {case.people[0]["key"], keys[0]} & shared else "member"
        elif row.get("name") == case.name and row.get("village") == case.village:
            yield row, "name"


# What was judged


def with_verdicts(found: list[dict]) -> list[dict]:
    """Return the pairs with what was judged of them before."""
    keys = [pair["key"] for pair in found]
    known = {row["_id"]: row["verdict"] for row in database.raw(VERDICTS).find({"_id": {"$in": keys}})} if keys else {}
    return [pair | {"verdict": known.get(pair["key"], OPEN)} for pair in found]


def keep(found: list[dict]):
    """Store the pairs of a trial, in place of what stood there."""
    if found:
        pairs().insert_many(found, ordered=False)


def keep_new(found: list[dict]):
    """Store pairs that came up after the trial; those that stand there stay."""
    known = {row["_id"] for row in database.raw(PAIRS).find({"_id": {"$in": [pair["_id"] for pair in found]}}, {"_id": 1})} if found else set()
    keep([pair for pair in found if pair["_id"] not in known])


def judge(batch: dict, pair_id: str | None, verdict: str, actor: Actor) -> int:
    """Judge a pair, or with None all that are open, and return how many; it is remembered for later files."""
    query = {"batch": batch["_id"], **({"_id": pair_id} if pair_id else {"verdict": OPEN})}
    rows = list(pairs().find(query, {"key": 1}))
    for row in rows:
        kept = {"verdict": verdict, "by": actor.id, "at": dates.now()}
        database.raw(VERDICTS).update_one({"_id": row["key"]}, {"$set": kept}, upsert=True)
    ids = [row["_id"] for row in rows]
    pairs().update_many({"_id": {"$in": ids}}, {"$set": {"verdict": verdict}})
    return len(rows)


def standing(batch: dict) -> dict[int, str]:
    """Return {n: verdict} of the households of a batch that are not taken in as its pairs stand."""
    return held_back(list(database.raw(PAIRS).find({"batch": batch["_id"]}, {"n": 1, "verdict": 1})))


def held_back(found: list[dict]) -> dict[int, str]:
    """Return {n: OPEN or SAME} of the households that are not taken in for their pairs."""
    held = {}
    for pair in found:
        if pair["verdict"] != DIFFERENT:
            held[pair["n"]] = SAME if SAME in (pair["verdict"], held.get(pair["n"])) else OPEN
    return held
