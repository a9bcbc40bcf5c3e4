"""Writes a formula for people: 家庭年收入 ÷ 家庭人口 ＜ 标准(农村低保标准). `reading` reads it back; what is stored stays the formula."""

import ast

from adminapp.formula.functions import FUNCTIONS, PROGRAMMES, ROW_FUNCTIONS
from adminapp.formula.language import Formula, FormulaError, parse
from adminapp.formula.lexicon import CALLS, KEYWORDS, Lexicon, is_word
from adminapp.formula.printing import ATOM, CHOICE, COMPARE, NOT, OR, SUM, Printer

SIGNS = {
    ast.Add: "＋", ast.Sub: "－", ast.Mult: "×", ast.Div: "÷", ast.Eq: "＝", ast.NotEq: "≠", ast.Lt: "＜", ast.LtE: "≤",
    ast.Gt: "＞", ast.GtE: "≥", ast.In: "属于", ast.NotIn: "不属于", ast.And: "并且", ast.Or: "或者", ast.Not: "不是", ast.USub: "－",
}  # fmt: skip


def write(formula: Formula | str, lexicon: Lexicon) -> str:
    """Return a formula as people read and write it. A text that is no formula comes back as it is: somebody is at work on it."""
    if isinstance(formula, str):
        try:
            formula = parse(formula) if formula.strip() else None
        except FormulaError:
            return formula
    return Written(lexicon).write(formula.tree) if formula else ""


def quoted(text: str) -> str:
    return f"“{text.replace('”', '””')}”"


def name_text(text: str) -> str:
    """Return a name as it stands in a formula: in corner quotes where it is no plain word or has another meaning."""
    plain = is_word(text) and text not in KEYWORDS and text not in CALLS
    return text if plain else f"「{text.replace('」', '」」')}」"


class Written(Printer):
    signs = SIGNS

    def __init__(self, lexicon: Lexicon):
        self.lexicon = lexicon

    def _name(self, node):
        return name_text(self.lexicon.fields.write(node.id) or node.id), ATOM

    def _constant(self, node):
        if isinstance(node.value, bool):
            return "是" if node.value else "否", ATOM
        return quoted(node.value) if isinstance(node.value, str) else self.number(node.value), ATOM

    def _code(self, node, options):
        """Return a constant beside a choice: the label of its option."""
        if options is None or not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            return self.write(node, SUM)
        label = options.write(node.value)
        if label is None:  # no option: said so that reading never takes it for one
            return quoted(
                node.value if options.find(node.value) is None and "#" not in node.value else f"#{node.value}"
            )
        return quoted(label)

    def _list(self, node, options=None):
        return f"[{'、'.join(self._code(item, options) for item in node.elts)}]", ATOM

    _tuple = _list

    def _boolop(self, node):
        # Brackets around every inner “and”/“or”: few readers know which of them holds tighter.
        inner = (self.write(value, ATOM if isinstance(value, ast.BoolOp) else NOT) for value in node.values)
        return f" {SIGNS[type(node.op)]} ".join(inner), super()._boolop(node)[1]

    def _compare(self, node):
        sides = [node.left, *node.comparators]
        parts = []
        for index, side in enumerate(sides):
            options = self._options(sides, index)
            parts.append(
                self._list(side, options)[0] if isinstance(side, (ast.List, ast.Tuple)) else self._code(side, options)
            )
        for index, op in enumerate(node.ops):
            parts.insert(2 * index + 1, SIGNS[type(op)])
        return " ".join(parts), COMPARE

    def _options(self, sides, index):
        """Return the options of the choice beside the side at `index`, looking left first."""
        near = [sides[at] for at in (index - 1, index + 1) if 0 <= at < len(sides)]
        return next(
            (found for side in near if isinstance(side, ast.Name) and (found := self.lexicon.options(side.id))), None
        )

    def _ifexp(self, node):
        return f"如果 {self.write(node.test, OR)} 则 {self.write(node.body, OR)} 否则 {self.write(node.orelse)}", CHOICE

    def _call(self, node):
        name, arguments = node.func.id, node.args
        if name == "has" and len(arguments) == 2:
            first, second = arguments
            options = self.lexicon.options(first.id) if isinstance(first, ast.Name) else None
            return f"{self.write(first, SUM)} 包含 {self._code(second, options)}", COMPARE
        if name == "yuan" and len(arguments) == 1 and _is_plain_number(arguments[0]):
            return f"{self.number(arguments[0].value)}元", ATOM
        if name == "standard" and arguments and (inner := self._standard(arguments)):
            return f"标准({inner})", ATOM
        if name in PROGRAMMES and len(arguments) == 1 and (word := self._programme(arguments[0])):
            return f"{FUNCTIONS[name].title}({quoted(word)})", ATOM
        if name in ROW_FUNCTIONS and len(arguments) > 1 and isinstance(arguments[0], ast.Name):
            inside = Written(self.lexicon.within(arguments[0].id))
            texts = [self.write(arguments[0]), *(inside.write(argument) for argument in arguments[1:])]
        else:
            texts = [self.write(argument) for argument in arguments]
        return f"{({**FUNCTIONS, **ROW_FUNCTIONS})[name].title}({'，'.join(texts)})", ATOM

    def _standard(self, arguments):
        key = arguments[0].value if isinstance(arguments[0], ast.Constant) else None
        if len(arguments) == 1 and isinstance(key, str):
            label = self.lexicon.standards.write(key)
            return label if label and is_balanced(label) else None
        if len(arguments) == 2 and isinstance(key, str):
            label = self.lexicon.families.write(key)
            return f"{label}，{self.write(arguments[1])}" if label and is_balanced(label) else None
        return None

    def _programme(self, argument):
        return self.lexicon.programmes.write(argument.value) if isinstance(argument, ast.Constant) else None


def _is_plain_number(node):
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
        and node.value >= 0
    )


def is_balanced(text: str) -> bool:
    """Tell whether a label can stand between brackets: its own are closed, and it begins with no quote."""
    depth = 0
    for character in text:
        depth += (character in "(（") - (character in ")）")
        if depth < 0:
            return False
    return depth == 0 and text == text.strip() and text[:1] not in "“\"'「"
