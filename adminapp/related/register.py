"""The register of officials and their relatives (collection `kin_filings`): one document for a person and a year.

``{_id: "<year>:<key>", year, rev, township, village, kind, name, key, id_number, phone, unit, post, account, relatives:
[{row, relation, name, key, id_number, address, until}], keys, filed_on, filed_by, filed_by_name, replaced_on, ended_on,
scanned, history}``. Numbers are sealed and found by `keys` (of the official and of every relative). The filing of last year counts until
that of this year replaces it; a relative who is taken out stays with the day `until`. Who belongs to the county has
no township.
"""

from dataclasses import asdict, dataclass
from datetime import date
from time import monotonic

from adminapp import database, dates, indexes, sealing
from adminapp.errors import NotFound
from adminapp.related.kinship import SELF, kinship
from adminapp.scope import ScopedCollection

COLLECTION = "kin_filings"
KEPT_SECONDS = 1.0
"""How long a process goes on with what it read of an account's relatives: a filing bars within a second everywhere."""
indexes.declare(COLLECTION, "keys", ["keys"])
indexes.declare(COLLECTION, "names", ["names"])
indexes.declare(COLLECTION, "account", ["account", "replaced_on"])
indexes.declare(COLLECTION, "person", ["key", "-year"])
indexes.declare(COLLECTION, "place", ["township", "-year", "name"])
indexes.declare(COLLECTION, "year", ["-year", "township", "name"])
indexes.declare(COLLECTION, "unscanned", ["unscanned", "_id"], sparse=True)


@dataclass(frozen=True)
class Related:
    """A person of a case who is an official or somebody near to one. `key` is the person's, `person` the filed name."""

    filing: str
    account: str
    name: str
    unit: str
    post: str
    kind: str
    relation: str
    key: str
    person: str

    @classmethod
    def of(cls, row: dict, relation: str, key: str, person: str):
        official = (row[name] for name in ("_id", "account", "name", "unit", "post", "kind"))
        return cls(*official, relation, key, person)

    def stored(self, on: date) -> dict:
        """Return the relation as a case keeps it."""
        return {**asdict(self), "on": on.isoformat()}


def collection() -> ScopedCollection:
    """Return the filings within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def get(filing_id: str) -> dict:
    """Return a filing the actor may see. Raise NotFound."""
    row = collection().find_one({"_id": str(filing_id)})
    if row is None:
        raise NotFound()
    return row


def open_number(sealed: str) -> str:
    """Return a sealed number of a filing; "" stays empty."""
    return sealing.unseal(sealed, f"{COLLECTION}.number") if sealed else ""


def seal_number(text: str) -> str:
    return sealing.seal(text, f"{COLLECTION}.number") if text else ""


# Matching: asked over all places, answered with no more than what is needed to act on it.


def in_force(row: dict, on: date) -> bool:
    """Tell whether a filing counts on the day: not replaced by a newer one, its official still in office."""
    day = on.isoformat()
    return all(not row.get(end) or row[end] > day for end in ("replaced_on", "ended_on"))


def people_of(row: dict, on: date):
    """Yield (key, relation, name) of everybody whom a filing makes related on the day, the official first."""
    yield row["key"], SELF, row["name"]
    for relative in row["relatives"]:
        counted = kinship().counts(relative["relation"], on)
        if relative["key"] and counted and (not relative.get("until") or relative["until"] > on.isoformat()):
            yield relative["key"], relative["relation"], relative["name"]


def relations_of(keys, on: date | None = None) -> dict[str, list[Related]]:
    """Return {key: relations} for those of the ID keys that the register knows on the day; one read, whatever the place."""
    wanted, on = {key for key in keys if key}, on or dates.today()
    found: dict[str, list[Related]] = {}
    for row in database.raw(COLLECTION).find({"keys": {"$in": sorted(wanted)}}) if wanted else ():
        for key, relation, person in people_of(row, on) if in_force(row, on) else ():
            if key in wanted:
                found.setdefault(key, []).append(Related.of(row, relation, key, person))
    return found


def hints_of(people, on: date | None = None) -> list[Related]:
    """Return filed relatives who bear the name of one of the people, where one of the two has no ID number to compare.

    A hint for the officer, never a bar: names repeat.
    """
    names, on = {person["name"]: person.get("key") for person in people if person.get("name")}, on or dates.today()
    found = []
    for row in database.raw(COLLECTION).find({"names": {"$in": sorted(names)}}, limit=20) if names else ():
        for relative in row["relatives"] if in_force(row, on) else ():
            mine = names.get(relative["name"], "-")
            if mine != "-" and not (mine and relative["key"]) and kinship().counts(relative["relation"], on):
                found.append(Related.of(row, relative["relation"], "", relative["name"]))
    return found


# What an account is related to


_known: dict[tuple, tuple[float, dict]] = {}


def related_to(account: str, on: date | None = None) -> dict[str, tuple[str, str]]:
    """Return {ID key: (relation, name)} of everybody whom an account is near to by its filing, its holder included."""
    on = on or dates.today()
    at, found = _known.get((account, on), (0.0, {}))
    if not at or monotonic() - at > KEPT_SECONDS:
        found = {}
        for row in database.raw(COLLECTION).find({"account": account, "replaced_on": None}) if account else ():
            if in_force(row, on):
                found |= {key: (relation, person) for key, relation, person in people_of(row, on)}
        if len(_known) > 5000:
            _known.clear()
        _known[account, on] = monotonic(), found
    return found


def forget():
    """Read anew what accounts are related to: a filing has changed."""
    _known.clear()


def replace_older(row: dict):
    """End the earlier filings of the same person, so that one counts; safe to repeat."""
    older = {"key": row["key"], "year": {"$lt": row["year"]}, "replaced_on": None}
    database.raw(COLLECTION).update_many(older, {"$set": {"replaced_on": row["filed_on"]}})


# Who filed, and who did not


def accounts_filed(year: int) -> set[str]:
    """Return the accounts that have a filing of the year."""
    return set(database.raw(COLLECTION).distinct("account", {"year": year}))
