"""Lets a form keep what is typed into it: its own address takes `_keep` (from js/guard.js), `_kept` and `_forget`.

So whoever may open and post the form, and nobody else, may keep in it; a view calls `answer` first.
"""

from flask import g, redirect, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from adminapp import dates, kept

OURS = {"csrf_token", "_keep", "_forget", "_draft", "_add_row", "_drop_row"}


def answer():
    """Return the answer to a request that keeps or forgets, None for any other."""
    if "_keep" in request.form:
        pairs = [(name, value) for name, value in request.form.items(multi=True) if name not in OURS]
        at = kept.keep(g.user.username, request.path, pairs)
        if at is None:
            return "", 204
        return _("%(time)s 已暂存，还没有提交", time=at.astimezone(dates.SHANGHAI).strftime("%H:%M")), {"Content-Type": "text/plain; charset=utf-8"}
    if "_forget" in request.form:
        forget()
        return redirect(request.path, 303)
    return None


def formdata():
    """Return what to bind a form to: what was posted, or what was kept when that is asked for; else None."""
    if request.method == "POST":
        return request.form
    found = kept.find(g.user.username, request.path) if "_kept" in request.args else None
    return MultiDict(found.pairs) if found else None


def offered():
    """Return when something was kept in this form, for a page that does not show it already; else None."""
    if request.method == "POST" or "_kept" in request.args:
        return None
    found = kept.find(g.user.username, request.path)
    return found.at if found else None


def forget():
    """Forget what was kept in this form: it was sent."""
    kept.forget(g.user.username, request.path)
