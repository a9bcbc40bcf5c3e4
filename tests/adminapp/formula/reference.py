"""The evaluator as it was on simpleeval: slow, written independently, and the yardstick for the one that compiles.

`tests/adminapp/formula/test_compiled.py` runs both on random formulas: value, refusal and trace must be the same.
"""

import ast
from datetime import date
from fractions import Fraction

from simpleeval import DEFAULT_OPERATORS, SimpleEval

from adminapp import dates
from adminapp.formula.evaluator import MissingValue, NoAwards, Trace
from adminapp.formula.functions import ROW_FUNCTIONS, exact
from adminapp.formula.language import Formula, parse
from adminapp.identity import parse_id


def _divide(left, right):
    if not right:
        raise MissingValue("除数为 0 或未填写")
    return exact(Fraction(left) / right)


OPERATORS = {
    ast.Add: lambda a, b: exact(a + b),
    ast.Sub: lambda a, b: exact(a - b),
    ast.Mult: lambda a, b: exact(a * b),
    ast.Div: _divide,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    **{op: DEFAULT_OPERATORS[op] for op in (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Not, ast.USub)},
}


class Reference(SimpleEval):
    """Evaluates formulas for one case on one day.

    `values` maps names to plain values: fen, int, Fraction, text, date, bool, list of codes, list of row dicts.
    Blank money and numbers count as 0 and blank texts as "", as on a paper form; a blank date raises MissingValue
    when something is computed from it. `standards` is a `Standards` table, `awards` answers holds/household_holds/monthly.
    """

    def __init__(self, values: dict, *, standards=None, on: date | None = None, awards=None):
        self.on = on or dates.today()
        self.standards, self.awards = standards, awards or NoAwards()
        self.trace = Trace()
        self.values, self.row = values, None
        super().__init__(operators=OPERATORS, functions=self._functions(), names={})
        allowed = (ast.Name, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Constant)
        self.nodes = {kind: handler for kind, handler in self.nodes.items() if kind in allowed}
        self.nodes[ast.List] = self.nodes[ast.Tuple] = self._eval_codes

    def run(self, formula: Formula | str):
        """Return the formula's value; raise MissingValue when the case lacks what it needs."""
        formula = parse(formula) if isinstance(formula, str) else formula
        self.expr = formula.text
        try:
            return self._eval(formula.tree)
        except TypeError as error:
            raise MissingValue("有一项日期或内容还没有填写，无法计算") from error

    def traced(self, formula):
        """Return (value, Trace of this formula alone)."""
        outer, self.trace = self.trace, Trace()
        try:
            return self.run(formula), self.trace
        finally:
            self.trace = outer

    def _eval_codes(self, node):
        return [item.value for item in node.elts]

    def _eval_constant(self, node):
        return exact(node.value) if isinstance(node.value, float) else node.value

    def _eval_name(self, node):
        if self.row is not None and node.id in self.row:
            return self.row[node.id]
        try:
            value = self.values[node.id]
        except KeyError:
            raise MissingValue(f"没有“{node.id}”的值") from None
        self.trace.names[node.id] = value
        return value

    def _eval_call(self, node):
        if node.func.id not in ROW_FUNCTIONS:
            return super()._eval_call(node)
        rows = self._eval(node.args[0]) or []
        if len(node.args) == 1:
            return len(rows)
        return _ROWS[node.func.id](self._each(rows, node.args[1]))

    def _each(self, rows, node):
        outer = self.row
        try:
            for row in rows:
                self.row = row
                yield self._eval(node)
        finally:
            self.row = outer

    def _functions(self):
        return {
            "standard": self._standard,
            "yuan": lambda amount: exact(amount * 100),
            "age": self._age,
            "birth": lambda number: parse_id(number).birth if number else None,
            "is_male": lambda number: bool(number) and parse_id(number).sex == "male",
            "months_between": self._months_between,
            "min": min,
            "max": max,
            "floor": lambda number: int(number // 1),
            "filled": bool,
            "has": lambda codes, code: code in (codes or ()),
            "holds": lambda programme: self._award("holds", programme),
            "household_holds": lambda programme: self._award("household_holds", programme),
            "award": lambda programme: self._award("monthly", programme),
        }

    def _standard(self, key, code=None):
        key = f"{key}.{code}" if code is not None else key
        if self.standards is None:
            raise MissingValue("没有标准表")
        entry = self.standards.entry(key, self.on)
        self.trace.standards[key] = entry
        return self.standards.value(key, self.on)

    def _age(self, birth_or_number):
        if not birth_or_number:
            raise MissingValue("没有出生日期，无法计算年龄")
        birth = birth_or_number if isinstance(birth_or_number, date) else parse_id(birth_or_number).birth
        return dates.age(birth, self.on)

    def _months_between(self, start, end):
        if not start or not end:
            raise MissingValue("有一项日期还没有填写")
        return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)

    def _award(self, question, programme):
        answer = getattr(self.awards, question)(programme)
        self.trace.awards[f"{question}:{programme}"] = answer
        return answer


_ROWS = {
    "total": lambda values: exact(sum(Fraction(value or 0) for value in values)),
    "count": lambda values: sum(map(bool, values)),
    "any": any,
    "all": all,
}
