"""The functions a formula may call. Each row: what it takes, what it gives, what it does; the help page prints this table."""

from dataclasses import dataclass
from fractions import Fraction

# Result "same" means the type of the first argument. "any" accepts every type.


@dataclass(frozen=True)
class Function:
    takes: tuple[str, ...]
    gives: str
    help: str
    optional: int = 0
    variadic: bool = False


FUNCTIONS = {
    "standard": Function(("text", "text"), "standard", "标准表中当日有效的数值，如 standard(\"dibao.urban\")", optional=1),
    "yuan": Function(("number",), "money", "把数字当作元，如 yuan(2000)"),
    "age": Function(("birth",), "number", "周岁：按出生日期或公民身份号码，算到决定日"),
    "birth": Function(("text",), "date", "公民身份号码中的出生日期"),
    "is_male": Function(("text",), "bool", "公民身份号码中的性别为男"),
    "months_between": Function(("date", "date"), "number", "两个日期相隔的整月数"),
    "min": Function(("any", "any"), "same", "最小的一个", variadic=True),
    "max": Function(("any", "any"), "same", "最大的一个", variadic=True),
    "floor": Function(("number",), "number", "舍去小数"),
    "filled": Function(("any",), "bool", "已填写"),
    "has": Function(("list", "text"), "bool", "多选中包含这一项"),
    "holds": Function(("text",), "bool", "本人现正享受这一项目，如 holds(\"dibao\")"),
    "household_holds": Function(("text",), "bool", "本人或共同生活成员现正享受这一项目"),
    "award": Function(("text",), "money", "本人现正享受的这一项目每月金额，没有为 0;按户发放的按人平均"),
}
ROW_FUNCTIONS = {
    "total": Function(("rows", "amount"), "amount", "逐行相加，如 total(members, income)"),
    "count": Function(("rows", "bool"), "number", "行数，或符合条件的行数", optional=1),
    "any": Function(("rows", "bool"), "bool", "至少一行符合"),
    "all": Function(("rows", "bool"), "bool", "每一行都符合（没有行也算符合）"),
}


def exact(value):
    """Turn a number of any kind into an int when whole, else an exact fraction."""
    if isinstance(value, (bool, int)):
        return int(value)
    fraction = value if isinstance(value, Fraction) else Fraction(str(value))
    return fraction.numerator if fraction.denominator == 1 else fraction
