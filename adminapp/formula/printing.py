"""Writes a syntax tree as text with no bracket more than its reader needs. Two dialects: the stored formula here, the one for
people in `written`."""

import ast
import json
from decimal import Decimal

from adminapp.formula.language import OPERATORS

CHOICE, OR, AND, NOT, COMPARE, SUM, TERM, SIGN, ATOM = range(9)
"""How tightly a form holds together; a looser one within a tighter one goes into brackets."""


class Printer:
    """`write(node, level)` gives the text of a node where at least `level` is needed."""

    signs = OPERATORS
    brackets = "({})"

    def write(self, node, level=CHOICE) -> str:
        text, own = getattr(self, f"_{type(node).__name__.lower()}")(node)
        return text if own >= level else self.brackets.format(text)

    def _name(self, node):
        return node.id, ATOM

    def _binop(self, node):
        own = TERM if isinstance(node.op, (ast.Mult, ast.Div)) else SUM
        return f"{self.write(node.left, own)} {self.signs[type(node.op)]} {self.write(node.right, own + 1)}", own

    def _boolop(self, node):
        own = AND if isinstance(node.op, ast.And) else OR
        return f" {self.signs[type(node.op)]} ".join(self.write(value, own + 1) for value in node.values), own

    def _unaryop(self, node):
        if isinstance(node.op, ast.Not):
            return f"{self.signs[ast.Not]} {self.write(node.operand, SIGN)}", NOT
        return f"{self.signs[ast.USub]}{self.write(node.operand, SIGN)}", SIGN

    def _compare(self, node):
        parts = [self.write(node.left, SUM)]
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts += [self.signs[type(op)], self.write(right, SUM)]
        return " ".join(parts), COMPARE

    def number(self, value) -> str:
        return str(value) if isinstance(value, int) else f"{Decimal(repr(value)):f}" if value % 1 else repr(value)


class Source(Printer):
    def _constant(self, node):
        if isinstance(node.value, str):
            return json.dumps(node.value, ensure_ascii=False), ATOM
        return str(node.value) if isinstance(node.value, bool) else self.number(node.value), ATOM

    def _list(self, node):
        return f"[{', '.join(self.write(item) for item in node.elts)}]", ATOM

    _tuple = _list

    def _ifexp(self, node):
        return f"{self.write(node.body, OR)} if {self.write(node.test, OR)} else {self.write(node.orelse)}", CHOICE

    def _call(self, node):
        return f"{node.func.id}({', '.join(self.write(argument) for argument in node.args)})", ATOM


def to_source(tree) -> str:
    """Return the text of a tree as it is stored; `language.parse` gives an equal tree back."""
    return Source().write(tree)
