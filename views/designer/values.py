"""Setting a property to what was typed, with what follows from it: ids follow labels, formulas are understood, a new kind drops
what it does not have."""

import ast

from flask_babel import gettext as _

from adminapp.declaration.model import Field, Option, Section
from adminapp.declaration.vocabulary import word
from adminapp.drafts.content import ROOT, is_list, kind_of, types_of, value_at
from adminapp.drafts.ids import new_code, new_id
from adminapp.drafts.renaming import renaming
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.formula import FormulaError, parse
from adminapp.formula.reading import understand
from adminapp.formula.types import check_types
from views.designer.inputs import children

LABELS = ("label", "title", "name")
MADE = {"id", "code", "key"}
"""Identities that are made from the label."""


def setting(scene, place, name: str, values: list[str]) -> list[dict]:
    """Return the parts that set a property to what was typed, with what follows from it."""
    kind = kind_of(place.cls, name)
    if is_list(kind):
        lines = [line.strip() for value in values for line in value.splitlines()]
        return [_set(place, name, [line for line in lines if line])]
    value = values[0].strip() if values else ""
    if kind is bool:
        value = "true" if value in ("true", "on", "1") else ""
    if formula := scene.formula_at(place, name):
        text = typed_formula(value, formula, value_at(place.node, name))
        return [_set(place, name, text), *_resulting(scene, place, name, text, formula[2])]
    follow = FOLLOWING.get((place.cls, name)) or (_rename if name in LABELS else None)
    return follow(scene, place, name, value) if follow else [_set(place, name, value)]


def _set(place, name, value):
    return {"do": "set", "item": place.key, "name": name, "value": value}


def typed_formula(text: str, formula, stored: str) -> str:
    """Return what is stored for a typed formula: the formula when it is understood, else the text as typed, so that nothing is lost."""
    if not text:
        return ""
    try:
        found = understand(text, formula[2])
    except FormulaError:
        return text
    # The same tree in another spelling is no change.
    return stored if _same(stored, found) else found.text


def _resulting(scene, place, name, text, words):
    """Return the part that lets the result of a computed field follow its formula, as long as it is not published."""
    if (place.cls, name) != (Field, "formula") or "result" in scene.draft.locks.locked_names(place, scene.places):
        return []
    try:
        found = check_types(parse(text), words.names, words.types)
    except FormulaError:
        return []
    known = found in word(Field, "result").codes and found != place.node.get("result")
    return [_set(place, "result", found)] if known else []


def _same(stored, found):
    try:
        return bool(stored) and ast.dump(parse(stored).tree) == ast.dump(found.tree)
    except FormulaError:
        return False


def _rename(scene, place, name, value):
    """Set a label; the id of an item that is not published follows it as long as nobody has written one."""
    parts = [_set(place, name, value)]
    identity = scene.draft.locks.identity_name(place.cls) if place.key != ROOT else "key"
    if identity not in MADE or identity in scene.draft.locks.locked_names(place, scene.places):
        return parts
    old, before = place.node.get(identity, ""), place.node.get(name, "")
    taken = ids_beside(scene, place, identity) - {old}
    if old and old not in (new_id(before, taken), new_id(before, taken | {old})) and not _is_placeholder(old):
        return parts
    new = new_id(value, taken) if value else old
    parts += renaming(scene.draft, place, identity, new, scene.formulas) if new != old else []
    if place.key == ROOT:
        parts += _name_root(scene, place, new, old)
    return parts


def _is_placeholder(text):
    """Tell whether an id was made by a kind for its first items: a, b, x2."""
    return len(text) <= 2


def _name_root(scene, place, new, old):
    parts = []
    if place.node.get("programme", "") in ("", old):
        parts.append(_set(place, "programme", new))
    if not place.node.get("code"):
        name = next((part["value"] for part in parts if part["name"] == "name"), place.node.get("name", ""))
        taken = {one.code for one in scene.engine.registry.latest().values()}
        parts.append(_set(place, "code", new_code(name or new, taken)))
    return parts


def ids_beside(scene, place, identity) -> set[str]:
    """Return the ids an item may not have: those of its list, for fields and sections those of the whole form, and all keys of types."""
    if place.key == ROOT:
        return set(scene.engine.registry.latest())
    return taken_ids(scene, place.cls, place.owner, place.list_name, identity)


def taken_ids(scene, cls, owner, list_name, identity) -> set[str]:
    whole = cls in (Field, Section) and scene.places[owner].cls is not Field
    found = set()
    for one in scene.places.values():
        beside = one.owner == owner and one.list_name == list_name
        if beside or (whole and one.cls in (Field, Section) and scene.places[one.owner].cls is not Field):
            found.add(one.node.get(identity, ""))
    return found


def _identify(scene, place, name, value):
    """Set an id or code by hand; what names it follows."""
    return renaming(scene.draft, place, name, value, scene.formulas)


def _retype(scene, place, name, value):
    """Give a field another kind; what the new kind does not have goes."""
    kind = KINDS.get(value)
    if kind is None:
        raise Invalid(_("没有这种字段。"))
    parts = [_set(place, "kind", value)]
    for other in types_of(Field):
        if other in kind.allowed or other == "kind":
            continue
        if inner := children(scene, place.key, other):
            parts += [{"do": "remove", "item": item.key} for item in inner]
        elif not is_list(types_of(Field)[other]) and place.node.get(other):
            parts.append(_set(place, other, ""))
    for other, begin in kind.begin.items():
        if isinstance(begin, list):
            had = children(scene, place.key, other)
            parts += [{"do": "add", "item": place.key, "name": other, "value": item} for item in begin if not had]
        elif not place.node.get(other):
            parts.append(_set(place, other, begin))
    return parts


FOLLOWING = {(Field, "kind"): _retype, (Field, "id"): _identify, (Option, "code"): _identify}
