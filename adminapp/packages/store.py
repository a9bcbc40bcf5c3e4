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
    rows = database.raw(COLLECTION).find({}, {"files": 0}, sort=[("at", DESCENDING)], limit=limit)
    return [row | {"release": releases.get(row["_id"])} for row in rows]


def base_of(name: str) -> Contents | None:
    """Return the newest package of a name that is in force, None when there is none or the package has no name."""
    if not name:
        return None
    for row in database.raw(COLLECTION).find({"name": name}, sort=[("at", DESCENDING)], limit=LOOKED_AT):
        if releases.get(row["_id"])["state"] == PUBLISHED:
            return read(dict(row["files"]))
    return None
