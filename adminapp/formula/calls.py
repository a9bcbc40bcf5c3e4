"""What the functions of a formula do; each takes the evaluator first. What they are called and mean stands in `functions`."""

from datetime import date

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.formula.functions import FUNCTIONS, exact
from adminapp.identity import parse_id


class MissingValue(Invalid):
    """A formula needs a value that the case does not have yet."""


def _standard(ev, key, code=None):
    key = f"{key}.{code}" if code is not None else key
    if ev.standards is None:
        raise MissingValue("没有标准表")
    entry = ev.trace.standards[key] = ev.standards.entry(key, ev.on)
    return entry["value"]


def _age(ev, birth_or_number):
    if not birth_or_number:
        raise MissingValue("没有出生日期，无法计算年龄")
    birth = birth_or_number if isinstance(birth_or_number, date) else parse_id(birth_or_number).birth
    return dates.age(birth, ev.on)


def _months_between(ev, start, end):
    if not start or not end:
        raise MissingValue("有一项日期还没有填写")
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _ask(question):
    def ask(ev, programme):
        answer = ev.trace.awards[f"{question}:{programme}"] = getattr(ev.awards, question)(programme)
        return answer

    return ask


CALLS = {
    "standard": _standard,
    "yuan": lambda ev, amount: exact(amount * 100),
    "age": _age,
    "birth": lambda ev, number: parse_id(number).birth if number else None,
    "is_male": lambda ev, number: bool(number) and parse_id(number).sex == "male",
    "months_between": _months_between,
    "min": lambda ev, *values: min(*values),
    "max": lambda ev, *values: max(*values),
    "floor": lambda ev, number: int(number // 1),
    "filled": lambda ev, value: bool(value),
    "has": lambda ev, codes, code: code in (codes or ()),
    "holds": _ask("holds"),
    "household_holds": _ask("household_holds"),
    "award": _ask("monthly"),
}
assert CALLS.keys() == FUNCTIONS.keys()
