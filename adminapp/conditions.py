"""Formulas for the browser: the checked syntax tree as JSON lists, so that a form shows and computes what the server
will.

``["name", n]``, ``["const", v]``, ``["==", a, b]``, ``["and", …]``, ``["if", test, yes, no]``, ``["call", function,
…]``; the browser reads them in static/js/formula.js. It is for show only: the server evaluates the same formula when
the form comes back.
"""

import ast
import json

from adminapp.formula import parse
from adminapp.formula.functions import ROW_FUNCTIONS
from adminapp.formula.language import OPERATORS

BROWSER_FUNCTIONS = {"age", "birth", "is_male", "filled", "yuan", "min", "max", "floor", "has", *ROW_FUNCTIONS}


class ServerOnly(Exception):
    """The formula uses what only the server knows: awards, ages, a standard chosen by a typed code."""


def to_json(formula: str, names: "Names", standards=None, on=None) -> str:
    """Return the JSON of a formula, or "" when it is blank or only the server can work it out.

    Standards are written into the text as the numbers in force on the day `on`.
    """
    if not formula:
        return ""
    try:
        tree = _Translator(names, standards, on).visit(parse(formula).tree)
    except ServerOnly:
        return ""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


class Names:
    """What a formula's names are in the page: input names by field id, columns of tables, which are yes/no selects."""

    def __init__(self, fields, prefix="x_"):
        self.inputs = {field.id: prefix + field.id for field in fields}
        self.columns = {field.id: field.column_ids for field in fields if field.fields}
        self.yes_no = {field.id for field in fields if field.kind == "yes_no"}
        self._known, self._under = {}, (None, None)

    def to_json(self, formula: str, standards=None, on=None) -> str:
        """See `to_json`; kept until the table of standards is replaced or the day ends."""
        if self._under[0] is not standards or self._under[1] != on:
            self._known, self._under = {}, (standards, on)
        if formula not in self._known:
            self._known[formula] = to_json(formula, self, standards, on)
        return self._known[formula]


class _Translator:
    def __init__(self, names, standards, on, columns=None):
        self.names, self.standards, self.on, self.columns = names, standards, on, columns or {}

    def visit(self, node):
        return getattr(self, f"_{type(node).__name__.lower()}")(node)

    def _name(self, node):
        if node.id in self.columns:
            return self._read(node.id, self.columns[node.id].kind == "yes_no")
        if node.id not in self.names.inputs:
            raise ServerOnly(node.id)
        return self._read(self.names.inputs[node.id], node.id in self.names.yes_no)

    def _read(self, name, yes_no):
        return ["==", ["name", name], "yes"] if yes_no else ["name", name]

    def _constant(self, node):
        return node.value

    def _list(self, node):
        return ["const", [item.value for item in node.elts]]

    _tuple = _list

    def _binop(self, node):
        return [OPERATORS[type(node.op)], self.visit(node.left), self.visit(node.right)]

    def _boolop(self, node):
        return [OPERATORS[type(node.op)], *map(self.visit, node.values)]

    def _unaryop(self, node):
        return ["not" if isinstance(node.op, ast.Not) else "neg", self.visit(node.operand)]

    def _ifexp(self, node):
        return ["if", self.visit(node.test), self.visit(node.body), self.visit(node.orelse)]

    def _compare(self, node):
        sides = [node.left, *node.comparators]
        pairs = [
            [OPERATORS[type(op)], self.visit(left), self.visit(right)]
            for op, left, right in zip(node.ops, sides, sides[1:], strict=False)
        ]
        return pairs[0] if len(pairs) == 1 else ["and", *pairs]

    def _call(self, node):
        name = node.func.id
        if name == "standard":
            return self._standard(node)
        if name not in BROWSER_FUNCTIONS:
            raise ServerOnly(name)
        if name not in ROW_FUNCTIONS or len(node.args) == 1:
            return ["call", name, *map(self.visit, node.args)]
        table = node.args[0]
        columns = self.names.columns.get(table.id, {}) if isinstance(table, ast.Name) else {}
        within = _Translator(self.names, self.standards, self.on, columns)
        return ["call", name, self.visit(table), within.visit(node.args[1])]

    def _standard(self, node):
        keys = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        if len(keys) != len(node.args) or self.standards is None:
            raise ServerOnly("standard")
        try:
            value = self.standards.value(".".join(keys), self.on)
        except Exception as error:
            raise ServerOnly(keys[0]) from error
        return value if isinstance(value, int) else float(value)
