import pytest

from adminapp.formula import parse
from adminapp.formula.functions import FUNCTIONS, ROW_FUNCTIONS
from adminapp.formula.words import FUNCTIONS as WORDS
from adminapp.formula.words import in_words

NAMES = {"income": "家庭年收入", "members": "共同生活成员", "student": "在校", "kind": "救助类别"}
STANDARDS = {"dibao.urban": "城市低保标准", "care.full": "全护理标准"}


@pytest.mark.parametrize(
    "formula, words",
    [
        ("income / count(members) / 12 < standard('dibao.urban')", "（（家庭年收入 ÷ 共同生活成员人数（行数）） ÷ 12） ＜ 城市低保标准"),
        ("kind == 'urgent' and not filled(income)", "救助类别 ＝ “urgent” 并且 不满足已填家庭年收入"),
        ("total(members, income if student else 0)", "共同生活成员合计（在校 时为 家庭年收入，否则为 0）"),
        ("min(income, yuan(2000))", "最小值（家庭年收入，2,000元）"),
        ("kind in ['a', 'b']", "救助类别 属于 “a”、“b”"),
    ],
)
def test_formula_reads_as_a_sentence(formula, words):
    assert in_words(parse(formula), NAMES, STANDARDS) == words


def test_every_function_has_words():
    special = {"standard", "count", "min", "max"}
    assert {*FUNCTIONS, *ROW_FUNCTIONS} - special <= set(WORDS)
