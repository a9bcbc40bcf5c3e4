"""The functions a formula may call. Each row: what it takes, what it gives, what it does; the help page prints this table."""

from dataclasses import dataclass
from fractions import Fraction

# Result "same" means the type of the first argument. "any" accepts every type.


@dataclass(frozen=True)
class Function:
    """`title` is what it is called in a formula for people, `slots` says what belongs between its brackets."""

    takes: tuple[str, ...]
    gives: str
    help: str
    title: str
    slots: str
    optional: int = 0
    variadic: bool = False
    recipe: bool = False
    """Only for recipes that turn stored values into others (adminapp/recipes)."""

    def __str__(self):
        return f"“{self.title}”"


FUNCTIONS = {
    "standard": Function(("text", "text"), "standard", "标准表中当日有效的数值", "标准", "标准的名称", optional=1),
    "yuan": Function(("number",), "money", "把数字当作元，固定的数直接写 2000元", "元", "数字"),
    "age": Function(("birth",), "number", "周岁：按出生日期或公民身份号码，算到决定日", "周岁", "公民身份号码或出生日期"),
    "birth": Function(("text",), "date", "公民身份号码中的出生日期", "出生日期", "公民身份号码"),
    "is_male": Function(("text",), "bool", "公民身份号码中的性别为男", "是男性", "公民身份号码"),
    "months_between": Function(("date", "date"), "number", "两个日期相隔的整月数", "相隔月数", "开始日期，结束日期"),
    "min": Function(("any", "any"), "same", "最小的一个", "最小", "甲，乙", variadic=True),
    "max": Function(("any", "any"), "same", "最大的一个", "最大", "甲，乙", variadic=True),
    "floor": Function(("number",), "number", "舍去小数", "舍去小数", "数字"),
    "filled": Function(("any",), "bool", "已填写", "已填", "字段"),
    "has": Function(("list", "text"), "bool", "多选中包含这一项，写作：困难类型 包含 “疾病”", "包含", "多选字段，选项"),
    "holds": Function(("text",), "bool", "本人现正享受这一项目", "本人在享", "救助项目"),
    "household_holds": Function(("text",), "bool", "本人或共同生活成员现正享受这一项目", "家庭在享", "救助项目"),
    "award": Function(("text",), "money", "本人现正享受的这一项目每月金额，没有为 0；按户发放的按人平均", "在享金额", "救助项目"),
    "to_money": Function(("text",), "money", "把写成文字的元数读作金额，如“1,200元”", "读作金额", "文字", recipe=True),
    "to_number": Function(("text",), "number", "把写成文字的数读作数字", "读作数字", "文字", recipe=True),
    "to_date": Function(("text",), "date", "把写成文字的日期读作日期，如“2026年9月1日”", "读作日期", "文字", recipe=True),
    "to_text": Function(("plain",), "text", "把数字、日期、是/否或选项代码写成文字", "写成文字", "内容", recipe=True),
    "join": Function(("text", "text"), "text", "把几段文字接在一起，空白的略去", "接成", "甲，乙", variadic=True, recipe=True),
    "part": Function(("text", "text", "number"), "text", "按分隔符分开后的第几段", "第几段", "文字，分隔符，段号", recipe=True),
}
ROW_FUNCTIONS = {
    "total": Function(("rows", "amount"), "amount", "明细表逐行相加", "求和", "明细表，每行要加的数"),
    "count": Function(("rows", "bool"), "number", "明细表的行数，或符合条件的行数", "计数", "明细表，条件", optional=1),
    "any": Function(("rows", "bool"), "bool", "明细表至少一行符合", "有一行", "明细表，条件"),
    "all": Function(("rows", "bool"), "bool", "明细表每一行都符合（没有行也算符合）", "每行都", "明细表，条件"),
}
PROGRAMMES = frozenset({"holds", "household_holds", "award"})
"""Functions that take the key of a relief programme."""


def exact(value):
    """Turn a number of any kind into an int when whole, else an exact fraction."""
    if isinstance(value, (bool, int)):
        return int(value)
    fraction = value if isinstance(value, Fraction) else Fraction(str(value))
    return fraction.numerator if fraction.denominator == 1 else fraction
