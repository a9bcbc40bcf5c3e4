"""A step that runs over is brought to the second, the first person responsible and the county: once each, by dated days."""

from datetime import date, timedelta

import pytest

from adminapp import database, dates, procedure
from adminapp.scope import system
from adminapp.workflow import escalation, events
from tests import plans
from tests.story import walk

DUE = date(2026, 10, 20)


def days(rule):
    return procedure.value(f"escalation.{rule}", DUE)


def level(case):
    return database.raw("cases").find_one({"_id": case.id}).get("escalated")


def escalations(case):
    return [event for event in events.history(case.id) if event["action"] == "escalate"]


@pytest.fixture
def running(staff, engine, case):
    """Return a case accepted by an account, with persons responsible; 办结 is due on DUE."""
    day = date(2026, 9, 16)
    return walk(engine, case, (staff("clerk"), day, "submit", {}), (staff("clerk"), day, "accept", {"relative": False}))


def test_nothing_happens_before_it_is_late(running):
    assert escalation.sweep(DUE) == 0 and level(running) == 0


def test_each_level_is_told_once_with_the_names_on_the_case(running):
    late = DUE + timedelta(days=1)
    assert escalation.sweep(late) == 1 and escalation.sweep(late) == 0
    assert level(running) == 1
    [told] = escalations(running)
    assert told["data"]["to"] == ["deputy（虚构）", "clerk（虚构）"] and told["data"]["office"] == "第二责任人"
    assert (told["data"]["clock"], told["data"]["days"], told["actor"]) == ("total", 1, "system")
    first = dates.add_workdays(DUE, days("first"))
    assert escalation.sweep(first - timedelta(days=1)) == 0
    assert escalation.sweep(first) == 1 and level(running) == 2
    assert escalations(running)[0]["data"]["to"] == ["head（虚构）"]
    assert escalation.sweep(dates.add_workdays(DUE, days("county"))) == 1 and level(running) == 3
    assert [event["data"]["level"] for event in escalations(running)] == [3, 2, 1]
    assert list(events.verify()) == []


def test_who_slept_long_goes_to_the_highest_level_at_once(running):
    assert escalation.sweep(dates.add_workdays(DUE, days("county") + 5)) == 1
    assert level(running) == 3 and len(escalations(running)) == 1


def test_another_due_date_begins_anew(engine, running, staff):
    escalation.sweep(DUE + timedelta(days=1))
    again = type(running)._from_son(database.raw("cases").find_one({"_id": running.id}))
    walk(engine, again, (staff("deputy"), DUE + timedelta(days=2), "urge", {"instruction": "三日内办结"}))
    assert again.escalated == 1  # still the same due date
    again.clocks = [{**clock, "due": "2026-11-03"} for clock in again.clocks]
    walk(engine, again, (staff("deputy"), DUE + timedelta(days=2), "urge", {"instruction": "延期"}))
    assert again.escalated == 0


def test_a_case_that_moved_on_is_left_to_the_next_sweep(running, monkeypatch):
    stale = list(escalation._due(escalation.LEVELS[0], DUE + timedelta(days=1), 10))
    database.raw("cases").update_one({"_id": running.id}, {"$inc": {"rev": 1}})
    with system("test"):
        assert [escalation._escalate(row, escalation.LEVELS[0], DUE + timedelta(days=1)) for row in stale] == [0]
    assert escalations(running) == []


@pytest.mark.parametrize("how", [{"stopped": "2026-09-17"}, {"paused": "2026-09-17"}])
def test_paused_and_ended_clocks_are_not_brought_to_anybody(engine, running, staff, how):
    running.clocks = [{**clock, **how} for clock in running.clocks]
    walk(engine, running, (staff("deputy"), date(2026, 9, 17), "urge", {"instruction": "抓紧"}))
    assert running.due is None and escalation.sweep(DUE + timedelta(days=30)) == 0


def test_the_sweep_reads_only_what_is_due(engine):
    for item in escalation.LEVELS:
        wanted = escalation.query(item, DUE)
        assert not {"COLLSCAN", "SORT"} & plans.of_find("cases", wanted, "escalated")
    assert escalation.query(escalation.LEVELS[0], date(2000, 1, 3)) is None
