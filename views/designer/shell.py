"""What every page of a draft shows: its name and state, tabs, who else is there, what is wrong. Other screen groups use it too."""

from flask import g, render_template, url_for
from flask_babel import gettext as _

from adminapp import dates, drafts, engine, policy
from adminapp.drafts import presence
from adminapp.drafts.content import ROOT
from views.designer import tabs
from views.designer.scene import Scene, state_label
from views.releases import way

EDIT = "designer.edit"


def values(draft, tab: str, scene: Scene | None = None) -> dict:
    """Return what designer/draft.html needs besides the tab's own values."""
    scene = scene or Scene(draft, engine.current())
    rest = tabs.names_of("other", draft)
    may_edit = draft.is_open and policy.permits(EDIT, g.actor.roles)
    found = tabs.of(draft, g.actor.roles, rest)
    return {
        "draft": draft, "scene": scene, "tab": tab, "may_edit": may_edit,
        "tabs": [
            {"label": one.label, "url": one.url(draft), "active": one.key == tab, "count": count or None, "tone": "bad"}
            for one in found
            for count in [problems_on(scene, one)]
        ],
        "way": way.of_draft(draft, scene.engine, len(scene.problems)),
        "state": state_label(draft), "saved": saved(draft), "others": presence.others(draft.id, g.actor.id),
        "reach": drafts.reach(draft.id, g.actor) if may_edit else (False, False),
        "problem_links": [(scene.title(scene.places[one.item]), one, where(draft, scene, one)) for one in scene.problems],
    }  # fmt: skip


def problems_on(scene, tab) -> int:
    return (
        sum(tab_of(scene, problem) == tab.key for problem in scene.problems) if tab.endpoint == "designer.draft" else 0
    )


def tab_of(scene, problem) -> str:
    """Return the key of the tab where a problem is mended."""
    place = scene.places[problem.item]
    top = place.path or problem.name
    return tabs.tab_of(top)


def where(draft, scene, problem) -> str:
    """Return the address of the place where a problem is mended."""
    at = problem.item if problem.item != ROOT else None
    anchor = f"f-{problem.item}-{problem.name.replace('.', '-')}" if problem.name else f"item-{problem.item}"
    form = "survey" if scene.places[problem.item].path.startswith("survey") else None
    return url_for("designer.draft", draft_id=draft.id, tab=tab_of(scene, problem), at=at, form=form, _anchor=anchor)


def saved(draft) -> str:
    moment = draft.updated.astimezone(dates.SHANGHAI)
    day = "" if moment.date() == dates.today() else f"{moment:%m-%d} "
    return _("%(who)s %(time)s 已保存", who=draft.by["name"], time=f"{day}{moment:%H:%M}")


def render_part(template: str, values: dict) -> str:
    return render_template(f"designer/{template}.html", **values)
