"""Which declared fields of a type say where its money goes."""

from functools import lru_cache

from adminapp.fields import KINDS

SOURCES = {
    "id": "applicant_id",
    "payee": "account_name",
    "bank": "bank_name",
    "phone": "phone",
    "address": "home_address",
}
"""Value of a line and the declared field it is taken from."""


def sources(relief_type) -> dict[str, str]:
    """Return the stored field each value of a line comes from, "" when the type declares none.

    The names are those of every declaration (`applicant_id`, `account_name` …); the account is also known by its kind.
    """
    live = relief_type.live_fields
    found = {name: live[key].stored if key in live else "" for name, key in SOURCES.items()}
    accounts = [field for field in live.values() if KINDS[field.kind].name == "bank_account"]
    return found | {"account": accounts[0].stored if accounts else ""}


@lru_cache(maxsize=256)
def _of_version(published):
    return sources(published.relief_type)


def of_version(registry, key: str, version: int) -> dict[str, str]:
    """Return `sources` of a published version, worked out once: a payment run asks for every line."""
    return _of_version(registry.get(key, version))


def values_of(registry, case: dict) -> dict:
    """Return {name: stored value} of a raw case under its own version; "" where there is none, or no case."""
    if not case:
        return dict.fromkeys([*SOURCES, "account"], "")
    fields = of_version(registry, case["type"], case["schema_version"])
    return {name: case.get(stored) or "" for name, stored in fields.items()}
