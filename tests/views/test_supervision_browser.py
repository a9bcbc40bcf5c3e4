"""A year of supervision in one township in the browser, each step by who owns it: drawn with a witness and proved, visitors named, the visit
entered with a photo, found otherwise by a second person, ordered, answered by the township, looked at again, closed and counted."""

from datetime import date

import pytest
from PIL import Image

from adminapp import database
from adminapp.jobs import model, runner
from adminapp.supervision import checks
from tests import clock
from tests.browser import overflow, ready, violations
from tests.views.test_supervision import NAMES, granted  # noqa: F401 - fixture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def autumn(monkeypatch):
    """Let the clock of all threads run from 28 September 2026 on: the server answers in threads of its own."""
    clock.run_from(monkeypatch, date(2026, 9, 28))


def send(page, label, **entries):
    """Open a dialog by its button, fill it in and send it."""
    page.locator("#actions").get_by_role("button", name=label, exact=True).click()
    box = page.get_by_role("dialog")
    for name, value in entries.items():
        field = box.locator(f"[name={name}]")
        field.select_option(value) if field.evaluate("node => node.tagName") == "SELECT" else field.fill(value)
    box.get_by_role("button", name=label, exact=True).click()
    page.get_by_text("已办理").wait_for()


def sound(page):
    """The page keeps its policy, fits its window and satisfies axe."""
    assert violations(page) == [] and not overflow(page) and [text for text in page.troubles if "status of 422" not in text] == []


def test_a_year_of_supervision(granted, sign_in, app, tmp_path):  # noqa: F811
    for _ in range(4):
        granted()
    reviewer = sign_in("reviewer")

    reviewer.goto("/supervision/")
    ready(reviewer)
    reviewer.get_by_role("button", name="抽取", exact=True).click()
    reviewer.get_by_label("见证人和报数").fill("李虚构报数 27")
    reviewer.get_by_role("button", name="开始抽取").click()
    reviewer.wait_for_url("**/jobs/*")
    assert runner.run_job(app.extensions["relief"], model.waiting()[0]) == model.DONE
    reviewer.goto("/supervision/rounds/2026-1")
    reviewer.get_by_role("link", name="重新验证").click()
    reviewer.get_by_text("结果完全一致").wait_for()
    sound(reviewer)

    deputy = sign_in("deputy.tuojiang", width=400)
    deputy.goto("/supervision/checks")
    assert "没有符合条件的核查" in deputy.inner_text("main"), "the township learns of a check by the visit"

    reviewer.goto("/supervision/checks?tab=drawn")
    ready(reviewer)
    assert reviewer.locator("tbody tr").count() == 2, "30 % of four, rounded up"
    reviewer.locator("tbody input[type=checkbox]").first.check()
    reviewer.get_by_role("button", name="指派核查人").click()
    reviewer.get_by_role("button", name="指派 1 件").click()
    assert "请从县级经办人员中选择" in reviewer.inner_text("main") or reviewer.locator("[aria-invalid=true]").count()
    reviewer.locator("[name=lead]").select_option("reviewer")
    reviewer.locator("[name=second]").select_option("reviewer2")
    reviewer.get_by_role("button", name="指派 1 件").click()
    reviewer.wait_for_selector(".case-head")
    check_id = database.raw("spot_checks").find_one({"state": checks.ASSIGNED})["_id"]
    sound(reviewer)

    photo = tmp_path / "入户.jpg"
    Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
    reviewer.locator("#actions").get_by_role("link", name="登记入户核查").click()
    ready(reviewer)
    assert reviewer.input_value("[name=surveyors-0-name]") == NAMES[0]
    for name, value in {"date": "2026-09-28", "respondent": "本人", "findings": "长子已就业，收入没有变更登记", "amount": "300"}.items():
        if name == "amount":
            reviewer.locator("[name=result]").select_option("amount")
        reviewer.locator(f"[name={name}]").fill(value)
    for name, value in {"received": "yes", "keeper": "self"}.items():
        field = reviewer.locator(f"[name={name}]")
        if field.count() == 1:
            field.select_option(value)
        else:
            reviewer.locator(f"[name={name}][value={value}]").check()
    reviewer.locator("input[type=file][name=file-spot_check_photos]").set_input_files(photo)
    sound(reviewer)
    reviewer.locator(".form-foot button[type=submit]").click()
    reviewer.wait_for_selector(".case-head")
    assert "金额不准" in reviewer.inner_text("main") and "入户.jpg" in reviewer.inner_text("#records")
    assert "核查结果由未参加核查的人员审定" in reviewer.inner_text("#actions")

    approver = sign_in("approver")
    approver.goto(f"/supervision/checks/{check_id}")
    ready(approver)
    send(approver, "审定", consistent="0")
    send(approver, "下达整改", measure="papers", reason="请补正长子的收入证明，听取意见后报告")
    sound(approver)

    clerk = sign_in("clerk.tuojiang")
    clerk.goto("/work/?source=spot_checks")
    clerk.get_by_role("link", name="办理").first.click()
    clerk.locator("#actions").get_by_role("link", name="反馈整改情况").click()
    ready(clerk)
    clerk.locator("[name=done]").fill("已补正收入证明，报县级核定")
    clerk.locator(".form-foot button[type=submit]").click()
    clerk.wait_for_selector(".case-head")
    sound(clerk)

    approver.reload()
    ready(approver)
    send(approver, "复核整改", done="1", reason="材料齐全")
    assert database.raw("spot_checks").find_one({"_id": check_id})["state"] == checks.CLOSED

    deputy.goto("/supervision/")
    ready(deputy)
    text = deputy.inner_text("main")
    assert "尚缺 1 件" in text and "金额不准 1" in text
    sound(deputy)
