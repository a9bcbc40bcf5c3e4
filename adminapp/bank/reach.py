"""Whose money a person sees: everybody within their scope, and finance the payments of the whole county although it reaches no case."""

from adminapp import database
from adminapp.policy import FINANCE
from adminapp.scope import ALL, Actor, ScopedCollection, current


def sees_all(actor: Actor) -> bool:
    """Tell whether the person sees the payments of the whole county."""
    return actor.has(FINANCE) or actor.townships is ALL


def reaches(actor: Actor, township: str, village: str | None = None) -> bool:
    """Tell whether the person sees the payments of a place."""
    return sees_all(actor) or actor.reaches(township, village)


def collection(name: str):
    """Return a collection of payments or accounts within the reach of who acts."""
    table = database.raw(name)
    return table if current().has(FINANCE) else ScopedCollection(table)
