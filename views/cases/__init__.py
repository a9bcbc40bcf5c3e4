"""The screens of cases, all relief types: one blueprint whose address names the type.

Flask knows only the addresses below. Behind them stands a view of Flask-Admin for each type and version, made when
first asked for and kept until the program ends; nothing is registered with Flask when a type is published.
"""

from bson import ObjectId
from flask import Blueprint, current_app, g

from adminapp import engine
from adminapp.errors import NotFound
from adminapp.related import recusal
from views.cases.view import CaseView

blueprint = Blueprint("cases", __name__, url_prefix="/cases/<type_key>")

ROUTES = {
    "index_view": ("/", "GET"),
    "create_view": ("/new", "GET POST"),
    "details_view": ("/<id>", "GET"),
    "edit_view": ("/<id>/edit", "GET POST"),
    "print_view": ("/<id>/print", "GET"),
    "act": ("/<id>/act/<action>", "GET POST"),
    "handle": ("/<id>/handle", "POST"),
    "reveal": ("/<id>/reveal/<field>", "GET POST"),
    "upload": ("/<id>/files/<document>", "POST"),
    "download": ("/<id>/files/<file_id>", "GET"),
    "remove_file": ("/<id>/files/<file_id>/remove", "POST"),
}
"""Endpoint → address and methods.

What Flask-Admin would offer besides (delete, bulk actions, export, look-ups) has none.
"""


OPEN_TO_RELATED = {"details_view"}
"""What a near relative of the applicant may still open: the page that says so. Nothing else of the case."""


def dispatch(name):
    """Return the Flask function that finds the view of a request: of the case's own version, or of the newest."""

    def call(type_key, id=None, **parts):
        g.type_key = type_key
        published = engine.current().registry.get(type_key)
        if id is not None:
            parts["case"] = read_case(published, id)
            published = engine.current().registry.of(parts["case"])
            if name not in OPEN_TO_RELATED:
                recusal.refuse(g.actor, parts["case"].people)
        return getattr(view_of(published), name)(**parts)

    return call


def read_case(published, text):
    """Return the case under the version it stands under.

    Raise NotFound when it is absent or out of the actor's scope.
    """
    if not ObjectId.is_valid(text):
        raise NotFound
    row = published.model._get_collection().find_one({"_id": ObjectId(text), "type": published.key})
    if row is None:
        raise NotFound
    return engine.current().registry.get(published.key, row["schema_version"]).model._from_son(row)


def view_of(published) -> CaseView:
    """Return the view of one version, made at first use."""
    views = current_app.extensions.setdefault("case_views", {})
    key = published.key, published.version
    if key not in views or views[key].published is not published:
        views[key] = CaseView(published)
    return views[key]


@blueprint.url_defaults
def keep_type(endpoint, values):
    """Links within the screens of a type stay with it."""
    if "type_key" in g:
        values.setdefault("type_key", g.type_key)


for _name, (_rule, _methods) in ROUTES.items():
    blueprint.add_url_rule(_rule, _name, dispatch(_name), methods=_methods.split(), strict_slashes=False)
