"""Every part of the model but the form as sheets of inputs: single properties as a card, a list as rows that open one at a time.

A list of small items (a reason: code, label, clause) stands open as lines of a table; what has more properties shows its title
and a summary until it is looked at.
"""

from dataclasses import dataclass, field, is_dataclass

from adminapp.declaration.vocabulary import said, word
from adminapp.drafts.content import ROOT, TITLES, is_list, item_class, types_of
from views.designer.inputs import Input, children, input_of, inputs_of, panel_of
from views.designer.values import MADE

LINE = 4
"""An item with no more properties than these, none of them long, is a line of a table."""
SILENT = {"id", "code", "key", "clause", "help", "reason", "message", "note", "retired"}
"""Properties that a summary leaves out."""
LONGEST_BRIEF = 70


@dataclass
class Card:
    """An item. `brief` says in a line what it holds; inputs and inner lists are there only when it is open."""

    place: object
    brief: list[tuple[str, str]]
    open: bool
    groups: list = field(default_factory=list)
    sheets: list = field(default_factory=list)
    fixed: bool = False
    """It cannot be removed."""
    note: str = ""
    acts: list[tuple[str, str, str]] = field(default_factory=list)
    """[(label, what is done, icon)] of buttons below the inputs."""

    @property
    def key(self):
        return self.place.key


@dataclass
class Sheet:
    """`inputs` are single properties of the root or of a part; `cards` the items of a list. `owner` and `name` say which list.

    `lines`: every item is open, in columns. `several`: many can be added at once, a label a line. `codes`: what an item can be
    of, when that is chosen at adding it and there is one of each.
    """

    title: str
    help: str = ""
    inputs: list[Input] = field(default_factory=list)
    cards: list[Card] | None = None
    owner: str = ROOT
    name: str = ""
    lines: bool = False
    several: bool = False
    codes: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    sorted: bool = False
    """The order of the items says nothing: they cannot be moved."""


def sheets_of(scene, names, at: str = "") -> list[Sheet]:
    """Return the sheets of properties of the root, by path; plain ones come first, together. The item `at` is open."""
    root = scene.places[ROOT]
    known = types_of(root.cls)
    plain = [
        name for name in names if name in known and not is_dataclass(known[name]) and item_class(known[name]) is None
    ]
    found = (
        [Sheet("", inputs=[input_of(scene, root, root.cls, name, name, known[name]) for name in plain])]
        if plain
        else []
    )
    for name in names:
        if name in known and name not in plain:
            part = is_dataclass(known[name])
            found += _part(scene, root, name, known[name], at) if part else [list_sheet(scene, root, name, at)]
        elif "." in name:
            found.append(list_sheet(scene, root, name, at))
    return found


def _part(scene, root, name, cls, at):
    """Return the sheets of a part of the declaration: its own properties, then its lists."""
    about, inputs = word(root.cls, name), inputs_of(scene, root, None, name)
    found = [Sheet(about.label, about.help, inputs=inputs, name=name)] if inputs else []
    return found + [
        list_sheet(scene, root, f"{name}.{key}", at) for key, kind in types_of(cls).items() if item_class(kind)
    ]


def list_sheet(scene, owner, name: str, at: str = "") -> Sheet:
    """Return the sheet of a list of an item, by the path of the list in it."""
    cls = owner.cls
    *way, last = name.split(".")
    for part in way:
        cls = types_of(cls)[part]
    about, inner = word(cls, last), item_class(types_of(cls)[last])
    places = children(scene, owner.key, name)
    sheet = Sheet(about.label, about.help, owner=owner.key, name=name)
    sheet.lines = _is_small(inner)
    identity = scene.draft.locks.identity_name(inner)
    sheet.several = identity in MADE and any(key in types_of(inner) for key in ("label", "title"))
    refers = word(inner, identity).refers if identity else ""
    if refers:
        taken = {place.node.get(identity) for place in places}
        sheet.codes = {key: label for key, label in scene.refers(refers).items() if key not in taken}
    sheet.problems = scene.marks.get((owner.key, name), [])
    sheet.cards = [card_of(scene, place, at, sheet.lines) for place in places]
    return sheet


def _is_small(cls) -> bool:
    known = types_of(cls)
    return len(known) <= LINE and not any(item_class(kind) or word(cls, name).long for name, kind in known.items())


def card_of(scene, place, at: str = "", always: bool = False) -> Card:
    """Return the card of an item; the one that is looked at, or holds what is looked at, is open."""
    if not (always or at and _holds(scene, place, at)):
        return Card(place, brief_of(scene, place), False)
    inner = [list_sheet(scene, place, name, at) for name, kind in types_of(place.cls).items() if item_class(kind)]
    return Card(place, [] if always else brief_of(scene, place), True, panel_of(scene, place), inner)


def _holds(scene, place, at) -> bool:
    key = at
    while key and key != place.key and key in scene.places:
        key = scene.places[key].owner
    return key == place.key


def brief_of(scene, place) -> list[tuple[str, str]]:
    """Return [(label, text)] of what an item says besides its title; the first formula needs no label."""
    found, title = [], next((name for name in TITLES if place.node.get(name)), "")
    for name, kind in types_of(place.cls).items():
        value = place.node.get(name)
        if not value or name == title or name in SILENT or is_dataclass(kind):
            continue
        about = word(place.cls, name)
        if item_class(kind):
            found.append((about.label, f"{len(value)} 项"))
        elif formula := scene.formula_at(place, name):
            bare = not found and formula[1] and name not in ("when", "unless") and not name.endswith("_when")
            found.append(("" if bare else about.label, scene.written(place, name)))
        elif kind is bool:
            found.append(("", about.label))
        elif is_list(kind):
            found.append((about.label, "、".join(said(place.cls, name, one) for one in value)))
        else:
            codes = scene.refers(about.refers) if about.refers else {}
            found.append((about.label, codes.get(value) or said(place.cls, name, value)))
    return [(label, text if len(text) <= LONGEST_BRIEF else f"{text[:LONGEST_BRIEF]}…") for label, text in found]
