"""What the page of a case says of matches with lists of other offices."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import policy
from adminapp.matching import store
from adminapp.matching.lists import match_lists
from adminapp.related import recusal


def offer(blueprint):
    blueprint.add_app_template_global(panel_of, "match_panel_of")


def panel_of(case) -> list[dict]:
    """Return ``[{title, sub, state, tone, url}]`` of the matches of a case that were not found untrue."""
    if not policy.permits("matching.show", g.actor.roles) or recusal.bar(g.actor.id, case.people):
        return []
    return [
        {"title": _("%(list)s名单", list=match_lists()[row["list"]].label), "sub": f"{row['name']} {row['on']}",
         "state": _(store.STATES[row["state"]]), "tone": store.TONES[row["state"]], "url": url_for("matching.show", match_id=row["_id"])}
        for row in store.of_case(case.id) if row["list"] in match_lists()
    ]  # fmt: skip
