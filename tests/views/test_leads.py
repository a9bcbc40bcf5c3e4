"""Leads on screen: an assistant hands one in and follows its state, the township answers, the county reads the figures."""

import pytest

from adminapp import database as connection
from adminapp.leads import leads
from seed.accounts import SMALL
from tests.views.conftest import Cases

HERE, THERE = SMALL
VILLAGE = f"{HERE}001"
FORM = {"village": VILLAGE, "name": "石老虚构", "phone": "13800000011", "address": "2 组 7 号", "kind": "elder", "known_by": "visit",
        "situation": "独居，摔伤卧床，无人照料", "urgent": "yes"}  # fmt: skip


@pytest.fixture
def url(app, people, today, login):
    Cases(app).publish()
    browser = login("assistant.tuojiang")
    answer = browser.post("/leads/new", {**FORM, "village": people["assistant.tuojiang"].villages[0]})
    assert answer.status_code == 303, answer.text
    return answer.location


def stored(url):
    return connection.raw(leads.COLLECTION).find_one({"_id": url.rsplit("/", 1)[1]})


def act(browser, url, deed, **form):
    return browser.post(f"{url}/{deed}", {"rev": str(stored(url)["rev"]), **form})


def test_an_assistant_follows_what_was_handed_in_and_sees_no_more(url, login):
    mine = login("assistant.tuojiang")
    page = mine.get(url).text
    assert "待办理" in page and "登记走访" not in page and "石老虚构" in mine.get("/leads/").text
    clerk = login("clerk.tuojiang")
    act(clerk, url, "refuse", reason="already", note="内部说明：已享受低保")
    page = login("assistant.tuojiang").get(url).text
    assert "不需要救助" in page and "内部说明" not in page
    assert login("assistant.tuojiang").post(f"{url}/visit", {}).status_code == 403


def test_bad_input_comes_back_as_typed(url, login):
    answer = login("assistant.tuojiang").post("/leads/new", {**FORM, "name": "石新虚构", "kind": "", "situation": "穷", "address": "岩头"})
    assert answer.status_code == 422 and "岩头" in answer.text and "石新虚构" in answer.text
    clerk = login("clerk.tuojiang")
    answer = act(clerk, url, "visit", on="2026-02-29", note="卧床，无人照料")
    assert answer.status_code == 422 and "请填写走访日期" in answer.text and "卧床，无人照料" in answer.text
    assert clerk.post(f"{url}/visit", {"rev": "9", "on": "2026-09-16", "note": "卧床"}).status_code == 422
    assert clerk.post(f"{url}/nothing", {"rev": "0"}).status_code == 404


def test_the_township_visits_and_helps_to_apply(url, login):
    clerk = login("clerk.tuojiang")
    assert "走访并答复线索（紧急）" in clerk.get("/work/").text
    assert act(clerk, url, "visit", on="2026-09-16", note="卧床，子女在外").status_code == 303
    assert "请选择要申请的救助类型" in act(clerk, url, "help", type="").text
    answer = act(clerk, url, "help", type="demo")
    case = connection.raw("cases").find_one({})
    assert answer.location.endswith(f"/cases/demo/{case['_id']}/edit") and "石老虚构" in clerk.get(answer.location).text
    page = clerk.get(url).text
    assert "已协助申请" in page and case["number"] in page and "打开申请" in page
    assert "走访并答复线索" not in clerk.get("/work/").text
    assert "已协助申请" in login("assistant.tuojiang").get("/leads/").text


def test_figures_by_month_are_read_by_township_and_county(url, login):
    for username in ("clerk.tuojiang", "reviewer", "auditor"):
        page = login(username).get("/leads/?show=months").text
        assert "2026-09" in page and "按时答复" in page and "合计" in page


def test_the_other_township_finds_nothing(url, login):
    browser = login("clerk.liaojiaqiao")
    assert browser.get(url).status_code == 404 and "石老虚构" not in browser.get("/leads/").text
    assert browser.post(f"{url}/visit", {"rev": "0", "on": "2026-09-16", "note": "卧床"}).status_code == 404
    for username in ("finance", "policy", "sysadmin"):
        assert login(username).get(url).status_code == 403


def test_personal_details_are_not_for_the_auditor(url, login):
    page = login("auditor").get(url).text
    assert "石老虚构" in page and "13800000011" not in page and "2 组 7 号" not in page
