"""Packages that were taken in, by the release that they went out with: what the next one of the same name is merged against.

Collection `packages`, ``{_id: release, name, files: [[path, text]], digest, by, at}``; written once.
"""

from pymongo import DESCENDING

from adminapp import database, dates, indexes
from adminapp.packages.contents import Contents, read
from adminapp.releases import store as releases
from adminapp.releases.model import PUBLISHED

COLLECTION = "packages"
indexes.declare(COLLECTION, "name", ["name", "-at"])
indexes.declare(COLLECTION, "at", ["-at"])
LOOKED_AT = 50


def keep(release_id: str, contents: Contents, actor):
    """Remember what a release takes in; done again it is the same."""
    row = {"name": contents.name, "files": list(map(list, contents.files().items())), "digest": contents.digest, "by": actor.id, "at": dates.now()}
    database.raw(COLLECTION).update_one({"_id": release_id}, {"$setOnInsert": row}, upsert=True)


def listed(limit: int = 50) -> list[dict]:
    """Return ``{name, digest, at, release}`` of the packages taken in, newest first."""
    rows = list(database.raw(COLLECTION).find({}, {"files": 0}, sort=[("at", DESCENDING)], limit=limit))
    out = releases.heads(row["_id"] for row in rows)
    return [row | {"release": out[row["_id"]]} for row in rows]


def base_of(name: str) -> Contents | None:
    """Return the newest package of a name that is in force, None when there is none or the package has no name."""
    if not name:
        return None
    rows = list(database.raw(COLLECTION).find({"name": name}, {"_id": 1}, sort=[("at", DESCENDING)], limit=LOOKED_AT))
    out = releases.heads(row["_id"] for row in rows)
    newest = next((row["_id"] for row in rows if out[row["_id"]]["state"] == PUBLISHED), None)
    return read(dict(database.raw(COLLECTION).find_one({"_id": newest})["files"])) if newest else None
