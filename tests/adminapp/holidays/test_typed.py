"""The calendar as it is typed: days in a row on one line, a sentence for each line that cannot be, the same lines back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminapp.errors import Invalid
from adminapp.holidays import typed


def test_days_in_a_row_and_single_days():
    days = typed.read("2027-01-01 至 2027-01-03 休 元旦\n\n2027年1月4日 班\n")
    assert list(days) == ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]
    assert days["2027-01-02"] == {"works": False, "name": "元旦"} and days["2027-01-04"] == {"works": True, "name": ""}
    assert typed.write(days) == "2027-01-01 至 2027-01-03 休 元旦\n2027-01-04 班"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("元旦放假", "第 1 行：“元旦放假”看不懂"),
        ("2027-02-29 休", "第 1 行：“2027-02-29”不是日期"),
        ("2027-01-03 至 2027-01-01 休", "起止日期要按先后写"),
        ("2027-01-01 至 2027-03-01 休", "一行最多 31 天"),
        ("2027-01-01 休\n2027-01-01 班", "第 2 行：2027-01-01 写了两次"),
    ],
)
def test_a_line_that_cannot_be_says_so(text, sentence):
    with pytest.raises(Invalid, match=sentence):
        typed.read(text)


told = st.fixed_dictionaries({"works": st.booleans(), "name": st.sampled_from(["", "元旦", "春节"])})
some_days = st.dictionaries(st.integers(0, 400).map(lambda n: (date(2027, 1, 1) + timedelta(days=n)).isoformat()), told, max_size=60)


@given(some_days)
def test_what_is_written_reads_the_same(days):
    assert typed.read(typed.write(days)) == dict(sorted(days.items()))
