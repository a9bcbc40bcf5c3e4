"""Public pages and the photo of a sheet in a real browser, at the width of a phone."""

import pytest

from adminapp import database
from adminapp.postings import prepare
from adminapp.public import refresh
from adminapp.scope import acting
from tests import browser as chrome
from tests import clock
from tests.adminapp.postings.village import AFTER, DAY, picture
from tests.conftest import HERE
from tests.views.hung import VILLAGE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """All of it happens on the day of the cases, in the threads of the server too."""
    clock.run_from(monkeypatch, DAY)


@pytest.fixture
def phone(chromium, site):
    """Return a page of somebody without login, as wide as a phone and without script."""
    context = chromium.new_context(viewport={"width": 400, "height": 860}, locale="zh-CN", base_url=site, java_script_enabled=False)
    yield chrome.watch(context.new_page())
    context.close()


def test_every_public_page_fits_satisfies_axe_and_sets_nothing(chromium, site, hung):
    context = chromium.new_context(locale="zh-CN", base_url=site, bypass_csp=True)
    page, troubles = chrome.watch(context.new_page()), []
    for path in (
        "", f"townships/{HERE}", f"villages/{VILLAGE}", f"postings/{hung['_id']}", f"objection/{hung['_id']}", "policies", "policies/temporary",
        "complaint", "ask",
    ):  # fmt: skip
        for width in chrome.WIDTHS:
            page.set_viewport_size({"width": width, "height": 860})
            page.goto(f"/public/{path}")
            troubles += [f"{path} {width}: {item}" for item in [*chrome.violations(page), *page.troubles]]
            troubles += [f"{path} {width}: wider than the window"] if chrome.overflow(page) > 0 else []
            page.troubles.clear()
    assert context.cookies() == []
    context.close()
    assert not troubles, "\n".join(troubles)


def test_a_villager_finds_the_sheet_objects_and_asks_what_became_of_it(phone, hung):
    phone.goto("/public/")
    phone.click("text=沱江镇")
    phone.click(f"a[href='/public/villages/{VILLAGE}']")
    phone.click("text=社会救助审核公示")
    assert phone.is_visible("text=龙*虚") and phone.locator("thead").bounding_box()["x"] < 0  # columns name themselves in each row
    phone.click("text=提出异议")
    phone.click("button.button")
    assert phone.is_visible(".problems") and phone.is_visible("#content-wrong")
    phone.select_option("#case", "2")
    phone.fill("#content", "在县城有房")
    phone.set_input_files("#file", {"name": "房子.jpg", "mimeType": "image/jpeg", "buffer": picture(4)})
    phone.click("button.button")
    number, secret = phone.inner_text(".codes dd >> nth=0"), phone.inner_text(".codes dd >> nth=1")
    assert database.raw("objections").find_one({"_id": number})["papers"][0]["name"].endswith(".jpg")
    phone.click("text=查询办理情况")
    phone.fill("#number", number)
    phone.fill("#secret", secret)
    phone.click("button.button")
    assert phone.is_visible("text=已收到")


def test_a_complaint_without_name_gives_a_receipt(phone, cases):
    phone.goto("/public/complaint")
    phone.select_option("#subject", "village")
    phone.fill("#content", "村里没有张贴公示表")
    phone.click("button.button")
    assert phone.inner_text(".codes dd >> nth=0").startswith("TS") and len(phone.inner_text(".codes dd >> nth=1")) == 8
    assert phone.context.cookies() == []


def test_the_village_assistant_brings_the_photo_on_a_phone(cases, sign_in):
    case = cases.to_opinion(cases.open(VILLAGE, income=300000))
    cases.move(case, "give_opinion", proposal="approve", comment="符合")
    clerk = cases.clerk(HERE)
    with acting(clerk):
        [posting] = prepare.prepare(cases.engine, VILLAGE, clerk, DAY)
    page = sign_in("assistant.tuojiang", 400)
    page.goto("/postings/?show=prepared")
    page.click(f"a[href='/postings/{posting['_id']}']")
    page.set_input_files("#photo", {"name": "张贴.jpg", "mimeType": "image/jpeg", "buffer": picture(5)})
    page.click("text=上传照片，开始公示")
    page.wait_for_selector("text=公示中")
    now = database.raw("postings").find_one({"_id": posting["_id"]})
    assert now["state"] == "POSTED" and now["photos"][0]["by"] == "assistant.tuojiang" and chrome.overflow(page) == 0
    refresh.everything(cases.engine)
    page.goto(f"/public/villages/{VILLAGE}")
    assert page.is_visible("text=社会救助审核公示")


def test_a_sheet_in_each_of_its_states_fits_and_satisfies_axe(hung, sign_in, monkeypatch):
    page, troubles = sign_in("clerk.tuojiang"), []

    def look(path, wanted):
        for width in chrome.WIDTHS:
            page.set_viewport_size({"width": width, "height": 860})
            page.goto(path)
            assert page.is_visible(f"text={wanted}")
            troubles.extend(f"{path} {wanted} {width}: {item}" for item in [*chrome.violations(page), *page.troubles])
            troubles.extend([f"{path} {width}: wider than the window"] if chrome.overflow(page) > 0 else [])
            page.troubles.clear()

    sheet = f"/postings/{hung['_id']}"
    look(sheet, "公示中")
    look(f"/objections/new/{hung['_id']}", "对哪一户有异议")
    database.raw("postings").update_one({"_id": hung["_id"]}, {"$set": {"state": "PREPARED"}})
    look(sheet, "上传照片，开始公示")
    database.raw("postings").update_one({"_id": hung["_id"]}, {"$set": {"state": "POSTED"}})
    clock.run_from(monkeypatch, AFTER)
    page.reload()  # the session may be over by then
    if page.locator("#username").count():
        page = sign_in("clerk.tuojiang")
    look(sheet, "登记撤下")
    assert not troubles, "\n".join(troubles)
