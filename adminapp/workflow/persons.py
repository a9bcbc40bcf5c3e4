"""Who acts and for whom, who made what, and who has a case: rules of two persons compare persons, never one id.

Somebody who acts for an absent colleague is both; so are they wherever the two must be different (四眼原则).
"""

from collections.abc import Iterable


def makers(case, *kinds: str) -> frozenset[str]:
    """Return who made the last stage record of each kind: who acted, and whom they stood for."""
    records = filter(None, (case.last_record(kind) for kind in kinds))
    return frozenset(filter(None, (who for record in records for who in (record.get("by"), record.get("for")))))


def persons(actor, delegations: Iterable[dict], *roles: str) -> frozenset[str]:
    """Return the actor and everybody who delegated one of these roles to them today."""
    return frozenset({actor.id, *(row["from"] for row in delegations if row["role"] in roles)})


def represented(actor, hands: Iterable[str], delegations: Iterable[dict], roles: Iterable[str]) -> dict | None:
    """Return the delegation under which the actor acts in one of these roles, None when they act for themselves.

    It is that of an absent colleague who has the case, unless the actor has it too.
    """
    hands = set(hands or ())
    if actor.id in hands:
        return None
    return next((row for row in delegations if row["from"] in hands and row["role"] in roles), None)


def on_behalf(delegation: dict | None) -> dict:
    """Return what record and event say of whom the actor stood for; {} when nobody."""
    if delegation is None:
        return {}
    return {"for": delegation["from"], "for_name": delegation["from_name"], "delegation": delegation["_id"]}


def hands_of(case) -> list[str]:
    """Return the ids of everybody who has a case: its handlers and the persons responsible."""
    named = case.responsible or {}
    people = [named.get("first"), named.get("clerk"), *named.get("deputies", ())]
    return sorted(filter(None, {case.owner, case.county_owner, *(person["id"] for person in people if person)}))
