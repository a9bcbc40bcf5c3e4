"""Pictures of figures: every shape lies in its field, stacks in the order of the columns, as high as its number."""

from hypothesis import given
from hypothesis import strategies as st

from adminapp.startpage import Figures, Row
from views.start import charts

VALUES = st.integers(0, 10**12)


@given(st.integers(1, 9).flatmap(lambda width: st.lists(st.tuples(*[VALUES] * width), min_size=1, max_size=14)))
def test_stacks_are_as_high_as_their_numbers(rows):
    names = tuple(f"c{n}" for n in range(len(rows[0])))
    part = Figures("x", names, tuple(Row(str(n), values) for n, values in enumerate(rows)), "columns")
    drawn = charts.columns(part, [None] * len(rows))
    top = charts.ceiling(max(map(sum, rows)))
    assert top >= max(map(sum, rows))
    for shape in drawn["shapes"]:
        assert 0 <= shape["x"] <= shape["x"] + shape["width"] <= 100.1
        assert shape["y"] >= -0.1 and shape["y"] + shape["height"] <= 100.1
    heights = sum(shape["height"] for shape in drawn["shapes"])
    assert abs(heights - 100 * sum(map(sum, rows)) / top) < 0.1 * len(rows) * 6
    assert len(drawn["labels"]) == len(rows) and len(drawn["legend"]) <= charts.SERIES + 1


@given(VALUES)
def test_the_top_is_a_round_number_not_far_above(value):
    top = charts.ceiling(value)
    assert top >= max(value, 1) and (top <= 2 * value or value < 1)
    assert str(top).rstrip("0") in ("", "1", "2", "4", "5", "6", "8")


def test_small_columns_are_drawn_together():
    part = Figures("x", tuple("abcdefg"), (Row("r", (7, 6, 5, 4, 3, 2, 1)),), "columns")
    drawn = charts.columns(part, [None])
    assert drawn["legend"] == ["a", "b", "c", "d", "e", "…"]
    assert len(drawn["shapes"]) == 6 and drawn["shapes"][-1]["title"].endswith(" 3")


def test_money_is_said_briefly():
    part = Figures("x", ("a",), (), "columns", money=True)
    assert charts.words(part, 35_473_600) == "35.5 万元"
    assert charts.words(part, 99_900) == "999.00 元"
    assert charts.words(part, 0) == "0"
