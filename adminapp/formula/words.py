"""Writes a formula for people: labels for ids, Chinese words for operators and functions. What is stored stays the formula."""

import ast

from adminapp.formula.language import Formula

SIGNS = {
    ast.Add: "＋", ast.Sub: "－", ast.Mult: "×", ast.Div: "÷", ast.Eq: "＝", ast.NotEq: "≠", ast.Lt: "＜", ast.LtE: "≤", ast.Gt: "＞",
    ast.GtE: "≥", ast.In: "属于", ast.NotIn: "不属于",
}  # fmt: skip
FUNCTIONS = {
    "age": "{}的周岁", "birth": "{}的出生日期", "is_male": "{}为男性", "months_between": "{}到{}的月数", "floor": "{}取整", "filled": "已填{}",
    "has": "{}含{}", "holds": "本人在享{}", "household_holds": "家庭在享{}", "award": "本人在享{}的月金额", "yuan": "{}元",
    "total": "{}合计{}", "any": "{}有任一行{}", "all": "{}每一行都{}",
}  # fmt: skip


ENVELOPE = {
    "amount": "核定金额", "relative": "近亲属备案", "complaint": "有投诉举报", "objected": "公示有异议", "urban": "户籍为社区", "applied_on": "申请日期",
    "accepted_on": "受理日期",
}  # fmt: skip


def in_words(formula: Formula, names: dict[str, str], standards: dict[str, str], codes: dict[str, dict[str, str]] | None = None) -> str:
    """Return the formula as a reader would say it. Unknown names stay as they are.

    `codes` gives the labels of a choice's codes by the name of the field.
    """
    return _Writer(names, standards, codes or {}).write(formula.tree)


def labels_of(relief_type) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return (labels by name, labels of codes by name) of a relief type; a column gives way to a field of the same id."""
    names, codes = {}, {}
    fields = [*relief_type.fields.values(), *(column for field in relief_type.fields.values() for column in field.fields)]
    for field in fields:
        names.setdefault(field.id, field.label)
        if field.options:
            codes.setdefault(field.id, {option.code: option.label for option in field.options})
    names |= {term.id: term.label for term in relief_type.amount.terms if term.id not in names}
    return names | ENVELOPE, codes


class _Writer:
    def __init__(self, names, standards, codes):
        self.names, self.standards, self.codes = names, standards, codes

    def write(self, node, inside=False):
        return getattr(self, f"_{type(node).__name__.lower()}")(node, inside)

    def _name(self, node, inside):
        return self.names.get(node.id, node.id)

    def _constant(self, node, inside):
        if isinstance(node.value, bool):
            return "是" if node.value else "否"
        return f"“{node.value}”" if isinstance(node.value, str) else f"{node.value:,}"

    def _list(self, node, inside):
        return "、".join(self.write(item) for item in node.elts)

    _tuple = _list

    def _binop(self, node, inside):
        text = f"{self.write(node.left, True)} {SIGNS[type(node.op)]} {self.write(node.right, True)}"
        return f"（{text}）" if inside else text

    def _compare(self, node, inside):
        sides = [node.left, *node.comparators]
        codes = next((self.codes[side.id] for side in sides if isinstance(side, ast.Name) and side.id in self.codes), {})
        parts = [self._side(sides[0], codes)]
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts += [SIGNS[type(op)], self._side(right, codes)]
        return " ".join(parts)

    def _side(self, node, codes):
        if isinstance(node, ast.Constant) and node.value in codes:
            return f"“{codes[node.value]}”"
        if isinstance(node, (ast.List, ast.Tuple)):
            return "、".join(self._side(item, codes) for item in node.elts)
        return self.write(node, True)

    def _boolop(self, node, inside):
        text = (" 并且 " if isinstance(node.op, ast.And) else " 或者 ").join(self.write(value, True) for value in node.values)
        return f"（{text}）" if inside else text

    def _unaryop(self, node, inside):
        word = "不满足" if isinstance(node.op, ast.Not) else "－"
        return f"{word}{self.write(node.operand, True)}"

    def _ifexp(self, node, inside):
        return f"（{self.write(node.test)} 时为 {self.write(node.body, True)}，否则为 {self.write(node.orelse, True)}）"

    def _call(self, node, inside):
        name, arguments = node.func.id, node.args
        if name == "standard":
            return self._standard(arguments)
        if name == "count":
            rows = self.write(arguments[0])
            return f"{rows}数" if len(arguments) == 1 else f"（{self.write(arguments[1])}）的{rows}数"
        if name == "has" and isinstance(arguments[0], ast.Name):
            return f"{self.write(arguments[0])}含{self._side(arguments[1], self.codes.get(arguments[0].id, {}))}"
        if name in ("min", "max"):
            return f"{'最小' if name == 'min' else '最大'}值（{'，'.join(self.write(item) for item in arguments)}）"
        return FUNCTIONS.get(name, name + "（{}）").format(*(self.write(item, True) for item in arguments))

    def _standard(self, arguments):
        key = arguments[0].value
        if len(arguments) == 1:
            return self.standards.get(key, key)
        label = next((label for known, label in self.standards.items() if known.startswith(f"{key}.")), key)
        return f"{label}等（按{self.write(arguments[1])}）"
