"""Keeping, changing and dropping the saved views of a list, and choosing its columns."""

from urllib.parse import parse_qsl

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from adminapp import engine, saved_views
from adminapp.auth import preferences, users
from adminapp.errors import Invalid
from views.asked import shown_rev
from views.cases.columns import Listing
from views.cases.listing import Request
from views.cases.saved import Saved, address

blueprint = Blueprint("saved_views", __name__, url_prefix="/views")


@blueprint.post("/<type_key>/save")
def save(type_key):
    published = engine.current().registry.get(type_key)
    asked = _asked(published)
    columns = Listing(published, g.actor, Saved(published, g.user, g.actor, asked).columns()).shown()
    try:
        view = saved_views.save(g.actor, type_key, request.form.get("title", ""), asked.parameters(), columns, "shared" in request.form)
    except Invalid as error:
        return _refused(error, asked)
    return _done(_("已保存视图“%(title)s”", title=view.title), published, view)


@blueprint.post("/<view_id>/change")
def change(view_id):
    """Change a view as its owner; whoever reads it may put it into the own menu or take it out."""
    view = saved_views.get(g.actor, view_id)
    published = engine.current().registry.get(view.type)
    asked = _asked(published)
    try:
        if view.belongs_to(g.actor):
            new = {"asked": asked.parameters(), "columns": view.columns} if "follow" in request.form else {}
            view = saved_views.change(g.actor, view, shown_rev(), request.form.get("title", ""), "shared" in request.form, **new)
    except Invalid as error:
        return _refused(error, asked)
    return _done(_("已更新视图“%(title)s”", title=view.title), published, view)


@blueprint.post("/<view_id>/remove")
def remove(view_id):
    view = saved_views.get(g.actor, view_id)
    saved_views.remove(g.actor, view)
    _pin(users.get(g.user.username), view, False)
    flash(_("已删除视图“%(title)s”", title=view.title), "success")
    return redirect(url_for("cases.index_view", type_key=view.type), 303)


@blueprint.post("/<type_key>/columns")
def choose_columns(type_key):
    """Choose the columns of the list, or of the saved view it was opened by, for this person; none means the usual ones."""
    published = engine.current().registry.get(type_key)
    asked = _asked(published)
    saved, listing = Saved(published, g.user, g.actor, asked), Listing(published, g.actor)
    keys = [] if "usual" in request.form else [key for key, _label, _usual in listing.choices() if key in request.form.getlist("columns")]
    if not keys and "usual" not in request.form:
        return _refused(Invalid(_("请至少选择一列")), asked)
    preferences.choose_columns(g.user, saved.open.id if saved.open else type_key, keys)
    return redirect(asked.address(), 303)


def _asked(published) -> Request:
    """Return what the list asked for where the form stood; the same reading as the list's own."""
    return Request.read(published.relief_type, g.actor, MultiDict(parse_qsl(request.form.get("asked", ""))))


def _pin(user, view, pinned):
    living = {each.id for each in saved_views.several(g.actor, preferences.of(user).pins)}
    preferences.pin(user, view.id, pinned, living)


def _done(sentence, published, view):
    try:
        _pin(g.user, view, "pinned" in request.form)
    except Invalid as error:
        flash(str(error), "warning")
    flash(sentence, "success")
    return redirect(address(published, g.actor, view), 303)


def _refused(error, asked):
    flash("；".join(map(str, error.problems)), "error")
    return redirect(asked.address(), 303)
