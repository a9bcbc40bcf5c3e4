"""The saved views above a type's list: which one is open, what the others hold, which columns are shown."""

from functools import cached_property

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from adminapp import engine, saved_views
from adminapp.auth import preferences
from adminapp.errors import NotFound
from views import counting
from views.cases.listing import COUNT_TO, Request, count

COUNTED = 8
"""Views whose cases are counted beside their names: those that can be in sight at once."""


class Saved:
    """The views of one list for one reader, who asks for `asked` now."""

    def __init__(self, published, user, actor, asked: Request):
        self.published, self.user, self.actor, self.asked = published, user, actor, asked
        self.key = published.key

    @cached_property
    def views(self):
        return saved_views.listed(self.actor, self.key)

    @cached_property
    def open(self):
        """Return the view that the list was opened by, None when it was opened by none that is there."""
        return next((each for each in self.views if each.id == self.asked.view), None)

    @property
    def changed(self) -> bool:
        """Tell whether the list asks for something else than the open view."""
        return self.open is not None and self.asked.parameters() != _request(self.published, self.actor, self.open).parameters()

    @property
    def mine(self) -> bool:
        return self.open is not None and self.open.belongs_to(self.actor)

    @property
    def pinned(self) -> bool:
        return self.open is not None and self.open.id in preferences.of(self.user).pins

    def columns(self) -> tuple[str, ...]:
        """Return the chosen columns: this person's for the open view, the view's own, or this person's for the list."""
        chosen = preferences.of(self.user).columns
        if self.open is not None:
            return chosen.get(self.open.id) or self.open.columns
        return chosen.get(self.key, ())

    def tabs(self) -> list[dict]:
        """Return the list itself and each view for the macro `tabs`; none where there is no view."""
        if not self.views:
            return []
        every = {"label": _("全部"), "url": url_for("cases.index_view", type_key=self.key), "active": self.open is None}
        return [every, *(self._tab(place, view) for place, view in enumerate(self.views))]

    def _tab(self, place, view):
        tab = {"label": view.title, "url": address(self.published, self.actor, view), "active": view is self.open}
        return tab | ({"count": shown_count(self.published, self.actor, view)} if place < COUNTED else {})


def _request(published, actor, view) -> Request:
    """Return what a view asks for today: what is no longer declared, or nowhere, is not asked for."""
    return Request.read(published.relief_type, actor, MultiDict({**view.asked, "view": view.id}))


def address(published, actor, view) -> str:
    return _request(published, actor, view).address()


def shown_count(published, actor, view) -> str:
    """Return how many cases the reader finds under a view, as it is shown; at most a minute old."""

    def number():
        return count(published.model._get_collection(), _request(published, actor, view))

    return counting.shown(counting.once_a_minute(("view", view.id, view.rev, actor.id), number), COUNT_TO)


def pinned(user, actor) -> list[dict]:
    """Return the views in a person's menu: [{label, url, icon, id, count}]. Costs nothing where there is none."""
    found = []
    for view in saved_views.several(actor, preferences.of(user).pins):
        try:
            published = engine.current().registry.get(view.type)
        except NotFound:
            continue
        found.append({
            "label": view.title, "url": address(published, actor, view), "icon": "filter", "id": view.id,
            "count": shown_count(published, actor, view), "tone": "",
        })  # fmt: skip
    return found
