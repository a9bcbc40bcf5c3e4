"""The county's own days as stored (collection `calendars`): every table a row of its own under its number, the newest in force.

``{_id: "rev:<n>", rev, days: {ISO day: {works, name}}, known_until, by, by_name, at, reason, job}``. Days of years that the
package knows stand here only where the county differs (a local holiday).
"""

from datetime import date

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes
from adminapp.errors import Conflict, Invalid
from adminapp.scope import Actor

COLLECTION = "calendars"
indexes.declare(COLLECTION, "rev", ["-rev"])
audit.declare("calendar", "放假安排")
EMPTY = {"rev": 0, "days": {}, "known_until": 0}
_held = {"rev": 0}
"""Which table this process reckons with."""


def newest() -> dict:
    """Return the table in force, an empty one before the first."""
    return database.raw(COLLECTION).find_one({}, sort=[("rev", DESCENDING)]) or EMPTY


def history(limit: int = 20) -> list[dict]:
    return list(database.raw(COLLECTION).find({}, {"days": 0}, sort=[("rev", DESCENDING)], limit=limit))


def refresh():
    """Reckon with the newest table from now on; one indexed read when nothing has changed."""
    row = database.raw(COLLECTION).find_one({}, {"rev": 1}, sort=[("rev", DESCENDING)])
    if (row["rev"] if row else 0) != _held["rev"]:
        use(newest())


def use(table: dict):
    dates.set_overrides(overrides(table), table["known_until"])
    _held["rev"] = table["rev"]


def overrides(table: dict) -> dict[date, bool]:
    return {date.fromisoformat(day): told["works"] for day, told in table["days"].items()}


def publish(days: dict, known_until: int, actor: Actor, rev: int, reason: str) -> dict:
    """Put a table in force and return it. `rev` is the one it was made from. Raise Invalid, Conflict."""
    before = newest()
    if before["rev"] != rev:
        raise Conflict("放假安排刚刚被他人修改，请重新查看")
    if len(reason.strip()) < 2:
        raise Invalid(["请写明依据，如国务院办公厅通知的文号"])
    if (before["days"], before["known_until"]) == (days, known_until):
        raise Invalid(["与现行的放假安排相同，没有需要发布的内容"])
    row = {"rev": rev + 1, "days": days, "known_until": known_until, "by": actor.id, "by_name": actor.name, "at": dates.now()}
    row |= {"_id": f"rev:{rev + 1}", "reason": reason.strip()[:200], "job": ""}
    try:
        database.raw(COLLECTION).insert_one(row)
    except DuplicateKeyError as error:
        raise Conflict("放假安排刚刚被他人修改，请重新查看") from error
    audit.log("calendar", rev=row["rev"], days=len(days), known_until=known_until)
    use(row)
    return row
