"""My work: what waits for me, nearest due date first, and nothing of others."""

import re
from datetime import date

from adminapp import database, dates, divisions
from adminapp.workflow import escalation
from tests.conftest import HERE, THERE

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code


def titles(page):
    return re.findall(r'<div class="what">(?:<input[^>]*> )?<a [^>]*>([^<]*)</a>', page.text)


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


def picked(page):
    return re.findall(r'name="ids" value="([0-9a-f]{24})" form="bulk"', page.text)


def test_many_are_taken_in_hand_at_once_and_nobody_when_none_is_picked(cases, login, today):
    for name in ("龙甲虚构", "龙乙虚构"):
        cases.move(cases.move(cases.open(VILLAGE, name), "submit"), "accept", relative=False)
    cases.move(cases.open(AWAY, "吴丙虚构"), "submit")
    browser = login("clerk.tuojiang")
    ids = picked(browser.get("/work/"))
    assert len(ids) == 2
    answer = browser.post("/bulk/start_survey", {"back": "/work/?show=todo"})
    assert answer.location == "/work/?show=todo" and "没有选中案件" in browser.get("/work/").text
    asked = browser.post("/bulk/start_survey", {"ids": ids})
    assert asked.status_code == 200 and "共 2 件" in asked.text and "龙乙虚构" in asked.text
    assert database.raw("jobs").count_documents({}) == 0
    answer = browser.post("/bulk/start_survey", {"ids": ids, "go": "1", "once": "a"})
    again = browser.post("/bulk/start_survey", {"ids": ids, "go": "1", "once": "a"})
    assert answer.status_code == 303 and answer.location == again.location
    [job] = database.raw("jobs").find()
    assert job["args"]["ids"] == ids and job["actor"]["id"] == "clerk.tuojiang"


def test_a_step_in_bulk_asks_what_holds_for_all_and_keeps_it(cases, login, today):
    ids = [str(cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit").id)]
    browser = login("deputy.tuojiang")
    page = browser.post("/bulk/assign", {"ids": ids})
    assert "clerk2.tuojiang" in page.text and "clerk.liaojiaqiao" not in page.text
    page = browser.post("/bulk/assign", {"ids": ids, "go": "1", "to": "", "reason": "轮岗交接"})
    assert page.status_code == 422 and "轮岗交接" in page.text and "请填写“移交给”" in page.text
    assert browser.post("/bulk/assign", {"ids": ids, "go": "1", "to": "clerk.liaojiaqiao", "reason": "轮岗"}).status_code == 422
    assert browser.post("/bulk/assign", {"ids": ids, "go": "1", "to": "clerk2.tuojiang", "reason": "轮岗"}).status_code == 303


def test_what_is_elsewhere_cannot_be_picked(cases, login, today):
    there = str(cases.move(cases.open(AWAY, "吴丙虚构"), "submit").id)
    browser = login("clerk.tuojiang")
    assert browser.post("/bulk/start_survey", {"ids": [there]}).status_code == 404
    assert browser.post("/bulk/confirm", {"ids": [there]}).status_code == 404
    assert "吴丙虚构" not in browser.post("/bulk/claim", {"ids": [there], "go": "1"}).text
    assert browser.post("/bulk/start_survey", {"ids": [], "back": "//evil.example/"}).location == "/work/"


def test_leaders_see_what_runs_late_and_where_the_work_lies(cases, login, today):
    day = date(2026, 8, 3)
    case = cases.move(cases.move(cases.open(VILLAGE, "龙甲虚构", on=day), "submit", on=day), "accept", on=day, relative=False)
    with dates.frozen(date(2026, 9, 7)):
        escalation.sweep()
        head = login("head.tuojiang")
        page = head.get("/work/?show=urged")
        assert titles(page) == ["龙甲虚构"] and "已报第一责任人" in page.text
        assert "办结超期" in head.get(f"/cases/demo/{case.id}").text
        overview = head.get("/work/overview").text
        assert "按经办人" in overview and "无人认领" not in overview
        county = login("reviewer").get("/work/overview").text
        assert "沱江镇" in county and "按乡镇" in county
    assert titles(login("head.liaojiaqiao").get("/work/?show=urged")) == []
    assert login("assistant.tuojiang").get("/work/overview").status_code == 403


def test_figures_lead_to_the_lists_that_hold_just_these(cases, login, today):
    cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit")
    browser = login("clerk.tuojiang")
    page = browser.get("/work/overview?type=demo").text
    people, sources = page.split("按经办人", 1)[1].split("按事项", 1)
    assert "无人认领" in people and "/work/?" not in people
    [link] = set(re.findall(r'href="(/work/\?[^"]*source=cases[^"]*)"', sources))
    assert "type=demo" in link and titles(browser.get(link.replace("&amp;", "&"))) == ["龙甲虚构"]
    assert "/work/?" not in browser.get("/work/overview?type=temporary").text
