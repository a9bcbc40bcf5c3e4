import pytest

from adminapp.formula import parse
from adminapp.formula.functions import FUNCTIONS, ROW_FUNCTIONS
from adminapp.formula.words import FUNCTIONS as WORDS
from adminapp.formula.words import in_words

NAMES = {"income": "家庭年收入", "members": "共同生活成员", "student": "在校", "kind": "救助类别"}
CODES = {"kind": {"urgent": "急难型", "a": "甲", "b": "乙"}}
STANDARDS = {"dibao.urban": "城市低保标准", "care.full": "全护理标准"}


@pytest.mark.parametrize(
    "formula, words",
    [
        ("income / count(members) / 12 < standard('dibao.urban')", "（（家庭年收入 ÷ 共同生活成员数） ÷ 12） ＜ 城市低保标准"),
        ("kind == 'urgent' and not filled(income)", "救助类别 ＝ “急难型” 并且 不满足已填家庭年收入"),
        ("total(members, income if student else 0)", "共同生活成员合计（在校 时为 家庭年收入，否则为 0）"),
        ("min(income, yuan(2000))", "最小值（家庭年收入，2,000元）"),
        ("count(members, student)", "（在校）的共同生活成员数"),
        ("kind in ['a', 'b']", "救助类别 属于 “甲”、“乙”"),
    ],
)
def test_formula_reads_as_a_sentence(formula, words):
    assert in_words(parse(formula), NAMES, STANDARDS, CODES) == words


def test_every_function_has_words():
    special = {"standard", "count", "min", "max"}
    assert {*FUNCTIONS, *ROW_FUNCTIONS} - special <= set(WORDS)
