"""Who asks, and may they: in this order for every request. Session → actor → policy table → fresh declarations.

The actor is set anew for each request and taken away at its end; what a response streams afterwards has no actor and
fails closed, unless it holds the request open.
"""

from contextlib import ExitStack

from flask import abort, current_app, g, redirect, request, url_for
from werkzeug.exceptions import TooManyRequests

from adminapp import audit, database, engine, policy, scope
from adminapp.api import tokens
from adminapp.auth import login
from adminapp.auth.users import Nobody, actor_of
from adminapp.security.csrf import SAFE
from adminapp.security.errors import wants_json

WITHOUT_DATABASE = {"static", "health", "ready", "robots"}
NEEDS = {"password": "auth.change_password", "second_factor": "auth.set_up_second_factor"}
INTERFACE = "/api/"
"""Addresses that other systems ask for: with a token, never with a cookie."""
ALWAYS = {"auth.logout", "auth.choose_language", *WITHOUT_DATABASE}
"""Endpoints that stay open while something must be done first."""
BY_THEMSELVES = {"designer.here", "jobs.status"}
"""What open pages ask again and again while nobody touches them (static/js/draft.js, job.js): no use of the session."""


def init_app(app):
    app.before_request(identify)
    app.before_request(authorise)
    app.teardown_request(leave)


def cookie_name() -> str:
    return current_app.config["SID_COOKIE"]


def identify():
    """Set g.session, g.user and g.actor from the cookie, and act as that person until the request ends."""
    g.session, g.user, g.actor = None, Nobody(), None
    g.scope = ExitStack()
    g.scope.enter_context(scope.acting(None))  # whatever the last request of this thread left
    if request.endpoint in WITHOUT_DATABASE:
        return
    current_app.extensions["relief_connect"]()
    g.scope.enter_context(database.in_order())
    if request.path.startswith(INTERFACE):
        _identify_system()
        return
    g.session, user = login.resume(request.cookies.get(cookie_name(), ""), used=request.endpoint not in BY_THEMSELVES)
    if user is not None and g.session["stage"] == "signed":
        g.user, g.actor = user, actor_of(user)
        g.scope.enter_context(scope.acting(g.actor))


def _identify_system():
    """Act as the system that holds the token of the request, when it holds one and has not asked too often."""
    g.token = tokens.authenticate(request.headers.get("Authorization", ""))
    if g.token is None:
        return
    g.actor = tokens.actor_of(g.token)
    g.scope.enter_context(scope.acting(g.actor))
    if tokens.count(g.token) > tokens.A_MINUTE:
        raise TooManyRequests("请求太频繁，请一分钟后再试。", retry_after=60)


def authorise():
    """Let pass what the table allows to this person; all else is 403, and noted."""
    if request.endpoint is None:  # no such address, or the wrong method: Flask answers
        return None
    rule = policy.POLICY.get(request.endpoint)
    if rule is not None and rule.roles is None:
        return None
    if g.actor is None:
        return _ask_for_token() if request.path.startswith(INTERFACE) else _ask_to_sign_in()
    waiting = first_need()
    if waiting and request.endpoint not in ALWAYS | {waiting}:
        if request.method in SAFE:
            return redirect(url_for(waiting), 303)
        abort(403, "请先完成密码或两步验证的设置。")
    if not policy.permits(request.endpoint, g.actor.roles):
        audit.log("denied")
        abort(403)
    engine.current().refresh()
    return None


def first_need() -> str | None:
    """Return the endpoint of what this person must do before anything else."""
    return next((NEEDS[need] for need in NEEDS if g.session and need in g.session["needs"]), None)


def _ask_for_token():
    abort(401, "请在 Authorization 请求头带上有效的接口令牌（Bearer）。")


def _ask_to_sign_in():
    if request.method in SAFE and not wants_json():
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("auth.login", next=wanted if len(wanted) < 500 and wanted != "/" else None), 303)
    abort(401, "登录已过期，请重新登录。")
    return None


def leave(error=None):
    """Stop acting."""
    if "scope" in g:
        g.pop("scope").close()
