"""Working days, months, ages and the clock."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminapp import dates
from adminapp.declaration import vocabulary
from adminapp.errors import Invalid

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.fixture
def county_days():
    yield dates.set_overrides
    dates.set_overrides({})


@pytest.mark.parametrize(
    "start, n, end",
    [
        ("2026-01-30", 3, "2026-02-04"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-04-28", 3, "2026-05-06"),
        ("2026-09-24", 3, "2026-09-30"),
        ("2026-09-16", 15, "2026-10-13"),
        ("2026-09-16", 20, "2026-10-20"),
        ("2026-09-16", 30, "2026-11-03"),
        ("2026-09-16", 45, "2026-11-24"),
    ],
)
def test_adds_working_days_over_holidays_and_make_up_days(start, n, end):
    start, end = date.fromisoformat(start), date.fromisoformat(end)
    assert dates.add_workdays(start, n) == end
    assert dates.add_days(start, n, "workday") == end
    assert dates.workdays_between(start, end) == n


def test_2026_has_248_working_days():
    months = [
        dates.workdays_between(dates.first_day(m) - timedelta(1), dates.last_day(m))
        for m in dates.month_range("2026-01", "2026-12")
    ]
    assert months == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert sum(months) == 248


def test_works_on_make_up_sundays_and_rests_on_public_holidays():
    assert dates.is_workday(date(2026, 9, 20))
    assert not dates.is_workday(date(2026, 10, 7))


@given(DAYS, st.integers(1, 400))
def test_the_end_of_a_term_is_a_working_day_and_counts_back(start, n):
    end = dates.add_workdays(start, n)
    assert dates.is_workday(end) and dates.workdays_between(start, end) == n
    if dates.is_workday(start):
        assert dates.add_workdays(end, -n) == start


def test_a_term_of_no_days_ends_where_it_starts():
    assert dates.add_workdays(date(2026, 10, 1), 0) == date(2026, 10, 1)


def test_calendar_days_roll_to_a_working_day_only_when_asked():
    assert dates.add_days(date(2026, 9, 16), 15, "day") == date(2026, 10, 1)
    assert dates.add_days(date(2026, 9, 16), 15, "day", roll=True) == date(2026, 10, 8)


@pytest.mark.parametrize("unit", vocabulary.UNITS)
def test_counts_and_words_every_unit_that_a_declaration_may_name(unit):
    assert dates.add_days(date(2026, 9, 16), 1, unit) == date(2026, 9, 17) and dates.UNITS[unit]


def test_refuses_a_unit_it_does_not_know():
    with pytest.raises(Invalid, match="weeks"):
        dates.add_days(date(2026, 9, 16), 1, "weeks")


def test_says_when_a_day_lies_beyond_the_published_calendar():
    assert not dates.beyond_calendar(date(dates.known_until(), 12, 31))
    assert dates.beyond_calendar(date(dates.known_until() + 1, 1, 1))


def test_monday_to_friday_counts_beyond_the_published_calendar():
    monday = date(2090, 1, 2)
    assert dates.is_workday(monday) and not dates.is_workday(monday - timedelta(1))


def test_a_county_holiday_moves_the_end_of_a_term(county_days):
    county_days({date(2026, 9, 21): False, date(2026, 9, 19): True})
    assert not dates.is_workday(date(2026, 9, 21)) and dates.is_workday(date(2026, 9, 19))
    county_days({date(2026, 9, 18): False})
    assert dates.add_workdays(date(2026, 9, 16), 2) == date(2026, 9, 20)
    assert dates.overrides() == {date(2026, 9, 18): False}


def test_a_county_may_enter_a_newly_published_year(county_days):
    county_days({date(2027, 1, 1): False}, known_until=2027)
    assert not dates.beyond_calendar(date(2027, 6, 1))


def test_refuses_days_outside_the_calendar():
    with pytest.raises(Invalid, match="2099"):
        dates.add_workdays(date(2099, 12, 30), 10)
    with pytest.raises(Invalid):
        dates.is_workday(date(1880, 1, 1))


def test_adding_working_days_is_fast_enough_for_a_nightly_run():
    started = datetime.now(UTC)
    for offset in range(100_000):
        dates.add_workdays(date(2026, 1, 1) + timedelta(offset % 300), 20)
    assert datetime.now(UTC) - started < timedelta(seconds=2)


def test_the_clock_can_be_held_and_nests():
    with dates.frozen(date(2026, 9, 16)):
        assert dates.today() == date(2026, 9, 16)
        with dates.frozen("2027-01-01"):
            assert dates.today() == date(2027, 1, 1)
        assert dates.today() == date(2026, 9, 16)
    assert dates.today() == (datetime.now(UTC) + timedelta(hours=8)).date()


def test_the_clock_is_released_after_an_error():
    with pytest.raises(KeyError), dates.frozen(date(2001, 1, 1)):
        raise KeyError
    assert dates.today().year > 2001


def test_other_threads_keep_their_own_clock():
    seen = []
    with dates.frozen(date(2001, 1, 1)):
        thread = threading.Thread(target=lambda: seen.append(dates.today()))
        thread.start()
        thread.join()
    assert seen[0].year > 2001


def test_the_date_is_that_of_china():
    with dates.frozen(datetime(2026, 9, 15, 16, 0, tzinfo=UTC)):
        assert dates.today() == date(2026, 9, 16)
        assert dates.now() == datetime(2026, 9, 15, 16, 0, tzinfo=UTC)


def test_moments_have_whole_milliseconds():
    assert dates.now().tzinfo is UTC and dates.now().microsecond % 1000 == 0


def test_months_are_counted_over_the_year():
    assert dates.month_of(date(2026, 9, 16)) == "2026-09"
    assert dates.add_months("2026-12", 1) == "2027-01"
    assert dates.add_months("2026-01", -13) == "2024-12"
    assert dates.months_between("2026-11", "2027-02") == 3
    assert dates.month_range("2026-11", "2027-01") == ["2026-11", "2026-12", "2027-01"]
    assert dates.month_range("2027-01", "2026-11") == []
    assert dates.last_day("2028-02") == date(2028, 2, 29)


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-9", "2026", "", "２０２６-09"])
def test_refuses_what_is_no_month(month):
    with pytest.raises(Invalid):
        dates.add_months(month, 1)


@pytest.mark.parametrize(
    "text", ["2026-09-06", "2026/9/6", "2026年9月6日", "20260906", " ２０２６-９-６ ", "2026.09.06"]
)
def test_reads_dates_as_people_type_them(text):
    assert dates.parse_date(text) == date(2026, 9, 6)


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-09", "16.9.2026", "0000-01-01", "26-09-16", "今天"])
def test_refuses_what_is_no_date(text):
    with pytest.raises(Invalid, match="不是日期"):
        dates.parse_date(text)


@pytest.mark.parametrize("text", ["2026-09", "2026/9", "2026年9月", "202609"])
def test_reads_months_as_people_type_them(text):
    assert dates.parse_month(text) == "2026-09"


@pytest.mark.parametrize("text", ["", "2026-13", "2026", "九月", "2026-09-01"])
def test_refuses_to_read_what_is_no_month(text):
    with pytest.raises(Invalid, match="不是月份"):
        dates.parse_month(text)


@pytest.mark.parametrize(
    "birth, on, years",
    [
        (date(1966, 9, 16), date(2026, 9, 15), 59),
        (date(1966, 9, 16), date(2026, 9, 16), 60),
        (date(2008, 2, 29), date(2026, 2, 27), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 18),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2026, 9, 16), date(2026, 9, 16), 0),
    ],
)
def test_ages_are_full_years(birth, on, years):
    assert dates.age(birth, on) == years


def test_a_moment_is_read_in_china_to_the_minute():
    assert dates.minute_text(datetime(2026, 9, 16, 16, 5, 59, tzinfo=UTC)) == "2026-09-17 00:05"


def test_nobody_has_an_age_before_birth():
    with pytest.raises(Invalid):
        dates.age(date(2026, 9, 17), date(2026, 9, 16))
