"""The start page: what is due, late and changed, for each role, from its own places only."""

import re
from datetime import datetime, timedelta

import pytest

from adminapp import dates, divisions, startpage
from adminapp.scope import acting
from adminapp.startpage import Asked
from schemas.case import AnyCase
from tests.conftest import HERE, THERE
from tests.test_matrix import PEOPLE
from tests.views.conftest import DAY
from views import counting
from views.start import work

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code


@pytest.fixture(autouse=True)
def fresh_counts():
    counting.forget()


def tiles(page):
    return dict(re.findall(r'tile[^>]*>\s*<span>([^<]+)</span><b[^>]*>([^<]+)', page.text))


def test_a_clerk_sees_what_waits_and_what_is_late(cases, login, today):
    cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit")
    late = cases.move(cases.open(VILLAGE, "龙乙虚构", on=DAY - timedelta(60)), "submit", on=DAY - timedelta(60))
    cases.move(late, "accept", on=DAY - timedelta(60), relative=False)
    cases.move(cases.open(AWAY, "吴丙虚构"), "submit")
    page = login("clerk.tuojiang").get("/")
    assert tiles(page) == {"待我办理": "2", "三日内到期": "0", "已超期": "1"}
    assert page.text.index("龙乙虚构") < page.text.index("龙甲虚构") and "吴丙虚构" not in page.text
    assert re.search(r"我的待办</span><span class=\"count bad\">2", page.text)


def test_what_moved_since_yesterday_is_told(cases, login, today):
    old = cases.move(cases.open(VILLAGE, "龙旧虚构", on=DAY - timedelta(5)), "submit", on=DAY - timedelta(5))
    cases.move(cases.open(VILLAGE, "龙昨虚构", on=DAY - timedelta(1)), "submit", on=DAY - timedelta(1))
    cases.open(VILLAGE, "龙草虚构")
    cases.move(cases.open(AWAY, "吴今虚构"), "submit")
    part = re.search(r"昨天以来的变动.*?</section>", login("clerk.tuojiang").get("/").text, re.DOTALL)[0]
    assert "共 1 件" in part and "龙昨虚构" in part and "昨天" in part
    assert "龙草虚构" not in part and "吴今虚构" not in part and old.name not in part
    part = re.search(r"昨天以来的变动.*?</section>", login("reviewer").get("/").text, re.DOTALL)[0]
    assert "吴今虚构" in part and "共 2 件" in part


@pytest.mark.parametrize("actor", ["clerk.tuojiang", "reviewer"])
def test_what_moved_is_read_from_an_index(cases, login, people, actor):
    from adminapp.auth.users import actor_of, get

    for number in range(6):
        cases.move(cases.open(VILLAGE, f"龙{'甲乙丙丁戊己'[number]}虚构", on=DAY - timedelta(9)), "submit", on=DAY - timedelta(9))
    one = actor_of(get(actor))
    with acting(one):
        query, hint = work.moved_query(Asked(one, DAY))
        plan = AnyCase._get_collection().find(query, hint=hint).explain()["executionStats"]
    assert plan["totalKeysExamined"] <= 2 and plan["totalDocsExamined"] == 0


def test_the_county_sees_places_and_steps_with_the_table_behind(cases, login, today):
    cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit")
    cases.move(cases.open(AWAY, "吴乙虚构"), "submit")
    page = login("reviewer").get("/").text
    place = re.search(r"各乡镇在办案件.*?</section>", page, re.DOTALL)[0]
    assert divisions.name_of(HERE) in place and divisions.name_of(THERE) in place
    assert re.search(r"各环节在办案件.*?<progress max=\"2\" value=\"2\".*?<table", page, re.DOTALL)
    head = login("head.tuojiang").get("/").text
    assert "各类型在办案件" in head and divisions.name_of(THERE) not in head


@pytest.mark.parametrize("username", PEOPLE.values())
def test_everybody_has_a_start_page_whose_links_open(app, login, username):
    browser = login(username)
    page = browser.get("/")
    assert page.status_code == 200 and "首页" in page.text and "无法显示" not in page.text
    for link in set(re.findall(r'<main.*', page.text, re.DOTALL)[0].split('href="')[1:]):
        address = link.split('"')[0].replace("&amp;", "&")
        if address.startswith("/"):
            assert browser.get(address).status_code == 200, address


def test_a_part_that_fails_leaves_the_page_standing(app, login, monkeypatch, caplog):
    broken = startpage.Part("urgent", "main", 1, frozenset({"township_clerk"}), lambda asked: 1 / 0, "最急的事")
    monkeypatch.setitem(startpage.PARTS, "urgent", broken)
    page = login("clerk.tuojiang").get("/")
    assert page.status_code == 200 and "无法显示" in page.text and "待我办理" in page.text
    assert "ZeroDivisionError" not in page.text


@pytest.mark.parametrize(("hour", "words"), [(7, "早上好"), (12, "中午好"), (15, "下午好"), (20, "晚上好")])
def test_the_greeting_follows_the_clock_in_china(app, login, hour, words):
    with dates.frozen(datetime(2026, 9, 16, hour, 30, tzinfo=dates.SHANGHAI)):
        assert f"<h1>{words}，" in login("clerk.tuojiang").get("/").text
