"""The case screens in a real browser.

Conditions and sums follow what is typed, rows come and go. That no screen breaks the policy: tests/test_screens.py.
"""

import pytest

from adminapp import dates, divisions
from tests.browser import ready
from tests.conftest import HERE
from tests.views.conftest import ID_NUMBER

pytestmark = pytest.mark.browser
VILLAGE = divisions.villages(HERE)[0].code


def test_conditions_and_sums_follow_what_is_typed(cases, sign_in):
    page = sign_in()
    page.goto("/cases/temporary/new")
    ready(page)
    place = page.locator("#x_emergency_place")
    assert not place.is_visible()
    page.select_option("#x_kind", "urgent")
    assert place.is_visible()
    page.select_option("#x_kind", "expense")
    assert not place.is_visible() and place.is_disabled()
    page.goto("/cases/demo/new")
    ready(page)
    page.fill("#x_income", "12000")
    page.click("[data-add-row]")
    page.fill("[name=x_members-0-name]", "龙甲虚构")
    assert page.locator("#x_per_head").inner_text() == "1,000.00"


@pytest.mark.parametrize("width", [1280, 400])
def test_every_input_of_a_row_is_in_sight_with_its_label(cases, sign_in, width):
    page = sign_in(width=width)
    page.goto("/cases/dibao_rural/new")
    ready(page)
    row = page.locator("#x_members-rows tbody tr").first
    edges = row.evaluate("row => [...row.querySelectorAll('td')].map(cell => cell.getBoundingClientRect().right - row.getBoundingClientRect().right)")
    assert len(edges) > 10 and max(edges) <= 0
    label = row.locator("[data-column=id_number]").evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"公民身份号码 *"'


def test_sex_and_age_follow_the_id_number(cases, sign_in):
    page = sign_in()
    page.goto("/cases/dibao_rural/new")
    ready(page)
    page.fill("#x_applicant_id", ID_NUMBER)
    page.keyboard.press("Tab")
    labels = {"男", "女"}
    assert set(page.locator("output").all_inner_texts()) & labels
    assert any("周岁" in text for text in page.locator("output").all_inner_texts())


def test_application_is_filled_in_and_submitted_by_keyboard_and_mouse(cases, sign_in):
    page = sign_in()
    page.goto("/cases/demo/new")
    ready(page)
    page.select_option("#village", VILLAGE)
    page.fill("#x_applicant_name", "龙甲虚构")
    page.fill("#x_applicant_id", ID_NUMBER)
    page.fill("#x_income", "3600")
    page.click("[data-add-row]")
    page.fill("[name=x_members-0-name]", "龙甲虚构")
    page.select_option("[name=x_members-0-relation]", "self")
    page.fill("[name=x_members-0-id_number]", ID_NUMBER)
    page.click("text=保存并提交")
    page.wait_for_selector(".flash.success")
    assert "已保存并提交" in page.inner_text("body") and page.inner_text(".case-head .pill") == "待受理"
    page.click(".panel-actions >> text=受理")
    page.select_option("#relative", "no")
    page.click(".form-foot button")
    page.wait_for_selector(".flash.success")
    assert page.inner_text(".case-head .pill") == "已受理"
    assert page.troubles == []


def test_errors_lead_to_their_fields(cases, sign_in):
    page = sign_in()
    page.goto("/cases/demo/new")
    ready(page)
    page.select_option("#village", VILLAGE)
    page.click("text=保存并提交")
    page.wait_for_selector("#errors")
    page.click("#errors a >> text=家庭年收入")
    assert page.evaluate("document.activeElement.id") == "x_income"


def test_screens_work_without_script(cases, sign_in):
    case = cases.open(VILLAGE, on=dates.today())
    page = sign_in(java_script_enabled=False)
    page.goto("/cases/demo/new")
    page.click("[name=_add_row]")
    page.fill("[name=x_members-0-name]", "龙甲虚构")
    page.select_option("#village", VILLAGE)
    page.fill("#x_applicant_name", "龙甲虚构")
    page.click("[name=_draft]")
    assert page.inner_text(".case-head .pill") == "待提交"
    page.goto(f"/cases/demo/{case.id}")
    page.click(".panel-actions >> text=提交申请")
    page.click(".form-foot button")
    assert page.inner_text(".case-head .pill") == "待受理"
