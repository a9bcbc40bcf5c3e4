"""Gives a field, column, option or part of the amount another id before it was published: whatever refers to it follows."""

import ast
import copy

from adminapp.declaration.model import Field, Option, Term
from adminapp.declaration.vocabulary import word
from adminapp.drafts.content import types_of, value_at
from adminapp.formula import FormulaError, parse
from adminapp.formula.functions import ROW_FUNCTIONS
from adminapp.formula.printing import to_source


def renaming(draft, place, name: str, new: str, formulas: dict) -> list[dict]:
    """Return the parts of the operation that gives `place` another id or code, and mends every formula that names it.

    `formulas` are those of the draft, by path. A formula that cannot be read is left alone.
    """
    parts = [{"do": "set", "item": place.key, "name": name, "value": new}]
    old = place.node.get(name, "")
    target = target_of(place, draft.places)
    if not old or not new or target is None:
        return parts
    spots = {spot.path: spot for spot in draft.places.values()}
    tables = {field.id: set(field.column_ids) for field in draft.thing.fields.values() if field.fields}
    for path, (stored, _expect, _words) in formulas.items():
        changed = renamed(stored, target, new, tables, _table_of(path, spots)) if stored else None
        if changed:
            end = max(at for at in range(len(path) + 1) if path[:at] in spots and (at == 0 or path[at : at + 1] == "."))
            parts.append({"do": "set", "item": spots[path[:end]].key, "name": path[end:].lstrip("."), "value": changed})
    if target[0] == "field":
        parts += _references(draft, old, new)
    return parts


def target_of(place, places) -> tuple | None:
    """Return what a formula would name: ("field", id), ("column", table, id), ("option", field…, code), ("term", id)."""
    owner = places.get(place.owner)
    if place.cls is Field:
        own = place.node.get("id", "")
        return ("column", owner.node.get("id", ""), own) if owner.cls is Field else ("field", own)
    if place.cls is Option and (holder := target_of(owner, places)):
        return ("option", *holder[1:], place.node.get("code", ""))
    return ("term", place.node.get("id", "")) if place.cls is Term else None


def _table_of(path, spots):
    """Return the table in whose rows a formula stands: the condition of a column; "" elsewhere."""
    spot = spots.get(path.rpartition(".")[0])
    outer = spots.get(spot.path.rpartition(".")[0]) if spot and spot.cls is Field else None
    return outer.node.get("id", "") if outer and outer.cls is Field else ""


def _references(draft, old, new):
    for place in draft.places.values():
        for name in types_of(place.cls):
            if word(place.cls, name).refers in ("field", "table") and value_at(place.node, name) == old:
                yield {"do": "set", "item": place.key, "name": name, "value": new}


def renamed(text: str, target: tuple, new: str, tables: dict[str, set], table: str = "") -> str | None:
    """Return a formula with another id for its target, None when it does not name it or cannot be read.

    `tables` are the columns of each table, `table` the one in whose rows the formula stands.
    """
    try:
        tree = copy.deepcopy(parse(text).tree)
    except FormulaError:
        return None
    renamer = _Renamer(target, new, tables, table)
    tree = renamer.visit(tree)
    return to_source(tree) if renamer.found else None


class _Renamer(ast.NodeTransformer):
    def __init__(self, target, new, tables, table):
        self.target, self.new, self.tables, self.table, self.found = target, new, tables, table, False

    def is_target(self, name) -> bool:
        """Tell whether a name stands for the target field, column or term here."""
        return self._meant(name) == self.target or ("term", name) == self.target

    def _meant(self, name):
        inside = self.table and name in self.tables.get(self.table, ())
        return ("column", self.table, name) if inside else ("field", name)

    def visit_Name(self, node):
        if self.is_target(node.id):
            node.id, self.found = self.new, True
        return node

    def visit_Call(self, node):
        if node.func.id == "has" and len(node.args) == 2:
            self._code(node.args[0], node.args[1])
        outer = self.table
        for index, argument in enumerate(node.args):
            if index and node.func.id in ROW_FUNCTIONS and isinstance(node.args[0], ast.Name):
                # The table may have its new name already.
                self.table = node.args[0].id if node.args[0].id in self.tables else self.target[-1]
            node.args[index] = self.visit(argument)
        self.table = outer
        return node

    def visit_Compare(self, node):
        sides = [node.left, *node.comparators]
        for left, right in zip(sides, sides[1:], strict=False):
            self._code(left, right)
            self._code(right, left)
        return self.generic_visit(node)

    def _code(self, choice, other):
        if self.target[0] != "option" or not isinstance(choice, ast.Name) or self._meant(choice.id)[1:] != self.target[1:-1]:
            return
        for constant in other.elts if isinstance(other, (ast.List, ast.Tuple)) else [other]:
            if isinstance(constant, ast.Constant) and constant.value == self.target[-1]:
                constant.value, self.found = self.new, True
