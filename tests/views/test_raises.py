"""The screens of a raise for all: chosen, tried, approved by another person, and what came of it."""

import re
from datetime import date

import pytest

from adminapp import awards, database, dates
from adminapp.changes import raises
from adminapp.jobs import model, runner
from tests.running import DECLARATION, World

DAY = date(2026, 8, 12)


@pytest.fixture
def world(app, people):
    """Return the world of tests/running.py in the app, with the urban line of the county raised by 60 yuan since July."""
    engine, source = app.extensions["relief"], DECLARATION.replace("home.line", "dibao.urban")
    engine.registry.publish(source, "tests", engine.standards.types())
    return World(engine.registry, engine.standards)


@pytest.fixture
def household(world, app, monkeypatch):
    case = world.grant(world.new("spouse", "child"))
    raised = world.table.with_value("dibao.urban", date(2026, 7, 1), "800", "湘演示〔2026〕1号")
    monkeypatch.setattr(type(app.extensions["relief"]), "standards", raised)
    with dates.frozen(DAY):
        yield case


def work(app):
    for job_id in model.waiting():
        assert runner.run_job(app.extensions["relief"], job_id) == model.DONE


def rev(page):
    return re.search(r'name="rev" value="(\d+)"', page.text)[1]


def test_a_raise_is_chosen_tried_approved_and_done(app, household, login, browser):
    reviewer, approver = login("reviewer"), login("approver", browser())
    page = reviewer.get("/raises/new?month=2026-07")
    assert "演示家庭救助" in page.text and "740" in page.text and "800" in page.text
    data = {"month": "2026-07", "types": "home", "reason": "湘演示〔2026〕1号", "once": "a" * 24}
    answer = reviewer.post("/raises/new", data)
    assert answer.status_code == 303
    again = reviewer.post("/raises/new", data)
    assert again.location == answer.location and len(raises.listed()) == 1
    work(app)
    shown = reviewer.get(answer.location)
    assert "260.00" in shown.text and "批准并办理" not in shown.text
    page = approver.get(answer.location)
    assert "批准并办理" in page.text
    assert approver.post(answer.location, {"action": "approve", "rev": rev(page)}).status_code == 303
    work(app)
    page = approver.get(answer.location)
    assert "已完成" in page.text and "办理结果" in page.text
    award = database.raw(awards.COLLECTION).find_one({"_id": household.pk})
    assert [awards.amount_in(award, month) for month in ("2026-06", "2026-07")] == [147000, 173000]
    assert "标准调整" in login("clerk.tuojiang").get(f"/awards/{household.pk}").text


def test_what_is_missing_is_said_and_what_was_typed_stays(household, login):
    page = login("reviewer").post("/raises/new", {"month": "2026-07", "reason": "湘演示〔2026〕1号"})
    assert page.status_code == 422 and "请选择要调整的救助类型" in page.text and "湘演示〔2026〕1号" in page.text


def test_a_month_without_new_figures_offers_nothing(household, login):
    assert "2026-06 没有变化的标准" in login("reviewer").get("/raises/new?month=2026-06").text


def test_an_order_can_be_taken_back_before_it_is_approved(app, household, login):
    browser = login("reviewer")
    url = browser.post("/raises/new", {"month": "2026-07", "types": "home", "reason": "x"}).location
    work(app)
    assert browser.post(url, {"action": "drop", "rev": rev(browser.get(url))}).status_code == 303
    assert "已撤销" in browser.get(url).text and "撤销这次" not in browser.get(url).text


def test_who_may_not_sees_nothing(app, household, login):
    assert login("clerk.tuojiang").get("/raises/").status_code == 403
    url = login("reviewer").post("/raises/new", {"month": "2026-07", "types": "home", "reason": "x"}).location
    work(app)
    assert login("auditor").get(url).status_code == 200
    assert login("auditor").post(url, {"action": "approve", "rev": "1"}).status_code == 403
    assert login("reviewer").post(url, {"action": "approve", "rev": "2"}).status_code == 403
