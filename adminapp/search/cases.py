"""Cases by what was typed: part of a name, pinyin, part of a case number, or a whole ID or account number.

Each question is one look-up in one index that is named with it, reads a bounded number of cases and lets the database
sort nothing. Within the actor's scope as every reading of cases. Looking up a number of a person is logged.
"""

import re
from dataclasses import dataclass, field

from adminapp import audit, divisions, sealing
from adminapp.bank import accounts
from adminapp.errors import Invalid
from adminapp.scope import Actor
from adminapp.search import sounds
from adminapp.search.terms import SERIAL
from adminapp.text import normalise

LIMIT = 30
FEW = 5
"""Found cases below which similar names are looked for too."""
NEAR = 20
"""Similar names shown at most."""
LONGEST = 60
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
ACCOUNT = re.compile(r"[0-9]{12,30}")
CASE_NUMBER = re.compile(r"[0-9]{6,9}[0-9A-Z]{0,20}")


@dataclass
class Found:
    """`rows` match; `more` than LIMIT do when True; `near` have names that only sound or look alike."""

    rows: list[dict] = field(default_factory=list)
    more: bool = False
    near: list[dict] = field(default_factory=list)


def read(text: str) -> str:
    """Return what was typed without blanks, cut to a length that names and numbers have; "" for signs of no name."""
    try:
        return re.sub(r"\s", "", normalise((text or "")[: 2 * LONGEST]))[:LONGEST]
    except Invalid:
        return ""


def is_number(text: str) -> bool:
    """Tell whether this is the whole number of a person or an account, which is looked up exactly and logged."""
    number = _as_number(text)
    return bool(ID_NUMBER.fullmatch(number) or ACCOUNT.fullmatch(number))


def find(collection, actor: Actor, text: str, query: dict, projection: dict, limit: int = LIMIT, log: bool = True) -> Found:
    """Return the cases that match `text` and `query`, whole names and new cases first.

    `log` False leaves numbers of persons and accounts alone, as a list of suggestions must.
    """
    text = read(text)
    if not text:
        return Found()
    if is_number(text):
        return Found(_by_number(collection, _as_number(text), query, projection)) if log else Found()
    ask = _Ask(collection, actor, query, {**projection, "name": 1, "people.name": 1})
    rows = ask(limit + 1, **_of_words(text))
    found = Found(_ranked(rows[:limit], text), len(rows) > limit)
    if len(rows) < FEW:
        found.near = _near(ask, text, {row["_id"] for row in rows})
    return found


class _Ask:
    """Asks one collection within one scope; picks the index that goes with the query."""

    def __init__(self, collection, actor, query, projection):
        self.collection, self.query, self.projection = collection, dict(query), projection
        self.by_village = actor.villages is not None
        places = {divisions.township_of(code) for code in actor.villages} if self.by_village else actor.townships
        if places is not None and len(places) == 1:
            self.query.setdefault("township", next(iter(places)))

    def __call__(self, limit, **condition):
        return list(self.collection.find({**self.query, **condition}, self.projection, limit=limit, hint=self._index(condition)))

    def _index(self, condition):
        if self.by_village:
            return "village"  # some hundred cases: reading them is cheaper than any word that many share
        name = next(iter(condition))
        return "township_terms" if name == "terms" and isinstance(self.query.get("township"), str) else name


def _of_words(text):
    """Return the condition that a part of a name, pinyin or part of a case number makes."""
    number = _as_number(text)
    if number.isdigit() and len(number) <= SERIAL:
        return {"terms": number.zfill(SERIAL)}
    if CASE_NUMBER.fullmatch(number) and number.startswith(divisions.county().county_code):
        return {"number": {"$regex": f"^{number}"}}
    word = number.lower() if number.isascii() else text
    return {"terms": {"$regex": f"^{re.escape(word)}"}}


def _near(ask, text, known):
    """Return cases with similar names: those that sound the same first."""
    found = []
    for keys in (sounds.same(text), sounds.near(text)):
        if keys and len(found) < NEAR:
            rows = ask(NEAR + len(known), sounds={"$in": keys})
            fresh = [row for row in rows if row["_id"] not in known]
            found += _ranked(fresh, text)
            known = known | {row["_id"] for row in fresh}
    return found[:NEAR]


def _by_number(collection, number, query, projection):
    key = sealing.key_of(number)
    rows = []
    if ID_NUMBER.fullmatch(number):
        audit.log("search", by="id_number")
        rows = list(collection.find({**query, "people.key": key}, projection, limit=LIMIT, hint="people"))
    if not rows and ACCOUNT.fullmatch(number):
        audit.log("search", by="account")
        account = accounts.collection().find_one({"_id": key}, {"uses.case": 1}) or {"uses": []}
        ids = [use["case"] for use in account["uses"]][:LIMIT]
        rows = list(collection.find({**query, "_id": {"$in": ids}}, projection, hint="_id_")) if ids else []
    return sorted(rows, key=lambda row: row["_id"], reverse=True)


def _ranked(rows, text):
    """Return the rows with the whole name first, then those it begins, then the rest; newest first among equals."""
    newest = sorted(rows, key=lambda row: row["_id"], reverse=True)
    return sorted(newest, key=lambda row: min((_distance(name, text) for name in _names(row)), default=3))


def _names(row):
    return [row.get("name") or "", *(person.get("name") or "" for person in row.get("people") or ())]


def _distance(name, text):
    return 0 if name == text else 1 if name.startswith(text) else 2


def _as_number(text):
    return normalise(text, numbers=True).upper()
