"""Accounts as stored in `users`, and what they may reach.

``{_id: username, name, roles, townships, villages, password, history, password_set, must_change, active, epoch, demo,
second_factor, code_step, recovery, created, last_login, last_ip}``. The username is the id for ever, so that the log of
years ago still names one person: an account is disabled, never deleted. `epoch` counts up with every change of rights
or password, and sessions of an earlier epoch are dead.
"""

import re
from dataclasses import dataclass, field

from pymongo import ASCENDING, ReturnDocument

from adminapp import database, indexes, policy
from adminapp.errors import Invalid, NotFound
from adminapp.scope import ALL, Actor

COLLECTION = "users"
indexes.declare(COLLECTION, "roles", ["roles", "_id"])

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
GROUPS = (
    frozenset({policy.SYSADMIN}),
    frozenset({policy.POLICY_ADMIN}),
    policy.COUNTY,
    frozenset({policy.FINANCE}),
    frozenset({policy.AUDITOR}),
    policy.TOWNSHIP,
    frozenset({policy.ASSISTANT}),
)
"""Roles one person may hold together: running the system, deciding, paying and auditing are different people."""


@dataclass(frozen=True)
class User:
    """An account as screens see it; nothing secret is in it."""

    username: str
    name: str
    roles: frozenset[str] = frozenset()
    townships: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    active: bool = True
    must_change: bool = False
    demo: bool = False
    epoch: int = 0
    language: str = ""
    has_second_factor: bool = False
    row: dict = field(default_factory=dict, repr=False, compare=False)
    is_authenticated = True

    @property
    def id(self):
        return self.username

    @property
    def role_labels(self):
        return [policy.ROLES[role] for role in policy.ROLES if role in self.roles]

    def has(self, *roles):
        return bool(self.roles & set(roles))


class Nobody:
    """Somebody who is not signed in."""

    is_authenticated = False
    username = name = language = ""
    roles = frozenset()

    def has(self, *roles):
        return False


def from_row(row: dict) -> User:
    return User(
        row["_id"],
        row["name"],
        frozenset(row["roles"]) & policy.EVERYONE,
        tuple(row["townships"]),
        tuple(row["villages"]),
        row["active"],
        row["must_change"],
        row.get("demo", False),
        row["epoch"],
        row.get("language", ""),
        bool(row.get("second_factor")),
        row,
    )


def find(username: str) -> User | None:
    """Return the account, disabled ones too, or None."""
    row = database.raw(COLLECTION).find_one({"_id": str(username)})
    return from_row(row) if row else None


def get(username: str) -> User:
    """Return the account; raise NotFound."""
    user = find(username)
    if user is None:
        raise NotFound("没有这个账户")
    return user


def all_users() -> list[User]:
    """Return every account in order of username: a county has dozens, not thousands."""
    return [from_row(row) for row in database.raw(COLLECTION).find({}, sort=[("_id", ASCENDING)])]


def names(usernames) -> dict[str, str]:
    """Return {username: name} of these accounts, in one read; unknown ones are left out."""
    wanted = sorted(set(usernames))
    rows = database.raw(COLLECTION).find({"_id": {"$in": wanted}}, {"name": 1}) if wanted else ()
    return {row["_id"]: row["name"] for row in rows}


def name_of(username: str) -> str:
    """Return the name of an account, the username itself when there is none."""
    return names([username]).get(username, username)


def change(username: str, where: dict | None = None, *, ends_sessions: bool = False, **values) -> User | None:
    """Set fields of an account when `where` still holds; return it, or None when it does not."""
    update = {"$set": values} if values else {}
    if ends_sessions:
        update["$inc"] = {"epoch": 1}
    row = database.raw(COLLECTION).find_one_and_update(
        {"_id": username, **(where or {})}, update, return_document=ReturnDocument.AFTER
    )
    return from_row(row) if row else None


RESERVED = {"new"}
"""What stands in an address where a username would: the form for a new account."""


def check_username(username: str) -> str:
    """Return the username in lower case; raise Invalid unless it is 2 to 40 of a-z, 0-9, dot, dash, underline."""
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Invalid("用户名应以字母开头，由 2 至 40 个小写字母、数字、点、横线组成")
    if username in RESERVED:
        raise Invalid(f"用户名“{username}”留给程序使用，请换一个")
    return username


def check_rights(roles, townships, villages, divisions) -> tuple[list, list, list]:
    """Return roles, townships and villages sorted; raise Invalid when they do not go together.

    `divisions` is the module or object that knows which codes exist.
    """
    roles, townships, villages = sorted(set(roles)), sorted(set(townships)), sorted(set(villages))
    if not roles or not set(roles) <= policy.EVERYONE:
        raise Invalid("请选择角色")
    if not any(set(roles) <= group for group in GROUPS):
        raise Invalid("这些角色不能由同一人担任：系统管理、政策管理、经办审批、财务、审计要分开")
    if set(roles) <= policy.TOWNSHIP | {policy.ASSISTANT}:
        if not townships or not all(len(code) == 9 and divisions.exists(code) for code in townships):
            raise Invalid("乡镇角色要选择所在乡镇")
    else:
        townships = []
    if roles == [policy.ASSISTANT]:
        if not villages or not all(
            len(code) == 12 and divisions.exists(code) and code[:9] in townships for code in villages
        ):
            raise Invalid("村级协理员要选择所在乡镇的村")
    else:
        villages = []
    return roles, townships, villages


def actor_of(user: User) -> Actor:
    """Return who acts when this user does: county roles reach every township; system, policy and finance no case."""
    if user.has(*policy.COUNTY, policy.AUDITOR):
        return Actor(user.username, user.name, user.roles, ALL)
    townships = frozenset(user.townships)
    if user.has(policy.ASSISTANT):
        return Actor(user.username, user.name, user.roles, townships, frozenset(user.villages))
    return Actor(user.username, user.name, user.roles, townships if user.has(*policy.TOWNSHIP) else frozenset())
