"""Clocks follow working days with made-up ones, stop while the applicant supplies papers, and extend after an objection."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import dates
from adminapp.declaration.model import Clock
from adminapp.workflow import clocks


class Values:
    def holds(self, formula):
        return formula != "never"


def case_with(*declared):
    case = SimpleNamespace(clocks=[], due=None)
    relief_type = SimpleNamespace(clocks=declared)
    return case, relief_type


def clock(limit=20, unit="workday", **more):
    return Clock(id="total", label="办结", start="accepted", stop="decided", limit=limit, unit=unit, **more)


@pytest.mark.parametrize(
    "start, limit, due",
    [
        ("2026-01-30", 3, "2026-02-04"), ("2026-02-10", 20, "2026-03-16"), ("2026-04-28", 3, "2026-05-06"), ("2026-09-24", 3, "2026-09-30"),
        ("2026-09-16", 15, "2026-10-13"), ("2026-09-16", 20, "2026-10-20"), ("2026-09-16", 30, "2026-11-03"), ("2026-09-16", 45, "2026-11-24"),
    ],
)  # fmt: skip
def test_due_dates_follow_the_published_calendar(start, limit, due):
    case, relief_type = case_with(clock(limit))
    clocks.start(case, relief_type, "accepted", date.fromisoformat(start), Values())
    clocks.set_due(case)
    assert case.due.isoformat() == due


def test_a_clock_is_held_while_papers_are_supplied():
    case, relief_type = case_with(clock(20))
    clocks.start(case, relief_type, "accepted", date(2026, 3, 2), Values())
    clocks.pause(case, date(2026, 3, 4), "request_supplement")
    clocks.set_due(case)
    assert case.due is None
    clocks.resume(case, date(2026, 3, 11))  # five working days held
    clocks.set_due(case)
    assert case.due == date(2026, 4, 7)  # 2026-03-30 and five more, over the holiday of 4 to 6 April
    assert case.clocks[0]["pauses"] == [{"cause": "request_supplement", "from": "2026-03-04", "to": "2026-03-11"}]


def test_every_pause_is_listed_with_its_cause_and_counts_once():
    case, relief_type = case_with(clock(20))
    clocks.start(case, relief_type, "accepted", date(2026, 3, 2), Values())
    for first, last, cause in (("2026-03-04", "2026-03-06", "request_supplement"), ("2026-03-16", "2026-03-17", "hold")):
        clocks.pause(case, date.fromisoformat(first), cause)
        clocks.pause(case, date.fromisoformat(first), "again")
        clocks.resume(case, date.fromisoformat(last))
        clocks.resume(case, date.fromisoformat(last))
    clocks.set_due(case)
    assert [pause["cause"] for pause in case.clocks[0]["pauses"]] == ["request_supplement", "hold"]
    assert case.due == dates.add_workdays(date(2026, 3, 2), 23)


def test_a_clock_that_ends_while_held_ends_its_pause():
    case, relief_type = case_with(clock(20))
    clocks.start(case, relief_type, "accepted", date(2026, 3, 2), Values())
    clocks.pause(case, date(2026, 3, 4), "request_supplement")
    clocks.stop(case, relief_type, "decided", date(2026, 3, 9))
    [ended] = case.clocks
    assert (ended["paused"], ended["stopped"], ended["pauses"][0]["to"]) == (None, "2026-03-09", "2026-03-09")


def test_a_term_in_calendar_days_ends_on_a_working_day():
    """民法典 第二百零三条."""
    case, relief_type = case_with(clock(7, unit="day"))
    clocks.start(case, relief_type, "accepted", date(2026, 9, 24), Values())  # ends on the first day of the holiday
    assert case.clocks[0]["due"] == "2026-10-08"
    clocks.pause(case, date(2026, 9, 25), "hold")
    clocks.resume(case, date(2026, 10, 9))
    assert case.clocks[0]["due"] == "2026-10-15"


@pytest.mark.parametrize(
    "day, late", [("2026-10-20", 0), ("2026-10-21", 1), ("2026-10-24", 3), ("2026-10-25", 3), ("2026-10-26", 4)]
)  # fmt: skip
def test_lateness_counts_in_the_unit_of_the_clock(day, late):
    case, relief_type = case_with(clock(20))
    clocks.start(case, relief_type, "accepted", date(2026, 9, 16), Values())
    assert clocks.days_late(case.clocks[0], date.fromisoformat(day)) == late


def test_the_days_taken_leave_out_those_held():
    case, relief_type = case_with(clock(20))
    clocks.start(case, relief_type, "accepted", date(2026, 9, 16), Values())
    assert clocks.taken(case.clocks[0], date(2026, 9, 16)) == 0
    assert clocks.taken(case.clocks[0], date(2026, 9, 18)) == 2  # Wednesday to Friday
    clocks.pause(case, date(2026, 9, 18), "hold")
    assert clocks.taken(case.clocks[0], date(2026, 9, 23)) == 2
    clocks.resume(case, date(2026, 9, 22))
    assert clocks.taken(case.clocks[0], date(2026, 9, 23)) == 3


def test_a_step_on_the_rest_day_behind_the_due_date_is_late():
    case, relief_type = case_with(clock(2))
    clocks.start(case, relief_type, "accepted", date(2026, 9, 16), Values())  # due on a Friday
    assert clocks.days_late(case.clocks[0], date(2026, 9, 19)) == 1


# Any history of pauses, with any calendar: the due date is the day on which the limit is used up, counted day by day.

DAYS = st.integers(0, 400).map(lambda n: date(2025, 6, 1) + timedelta(days=n))
PAUSES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 15)), max_size=4)
CALENDARS = st.dictionaries(DAYS, st.booleans(), max_size=25)


@pytest.fixture
def calendar():
    yield dates.set_overrides
    dates.set_overrides({})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(started=DAYS, limit=st.integers(1, 60), pauses=PAUSES, local=CALENDARS)
def test_the_due_date_is_that_of_counting_day_by_day(calendar, started, limit, pauses, local):
    calendar(local)
    case, relief_type = case_with(clock(limit))
    clocks.start(case, relief_type, "accepted", started, Values())
    held, day = set(), started
    for wait, length in pauses:
        first, last = day + timedelta(days=wait), day + timedelta(days=wait + length)
        clocks.pause(case, first, "hold")
        clocks.resume(case, last)
        held |= {first + timedelta(days=n) for n in range(1, length + 1)}
        day = last
    left, due = limit, started
    while left:
        due += timedelta(days=1)
        left -= dates.is_workday(due)
    # A day held is made up for by one more working day, also when it lay behind what was due then.
    for _ in [one for one in held if dates.is_workday(one)]:
        due = dates.add_workdays(due, 1)
    assert case.clocks[0]["due"] == due.isoformat()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(started=DAYS, limit=st.integers(1, 60), local=CALENDARS)
def test_a_new_calendar_applied_to_old_clocks_equals_starting_under_it(calendar, started, limit, local):
    calendar({})
    case, relief_type = case_with(clock(limit))
    clocks.start(case, relief_type, "accepted", started, Values())
    calendar(local)
    again, _ = case_with()
    clocks.start(again, relief_type, "accepted", started, Values())
    assert clocks.due_of(case.clocks[0]) == again.clocks[0]["due"]


def test_stopped_clocks_stay_as_they_were():
    case, relief_type = case_with(clock(20))
    clocks.start(case, relief_type, "accepted", date(2026, 3, 2), Values())
    clocks.stop(case, relief_type, "decided", date(2026, 3, 9))
    before = list(case.clocks)
    clocks.pause(case, date(2026, 3, 10), "hold")
    clocks.extend(case)
    clocks.set_due(case)
    assert case.clocks == before and case.due is None


def test_an_objection_extends_once():
    case, relief_type = case_with(clock(20, extended=45))
    clocks.start(case, relief_type, "accepted", date(2026, 9, 16), Values())
    clocks.extend(case)
    clocks.extend(case)
    assert case.clocks[0]["due"] == "2026-11-24"


def test_a_clock_whose_condition_fails_does_not_start():
    case, relief_type = case_with(clock(20, when="never"))
    clocks.start(case, relief_type, "accepted", date(2026, 9, 16), Values())
    assert case.clocks == []
