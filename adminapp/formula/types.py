"""Finds what cannot be meant before it runs: unknown names, money times money, text compared with a date, wrong codes."""

import ast
from dataclasses import dataclass, field

from adminapp.formula.functions import FUNCTIONS, ROW_FUNCTIONS
from adminapp.formula.language import OPERATORS, Formula, FormulaError
from adminapp.words import nearest

WORDS = {
    "money": "金额", "number": "数字", "text": "文字", "date": "日期", "bool": "是/否",
    "rows": "明细表", "list": "多选", "any": "任意值",
}  # fmt: skip


@dataclass(frozen=True)
class Name:
    """What a formula may know of a field: its type, its label, the codes of a choice, the columns of a table.

    `labels` are the codes' labels; `group` is where the field stands, to tell fields of the same label apart.
    """

    type: str
    label: str = ""
    codes: tuple[str, ...] = ()
    columns: dict = field(default_factory=dict, hash=False)
    labels: dict = field(default_factory=dict, hash=False)
    group: str = ""


def check_types(formula: Formula, names: dict[str, Name], standards: dict[str, str], expect: str | None = None) -> str:
    """Return the formula's type; raise FormulaError at the first place that is wrong.

    `names` are the names in reach, `standards` gives the type ("money" or "number") of each standard's key,
    `expect` the type the formula must have ("bool" for a rule, "money" for an amount).
    """
    found = _Checker(names, standards).type_of(formula.tree)
    if expect and found not in (expect, "any") and not _is_zero(formula.tree):
        raise FormulaError(f"这里要{WORDS[expect]}，公式给出的是{WORDS[found]}")
    return found


def _is_zero(node):
    return isinstance(node, ast.Constant) and node.value == 0 and not isinstance(node.value, bool)


