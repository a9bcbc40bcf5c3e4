"""My work: what waits for me, nearest due date first, and nothing of others."""

import re
from datetime import date

from adminapp import database, dates, divisions
from tests.conftest import HERE, THERE

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code


def titles(page):
    return re.findall(r'<div class="what"><a [^>]*>([^<]*)</a>', page.text)


def test_each_role_sees_what_it_can_act_on(cases, login, today):
    cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit")
    cases.move(cases.open(AWAY, "吴乙虚构"), "submit")
    assert titles(login("clerk.tuojiang").get("/work/")) == ["龙甲虚构"]
    assert titles(login("head.tuojiang").get("/work/")) == []
    assert titles(login("approver").get("/work/")) == []
    assert login("auditor").get("/work/").status_code == 403


def test_nearest_due_date_comes_first_and_undated_last(cases, login, today):
    cases.open(VILLAGE, "龙丙虚构")
    for name, on in (("龙乙虚构", date(2026, 9, 16)), ("龙甲虚构", date(2026, 9, 10))):
        case = cases.open(VILLAGE, name, on=on)
        cases.move(cases.move(case, "submit", on=on), "accept", on=on, relative=False)
    browser = login("clerk.tuojiang")
    assert titles(browser.get("/work/")) == ["龙甲虚构", "龙乙虚构", "龙丙虚构"]
    assert titles(browser.get("/work/?type=temporary")) == []
    with dates.frozen(date(2026, 10, 16)):
        browser = login("clerk.tuojiang")
        assert titles(browser.get("/work/?show=late")) == ["龙甲虚构"]
        assert titles(browser.get("/work/?show=soon")) == []
    with dates.frozen(date(2026, 10, 19)):
        assert titles(login("clerk.tuojiang").get("/work/?show=soon")) == ["龙乙虚构"]


def test_what_waits_for_colleagues_is_shown_on_request(cases, login, today):
    cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit")
    head = login("head.tuojiang")
    assert titles(head.get("/work/")) == []
    page = head.get("/work/?all=1")
    assert titles(page) == ["龙甲虚构"] and "由民政助理员办理" in page.text


def test_search_finds_across_types_within_scope(cases, login):
    case = cases.open(VILLAGE, "龙甲虚构")
    cases.open(AWAY, "龙乙虚构")
    here = login("clerk.tuojiang")
    assert here.get("/search/?q=龙").location.endswith(str(case.id))
    assert here.get("/search/?q=乙虚构").status_code == 200 and "没有找到" in here.get("/search/?q=乙虚构").text
    assert titles(login("reviewer").get("/search/?q=龙")) == ["龙乙虚构", "龙甲虚构"]
    assert "输入要找的内容" in here.get("/search/").text


def test_exact_id_number_is_found_and_logged(cases, login):
    cases.open(VILLAGE)
    assert login("clerk.tuojiang").get("/search/?q=433123195603074216").status_code == 302
    [entry] = database.raw("audit").find({"kind": "search"})
    assert "433123195603074216" not in str(entry)
