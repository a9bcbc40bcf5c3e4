"""Figures of the procedure hold by date; the file says everything that is wrong with it at once."""

from datetime import date
from fractions import Fraction

import pytest

from adminapp import procedure
from adminapp.errors import SetupError

GOOD = """\
rules:
- key: visit.people
  label: 调查人数
  unit: count
  values:
  - {from: 2021-07-01, to: 2026-06-30, value: 2, clause: 57号 第十六条}
  - {from: 2026-07-01, value: 3, clause: 新规 第一条}
"""


def read(tmp_path, text):
    path = tmp_path / "procedure.yaml"
    path.write_text(text, "utf-8")
    return procedure.read_file(path)


@pytest.mark.parametrize(
    ("day", "value"),
    [(date(2021, 6, 30), None), (date(2021, 7, 1), 2), (date(2026, 6, 30), 2), (date(2026, 7, 1), 3), (date(2099, 1, 1), 3)],
)
def test_a_value_holds_from_its_first_day_to_its_last(tmp_path, day, value):
    row = read(tmp_path, GOOD)["visit.people"].on(day)
    assert (row.value if row else None) == value


def test_the_countys_file_carries_what_the_guards_ask():
    assert procedure.value("survey.people", date(2026, 9, 16)) == 2
    assert procedure.value("appraisal.representative_share", date(2026, 9, 16)) == Fraction(2, 3)
    assert procedure.value("hearing.before_reduction", date(2026, 6, 30)) is None
    assert procedure.value("hearing.before_reduction", date(2026, 7, 1)) is True
    assert "第四十八条" in procedure.clause("hearing.before_reduction", date(2026, 7, 1))
    assert len(procedure.value("appraisal.stages", date(2026, 9, 16))) == 5


def test_a_key_that_the_file_lacks_is_an_error_that_names_the_nearest():
    with pytest.raises(KeyError, match="survey.people"):
        procedure.value("survey.peple", date(2026, 9, 16))


@pytest.mark.parametrize(("share", "text"), [("2/3", "三分之二"), ("1/2", "二分之一"), ("1", "全部"), ("13/20", "65%")])
def test_a_share_reads_in_words(share, text):
    assert procedure.share_text(Fraction(share)) == text


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("unit: count", "unit: cuont", "是否要写“count”"),
        ("value: 3", "value: 三", "不小于 0 的整数"),
        ("value: 3", "value: true", "不小于 0 的整数"),
        ("from: 2026-07-01", "from: soon", "要写日期"),
        ("to: 2026-06-30, ", "", "期间重叠"),
        (", clause: 新规 第一条", "", "要写明依据"),
        ("rules:", "rule:", "至少写一条规则"),
    ],
)
def test_a_broken_file_is_refused_with_path_and_what_is_expected(tmp_path, before, after, sentence):
    with pytest.raises(SetupError, match=sentence):
        read(tmp_path, GOOD.replace(before, after))


def test_all_problems_of_a_file_are_told_together(tmp_path):
    text = GOOD.replace("value: 2,", "value: x,").replace("value: 3,", "value: y,")
    with pytest.raises(SetupError) as caught:
        read(tmp_path, text)
    assert "values[0].value" in str(caught.value) and "values[1].value" in str(caught.value)
