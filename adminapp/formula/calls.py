"""What the functions of a formula do; each takes the evaluator first. What they are called and mean stands in `functions`."""

import re
from datetime import date

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.formula.functions import FUNCTIONS, exact
from adminapp.identity import parse_id
from adminapp.money import parse_yuan
from adminapp.text import normalise


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


def _to_money(ev, text):
    return parse_yuan(_plain(text).removesuffix("元")) if _plain(text) else 0


def _to_number(ev, text):
    plain = _plain(text).replace(",", "")
    if plain and not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", plain, re.ASCII):
        raise Invalid(f"“{text[:20]}”不是数字")
    return exact(plain) if plain else 0


def _to_date(ev, text):
    return dates.parse_date(_plain(text)) if _plain(text) else None


def _plain(text):
    return "".join(normalise(text or "", numbers=True).split())


def _to_text(ev, value):
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)


def _part(ev, text, separator, number):
    if not separator:
        raise Invalid("分隔符不能为空")
    parts = (text or "").split(separator)
    return parts[number - 1].strip() if 1 <= number <= len(parts) else ""


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
    "to_money": _to_money,
    "to_number": _to_number,
    "to_date": _to_date,
    "to_text": _to_text,
    "join": lambda ev, *texts: "".join(text for text in texts if text),
    "part": _part,
}
assert CALLS.keys() == FUNCTIONS.keys()
