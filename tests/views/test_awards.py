"""The register of a month and the page of an award."""

from datetime import date

import pytest

from adminapp import awards, database, dates, ledger
from adminapp.scope import system
from tests import plans
from tests.paid import pay
from tests.running import DECLARATION, World, row
from tests.story import VILLAGE
from views.awards.monthly import ORDER, query_of

DAY = date(2026, 8, 12)


@pytest.fixture
def world(app, people):
    """Return the world of tests/running.py in the app, its type published under the county's standards."""
    engine, source = app.extensions["relief"], DECLARATION.replace("home.line", "dibao.urban")
    engine.registry.publish(source, "tests", engine.standards.types())
    with dates.frozen(DAY):
        yield World(engine.registry, engine.standards)


@pytest.fixture
def household(world):
    """Return a household with a birth in April and, told in August, another income since July."""
    case = world.grant(world.new("spouse", "child"))
    world.change(case, "add_member", date(2026, 3, 10), code="birth", from_month="2026-04", members=[row("baby")])
    return world.change(case, "change_content", DAY, hear=True, kind="income", from_month="2026-07", changes={"income": 1800000})


def text(page):
    assert page.status_code == 200, page.text
    return page.text


def test_the_register_tells_who_got_how_much_in_any_month(household, login):
    browser = login("clerk.tuojiang")
    march, may, now = (text(browser.get(f"/awards/?month={month}")) for month in ("2026-03", "2026-05", "2026-08"))
    assert household.number in march and "1,470.00" in march and "新增" in march
    assert "2,210.00" in may and "增员" in may
    assert "1,460.00" not in may and "情况变化" in now
    assert household.number not in text(browser.get("/awards/?month=2026-01"))


def test_the_sums_are_those_of_all_that_is_found(world, household, login):
    other = world.grant(world.new(head="aunt", income=100))
    with system("test"):
        due = sum(awards.amount_in(found, "2026-08") for found in awards.collection().find({}))
    page = text(login("clerk.tuojiang").get("/awards/?month=2026-08"))
    assert other.number in page and f"{due / 100:,.2f}" in page


@pytest.mark.parametrize("query", ["type=home&state=active", f"village={VILLAGE}", "q=龙一虚构", "township=433123109"])
def test_filters_find_the_household(household, login, query):
    assert household.number in text(login("clerk.tuojiang").get(f"/awards/?month=2026-08&{query}"))


@pytest.mark.parametrize("query", ["state=suspended", "village=433123109002", "q=别人", "type=orphan"])
def test_filters_leave_the_household_out(household, login, query):
    assert household.number not in text(login("clerk.tuojiang").get(f"/awards/?month=2026-08&{query}"))


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "state=$ne"])
def test_a_malformed_question_is_refused(household, login, query):
    assert login("clerk.tuojiang").get(f"/awards/?{query}").status_code == 400


def test_another_township_sees_neither_register_nor_award(household, login):
    browser = login("clerk.liaojiaqiao")
    assert household.number not in text(browser.get("/awards/?month=2026-08"))
    assert browser.get(f"/awards/{household.pk}").status_code == 404
    assert browser.get("/awards/6560f0f0f0f0f0f0f0f0f0f0").status_code == 404


def test_an_award_tells_every_spell_and_why(household, login):
    browser = login("clerk.tuojiang")
    page = text(browser.get(f"/awards/{household.pk}"))
    for shown in ("2026-02 — 2026-03", "2026-04 — 2026-06", "2026-07 起", "1,470.00", "2,210.00", "增员", "情况变化", "测试", "人均收入低于标准"):
        assert shown in page, shown
    award = database.raw("awards").find_one({"_id": household.pk})
    first = text(browser.get(f"/awards/{household.pk}?why={award['spells'][0]['key']}"))
    assert "2026-02 — 2026-03 为什么是这个金额" in first
    assert f"/awards/{household.pk}" in text(browser.get(f"/cases/home/{household.pk}"))


def test_an_award_is_shown_as_it_was_known_on_a_past_day(household, login):
    browser = login("clerk.tuojiang")
    page = text(browser.get(f"/awards/{household.pk}?known=2026-08-11"))
    assert "2026-04 起" in page and "2026-07 起</a>" not in page and "按 2026-08-11 当时所知" in page
    assert "那一天还没有这份待遇" in text(browser.get(f"/awards/{household.pk}?known=2026-01-01"))
    assert "日期" in text(browser.get(f"/awards/{household.pk}?known=x"))


def test_what_is_owed_and_paid_differs_by_what_was_decided_late(world, household, login):
    """The lists of June and July paid the amount of before; the income since July makes July too much."""
    pay(household, "2026-06")
    pay(household, "2026-07", amount=221000)
    pay(household, "2026-08", state="HELD", hold=["没有登记银行账号"])
    account = ledger.of(database.raw("awards").find_one({"_id": household.pk}))
    july = next(item for item in account.periods if item.period == "2026-07")
    assert (july.paid, july.overpaid) == (221000, 221000 - july.due) and july.due < 221000
    assert account.balance == account.owed - account.paid == account.arrears - account.overpaid + account.taken
    page = text(login("clerk.tuojiang").get(f"/awards/{household.pk}"))
    for shown in ("多发", "待补发", "没有登记银行账号", "暂缓"):
        assert shown in page, shown


@pytest.mark.parametrize(("asked", "index"), [({}, "township"), ({"type": "home"}, "roll")])
def test_the_register_reads_by_an_index_and_sorts_nothing(household, asked, index):
    wanted = dict.fromkeys(("type", "township", "village", "state", "q"), "") | {"month": "2026-08"} | asked
    query = {"$and": [{"township": "433123109"}, query_of(wanted)]}
    assert {"SORT", "COLLSCAN"}.isdisjoint(plans.of_find(awards.COLLECTION, query, index, ORDER, 31))
