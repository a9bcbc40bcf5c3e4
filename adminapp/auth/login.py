"""Signing in: password, then the second factor, then a session that is new each time."""

from datetime import timedelta

from adminapp import audit, dates
from adminapp.auth import attempts, passwords, rules, sessions, totp, users
from adminapp.errors import ReliefError


class Refused(ReliefError):
    """Wrong username, wrong password or disabled account: the sentence never says which."""

    sentence = "用户名或密码不正确。"
    status = 401


def sign_in(username: str, password: str, ip: str, agent: str = "") -> tuple[str, str]:
    """Return (cookie, stage) of a new session; stage "code" waits for the second factor.

    Raise Refused, or attempts.Locked after too many tries.
    """
    username, limits = username.strip().lower(), rules.read()
    user = users.find(username) if users.USERNAME.fullmatch(username) else None
    try:
        attempts.count(username, ip, limits)
    except attempts.Locked:
        audit.log("locked", actor=user.username if user else "", known=user is not None)
        raise
    # The hash is computed whether or not the account exists, so that the time does not tell.
    right = passwords.verify(user.row["password"] if user else None, password)
    if not right or not user.active:
        # What was typed as a username may be a password: it is logged only when it is an account.
        audit.log("login_failed", actor=user.username if user else "", known=user is not None)
        raise Refused
    if user.has_second_factor:
        return sessions.open_session(user, limits, stage="code", ip=ip, agent=agent), "code"
    return _complete(user, limits, ip, agent), "signed"


def check_code(session: dict, code: str, ip: str, agent: str = "") -> str | None:
    """Return the cookie of a full session for one that waited for a code; None for a wrong code.

    Raise attempts.Locked after too many codes.
    """
    user, limits = users.find(session["user"]), rules.read()
    if user is None or not user.active or user.epoch != session["epoch"]:
        sessions.close(session["_id"])
        raise Refused
    attempts.count(f"code:{user.username}", ip, limits)
    if not totp.accept(user, code):
        audit.log("second_factor_failed", actor=user.username)
        return None
    sessions.close(session["_id"])
    attempts.forget(f"code:{user.username}", ip)
    return _complete(user, limits, ip, agent)


def _complete(user, limits, ip, agent):
    attempts.forget(user.username, ip)
    users.change(user.username, last_login=dates.now(), last_ip=ip)
    audit.log("login", actor=user.username)
    return sessions.open_session(user, limits, stage="signed", needs=needs_of(user, limits), ip=ip, agent=agent)


def needs_of(user, limits) -> list[str]:
    """Return what the person must do before anything else: change the password, set up the second factor."""
    if user.demo:
        return []
    needs = []
    aged = limits.password_days and user.row["password_set"] + timedelta(days=limits.password_days) <= dates.now()
    if user.must_change or aged:
        needs.append("password")
    if not user.has_second_factor and user.has(*limits.second_factor_roles):
        needs.append("second_factor")
    return needs


def resume(cookie: str, used: bool = True) -> tuple[dict, users.User] | tuple[None, None]:
    """Return session and account behind a cookie; nothing when it ended or the account changed or was disabled.

    `used` tells whether a person asked: what a page asks by itself does not keep the session.
    """
    session = sessions.find(cookie, used)
    user = users.find(session["user"]) if session else None
    if user is None or not user.active or user.epoch != session["epoch"]:
        return None, None
    return session, user
