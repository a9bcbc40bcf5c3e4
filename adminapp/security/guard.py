"""Who asks, and may they: in this order for every request. Session → actor → policy table → fresh declarations.

The actor is set anew for each request and taken away at its end; what a response streams afterwards has no actor and
fails closed, unless it holds the request open.
"""

from contextlib import ExitStack

from flask import abort, current_app, g, redirect, request, url_for

from adminapp import audit, engine, policy, scope
from adminapp.auth import login
from adminapp.auth.users import Nobody, actor_of
from adminapp.security.csrf import SAFE
from adminapp.security.errors import wants_json

WITHOUT_DATABASE = {"static", "health"}
NEEDS = {"password": "auth.change_password", "second_factor": "auth.set_up_second_factor"}
ALWAYS = {"auth.logout", "auth.choose_language", *WITHOUT_DATABASE}
"""Endpoints that stay open while something must be done first."""


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
    g.session, user = login.resume(request.cookies.get(cookie_name(), ""))
    if user is not None and g.session["stage"] == "signed":
        g.user, g.actor = user, actor_of(user)
        g.scope.enter_context(scope.acting(g.actor))


def authorise():
    """Let pass what the table allows to this person; all else is 403, and noted."""
    if request.endpoint is None:  # no such address, or the wrong method: Flask answers
        return None
    rule = policy.POLICY.get(request.endpoint)
    if rule is not None and rule.roles is None:
        return None
    if g.actor is None:
        return _ask_to_sign_in()
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
