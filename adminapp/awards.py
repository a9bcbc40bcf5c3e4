"""Awards: what a person or household receives, as dated spells that are added and never overwritten.

``{_id: case, number, type, version, programme, unit, cycle, person, people, household_size, township, village, name,
spells: [{from, to, amount, cause, key, on}], applied: [keys]}``; months are text, amounts fen, `to` None is open.
"""

from datetime import date
from fractions import Fraction

from pymongo import ASCENDING

from adminapp import database, dates, indexes
from adminapp.formula.functions import exact
from adminapp.scope import ScopedCollection

COLLECTION = "awards"
indexes.declare(COLLECTION, "people", ["people", "programme"])
indexes.declare(COLLECTION, "roll", ["type", "township", "_id"])
indexes.declare(COLLECTION, "township", ["township", "_id"])


def collection() -> ScopedCollection:
    """Return the awards within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def apply(case: dict, key: str, change: dict):
    """Carry out one queued change on the case's award (a raw case document); a key that was applied changes nothing."""
    awards = database.raw(COLLECTION)
    if change["change"] == "open":
        awards.update_one({"_id": case["_id"]}, {"$setOnInsert": _new(case, key, change)}, upsert=True)
    award = awards.find_one({"_id": case["_id"]})
    if award is None or key in award["applied"]:
        return
    spells = CHANGES[change["change"]](award["spells"], change, key)
    awards.update_one({"_id": case["_id"], "applied": award["applied"]}, {"$set": {"spells": spells}, "$push": {"applied": key}})


def _new(case, key, change):
    return {
        "number": case["number"], "type": case["type"], "version": case["schema_version"], "programme": change["programme"],
        "unit": change["unit"], "cycle": change["cycle"], "person": (case.get("people") or [{}])[0].get("key", ""),
        "people": [person["key"] for person in case.get("people", ()) if person["key"]], "household_size": change["household_size"],
        "township": case["township"], "village": case["village"], "name": case["name"], "applied": [key],
        "spells": [_spell(change["month"], change.get("last"), change["amount"], "open", key)],
    }  # fmt: skip


def _spell(first, last, amount, cause, key):
    return {"from": first, "to": last, "amount": amount, "cause": cause, "key": key, "on": dates.today().isoformat()}


def _cut(spells, last):
    """Return the spells ended at `last`; spells that begin later are gone, as they never were paid."""
    kept = [spell for spell in spells if spell["from"] <= last]
    return [spell if spell["to"] and spell["to"] <= last else {**spell, "to": last} for spell in kept]


def _amount(spells, change, key):
    before = dates.add_months(change["month"], -1)
    return [*_cut(spells, before), _spell(change["month"], None, change["amount"], change.get("cause", "amount"), key)]


def _suspend(spells, change, key):
    return _cut(spells, dates.add_months(change["month"], -1))


def _resume(spells, change, key):
    return _amount(spells, {**change, "cause": "resume"}, key)


def _close(spells, change, key):
    return _cut(spells, change["month"])


CHANGES = {"open": lambda spells, change, key: spells, "amount": _amount, "suspend": _suspend, "resume": _resume, "close": _close}


def amount_in(award: dict, month: str) -> int:
    """Return the fen due in a month, 0 when none."""
    return next((spell["amount"] for spell in award["spells"] if spell["from"] <= month and (not spell["to"] or month <= spell["to"])), 0)


class Register:
    """What the people of a case hold on a day, in any township: yes, no and amounts, never other people's documents."""

    def __init__(self, case, on: date):
        self.case, self.month = case, dates.month_of(on)
        self._held = None

    @property
    def held(self):
        if self._held is None:
            keys = [person["key"] for person in self.case.people if person.get("key")]
            rows = database.raw(COLLECTION).find({"people": {"$in": keys}, "_id": {"$ne": self.case.pk}}, sort=[("_id", ASCENDING)]) if keys else []
            self._held = [row for row in rows if self._current(row)]
        return self._held

    def _current(self, row):
        return any(not spell["to"] or spell["to"] >= self.month for spell in row["spells"])

    def _mine(self, programme):
        """Return current awards that include the applicant."""
        me = next((person["key"] for person in self.case.people), "")
        return [row for row in self.held if row["programme"] == programme and me in row["people"]]

    def holds(self, programme):
        return bool(self._mine(programme))

    def household_holds(self, programme):
        return any(row["programme"] == programme for row in self.held)

    def monthly(self, programme):
        """Return the applicant's fen a month; a household's award is shared evenly by its members."""
        return exact(sum((Fraction(self._due(row), row["household_size"] if row["unit"] == "household" else 1) for row in self._mine(programme)), Fraction(0)))

    def _due(self, row):
        return amount_in(row, max(self.month, row["spells"][0]["from"])) if row["spells"] else 0


def conflicts(case, relief_type, values) -> list[str]:
    """Return a sentence for each award that rules this case out, and each prerequisite that is missing."""
    register = values.evaluator.awards
    sentences = [
        f"{item.reason}（{item.clause}）" if item.clause else item.reason
        for item in relief_type.excludes
        if (not item.when or values.holds(item.when)) and register.holds(item.programme)
    ]
    if relief_type.payment.cycle != "once":
        if register.holds(relief_type.programme):
            sentences.append("本人已在享受同一项目的待遇")
        elif relief_type.payment.unit == "household" and register.household_holds(relief_type.programme):
            sentences.append("共同生活成员已随另一户享受同一项目的待遇")
    for item in relief_type.requires:
        ask = register.holds if item.who == "person" else register.household_holds
        if (not item.when or values.holds(item.when)) and not ask(item.programme):
            sentences.append(f"{item.reason}（{item.clause}）" if item.clause else item.reason)
    return sentences

