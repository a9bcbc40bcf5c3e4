"""A draft as a page sees it: what it says, its formulas in words, its problems at their places."""

from collections import defaultdict
from functools import cached_property

from flask_babel import gettext as _

from adminapp import drafts
from adminapp.declaration.lexicons import programmes_of
from adminapp.drafts.content import ROOT
from adminapp.fields import KINDS
from adminapp.formula.written import write
from adminapp.notices.kinds import TITLES as NOTICES
from adminapp.verification.kinds import inquiry_kinds
from adminapp.workflow.machine import MILESTONES, STEPS


class Scene:
    """Everything worked out once for a request."""

    def __init__(self, draft, engine):
        self.draft, self.engine = draft, engine

    @property
    def thing(self):
        return self.draft.thing

    @property
    def places(self):
        return self.draft.places

    @cached_property
    def problems(self) -> list:
        return drafts.problems_of(self.draft, self.engine)

    @cached_property
    def marks(self) -> dict[tuple[str, str], list]:
        """Return problems by (item, property)."""
        found = defaultdict(list)
        for problem in self.problems:
            found[problem.item, problem.name].append(problem)
        return found

    @cached_property
    def troubled(self) -> dict[str, int]:
        """Return how many problems each item has, those of its own items included."""
        counts = defaultdict(int)
        for problem in self.problems:
            key = problem.item
            while key:
                counts[key] += 1
                key = self.places[key].owner if key != ROOT else ""
        return counts

    @cached_property
    def formulas(self) -> dict[str, tuple]:
        """Return {path: (stored, expected type, words)}."""
        return self.draft.sort.formulas(self.thing, self.engine)

    def formula_at(self, place, name: str):
        """Return (stored, expected type, words) of a property, None when it is no formula."""
        return self.formulas.get(f"{place.path}.{name}".lstrip("."))

    def written(self, place, name: str) -> str:
        """Return a property's formula as people read it, "" when nothing is written."""
        found = self.formula_at(place, name)
        return write(found[0], found[2]) if found else ""

    def title(self, place) -> str:
        """Return what an item is called for people, a programme by its name, "" while it has none."""
        return self.programmes.get(place.title, place.title) if place.node.get("programme") == place.title else place.title

    def refers(self, what: str) -> dict[str, str]:
        """Return {key: label} of what a property can refer to."""
        return REFERENCES[what](self)

    @cached_property
    def programmes(self) -> dict[str, str]:
        known, own = programmes_of(self.engine.registry.latest().values()), self.thing.programme
        return known | ({own: known.get(own) or self.thing.name} if own else {})


def _fields(scene):
    return {field.id: field.label for field in scene.thing.live_fields.values() if _is_stored(field)}


def _is_stored(field):
    return field.kind in KINDS and KINDS[field.kind].stored


def _tables(scene):
    return {field.id: field.label for field in scene.thing.live_fields.values() if field.fields}


REFERENCES = {
    "step": lambda scene: {key: step.label for key, step in STEPS.items()},
    "milestone": lambda scene: dict(MILESTONES),
    "notice": lambda scene: dict(NOTICES),
    "programme": lambda scene: scene.programmes,
    "field": _fields,
    "table": _tables,
    "kind": lambda scene: {key: kind.title for key, kind in KINDS.items()},
    "inquiry": lambda scene: {key: kind.label for key, kind in inquiry_kinds().items()},
}
"""What a key of the vocabulary may refer to. A new sort of reference is one more row."""


def state_label(draft) -> str:
    """Return the state of a draft for people."""
    states = {drafts.OPEN: _("草稿"), drafts.DISCARDED: _("已放弃"), "publishing": _("正在发布"), "published": _("已发布")}
    return states.get(draft.state) or draft.state
