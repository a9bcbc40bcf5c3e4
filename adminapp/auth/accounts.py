"""Making and changing accounts: what the account screens and the command `relief user` do."""

from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, divisions
from adminapp.auth import attempts, passwords, rules, sessions, users
from adminapp.errors import Conflict, Invalid
from adminapp.text import normalise


def create_user(
    username: str,
    display_name: str,
    roles,
    townships=(),
    villages=(),
    password: str | None = None,
    *,
    must_change: bool = True,
    demo: bool = False,
) -> tuple[users.User, str]:
    """Store a new account; return it and its password, which is made when none is given.

    `demo` accounts keep a public password, need no second factor and never change it: only a demo database has them.
    Raise Invalid for what cannot be accepted, Conflict for a username that exists.
    """
    username, name = users.check_username(username), normalise(display_name)
    if not 1 <= len(name) <= 40:
        raise Invalid("请填写姓名，不超过 40 个字")
    roles, townships, villages = users.check_rights(roles, townships, villages, divisions)
    if password is None:
        password = passwords.make()
    elif not demo:
        passwords.check(password, rules.read(), username=username, name=name)
    row = {
        "_id": username,
        "name": name,
        "roles": roles,
        "townships": townships,
        "villages": villages,
        "password": passwords.hash_password(password),
        "history": [],
        "password_set": dates.now(),
        "must_change": must_change and not demo,
        "active": True,
        "epoch": 0,
        "demo": demo,
        "second_factor": "",
        "code_step": 0,
        "recovery": [],
        "created": dates.now(),
        "last_login": None,
        "last_ip": "",
    }
    try:
        database.raw(users.COLLECTION).insert_one(row)
    except DuplicateKeyError as error:
        raise Conflict(f"用户名 {username} 已存在，停用的账户也占用用户名") from error
    audit.log("account_created", account=username, granted=roles, townships=townships)
    return users.from_row(row), password


def change_rights(username: str, display_name: str, roles, townships=(), villages=()) -> users.User:
    """Change name, roles and places. Sessions end when rights changed: they may have come from the old ones."""
    user, name = users.get(username), normalise(display_name)
    if not 1 <= len(name) <= 40:
        raise Invalid("请填写姓名，不超过 40 个字")
    roles, townships, villages = users.check_rights(roles, townships, villages, divisions)
    changed = (roles, townships, villages) != (user.row["roles"], user.row["townships"], user.row["villages"])
    if changed:
        _keep_an_administrator(user, roles)
    user = users.change(
        user.username, ends_sessions=changed, name=name, roles=roles, townships=townships, villages=villages
    )
    if changed:
        sessions.close_all(username)
    audit.log("account_changed", account=username, granted=roles, townships=townships)
    return user


def set_active(username: str, active: bool) -> users.User:
    """Disable or enable an account. A disabled one is signed out at its next request."""
    user = users.get(username)
    if not active:
        _keep_an_administrator(user, ())
    user = users.change(username, ends_sessions=True, active=active)
    sessions.close_all(username)
    audit.log("account_enabled" if active else "account_disabled", account=username)
    return user


def reset_password(username: str, password: str | None = None) -> str:
    """Give an account a password that must be changed at the next login; return it. Sessions and locks end."""
    user = users.get(username)
    if password is None:
        password = passwords.make()
    else:
        passwords.check(password, rules.read(), username=username, name=user.name, history=past(user))
    _store_password(user, password, must_change=True)
    attempts.unlock(username)
    audit.log("password_reset", account=username)
    return password


def change_password(user: users.User, old: str, new: str) -> users.User:
    """Change one's own password; raise Invalid when the old one is wrong or the new one is not good enough."""
    if not passwords.verify(user.row["password"], old):
        raise Invalid("当前密码不正确")
    passwords.check(new, rules.read(), username=user.username, name=user.name, history=past(user))
    changed = _store_password(user, new, must_change=False)
    audit.log("password_changed", account=user.username)
    return changed


def past(user) -> list[str]:
    """Return the stored hashes of the current and earlier passwords, newest first."""
    return [user.row["password"], *user.row["history"]]


def _store_password(user, password, must_change):
    changed = users.change(
        user.username,
        {"password": user.row["password"]},
        ends_sessions=True,
        password=passwords.hash_password(password),
        history=past(user)[: rules.read().password_history],
        password_set=dates.now(),
        must_change=must_change,
    )
    if changed is None:
        raise Conflict
    sessions.close_all(user.username)
    return changed


def unlock(username: str) -> int:
    """Let an account try again at once; return how many addresses were counting."""
    users.get(username)
    count = attempts.unlock(username)
    audit.log("account_unlocked", account=username)
    return count


def remove_second_factor(username: str) -> users.User:
    """Take away a lost phone's second factor; whose role needs one sets up a new one at the next login."""
    users.get(username)
    user = users.change(username, ends_sessions=True, second_factor="", code_step=0, recovery=[])
    sessions.close_all(username)
    audit.log("second_factor_removed", account=username)
    return user


def _keep_an_administrator(user, roles):
    from adminapp.policy import SYSADMIN

    if user.active and user.has(SYSADMIN) and SYSADMIN not in roles:
        others = [
            each for each in users.all_users() if each.active and each.has(SYSADMIN) and each.username != user.username
        ]
        if not others:
            raise Invalid("这是最后一个系统管理员，请先设立另一个")
