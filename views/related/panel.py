"""What the page of a case says of related persons: the match, a hint by name, and that the reader must keep off."""

from flask import g
from flask_babel import gettext as _

from adminapp.related import recusal, register
from adminapp.related.kinship import kinship


def offer(blueprint):
    blueprint.add_app_template_global(panel_of, "related_panel_of")


def panel_of(case) -> dict | None:
    """Return {barred, relations: [{name, what}], hints: [...]}, None when there is nothing to say."""
    barred = recusal.bar(g.actor.id, case.people)
    relations = [
        {"name": item["name"], "post": f"{item['unit']} {item['post']}", "what": _said(item["relation"], item["person"]), "on": item["on"]}
        for item in case.relations or ()
    ]
    hints = [
        {"name": item.name, "post": f"{item.unit} {item.post}", "what": _said(item.relation, item.person)}
        for item in register.hints_of(case.people)
    ]
    return {"barred": barred, "relations": relations, "hints": hints} if barred or relations or hints else None


def _said(relation, person):
    return _("%(person)s：本人", person=person) if relation == "self" else f"{person}：{kinship().label(relation)}"
