"""Forms keep what is typed until it is sent: after a lost connection, a closed window, an ended session."""

import re

import pytest

from adminapp import database, divisions
from tests.browser import ready
from tests.conftest import HERE, THERE
from tests.views.conftest import ID_NUMBER
from tests.views.test_cases_form import TYPED, inputs, stored

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code
NEW = "/cases/demo/new"
OFFER = "在这里填写的内容还没有提交"


def kept():
    return database.raw("kept_forms").count_documents({"content": {"$exists": True}})


def test_a_new_application_is_kept_offered_and_filled_in_again(cases, login):
    browser = login("clerk.tuojiang")
    answer = browser.post(NEW, {**TYPED, "_keep": "1"})
    assert answer.status_code == 200 and re.fullmatch(r"\d\d:\d\d 已暂存，还没有提交", answer.text)
    assert stored() == [] and OFFER in browser.get(NEW).text
    page = browser.get(NEW + "?_kept=1")
    typed = inputs(page)
    assert OFFER not in page.text and typed["x_applicant_name"] == "龙甲虚构" and typed["village"] == VILLAGE
    assert [typed[name] for name in sorted(typed) if re.fullmatch(r"x_members-\d+-name", name)] == ["龙甲虚构", "龙乙虚构"]
    assert OFFER not in login("clerk2.tuojiang").get(NEW).text, "nobody else's"


def test_sending_forgets_it_and_so_does_the_button(cases, login):
    browser = login("clerk.tuojiang")
    browser.post(NEW, {**TYPED, "_keep": "1"})
    assert browser.post(NEW, {**TYPED, "x_applicant_name": ""}).status_code == 422 and kept() == 1, "not sent, not forgotten"
    assert browser.post(NEW, TYPED).status_code == 302 and kept() == 0
    browser.post(NEW, {**TYPED, "_keep": "1"})
    answer = browser.post(NEW, {"_forget": "1"})
    assert (answer.status_code, answer.location) == (303, NEW) and kept() == 0


def test_an_edit_that_was_kept_meets_what_others_changed_since(cases, login, browser):
    case = cases.open(VILLAGE, "龙甲虚构")
    path = f"/cases/demo/{case.id}/edit"
    mine, theirs = login("clerk.tuojiang"), login("deputy.tuojiang", browser())
    typed = {**inputs(mine.get(path)), "x_applicant_name": "龙丙虚构"}
    mine.post(path, {**typed, "_keep": "1"})
    theirs.post(path, {**inputs(theirs.get(path)), "x_income": "5000", "_draft": "1"})
    again = inputs(mine.get(path + "?_kept=1"))
    assert again["x_applicant_name"] == "龙丙虚构" and again["rev"] == typed["rev"]
    assert mine.post(path, {**again, "_draft": "1"}).status_code == 409, "shown side by side, nothing overwritten"


def test_an_action_keeps_what_is_typed(cases, login, today):
    case = cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit")
    path = f"/cases/demo/{case.id}/act/not_accept"
    browser = login("clerk.tuojiang")
    assert browser.post(path, {"rev": case.rev, "reason": "材料不属实，理由写了一半", "_keep": "1"}).status_code == 200
    assert "材料不属实，理由写了一半" not in browser.get(path).text
    assert "材料不属实，理由写了一半" in browser.get(path + "?_kept=1").text


@pytest.mark.parametrize("path", ["/cases/demo/{there}/edit", "/cases/nothing/new", "/cases/demo/{there}/act/submit"])
def test_nothing_is_kept_where_one_may_not_go(cases, login, path):
    there = cases.open(AWAY, "吴乙虚构").id
    assert login("clerk.tuojiang").post(path.format(there=there), {"x": "1", "_keep": "1"}).status_code == 404
    assert login("auditor").post(NEW, {"x": "1", "_keep": "1"}).status_code == 403
    assert kept() == 0


@pytest.mark.browser
def test_the_page_keeps_by_itself_and_lets_go_without_asking(cases, sign_in):
    page = sign_in()
    page.goto(NEW)
    ready(page)
    page.fill("#x_applicant_name", "龙甲虚构")
    page.fill("#x_applicant_id", ID_NUMBER)
    page.wait_for_selector("[data-state]:has-text('已暂存')")
    page.goto("/work/")
    page.goto(NEW)
    page.click("text=继续填写")
    ready(page)
    assert page.input_value("#x_applicant_name") == "龙甲虚构" and page.input_value("#x_applicant_id") == ID_NUMBER
    assert page.troubles == []
