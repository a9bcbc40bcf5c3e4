"""What cannot be meant is found before it runs: units, unknown names, wrong codes."""

import pytest

from adminapp.formula import FormulaError, check_types, parse
from adminapp.formula.types import Name

NAMES = {
    "income": Name("money", "家庭年收入"),
    "persons": Name("number", "家庭人口"),
    "kind": Name("text", "救助类别", codes=("urgent", "expense")),
    "number": Name("text", "公民身份号码"),
    "born": Name("date", "出生日期"),
    "urban": Name("bool", "户籍为社区"),
    "means": Name("list", "方式", codes=("cash", "goods")),
    "members": Name(
        "rows",
        "成员",
        columns={
            "wages": Name("money", "工资"),
            "ill": Name("bool", "重病"),
            "sex": Name("text", "性别", codes=("f", "m")),
        },
    ),
}
STANDARDS = {
    "dibao.urban": "money",
    "ratio": "number",
    "care.urgent": "money",
    "care.expense": "money",
    "mixed.urgent": "money",
    "mixed.expense": "number",
}


def type_of(text, expect=None):
    return check_types(parse(text), NAMES, STANDARDS, expect)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("income / persons", "money"),
        ("income / income", "number"),
        ("income * 2 - 0", "money"),
        ('standard("dibao.urban") * standard("ratio")', "money"),
        ('standard("care", kind)', "money"),
        ("yuan(2000) + income", "money"),
        ("max(0, income - yuan(1))", "money"),
        ("0 if urban else income", "money"),
        ('kind == "urgent" and not urban', "bool"),
        ('kind == ""', "bool"),
        ("income > 0", "bool"),
        ("age(number) + age(born)", "number"),
        ("birth(number)", "date"),
        ("total(members, wages)", "money"),
        ("total(members, 1 if ill else 0)", "number"),
        ('count(members, ill and sex == "f") + count(members)', "number"),
        ("any(members, wages > income)", "bool"),
        ('has(means, "cash")', "bool"),
        ('award("dibao")', "money"),
        ('kind in ["urgent"]', "bool"),
    ],
)
def test_formula_has_its_type(text, expected):
    assert type_of(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("income * income", "金额乘金额没有意义"),
        ("income + persons", "固定的元数写成 2000元"),
        ("income + 100", "固定的元数写成 2000元"),
        ("income < 100", "数字和金额不能比较.*yuan"),
        ("persons / income", "数字不能除以金额"),
        ("income / 0", "不能除以 0"),
        ("incom > 0", "没有字段“incom”，?.*是否要写“income”"),
        ("家庭年收人 > 0", "是否要写“家庭年收入”"),
        ('kind == "urgnt"', "“kind”没有选项“urgnt”.*是否要写“urgent”"),
        ('kind in ["urgent", "expence"]', "没有选项“expence”"),
        ('has(means, "cahs")', "没有选项“cahs”"),
        ('count(members, sex == "x")', "没有选项“x”"),
        ("kind + 1", "文字不能用于"),
        ("urban + 1", "是/否不能用于"),
        ("born > kind", "不能比较"),
        ("means == means", "请用“计数”"),
        ("members == members", "不能直接比较"),
        ("not income", "这里要是/否"),
        ("income and urban", "这里要是/否"),
        ("-kind", "不能取负"),
        ("kind in means", "选项的列表"),
        ("kind in [income]", "固定的值"),
        ("income if urban else persons", "不同类"),
        ("income if persons else 0", "这里要是/否"),
        ("min(income, persons)", "各项要同类"),
        ("min(income)", "里要写 2 项"),
        ("floor(1, 2)", "里要写 1 项"),
        ("age(persons)", "要出生日期或公民身份号码"),
        ("total(income, 1)", "第一项要是明细表"),
        ("total(members, ill)", "不能相加"),
        ("count(members, wages)", "这里要是/否"),
        ("wages > 0", "没有字段“wages”"),
        ("standard(kind)", "要直接写出"),
        ('standard("dibao.urbn")', "标准表中没有“dibao.urbn”.*dibao.urban"),
        ('standard("care", number)', "要是一个单选字段"),
        ('standard("mixed", kind)', "各选项的标准单位不同"),
        ('standard("dibao", kind)', "标准表中没有“dibao.urgent”"),
    ],
)
def test_what_cannot_be_meant_is_refused(text, sentence):
    with pytest.raises(FormulaError, match=sentence):
        type_of(text)


@pytest.mark.parametrize(
    ("text", "expect"), [("income", "bool"), ("persons", "money"), ("urban", "money"), ("1", "bool")]
)
def test_result_of_another_type_is_refused(text, expect):
    with pytest.raises(FormulaError, match="这里要"):
        type_of(text, expect)


def test_zero_is_money_too():
    assert type_of("0", "money") == "number"


def test_error_stands_at_the_wrong_place():
    with pytest.raises(FormulaError) as caught:
        type_of("income > 0 and incme > 0")
    assert caught.value.position == 16
