"""The county's own table of divisions and offices as stored (collection `division_tables`), the newest one in force.

``{_id: "rev:<n>", rev, divisions: {county, townships, villages}, offices: {mark, county, county_phone, townships}, by, by_name,
at, reason}``; a table is written once under its number and never changed, so it can be said which one a notice was printed by.
"""

from dataclasses import dataclass

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, divisions, indexes, legal_basis
from adminapp.divisions.model import Divisions
from adminapp.divisions.reading import read_data, write_data
from adminapp.errors import Conflict, Invalid
from adminapp.scope import Actor

COLLECTION = "division_tables"
indexes.declare(COLLECTION, "rev", ["-rev"])
audit.declare("divisions", "区划和机关")
LONGEST_REASON = 200
_held = {"rev": 0}
"""Which table this process uses."""


@dataclass(frozen=True)
class Table:
    """Divisions, and offices in the shape of `legal_basis.offices_of`."""

    divisions: Divisions
    offices: dict


def current() -> Table:
    """Return what is in force, as of the last refresh."""
    return Table(divisions.county(), legal_basis.offices_of(legal_basis.legal_basis()))


def rev() -> int:
    """Return the number of the table in force, 0 before the first."""
    return _held["rev"]


def history(limit: int = 20) -> list[dict]:
    """Return who stored which table when and why, the newest first."""
    return list(database.raw(COLLECTION).find({}, {"divisions": 0, "offices": 0}, sort=[("rev", DESCENDING)], limit=limit))


def refresh():
    """Use the newest table from now on; one indexed read when nothing has changed."""
    row = database.raw(COLLECTION).find_one({}, {"rev": 1}, sort=[("rev", DESCENDING)])
    if (row["rev"] if row else 0) != _held["rev"]:
        use(database.raw(COLLECTION).find_one({"_id": row["_id"]}) if row else None)


def use(row: dict | None):
    """Take a stored row for this process; None is what comes with the program."""
    divisions.use(read_data(row["divisions"]) if row else None)
    legal_basis.use_offices(row["offices"] if row else None)
    _held["rev"] = row["rev"] if row else 0


def publish(table: Table, actor: Actor, seen: int, reason: str) -> int:
    """Put a table in force and return its number. `seen` is the one it was compared with. Raise Invalid, Conflict."""
    if len(reason.strip()) < 2:
        raise Invalid("请写明依据，如区划调整的批复文号。")
    refresh()
    if seen != _held["rev"]:
        raise Conflict("区划表刚刚被他人修改，请重新上传查看。")
    row = {"_id": f"rev:{seen + 1}", "rev": seen + 1, "divisions": write_data(table.divisions), "offices": table.offices}
    row |= {"by": actor.id, "by_name": actor.name, "at": dates.now(), "reason": reason.strip()[:LONGEST_REASON]}
    try:
        database.raw(COLLECTION).insert_one(row)
    except DuplicateKeyError as error:
        raise Conflict("区划表刚刚被他人修改，请重新上传查看。") from error
    audit.log("divisions", rev=row["rev"], townships=len(row["divisions"]["townships"]), villages=len(row["divisions"]["villages"]))
    use(row)
    return row["rev"]
