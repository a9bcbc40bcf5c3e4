"""The rules of logging in. A county may set them (`settings`, document `login`); the defaults are the strict ones."""

from dataclasses import asdict, dataclass, fields

from adminapp import database
from adminapp.errors import Invalid
from adminapp.policy import APPROVER, AUDITOR, FINANCE, SYSADMIN

COLLECTION, KEY = "settings", "login"


@dataclass(frozen=True)
class Rules:
    """Figures follow GB/T 22239-2019 8.1.4.1; what it leaves open follows OWASP ASVS 5.0, chapters 6 and 7."""

    idle_minutes: int = 15
    absolute_hours: int = 8
    parallel: int = 2
    """Sessions of one account at the same time; the oldest ends."""
    lock_after: int = 5
    lock_minutes: int = 15
    address_per_minute: int = 30
    """Tries from one address, whatever the account."""
    password_length: int = 10
    password_days: int = 90
    """0 means that passwords do not age."""
    password_history: int = 5
    second_factor_roles: tuple[str, ...] = (APPROVER, FINANCE, SYSADMIN, AUDITOR)


def read() -> Rules:
    """Return the rules in force."""
    stored = database.raw(COLLECTION).find_one({"_id": KEY}) or {}
    known = {each.name: stored[each.name] for each in fields(Rules) if each.name in stored}
    if "second_factor_roles" in known:
        known["second_factor_roles"] = tuple(known["second_factor_roles"])
    return Rules(**known)


def change(**changes) -> Rules:
    """Store some rules and return all. Raise Invalid for a number below 1 (`password_days` may be 0)."""
    for name, value in changes.items():
        if isinstance(value, int) and value < (0 if name == "password_days" else 1):
            raise Invalid("登录规则中的数字必须大于 0")
    rules = Rules(**asdict(read()) | changes)
    database.raw(COLLECTION).update_one({"_id": KEY}, {"$set": asdict(rules)}, upsert=True)
    return rules
