"""The matrix of programmes: every cell says what the law says, and a broken file is refused with all its problems."""

from datetime import date

import pytest

from adminapp.conflicts import matrix
from adminapp.conflicts.matrix import read_file
from adminapp.errors import SetupError

ON = date(2026, 9, 16)
PROGRAMMES = (
    "dibao", "tekun", "disability_living", "disability_nursing", "orphan", "unattended_child", "old_age", "centenarian", "temporary",
)  # fmt: skip
YES, NO, CHOOSE, NEEDS, TOPUP, NONE = "allowed", "no", "choose", "requires", "topup", None
CELLS = {
    # of: beside dibao, tekun, living, nursing, orphan, unattended, old_age, centenarian, temporary
    "dibao": (NO, NO, YES, YES, YES, YES, YES, YES, YES),
    "tekun": (NO, NO, NO, NO, CHOOSE, CHOOSE, YES, YES, YES),
    "disability_living": (NEEDS, NO, NO, YES, NO, NO, YES, YES, YES),
    "disability_nursing": (YES, NO, YES, NO, YES, YES, YES, YES, YES),
    "orphan": (TOPUP, CHOOSE, TOPUP, YES, NO, NO, NONE, NONE, YES),
    "unattended_child": (TOPUP, CHOOSE, TOPUP, YES, NO, NO, NONE, NONE, YES),
    "old_age": (YES, YES, YES, YES, NONE, NONE, NO, NO, YES),
    "centenarian": (YES, YES, YES, YES, NONE, NONE, NO, NO, YES),
    "temporary": (YES, YES, YES, YES, YES, YES, YES, YES, NONE),
}


@pytest.mark.parametrize("of", CELLS)
@pytest.mark.parametrize("place", range(len(PROGRAMMES)))
def test_every_cell_says_what_the_law_says(of, place):
    beside = PROGRAMMES[place]
    rule = matrix().rule(of, beside, ON)
    assert (rule.rule if rule else None) == CELLS[of][place]
    if rule and rule.rule != YES:
        assert rule.say and rule.do and rule.clause


def test_a_rule_holds_from_its_day_on():
    assert matrix().rule("orphan", "dibao", date(2019, 7, 9)) is None
    assert matrix().rule("orphan", "dibao", date(2019, 7, 10)).rule == "topup"


BROKEN = """\
pairs:
- {of: a, with: b, rule: never, from: 2020-01-01, clause: x}
- {of: a, with: c, rule: "no", from: 2020-01-01, clause: x}
- {of: a, with: d, rule: topup, both: true, from: tomorrow, clause: x, say: s, do: d}
- {of: a, with: e, rule: allowed, from: 2020-01-01, clause: x, wth: e}
- {of: f, with: g, rule: allowed, from: 2020-01-01, clause: x}
- {of: f, with: g, rule: allowed, from: 2021-01-01, clause: x}
- {of: a}
"""


def test_all_problems_of_a_broken_file_are_named_together(tmp_path):
    file = tmp_path / "conflicts.yaml"
    file.write_text(BROKEN, "utf-8")
    with pytest.raises(SetupError) as refused:
        read_file(file)
    for sentence in (
        "pairs[0].rule: 没有规则“never”", "pairs[1]: 不能叠加或有条件的", "pairs[2].from: 要写日期", "pairs[2].both: 前提和补差有方向",
        "pairs[3].wth: 不认识“wth”", "pairs: f 对 g 在 2021-01-01 有两条规则", "pairs[6]: 要有 of",
    ):  # fmt: skip
        assert sentence in str(refused.value)


def test_a_file_that_is_absent_or_empty_is_refused(tmp_path):
    with pytest.raises(SetupError, match="不能读取"):
        read_file(tmp_path / "none.yaml")
    (tmp_path / "empty.yaml").write_text("", "utf-8")
    with pytest.raises(SetupError, match="至少写一行"):
        read_file(tmp_path / "empty.yaml")
