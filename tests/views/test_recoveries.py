"""The screens of recovery: what was paid too much is listed, arranged by one and confirmed by another, and paid in."""

import re
from datetime import date

import pytest

from adminapp import database, dates
from adminapp.ledger import recovery
from tests.paid import pay
from tests.running import DECLARATION, World

DAY = date(2026, 8, 12)
TERMS = {"way": "setoff", "monthly": "200", "from_month": "2026-09", "heard": "2026-08-10", "reason": "当面约定"}


@pytest.fixture
def household(app, people):
    """Return a household that was paid 750.00 too much in June and in July."""
    engine, source = app.extensions["relief"], DECLARATION.replace("home.line", "dibao.urban")
    engine.registry.publish(source, "tests", engine.standards.types())
    world = World(engine.registry, engine.standards)
    with dates.frozen(DAY):
        case = world.grant(world.new("spouse", "child"))
        for month in ("2026-06", "2026-07"):
            pay(case, month)
        yield world.change(case, "change_content", DAY, hear=True, kind="income", from_month="2026-06", changes={"income": 1800000})


def step(browser, case, key, **data):
    page = browser.get(f"/recoveries/{case.pk}")
    rev = re.search(r'name="rev" value="(\d+)"', page.text)[1]
    return browser.post(f"/recoveries/{case.pk}/{key}", {"rev": rev, **data})


def row_of(case):
    return database.raw(recovery.COLLECTION).find_one({"_id": case.pk})


def test_from_the_list_to_the_last_fen(household, login, browser):
    clerk, head, finance = login("clerk.tuojiang"), login("head.tuojiang", browser()), login("finance", browser())
    assert "1,500.00" in clerk.get("/recoveries/").text and "拟定还款安排" in clerk.get("/work/").text
    assert step(clerk, household, "agree", **TERMS).status_code == 303
    assert "确认还款安排" not in clerk.get(f"/recoveries/{household.pk}").text.split("<h2>还款安排")[0].replace("待确认", "")
    page = head.get(f"/recoveries/{household.pk}")
    assert "从以后月份抵扣，2026-09 起每月 200.00 元" in page.text and "2026-08-10 已告知并听取意见" in page.text
    assert step(head, household, "confirm_agreement").status_code == 303
    assert household.number in head.get("/recoveries/?show=AGREED").text
    assert step(finance, household, "deposit", amount="1500", date="2026-08-12", receipt="NO.7").status_code == 303
    page = clerk.get(f"/recoveries/{household.pk}")
    assert "已结清" in page.text and "凭证 NO.7" in page.text and row_of(household)["open"] == 0
    assert household.number in clerk.get("/recoveries/?show=SETTLED").text


def test_what_is_wrong_is_said_and_what_was_typed_stays(household, login):
    page = step(login("clerk.tuojiang"), household, "agree", **TERMS | {"monthly": "3000"})
    assert page.status_code == 422 and "每月归还不能超过未归还的 1,500.00 元" in page.text
    assert 'value="3000"' in page.text and "当面约定" in page.text and row_of(household)["pending"] is None


def test_a_page_that_is_behind_changes_nothing(household, login):
    assert login("clerk.tuojiang").post(f"/recoveries/{household.pk}/agree", {"rev": "9", **TERMS}).status_code == 409


def test_who_may_not_is_refused(household, login):
    assert login("clerk.liaojiaqiao").get(f"/recoveries/{household.pk}").status_code == 404
    assert household.number not in login("clerk.liaojiaqiao").get("/recoveries/").text
    assert login("assistant.tuojiang").get("/recoveries/").status_code == 403
    assert login("clerk.tuojiang").post(f"/recoveries/{household.pk}/confirm_write_off", {"rev": "1"}).status_code == 403
    assert login("auditor").get(f"/recoveries/{household.pk}").status_code == 200


def test_an_award_leads_to_its_recovery(household, login):
    assert f"/recoveries/{household.pk}" in login("clerk.tuojiang").get(f"/awards/{household.pk}").text
