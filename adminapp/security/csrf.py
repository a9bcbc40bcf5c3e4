"""Requests that change something come from our own pages: the browser says so, and a token proves it."""

from flask import abort, request
from flask_wtf import CSRFProtect

from adminapp import audit
from adminapp.security.addresses import parts_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = {"same-origin", "none"}


def check_origin():
    """Refuse a changing request that another site sent, before its token is looked at."""
    if request.method in SAFE or request.endpoint is None:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if (site and site not in OURS) or (origin and parts_of(origin).netloc.lower() != request.host.lower()):
        audit.log("forged", site=site or "", origin=origin or "")
        abort(403, "请求不是从本系统的页面发出的。")


def without_session(app, view):
    """Let a form for people who have no session go without a token of one; it must prove itself (views/public.py)."""
    app.extensions["csrf"].exempt(view)


def init_app(app):
    """Ask for a token on every changing request of every screen; exempt are what `without_session` names and the interface for other systems."""
    app.before_request(check_origin)
    # The token lives as long as the login: a form filled in over lunch must not be lost.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    CSRFProtect(app)
