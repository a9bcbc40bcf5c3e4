"""Figures of cases: worked out from an index before anybody asks, read within the scope of who asks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from adminapp import database as connection
from adminapp import dates, figures, indexes
from adminapp.scope import ALL, Actor, acting
from schemas.case import CaseBase  # noqa: F401 - declares the indexes of cases
from seed.accounts import SMALL

DAY = date(2026, 9, 16)
HERE, THERE = SMALL
COUNTY = Actor("reviewer", "县", frozenset({"county_reviewer"}), ALL)
CLERK = Actor("clerk", "乡", frozenset({"township_clerk"}), frozenset({HERE}))
ASSISTANT = Actor("village", "村", frozenset({"village_assistant"}), frozenset({HERE}), frozenset({f"{HERE}001"}))
FINANCE = Actor("finance", "财", frozenset({"finance"}), frozenset())


def case(number, township, state, kind="demo", decided=None, clocks=()):
    return {
        "number": str(number), "township": township, "village": f"{township}001", "type": kind, "state": state,
        "decided_on": datetime(*decided.timetuple()[:3], tzinfo=UTC) if decided else None,
        "clocks": [{"id": "c", "due": due, "stopped": stopped} for due, stopped in clocks],
    }  # fmt: skip


@pytest.fixture
def cases(database):
    indexes.upgrade(database)
    rows = [
        case(1, HERE, "submitted"),
        case(2, HERE, "submitted", "other"),
        case(3, HERE, "in_benefit", decided=DAY - timedelta(10), clocks=[("2026-09-01", "2026-09-01")]),
        case(4, HERE, "in_benefit", decided=DAY - timedelta(9), clocks=[("2026-09-01", "2026-09-02"), ("2026-09-09", None)]),
        case(5, THERE, "refused", decided=DAY - timedelta(400), clocks=[("2025-01-01", "2025-09-02")]),
        case(6, THERE, "opinion", clocks=[("2026-01-01", None)]),
    ]
    database.cases.insert_many(rows)
    with dates.frozen(DAY):
        yield database


def read(actor, day=None):
    with acting(actor):
        return figures.read(actor, day)


def test_cases_are_counted_by_place_type_and_state(cases):
    figures.refresh()
    found = read(COUNTY)
    assert found.by_state() == {"submitted": 2, "in_benefit": 2, "refused": 1, "opinion": 1}
    assert found.by_place()[HERE] == {"submitted": 2, "in_benefit": 2}
    assert found.by_type()["other"] == {"submitted": 1}
    assert len(found.places) == 17  # a township without a case counts none, and is there


def test_decisions_of_ninety_days_came_in_time_or_not(cases):
    figures.refresh()
    assert (read(COUNTY).decided, read(COUNTY).on_time) == (2, 1)


@pytest.mark.parametrize(("actor", "places"), [(CLERK, {HERE}), (ASSISTANT, set()), (FINANCE, set())])
def test_nobody_sees_figures_of_other_places(cases, actor, places):
    figures.refresh()
    assert set(read(actor).places) == places


def test_what_was_not_worked_out_yet_is_counted_without_storing(cases):
    assert read(CLERK).by_state() == {"submitted": 2, "in_benefit": 2}
    assert cases.figures.count_documents({}) == 0
    assert read(CLERK, DAY - timedelta(1)).at is None


def test_a_large_county_waits_for_its_figures(cases, monkeypatch):
    monkeypatch.setattr(figures, "SMALL", 3)
    assert read(COUNTY).at is None


def test_working_out_twice_is_working_out_once_and_yesterday_stays(cases):
    figures.refresh()
    before = list(cases.figures.find({}, {"at": 0}))
    figures.refresh()
    assert list(cases.figures.find({}, {"at": 0})) == before
    with dates.frozen(DAY + timedelta(1)):
        figures.refresh()
    assert cases.figures.distinct("day") == ["2026-09-16", "2026-09-17"]


def test_it_is_done_every_five_minutes(cases, monkeypatch):
    done = []
    monkeypatch.setattr(figures, "refresh", lambda real=figures.refresh: done.append(dates.now()) or real())
    begun = datetime(2026, 9, 16, 1, 0, tzinfo=UTC)
    for minute in range(12):
        with dates.frozen(begun + timedelta(minutes=minute)):
            figures.sweep()
    assert [(at - begun).seconds // 60 for at in done] == [0, 5, 10]


def test_counting_opens_no_document(cases, monkeypatch):
    seen = []
    real = connection.raw

    class Explained:
        def aggregate(self, pipeline, hint):
            command = {"aggregate": "cases", "pipeline": pipeline, "cursor": {}, "hint": hint}
            seen.append(cases.command("explain", command, verbosity="executionStats"))
            return real("cases").aggregate(pipeline, hint=hint)

    monkeypatch.setattr(figures.database, "raw", lambda name: Explained() if name == "cases" else real(name))
    figures.work_out(DAY)
    count, decisions = (plan["stages"][0]["$cursor"]["executionStats"] if "stages" in plan else plan["executionStats"] for plan in seen)
    assert count["totalDocsExamined"] == 0 and count["totalKeysExamined"] <= 7
    assert decisions["totalKeysExamined"] <= 3  # those of the ninety days, not all
