"""What a case waits for, told to everybody who reads it: what, whose work, until when, what follows."""

import pytest

from adminapp import database, divisions
from adminapp.workflow.action import STATE
from adminapp.workflow.machine import STATES, actions_from
from tests.conftest import HERE
from views.cases import ahead

VILLAGE = divisions.villages(HERE)[0].code


def panel(login, case, username="reviewer"):
    page = login(username).get(f"/cases/demo/{case.id}").text
    return page.partition('id="ahead"')[2].partition("</section>")[0]


def put(case, state):
    database.raw("cases").update_one({"_id": case.pk}, {"$set": {"state": state}})


def test_every_state_that_is_waited_for_says_what_for():
    waited = {key for key, state in STATES.items() if state.open and any(each.waits == STATE for each in actions_from(key).values())}
    assert ahead.NEXT.keys() == waited


def test_a_reader_who_cannot_act_sees_whose_work_it_is(cases, login, today):
    case = cases.open(VILLAGE)
    shown = panel(login, case)
    assert "把申请填写完整" in shown and "民政助理员、村级协理员" in shown and "期限" not in shown
    assert "然后" in shown


def test_the_nearest_limit_is_told_once_a_clock_runs(cases, login, today):
    case = cases.move(cases.move(cases.open(VILLAGE), "submit"), "accept", relative=False)
    shown = panel(login, case)
    assert "安排调查和核对" in shown and "民政助理员、分管领导" in shown
    assert min(clock["due"] for clock in case.clocks if not clock["stopped"]) in shown and "还剩" in shown


@pytest.mark.parametrize(("by", "who"), [("township", "乡镇长"), ("county", "县级审批")])
def test_who_decides_follows_the_amount(cases, monkeypatch, login, today, by, who):
    case = cases.open(VILLAGE)
    put(case, "confirm_ready")
    monkeypatch.setattr("adminapp.workflow.transition.Move.confirm_by", lambda move, amount=None: by)
    assert f">{who}<" in panel(login, case, "auditor")


def test_a_case_that_is_over_waits_for_nobody(cases, login, today):
    case = cases.move(cases.open(VILLAGE), "submit")
    put(case, "withdrawn")
    assert panel(login, case) == ""
