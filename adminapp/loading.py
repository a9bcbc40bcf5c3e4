"""Loads one case under the version it stands under, within the scope of whoever asks."""

from bson import ObjectId

from adminapp import database
from adminapp.errors import NotFound
from adminapp.scope import ScopedCollection


def load_case(registry, case_id):
    """Return (case, published) of a case by its id. Raise NotFound when it is absent or out of the actor's scope."""
    row = ScopedCollection(database.raw("cases")).find_one({"_id": ObjectId(case_id)}) if ObjectId.is_valid(case_id) else None
    if row is None:
        raise NotFound()
    published = registry.get(row["type"], row["schema_version"])
    return published.model._from_son(row), published
