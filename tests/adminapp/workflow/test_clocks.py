"""Clocks follow working days with made-up ones, stop while the applicant supplies papers, and extend after an objection."""

from datetime import date
from types import SimpleNamespace

import pytest

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
    clocks.pause(case, date(2026, 3, 4))
    clocks.set_due(case)
    assert case.due is None
    clocks.resume(case, date(2026, 3, 11))  # five working days held
    clocks.set_due(case)
    assert case.due == date(2026, 4, 7)  # 2026-03-30 and five more, over the holiday of 4 to 6 April


def test_stopped_clocks_stay_as_they_were():
    case, relief_type = case_with(clock(20))
    clocks.start(case, relief_type, "accepted", date(2026, 3, 2), Values())
    clocks.stop(case, relief_type, "decided", date(2026, 3, 9))
    before = list(case.clocks)
    clocks.pause(case, date(2026, 3, 10))
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
