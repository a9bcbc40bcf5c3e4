"""Reads formula text into a checked syntax tree: what may be written at all, before types and names are looked at."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from adminapp.errors import Invalid
from adminapp.formula.compiled import compile_tree
from adminapp.formula.functions import FUNCTIONS, ROW_FUNCTIONS

MAX_LENGTH = 2000
MAX_NODES = 400
MAX_DEPTH = 25
MAX_NUMBER = 10**15

OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or", ast.Not: "not", ast.USub: "-",
}  # fmt: skip
_LINE_END = re.compile(rb"\r\n|\r|\n")
STRUCTURE = (ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Constant, ast.List, ast.Tuple)


class FormulaError(Invalid):
    """A formula that cannot be used.

    `position` is the 1-based column of the place, None when it concerns the whole; `end` the 0-based column behind it.
    `sentence` is the text without the place.
    """

    def __init__(self, sentence, position=None, end=None):
        super().__init__(f"第 {position} 字处：{sentence}" if position else sentence)
        self.position, self.end, self.sentence = position, end, sentence


@dataclass(frozen=True)
class Formula:
    """Parsed text. ``names`` are the free names in order of first use; columns used inside row functions are left out."""

    text: str
    tree: ast.expr = field(repr=False, compare=False, hash=False)
    names: tuple[str, ...] = field(compare=False)
    standards: tuple[str, ...] = field(compare=False)

    def __str__(self):
        return self.text

    @cached_property
    def code(self) -> Callable:
        """Return the closure that the evaluator runs (formula/compiled.py)."""
        return compile_tree(self.tree)

    @cached_property
    def calls(self) -> set[str]:
        """Return the names of the functions that are called."""
        return {node.func.id for node in ast.walk(self.tree) if isinstance(node, ast.Call)}

    @cached_property
    def sides(self) -> tuple["Formula", ...]:
        """Return both sides of a plain comparison as formulas of their own; () for anything else."""
        if not (isinstance(self.tree, ast.Compare) and len(self.tree.ops) == 1):
            return ()
        return tuple(Formula(self.text, side, (), ()) for side in (self.tree.left, self.tree.comparators[0]))


@lru_cache(maxsize=20_000)
def parse(text: str) -> Formula:
    """Return the formula of `text`; raise FormulaError with the place when it holds anything that is not an expression."""
    text = text.strip()
    if not text:
        raise FormulaError("公式为空")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"公式有 {len(text)} 个字符，最多 {MAX_LENGTH} 个")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise FormulaError("写法不完整或有多余符号", error.offset) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("公式无法读懂") from error
    _count_characters(tree, text)
    check_shape(tree)
    return Formula(text, tree, tuple(_free_names(tree)), tuple(_standards(tree)))


def _count_characters(tree, text):
    """Python counts columns in bytes of their line; people count characters of the whole text."""
    encoded = text.encode()
    lines = [0, *(found.end() for found in _LINE_END.finditer(encoded))]
    if text.isascii() and len(lines) == 1:
        return
    for node in ast.walk(tree):
        for name, line in (("col_offset", "lineno"), ("end_col_offset", "end_lineno")):
            if hasattr(node, name):
                place = lines[getattr(node, line) - 1] + getattr(node, name)
                setattr(node, name, len(encoded[:place].decode()))


def check_shape(tree):
    count, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise FormulaError("公式太长或嵌套太深，请拆成几个计算字段")
        if isinstance(node, (ast.operator, ast.cmpop, ast.boolop, ast.unaryop)):
            if type(node) not in OPERATORS:
                raise FormulaError("用了不支持的运算符")
            continue
        if isinstance(node, ast.expr_context):
            continue
        position = getattr(node, "col_offset", 0) + 1
        if not isinstance(node, STRUCTURE):
            raise FormulaError("这里不能这样写；只能用字段、数字、文字、四则运算、比较、并且/或者和函数", position)
        if isinstance(node, ast.Constant):
            _check_constant(node, position)
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.keywords:
                raise FormulaError("函数的写法不对", position)
            if node.func.id not in FUNCTIONS and node.func.id not in ROW_FUNCTIONS:
                from adminapp.words import nearest

                known = sorted({*FUNCTIONS, *ROW_FUNCTIONS})
                raise FormulaError(f"没有函数“{node.func.id}”{nearest(node.func.id, known)}", position)
            stack.extend((child, depth + 1) for child in node.args)
            continue
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_constant(node, position):
    value = node.value
    if isinstance(value, bool) or isinstance(value, str) and len(value) <= 60:
        return
    if isinstance(value, (int, float)) and abs(value) <= MAX_NUMBER:
        return
    raise FormulaError("数字太大、文字太长，或写了不支持的值", position)


def _free_names(node, bound=False):
    """Yield names outside row expressions, each once, in reading order."""
    seen = {}

    def visit(item):
        if isinstance(item, ast.Name):
            seen.setdefault(item.id)
        elif isinstance(item, ast.Call):
            rows_only = item.func.id in ROW_FUNCTIONS
            for index, argument in enumerate(item.args):
                if not (rows_only and index):
                    visit(argument)
        else:
            for child in ast.iter_child_nodes(item):
                visit(child)

    visit(node)
    return list(seen)


def _standards(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.func.id == "standard" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
