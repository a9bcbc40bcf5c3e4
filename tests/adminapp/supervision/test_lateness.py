"""Who was late and why: counted from the clocks that ended, within scope, read from index entries."""

from datetime import date

import pytest

from adminapp import database as connection
from adminapp.scope import Actor, acting
from adminapp.supervision import lateness
from adminapp.supervision.lateness import PERSON, STEP, TOWNSHIP, Span
from tests.plans import of_find

HERE, THERE = "433123109", "433123101"
COUNTY = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), None)
CLERK = Actor("clerk", "经办虚构", frozenset({"township_clerk"}), frozenset({HERE}))
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def ended(database):
    """Six clocks of two townships: three late, one of the year before."""
    told = [
        ("1", HERE, "total", "2026-03-02", 0, "clerk", ""), ("2", HERE, "total", "2026-03-02", 4, "clerk", "staff"),
        ("3", HERE, "posting", "2026-04-02", 1, "deputy", "meeting"), ("4", THERE, "total", "2026-04-02", 0, "other", ""),
        ("5", THERE, "total", "2026-05-06", 2, "other", "staff"), ("6", THERE, "total", "2025-12-31", 9, "other", "data"),
    ]  # fmt: skip
    names = ("_id", "township", "clock", "done", "late", "by", "code")
    rows = [dict(zip(names, row, strict=True)) | {"by_name": row[5] + "虚构", "reason": "说明"} for row in told]
    connection.raw("deadlines").insert_many(rows)


def shares(span, key):
    return [(line.key, line.done, line.late, line.days) for line in lateness.by(span, key)]


def test_shares_by_township_step_and_person_the_lowest_first():
    with acting(COUNTY):
        assert shares(YEAR, TOWNSHIP) == [(HERE, 3, 2, 5), (THERE, 2, 1, 2)]
        assert shares(YEAR, STEP) == [("posting", 1, 1, 1), ("total", 4, 2, 6)]
        assert shares(Span(YEAR.first, YEAR.last, HERE), PERSON) == [("deputy", 1, 1, 1), ("clerk", 2, 1, 4)]
        line = lateness.total(lateness.by(YEAR, STEP))
        assert (line.done, line.late, line.on_time) == (5, 3, 0.4)


def test_why_and_which():
    with acting(COUNTY):
        assert lateness.causes(YEAR) == {"staff": 2, "meeting": 1}
        assert [row["_id"] for row in lateness.late(YEAR)] == ["5", "3", "2"]
        assert [row["_id"] for row in lateness.late(Span(YEAR.first, YEAR.last, step="total"), limit=1, skip=1)] == ["2"]
        assert lateness.names(Span(YEAR.first, YEAR.last, HERE)) == {"clerk": "clerk虚构", "deputy": "deputy虚构"}


def test_a_township_counts_its_own():
    with acting(CLERK):
        assert shares(YEAR, TOWNSHIP) == [(HERE, 3, 2, 5)]
        assert lateness.causes(YEAR) == {"staff": 1, "meeting": 1}
        assert list(lateness.late(Span(YEAR.first, YEAR.last, THERE))) == []


def test_nothing_ended_is_nothing_late():
    with acting(COUNTY):
        line = lateness.total(lateness.by(Span(date(2024, 1, 1), date(2024, 12, 31)), STEP))
        assert (line.done, line.on_time) == (0, 1.0)


@pytest.mark.parametrize(
    ("values", "span"),
    [
        ({}, ("2026-01-01", "2026-09-28")),
        ({"done.from": "2026-03-01", "done.to": "2026-03-31"}, ("2026-03-01", "2026-03-31")),
        ({"done.from": "2026-03-31", "done.to": "2026-03-01"}, ("2026-01-01", "2026-09-28")),
        ({"done.from": "2026-02-30", "done.to": "x"}, ("2026-01-01", "2026-09-28")),
        ({"done.from": "2026-03-01", "done.to": "2030-03-01"}, ("2026-03-01", "2026-09-28")),
    ],
)
def test_a_span_that_is_none_is_this_year(values, span):
    assert tuple(map(str, lateness.read_span(values, date(2026, 9, 28)))) == span


def test_the_late_ones_are_read_in_the_order_of_an_index():
    for span in (YEAR, Span(YEAR.first, YEAR.last, HERE)):
        with acting(COUNTY):
            found = of_find("deadlines", span.query(late={"$gt": 0}), span.hint, [("done", -1)], 51)
        assert "SORT" not in found and "IXSCAN" in found
