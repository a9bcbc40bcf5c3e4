"""Saved views of the demo county: what a clerk, a county officer and an auditor keep open."""

from collections.abc import Mapping

from adminapp import saved_views
from adminapp.auth import preferences, users
from adminapp.scope import Actor

OF = ("clerk.tuojiang", "reviewer", "auditor")
TYPE = "dibao_rural"
VIEWS = {
    "clerk.tuojiang": [
        ("快到期的先办", {"sort": "due"}, ("village", "state", "applied_on", "due"), True, True),
        ("公示中", {"state": "publicity"}, ("village", "household_size", "state", "due"), True, False),
    ],
    "reviewer": [
        ("待县级核查", {"state": "county_check"}, ("village", "state", "due", "amount"), True, True),
        ("金额最高", {"sort": "amount"}, ("village", "state", "amount"), False, False),
    ],
    "auditor": [("金额最高", {"sort": "amount"}, ("village", "state", "amount"), False, True)],
}
"""{username: [(title, what is asked, columns, shared, pinned)]}."""


def fill(people: Mapping[str, Actor]):
    """Keep the views of everybody who has none yet."""
    for name, actor in people.items():
        if saved_views.listed(actor, TYPE):
            continue
        for title, asked, columns, shared, pinned in VIEWS[name]:
            view = saved_views.save(actor, TYPE, title, asked, columns, shared)
            user = users.get(name)
            preferences.pin(user, view.id, pinned, preferences.of(user).pins)
