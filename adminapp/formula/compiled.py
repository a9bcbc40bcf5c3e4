"""Turns a checked syntax tree into closures, once for each formula: what the evaluator runs, some ten times per decision.

A closure takes the evaluator and returns the value. There is no second evaluator: forms, decisions and simulations all run
these closures. An independent interpreter stands in the tests, and both must agree on random formulas.
"""

import ast
import operator
from collections.abc import Callable
from fractions import Fraction

from adminapp.formula.calls import CALLS, MissingValue
from adminapp.formula.functions import ROW_FUNCTIONS, exact


def compile_tree(node: ast.expr) -> Callable:
    """Return the closure of a tree that `language.parse` has let through."""
    return NODES[type(node)](node)


def _name(node):
    name = node.id

    def read(ev):
        row = ev.row
        if row is not None and name in row:
            return row[name]
        try:
            value = ev.values[name]
        except KeyError:
            raise MissingValue(f"没有“{name}”的值") from None
        ev.trace.names[name] = value
        return value

    return read


def _constant(node):
    value = exact(node.value) if isinstance(node.value, float) else node.value
    return lambda ev: value


def _codes(node):
    values = [item.value for item in node.elts]
    return lambda ev: values


def _binop(node):
    left, right = compile_tree(node.left), compile_tree(node.right)
    if isinstance(node.op, ast.Div):
        return lambda ev: _divide(left(ev), right(ev))
    combine = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}[type(node.op)]

    def run(ev):
        value = combine(left(ev), right(ev))
        return value if type(value) is int else exact(value)

    return run


def _divide(left, right):
    if not right:
        raise MissingValue("除数为 0 或未填写")
    return exact(Fraction(left) / right)


def _boolop(node):
    parts = [compile_tree(value) for value in node.values]
    stops_at = isinstance(node.op, ast.Or)

    def run(ev):
        value = False
        for part in parts:
            value = part(ev)
            if bool(value) is stops_at:
                return value
        return value

    return run


def _unaryop(node):
    operand = compile_tree(node.operand)
    if isinstance(node.op, ast.Not):
        return lambda ev: not operand(ev)
    return lambda ev: -operand(ev)


COMPARISONS = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right, ast.NotIn: lambda left, right: left not in right,
}  # fmt: skip


def _compare(node):
    first, rest = compile_tree(node.left), [compile_tree(item) for item in node.comparators]
    signs = [COMPARISONS[type(op)] for op in node.ops]
    if len(signs) == 1:
        sign, second = signs[0], rest[0]
        return lambda ev: sign(first(ev), second(ev))

    def run(ev):
        right, found = first(ev), True
        for sign, item in zip(signs, rest, strict=True):
            left, right = right, item(ev)
            found = sign(left, right)
            if not found:
                break
        return found

    return run


def _ifexp(node):
    test, then, other = (compile_tree(each) for each in (node.test, node.body, node.orelse))
    return lambda ev: then(ev) if test(ev) else other(ev)


def _call(node):
    name, arguments = node.func.id, [compile_tree(argument) for argument in node.args]
    if name in ROW_FUNCTIONS:
        return _rows(name, *arguments)
    function = CALLS[name]
    if len(arguments) == 1:
        argument = arguments[0]
        return lambda ev: function(ev, argument(ev))
    return lambda ev: function(ev, *[argument(ev) for argument in arguments])


def _rows(name, table, inner=None):
    if inner is None:
        return lambda ev: len(table(ev) or ())
    combine = COMBINE[name]

    def run(ev):
        rows, outer = table(ev) or (), ev.row
        try:
            return combine(_each(ev, rows, inner))
        finally:
            ev.row = outer

    return run


def _each(ev, rows, inner):
    for row in rows:
        ev.row = row
        yield inner(ev)


def _total(values):
    whole, rest = 0, Fraction(0)
    for value in values:
        if type(value) is int:
            whole += value
        else:
            rest += Fraction(value or 0)
    return exact(whole + rest) if rest else whole


COMBINE = {"total": _total, "count": lambda values: sum(map(bool, values)), "any": any, "all": all}
NODES = {
    ast.Name: _name, ast.Constant: _constant, ast.List: _codes, ast.Tuple: _codes, ast.BinOp: _binop, ast.BoolOp: _boolop,
    ast.UnaryOp: _unaryop, ast.Compare: _compare, ast.IfExp: _ifexp, ast.Call: _call,
}  # fmt: skip
