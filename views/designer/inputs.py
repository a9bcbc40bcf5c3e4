"""The inputs of an item, from the shape of its class and the one table of words: a key added to the model appears here by itself."""

import typing
from dataclasses import dataclass, field, is_dataclass
from datetime import date

from adminapp.declaration.model import Field, NoticeText
from adminapp.declaration.reader import is_needed, shape
from adminapp.declaration.vocabulary import word
from adminapp.drafts.content import is_list, item_class, types_of, value_at
from adminapp.fields import KINDS
from adminapp.fields.panel import groups_of
from adminapp.formula.types import WORDS as TYPES
from adminapp.notices.kinds import KINDS as NOTICES

MORE = "更多"
MINOR = {"id", "clause"}
"""Properties that are folded away where nothing else groups them, unless they must be written; ids are made by themselves."""


@dataclass
class Input:
    """One property as an input. `sort`: text, long, flag, number, date, codes, checks, lines, formula, items."""

    item: str
    name: str
    label: str
    help: str
    sort: str
    value: object
    codes: dict = field(default_factory=dict)
    blank: str = ""
    """What holds while nothing is chosen."""
    locked: bool = False
    expect: str = ""
    fills: tuple = ()
    """[(name, what it is)] of the placeholders that may be written in it."""
    problems: list = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"f-{self.item}-{self.name.replace('.', '-')}"


def inputs_of(scene, place, names=None, prefix="") -> list[Input]:
    """Return the inputs of an item's properties in the order of the model; lists of items are left to their own screens."""
    cls = place.cls
    for part in prefix.split(".") if prefix else ():
        cls = types_of(cls)[part]
    found = []
    for name, kind in types_of(cls).items():
        if names is not None and name not in names:
            continue
        full = f"{prefix}.{name}" if prefix else name
        if is_dataclass(kind):
            found += inputs_of(scene, place, None, full)
        elif item_class(kind) is None:
            found.append(input_of(scene, place, cls, name, full, kind))
    return found if names is None else sorted(found, key=lambda one: list(names).index(one.name.rpartition(".")[2]))


def input_of(scene, place, cls, name, full, kind) -> Input:
    about, formula = word(cls, name), scene.formula_at(place, full)
    label, help = _words(cls, place, name, about)
    codes = scene.refers(about.refers) if about.refers else dict(about.codes)
    value, default = value_at(place.node, full), shape(cls)[name][0].default
    sort = _sort(kind, about, codes, formula)
    made = Input(place.key, full, label, help, sort, value, codes)
    made.locked = full in scene.draft.locks.locked_names(place, scene.places)
    made.blank = f"{codes[default]}（默认）" if isinstance(default, str) and default in codes else ""
    made.problems = scene.marks.get((place.key, full), [])
    if formula:
        made.value = scene.written(place, full)
        made.expect = TYPES.get(formula[1] or "any", "")
    if sort == "codes" and value and value not in codes:
        made.codes = {**codes, value: value}  # what is written stays visible, however wrong
    if kind is bool:
        made.value = value == "true"
    if (cls, name) in FILLED and (notice := NOTICES.get(place.node.get("notice"))):
        made.fills = tuple((one.name, one.about) for one in notice.placeholders if name == "template" or not one.columns)
    return made


def _words(cls, place, name, about):
    """Return label and help, as the kind of a field words them."""
    if cls is Field and (kind := KINDS.get(place.node.get("kind", ""))) and name in kind.panel_words:
        return kind.panel_words[name]
    return about.label, about.help


def _sort(kind, about, codes, formula):
    if formula:
        return "formula"
    if is_list(kind):
        return "checks" if codes else "lines"
    if about.refers or typing.get_origin(kind) is typing.Literal or codes:
        return "codes"
    if kind in SORTS:
        return SORTS[kind]
    return "long" if about.long else "text"


FILLED = {(NoticeText, "paragraphs"), (NoticeText, "template")}
"""Texts with placeholders; tables have their place in a template only."""
SORTS = {bool: "flag", int: "number", date: "date"}


def panel_of(scene, place) -> list[tuple[str, list[Input]]]:
    """Return [(title, inputs)] of an item; those of a field are grouped as its kind says, others' minor ones come last."""
    if place.cls is Field:
        kind = KINDS.get(place.node.get("kind", ""), KINDS["text"])
        column = scene.places[place.owner].cls is Field
        groups = [(title, inputs_of(scene, place, names)) for title, names in groups_of(kind, column)]
        return [(title, [one for one in inputs if _fits(scene, place, one)]) for title, inputs in groups]
    inputs = inputs_of(scene, place)
    known = shape(place.cls)
    minor = [one for one in inputs if one.name in MINOR and (one.name == "id" or not is_needed(known[one.name][0]))]
    plain = [one for one in inputs if one not in minor]
    return [("", plain), (MORE, minor)] if minor else [("", plain)]


def _fits(scene, place, one):
    """Leave out what only fields of the visit have."""
    if one.name != "source":
        return True
    owner = scene.places[place.owner]
    while owner.cls is Field:
        owner = scene.places[owner.owner]
    return owner.list_name != "sections"


def children(scene, owner: str, name: str) -> list:
    """Return the items of a list, in order."""
    return [place for place in scene.places.values() if place.owner == owner and place.list_name == name]
