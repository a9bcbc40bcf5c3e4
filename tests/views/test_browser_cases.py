"""The case screens in a real browser.

Conditions and sums follow what is typed, rows come and go, no policy is broken.
"""

import logging
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from adminapp import dates, divisions
from seed.accounts import DEMO_PASSWORD
from tests.conftest import HERE
from tests.views.conftest import ID_NUMBER

pytestmark = pytest.mark.browser
VILLAGE = divisions.villages(HERE)[0].code
WIDTHS = [1280, 400]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture
def site(app, people):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield found
        found.close()


@pytest.fixture
def sign_in(chromium, site):
    """Return a function that signs in; `page.troubles` collects errors of console, policy and script."""
    contexts = []

    def sign_in(username="clerk.tuojiang", width=1280, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 860}, locale="zh-CN", base_url=site, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.troubles = []
        page.on("console", lambda line: page.troubles.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.goto("/login")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url("**/work/")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def ready(page):
    page.wait_for_selector("html[data-ready]", state="attached")


@pytest.mark.parametrize("width", WIDTHS)
def test_screens_break_no_policy_fit_the_width_and_satisfy_axe(cases, sign_in, width):
    case = cases.to_opinion(cases.open(VILLAGE, income=300000))
    page = sign_in(width=width)
    one = f"/cases/demo/{case.id}"
    for path in (
        "/work/",
        "/cases/demo/",
        "/cases/dibao_rural/new",
        "/cases/temporary/new",
        one,
        f"{one}/act/give_opinion",
        f"{one}/reveal/applicant_id",
        f"{one}/print",
        "/search/?q=none",
    ):
        page.goto(path)
        ready(page)
        assert page.troubles == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(path, item["id"], item["nodes"][0]["html"]) for item in found] == []


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
