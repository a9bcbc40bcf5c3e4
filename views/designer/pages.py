"""The tabs of a draft as pages made of parts: a script asks again only for the parts that an edit changed."""

from functools import cached_property

from flask import g

from adminapp.declaration.lexicons import lexicon_of
from adminapp.declaration.model import Field, Section
from adminapp.drafts import beginnings, presence
from adminapp.drafts.content import ROOT, types_of
from adminapp.fields import KINDS
from adminapp.fields.panel import palette
from adminapp.flowchart import draw
from adminapp.workflow.machine import STEPS
from views.designer import shell, tabs
from views.designer.charts import reading
from views.designer.inputs import children, input_of, inputs_of, panel_of
from views.designer.sheets import card_of, sheets_of

QUIET = {"set"}
"""Edits after which the inputs on the screen stay as they are."""
LOUD = {"kind", "retired", "step", "notice", "unit", "result"}
"""Properties that change which inputs there are."""


class Page:
    """One tab. `parts` are templates (designer/_<part>.html) that fill the elements of the same id; `steady` those that hold
    inputs and are left alone while somebody types."""

    parts = ("sheets",)
    steady = ("sheets", "steps", "panel")

    def __init__(self, scene, tab, args):
        self.scene, self.tab, self.args = scene, tab, args
        self.at = args.get("at", "")

    @cached_property
    def values(self) -> dict:
        """Return what the template of the tab needs."""
        return {**shell.values(self.scene.draft, self.tab, self.scene), "at": self.at, **self.own()}

    def own(self) -> dict:
        return {"sheets": sheets_of(self.scene, self.names, self.at)}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the properties of the root that are edited here."""
        return tabs.names_of(self.tab, self.scene.draft)

    def answer(self, form=None) -> dict:
        """Return what a script puts on the page: parts by id, values of the item that was set, problems, the rev."""
        form = form or {}
        place = self.scene.places.get(form.get("item", ""))
        answer = {**self.presence(), "at": self.at, "problems": self.problems(), "said": self.said(form), "parts": {}}
        if form.get("dry"):
            return answer
        quiet = form.get("do") in QUIET and form.get("name") not in LOUD
        wanted = ["state", "way", *(part for part in self.parts if not (quiet and part in self.steady))]
        answer["parts"] = {part: shell.render_part(f"_{part}", {**self.values, "page": self}) for part in wanted}
        if quiet and place is not None:
            answer["values"] = {one.id: one.value for one in self.inputs(place) if isinstance(one.value, str)}
            answer["title"] = {"key": place.key, "text": self.scene.title(place)}
        return answer

    def inputs(self, place):
        """Return the inputs of an item that may be on the page."""
        if place.key != ROOT:
            return inputs_of(self.scene, place)
        return [one for sheet in self.values.get("sheets", ()) for one in sheet.inputs]

    def presence(self) -> dict:
        draft = self.scene.draft
        return {"rev": draft.rev, "others": presence.others(draft.id, g.actor.id)}

    def problems(self) -> list[dict]:
        return [
            {"item": one.item, "name": one.name, "text": one.text, "start": one.start, "end": one.end}
            for one in self.scene.problems
        ]

    def said(self, form) -> str:
        """Return a sentence for who does not see the screen."""
        if form.get("dry") or form.get("do") in (None, "set") or self.scene.draft.last is None:
            return ""
        return self.scene.draft.last["said"]


class FormPage(Page):
    """The form builder: sections and fields, the panel of the one that is selected, the form as it becomes."""

    parts = ("outline", "panel", "sheets")

    def own(self):
        scene, prefix = self.scene, self.prefix
        sections = children(scene, ROOT, prefix)
        place = self.selected(sections)
        column = place is not None and place.cls is Field and scene.places[place.owner].cls is Field
        return {
            "at": place.key if place else "", "sections": sections, "place": place, "prefix": prefix, "form": self.form,
            "children": lambda key, name="fields": children(scene, key, name), "kinds": KINDS, "is_column": column,
            "parts": {} if self.form else beginnings.parts(),
            "palette": palette(KINDS), "column_palette": palette(KINDS, column=True),
            "panel": panel_of(scene, place) if place else [],
            "input_of": lambda one, name: input_of(scene, one, one.cls, name, name, types_of(one.cls)[name]),
            "locks": scene.draft.locks, "Field": Field, "Section": Section,
            "sheets": sheets_of(scene, ["survey.validation" if self.form else "validation"], self.at),
        }  # fmt: skip

    @property
    def form(self) -> str:
        """Return "survey" for the form of the visit, "" for the application."""
        return "survey" if self.args.get("form") == "survey" else ""

    @property
    def prefix(self):
        return "survey.sections" if self.form else "sections"

    def selected(self, sections):
        place = self.scene.places.get(self.at)
        if place is not None and place.cls in (Field, Section):
            return place
        if place is not None and place.owner in self.scene.places and self.scene.places[place.owner].cls is Field:
            return self.scene.places[place.owner]
        return sections[0] if sections else None


class FlowPage(Page):
    """Steps in the order of the procedure, switched on and off, with the chart they make; who confirms, time limits, verification."""

    parts = ("steps", "sheets", "chart")

    def own(self):
        declared = {place.node.get("step"): place for place in children(self.scene, ROOT, "steps")}
        rows = []
        for key, kind in STEPS.items():
            place = declared.get(key)
            rows.append({"key": key, "kind": kind, "place": place, "card": place and self._step(place, kind)})
        words = lexicon_of(self.scene.thing, self.scene.engine.standards, self.scene.programmes)
        return {
            "steps": rows,
            "chart": draw(self.scene.thing, words, reading=reading()),
            "sheets": sheets_of(self.scene, [name for name in self.names if name != "steps"], self.at),
        }

    def _step(self, place, kind):
        """Return the card of a step with the properties that mean something for it, and others only where something is written."""
        card = card_of(self.scene, place, self.at)
        others = {name for one in STEPS.values() for name in one.settings} - {*kind.settings}
        hidden = {"step"} | others | ({"when", "unless"} if kind.always else set())
        card.groups = [
            (
                title,
                [
                    one
                    for one in inputs
                    if one.name not in hidden or (one.name != "step" and (one.value or one.problems))
                ],
            )
            for title, inputs in card.groups
        ]
        return card


