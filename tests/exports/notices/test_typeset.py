import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.platypus.paraparser import ParaFrag

from exports.notices.typeset import NOT_FIRST, NOT_LAST, broken_lines


def lines_of(text, characters=10, size=10):
    frag = ParaFrag(text=text, fontName="song", fontSize=size, textColor=None, underline=0, bold=0)
    return ["".join(word.text for word in line.words) for line in broken_lines([frag], [characters * size])]


@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize("mark", "，。、；：？！）》」”")
def test_no_closing_mark_begins_a_line(mark):
    for before in range(7, 13):
        assert not [line for line in lines_of("字" * before + mark + "字" * 12) if line[0] == mark]


@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize("mark", "（《「“〔")
def test_no_opening_mark_ends_a_line(mark):
    for before in range(7, 13):
        assert not [line for line in lines_of("字" * before + mark + "字" * 12) if line[-1] == mark]


@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize("whole", ["0743-1234567", "1,284.00", "433123105DB2026", "2026"])
def test_numbers_are_not_cut(whole):
    for before in range(1, 20):
        assert any(whole in line for line in lines_of("字" * before + whole + "字" * 12))


@pytest.mark.usefixtures("faces")
def test_a_closing_mark_may_hang_half_over_the_edge():
    assert lines_of("字" * 9 + "字。字", 10.5) == ["字" * 10 + "。", "字"]


@pytest.mark.usefixtures("faces")
def test_a_word_wider_than_the_line_is_cut():
    assert max(map(len, lines_of("a" * 100))) < 40


@pytest.mark.usefixtures("faces")
@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="字，。（）《》“”a1 -.\n", max_size=120))
def test_nothing_is_lost_and_no_line_is_empty_or_too_wide(text):
    frag = ParaFrag(text=text, fontName="song", fontSize=10, textColor=None, underline=0, bold=0)
    lines = broken_lines([frag], [80, 100])
    drawn = "".join(word.text for line in lines for word in line.words)
    assert drawn.replace(" ", "") == text.replace(" ", "").replace("\n", "")
    for number, line in enumerate(lines):
        width = sum(word.width for word in line.words)
        marks = sum(1 for word in line.words for character in word.text if character in NOT_FIRST | NOT_LAST)
        assert width <= (100 if number else 80) + 10 * marks + 1e-6
