"""The persons responsible for a case: the head first, deputy and clerk second (县方案 五(二)2).

Their names are frozen in the case at acceptance as ``{first, deputies, clerk, on}``, each person ``{id, name}``; who comes into
office later is named by an event of its own (`handling.renew`), never by itself.
"""

from datetime import date

from adminapp import database, policy
from adminapp.auth import users

MOST_DEPUTIES = 3


def of_township(township: str) -> dict:
    """Return ``{first, deputies}`` of a township today: the head and the deputies longest in office; None and [] when vacant."""
    wanted = {"roles": {"$in": [policy.HEAD, policy.DEPUTY]}, "townships": township, "active": True}
    rows = list(database.raw(users.COLLECTION).find(wanted, {"name": 1, "roles": 1}, sort=[("created", 1), ("_id", 1)]))
    heads = [_person(row) for row in rows if policy.HEAD in row["roles"]]
    deputies = [_person(row) for row in rows if policy.DEPUTY in row["roles"] and policy.HEAD not in row["roles"]]
    return {"first": heads[0] if heads else None, "deputies": deputies[:MOST_DEPUTIES]}


def _person(row):
    return {"id": row["_id"], "name": row["name"]}


def name(case, officials: dict, clerk: dict, on: date):
    """Set the persons responsible of a case."""
    case.responsible = {**officials, "clerk": clerk, "on": on.isoformat()}


def has_changed(case, officials: dict) -> bool:
    """Tell whether other people are in office than those named on the case."""
    named = case.responsible or {}
    return any(_ids(named.get(key)) != _ids(officials.get(key)) for key in ("first", "deputies"))


def _ids(people):
    people = people if isinstance(people, list) else [people]
    return [person["id"] for person in people if person]