class _Checker:
    def __init__(self, names, standards):
        self.names, self.standards = names, standards

    def fail(self, node, sentence):
        raise FormulaError(sentence, getattr(node, "col_offset", 0) + 1, getattr(node, "end_col_offset", None))

    def type_of(self, node):
        return getattr(self, f"_{type(node).__name__.lower()}")(node)

    def _name(self, node):
        if node.id not in self.names:
            labels = {name.label: key for key, name in self.names.items()}
            self.fail(node, f"没有字段“{node.id}”{nearest(node.id, [*self.names, *labels])}")
        return self.names[node.id].type

    def _constant(self, node):
        if isinstance(node.value, bool):
            return "bool"
        return "text" if isinstance(node.value, str) else "number"

    def _list(self, node):
        for item in node.elts:
            if not isinstance(item, ast.Constant):
                self.fail(item, "方括号里只能写固定的值")
        return "list"

    _tuple = _list

    def _unaryop(self, node):
        inner = self.type_of(node.operand)
        if isinstance(node.op, ast.Not):
            return self._need(node.operand, inner, "bool")
        if inner not in ("money", "number"):
            self.fail(node, f"{WORDS[inner]}不能取负")
        return inner

    def _need(self, node, found, wanted):
        if found not in (wanted, "any"):
            self.fail(node, f"这里要{WORDS[wanted]}，写的是{WORDS[found]}")
        return wanted

    def _boolop(self, node):
        for value in node.values:
            self._need(value, self.type_of(value), "bool")
        return "bool"

    def _binop(self, node):
        left, right = self.type_of(node.left), self.type_of(node.right)
        sign = OPERATORS[type(node.op)]
        for side, kind in ((node.left, left), (node.right, right)):
            if kind not in ("money", "number"):
                self.fail(side, f"{WORDS[kind]}不能用于“{sign}”")
        if sign in "+-":
            if left == right or _is_zero(node.left) or _is_zero(node.right):
                return "money" if "money" in (left, right) else "number"
            self.fail(node, f"金额和数字不能直接用“{sign}”；固定的元数写成 2000元（yuan(2000)）")
        if sign == "*":
            if left == right == "money":
                self.fail(node, "金额乘金额没有意义")
            return "money" if "money" in (left, right) else "number"
        if _is_zero(node.right):
            self.fail(node.right, "不能除以 0")
        if right == "money" and left != "money":
            self.fail(node, "数字不能除以金额")
        return "number" if left == right else "money"

    def _compare(self, node):
        items = [node.left, *node.comparators]
        for left, op, right in zip(items, node.ops, items[1:], strict=False):
            if isinstance(op, (ast.In, ast.NotIn)):
                self.type_of(left)
                if not isinstance(right, (ast.List, ast.Tuple)):
                    self.fail(right, "“属于”（in）右边要写选项的列表；多选字段请用“包含”（has）")
                self._list(right)
                for item in right.elts:
                    self._check_code(left, item)
                continue
            kinds = {self.type_of(left), self.type_of(right)}
            if len(kinds) > 1 and "any" not in kinds and not _is_zero(left) and not _is_zero(right):
                words = "和".join(sorted(WORDS[kind] for kind in kinds))
                hint = "；固定的元数写成 2000元（yuan(2000)）" if kinds == {"money", "number"} else ""
                self.fail(node, f"{words}不能比较{hint}")
            if kinds & {"rows", "list"}:
                self.fail(node, "明细表和多选不能直接比较；请用“计数”（count）、“有一行”（any）、“包含”（has）")
            self._check_code(left, right)
            self._check_code(right, left)
        return "bool"

    def _check_code(self, name, constant):
        if isinstance(name, ast.Name) and isinstance(constant, ast.Constant):
            codes = self.names[name.id].codes if name.id in self.names else ()
            if codes and constant.value not in codes and constant.value != "":
                self.fail(constant, f"“{name.id}”没有选项“{constant.value}”{nearest(str(constant.value), codes)}")

    def _ifexp(self, node):
        self._need(node.test, self.type_of(node.test), "bool")
        then, other = self.type_of(node.body), self.type_of(node.orelse)
        if then == other or _is_zero(node.orelse):
            return then
        if _is_zero(node.body):
            return other
        self.fail(node, f"两种情况的结果不同类：{WORDS[then]}和{WORDS[other]}")

    def _call(self, node):
        name = node.func.id
        if name in ROW_FUNCTIONS:
            return self._row_call(node, name)
        function = FUNCTIONS[name]
        self._count_arguments(node, name, function)
        if name == "standard":
            return self._standard(node)
        kinds = [self.type_of(argument) for argument in node.args]
        for argument, kind, wanted in zip(node.args, kinds, function.takes, strict=False):
            if wanted == "birth":
                if kind not in ("date", "text"):
                    self.fail(argument, "要出生日期或公民身份号码")
            elif wanted == "plain":
                if kind not in ("text", "number", "date", "bool"):
                    self.fail(argument, f"{WORDS[kind]}不能写成文字")
            elif wanted != "any":
                self._need(argument, kind, wanted)
        if name == "has":
            self._check_code(*node.args)
        if function.gives != "same":
            return function.gives
        solid = {kind for argument, kind in zip(node.args, kinds, strict=True) if not _is_zero(argument)}
        if len(solid) > 1:
            self.fail(node, f"{function}的各项要同类；固定的元数写成 2000元（yuan(2000)）")
        return solid.pop() if solid else "number"

    def _count_arguments(self, node, name, function):
        least, most = len(function.takes) - function.optional, len(function.takes)
        if len(node.args) < least or (len(node.args) > most and not function.variadic):
            self.fail(node, f"{function}（{name}）里要写 {least} 项，写了 {len(node.args)} 项")

    def _standard(self, node):
        first = node.args[0]
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            self.fail(first, "标准的名称要直接写出，如 standard(\"dibao.urban\")")
        keys = [first.value]
        if len(node.args) == 2:
            second = node.args[1]
            codes = self.names[second.id].codes if isinstance(second, ast.Name) and second.id in self.names else ()
            if not codes:
                self.fail(second, "标准的第二项要是一个单选字段")
            keys = [f"{first.value}.{code}" for code in codes]
        kinds = set()
        for key in keys:
            if key not in self.standards:
                self.fail(first, f"标准表中没有“{key}”{nearest(key, self.standards)}")
            kinds.add(self.standards[key])
        if len(kinds) > 1:
            self.fail(node, "各选项的标准单位不同")
        return kinds.pop()

    def _row_call(self, node, name):
        self._count_arguments(node, name, ROW_FUNCTIONS[name])
        table = node.args[0]
        if not isinstance(table, ast.Name) or self._name(table) != "rows":
            self.fail(table, f"{ROW_FUNCTIONS[name]}（{name}）的第一项要是明细表")
        if len(node.args) == 1:
            return "number"
        inner = _Checker({**self.names, **self.names[table.id].columns}, self.standards)
        kind = inner.type_of(node.args[1])
        if name == "total":
            if kind not in ("money", "number"):
                self.fail(node.args[1], f"{WORDS[kind]}不能相加")
            return kind
        self._need(node.args[1], kind, "bool")
        return ROW_FUNCTIONS[name].gives
