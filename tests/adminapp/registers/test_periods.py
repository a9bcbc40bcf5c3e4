"""Spans of months as they stand in addresses."""

import pytest

from adminapp.errors import Invalid
from adminapp.registers import periods


@pytest.mark.parametrize(
    ("text", "months", "label"),
    [
        ("2026", ("2026-01", "2026-12"), "2026 年"), ("2026Q1", ("2026-01", "2026-03"), "2026 年第 1 季度"),
        ("2026Q4", ("2026-10", "2026-12"), "2026 年第 4 季度"), ("2026-09", ("2026-09", "2026-09"), "2026-09"),
        ("2025-11~2026-02", ("2025-11", "2026-02"), "2025-11 至 2026-02"), ("2024-01~2026-12", ("2024-01", "2026-12"), "2024-01 至 2026-12"),
    ],
)  # fmt: skip
def test_a_span_is_read_and_named(text, months, label):
    assert periods.read(text) == months and periods.label(text) == label


BEYOND = ("0001", "9999", "1989Q4", "2100-01", "1900-01~2999-12", "2024-01~2027-01")
"""Years that no calendar has, and spans of more than three years."""


@pytest.mark.parametrize("text", ["", "2026Q5", "2026Q", "26", "2026-13", "2026-03~2026-02", "2026-03~", "~", *BEYOND])
def test_anything_else_is_refused(text):
    with pytest.raises(Invalid):
        periods.read(text)


def test_quarters_go_back_over_the_year():
    assert periods.quarters("2026-02", 3) == ["2026Q1", "2025Q4", "2025Q3"]
