"""Who was late, and why: asked before a late step, kept in record, event and one row for each clock."""

from datetime import date

import pytest

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.scope import acting, system
from adminapp.workflow import deadlines, events
from adminapp.workflow.transition import perform
from tests.story import CLERK, HEAD, STRANGER, move, to_posting, walk

IN_TIME, LATE = date(2026, 9, 29), date(2026, 10, 22)
WHY = {"late_code": "staff", "late_reason": "经办人轮岗"}


def rows(actor=CLERK):
    with acting(actor):
        return list(deadlines.collection().find({}))


def ready(engine, case):
    to_posting(engine, case)
    return walk(engine, case, (CLERK, IN_TIME, "end_posting", {"result": "none", "taken_down": IN_TIME}))


def test_a_step_in_time_asks_nothing_and_leaves_its_row(engine, case):
    walk(engine, ready(engine, case), (HEAD, IN_TIME, "confirm", {}))
    [row] = rows()
    assert (row["clock"], row["due"], row["done"], row["late"], row["by"]) == ("total", "2026-10-20", "2026-09-29", 0, "head")
    assert "code" not in row and row["number"] == case.number
    assert (row["name"], row["outcome"], row["taken"]) == (case.name, "in_time", dates.workdays_between(date.fromisoformat(row["started"]), IN_TIME))
    assert rows(STRANGER) == []


def test_a_late_step_wants_cause_and_reason(engine, case):
    ready(engine, case)
    for data in ({}, {"late_code": "staff"}, {"late_code": "lazy", "late_reason": "忘了"}, {"late_code": "staff", "late_reason": " "}):
        with pytest.raises(Invalid, match="“办结”（2026-10-20 到期）已超期"):
            walk(engine, case, (HEAD, LATE, "confirm", data))
    assert rows() == []


def test_the_reason_stands_in_record_event_and_row(engine, case):
    walk(engine, ready(engine, case), (HEAD, LATE, "confirm", WHY))
    [row] = rows()
    assert row["outcome"] == "late"
    assert (row["late"], row["code"], row["reason"], row["by_name"]) == (2, "staff", "经办人轮岗", HEAD.name)
    told = [{"clock": "total", "label": "办结", "due": "2026-10-20", "days": 2}]
    assert case.last_record("confirmation")["late"] == told
    assert events.history(case.id)[0]["data"]["late"] == told
    assert list(events.verify()) == []


def test_a_step_that_ends_no_clock_is_not_asked(engine, case):
    walk(engine, ready(engine, case), (HEAD, LATE, "return_opinion", {"reason": "复核"}))
    assert rows() == []


def test_the_program_need_not_explain_itself(engine, case):
    ready(engine, case)
    case.clocks = [{**clock, "due": "2026-09-28"} for clock in case.clocks]
    with system("test") as nobody:
        step = move(engine, case, nobody, LATE)
        step.actor = type(HEAD)(nobody.id, nobody.name, nobody.roles | HEAD.roles, nobody.townships)
        perform(step, "confirm")
    assert rows()[0]["code"] == "system"


def test_carrying_out_twice_leaves_one_row(engine, case):
    ready(engine, case)
    item = {"key": "k1", "kind": "deadline", "data": {"clock": "total", "late": 0, "done": "2026-09-29"}}
    raw = {"_id": case.id, "number": case.number, "township": case.township, "village": case.village, "type": "demo"}
    deadlines.carry(raw, item)
    deadlines.carry(raw, item)
    assert len(rows()) == 1
