"""The screens of a running award: a change is worked out before it is proposed, heard, and confirmed by another person."""

import re
from datetime import date

import pytest

from adminapp import database, dates
from adminapp.awards import amount_in
from tests.running import DECLARATION, IDS, World

DAY = date(2026, 8, 12)


@pytest.fixture
def world(app, people):
    """Return the world of tests/running.py in the app: its type is published under the county's standards."""
    engine, source = app.extensions["relief"], DECLARATION.replace("home.line", "dibao.urban")
    engine.registry.publish(source, "tests", engine.standards.types())
    return World(engine.registry, engine.standards)


@pytest.fixture
def household(world):
    case = world.grant(world.new("spouse", "child"))
    with dates.frozen(DAY):
        yield case


def rev(page):
    return re.search(r'name="rev"[^>]*value="(\d+)"', page.text)[1]


def act(browser, case, action, **data):
    """Open the form of an action and post it; return the answer."""
    url = f"/cases/home/{case.id}/act/{action}"
    page = browser.get(url)
    assert page.status_code == 200, page.text
    return browser.post(url, {"rev": rev(page), **data})


def raw(case):
    return database.raw("cases").find_one({"_id": case.pk})


def death(world, case, **more):
    member = world.member(case, "child")
    return {"member": member, "code": "death", "date": "2026-08-03", "from_month": "2026-09", "reason": "病故", **more}


def test_a_change_is_worked_out_before_it_is_proposed(world, household, login):
    browser = login("clerk.tuojiang")
    page = act(browser, household, "remove_member", **death(world, household), _preview="1")
    assert page.status_code == 200 and "试算结果，尚未保存" in page.text
    for text in ("2026-09 起", "1,470.00", "804.00", "-666.00", "龙三虚构（子女）", "要听取当事人意见"):
        assert text in page.text, text
    assert raw(household)["state"] == "in_benefit" and 'value="2026-08-03"' in page.text


def test_a_death_is_proposed_heard_and_confirmed(world, household, login, browser):
    clerk, head = login("clerk.tuojiang"), login("head.tuojiang", browser())
    assert act(clerk, household, "remove_member", **death(world, household)).status_code == 302
    assert "先听取当事人意见" in head.get(f"/cases/home/{household.id}").text
    heard = {"date": "2026-08-12", "way": "phone", "who": "本人", "opinion": "没有意见", "answer": "按规定办理"}
    assert act(clerk, household, "record_hearing", **heard).status_code == 302
    page = head.get(f"/cases/home/{household.id}/act/apply_change")
    assert "发起时的内容和金额" in page.text and "804.00" in page.text and "龙三虚构（子女）" in page.text
    assert act(head, household, "apply_change").status_code == 302
    award = database.raw("awards").find_one({"_id": household.pk})
    assert [amount_in(award, month) for month in ("2026-08", "2026-09")] == [147000, 80400]


def test_an_income_is_changed_in_the_form_of_the_case(world, household, login):
    browser, url = login("clerk.tuojiang"), f"/cases/home/{household.id}/act/change_content"
    page = browser.get(url)
    assert 'name="x_income"' in page.text and IDS["head"] not in page.text
    data = form_data(page.text) | {"kind": "income", "from_month": "2026-09", "reason": "务工", "x_income": "18000"}
    preview = browser.post(url, data | {"_preview": "1"})
    assert "家庭年收入" in preview.text and "18,000.00" in preview.text and "794.00" in preview.text
    assert browser.post(url, data).status_code == 302
    assert raw(household)["pending"]["amount"] == 79400 and raw(household)["x_income"] == 900000


def form_data(text):
    """Return what a browser would send of the page's main form as it stands."""
    text = re.sub(r"<template>.*?</template>", "", text, flags=re.S)
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        about = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        found[about.get("name", "")] = about.get("value", "")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        found[name] = next(iter(re.findall(r'<option selected[^>]*value="([^"]*)"', options)), "")
    return {name: value for name, value in found.items() if name == "rev" or name.startswith("x_")}


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(world, household, login):
    browser = login("clerk.tuojiang")
    page = act(browser, household, "remove_member", **death(world, household, from_month="2025-01"), _preview="1")
    assert page.status_code == 200 and "本件从 2026-02 起发放" in page.text and "病故" in page.text
    page = act(browser, household, "remove_member", **death(world, household, date="2027-01-01"))
    assert page.status_code == 422 and "有没有填写或者填写不正确的地方" in page.text
    assert raw(household)["state"] == "in_benefit"


def test_a_form_that_is_behind_is_refused_and_kept(world, household, login):
    browser, url = login("clerk.tuojiang"), f"/cases/home/{household.id}/act/remove_member"
    answer = browser.post(url, {"rev": "1", **death(world, household)})
    assert answer.status_code == 409 and "本件刚刚有变动" in answer.text and "病故" in answer.text


def test_who_may_not_change_is_offered_nothing(world, household, login):
    url = f"/cases/home/{household.id}/act/remove_member"
    assert "减员" not in login("head.tuojiang").get(f"/cases/home/{household.id}").text.split('id="history"')[0]
    assert login("finance").get(url).status_code in (403, 404)
    assert login("clerk.liaojiaqiao").get(url).status_code == 404
    assert login("assistant.tuojiang").post(url, {"rev": str(raw(household)["rev"]), **death(world, household)}).status_code == 403


def test_the_standards_are_raised_by_the_batch_alone(world, household, login):
    browser, url = login("approver"), f"/cases/home/{household.id}/act/adjust_standard"
    assert "adjust_standard" not in browser.get(f"/cases/home/{household.id}").text
    answer = browser.post(url, {"rev": str(raw(household)["rev"]), "from_month": "2026-09", "reason": "x"})
    assert answer.status_code in (403, 409, 422) and raw(household)["amount"] == 147000


def test_a_household_moves_and_its_new_township_goes_on(world, household, login, browser):
    clerk = login("clerk.tuojiang")
    page = act(clerk, household, "change_place", village="433123101001", from_month="2026-09", reason="搬迁")
    assert page.status_code == 302, page.text
    assert "由县级审批人办理" in login("head.tuojiang", browser()).get(f"/cases/home/{household.id}").text
    assert act(login("approver", browser()), household, "apply_change").status_code == 302
    assert clerk.get(f"/cases/home/{household.id}").status_code == 404
    assert login("clerk.liaojiaqiao").get(f"/cases/home/{household.id}").status_code == 200
