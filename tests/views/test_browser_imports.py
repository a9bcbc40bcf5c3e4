"""An import in a real browser: template, upload, columns, trial, the marked workbook corrected and brought again, undo."""

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from adminapp import database, divisions
from adminapp.jobs import model, runner
from tests.browser import ready, violations
from tests.conftest import HERE

pytestmark = pytest.mark.browser
VILLAGE = divisions.villages(HERE)[0]
TOWNSHIP = divisions.name_of(HERE)
ROWS = (("1", "龙甲虚构", "433123195603074216", "9000"), ("2", "吴乙虚构", "433123196501010049", "1200"))
SHOTS = os.environ.get("SHOTS")


def work(app):
    """Do the waiting jobs, as the consumer would."""
    for job in model.waiting():
        runner.run_job(app.extensions["relief"], job)


def fill(path: Path):
    """Fill the template with two households, the second one with a wrong check digit."""
    book = load_workbook(path)
    home, members = book["演示救助"], book["家庭成员"]
    heads = {cell.value.rstrip("*"): cell.column for cell in home[1]}
    for line, (key, name, number, income) in enumerate(ROWS, 3):
        values = {"户号": key, "村（社区）": TOWNSHIP + VILLAGE.name, "姓名": name, "公民身份号码": number, "家庭年收入": income}
        for title, text in values.items():
            home.cell(line, heads[title]).value = text
        members.cell(line, 1).value, members.cell(line, 2).value = key, name
    book.save(path)


def shoot(page, name):
    """Keep a picture of the page at both widths, when somebody asked for it (SHOTS=folder)."""
    for width in (1280, 400) if SHOTS else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def upload(page, path):
    page.goto("/imports/")
    page.select_option("#type", "demo")
    page.set_input_files("#file", path)
    page.click("button.primary:has-text('上传')")
    page.wait_for_selector("button:has-text('试导入')")


def tried(page, app):
    page.click("button:has-text('试导入')")
    page.wait_for_selector("[data-job]")
    work(app)
    page.reload()
    ready(page)


def test_an_import_goes_in_comes_back_marked_and_is_undone(app, cases, sign_in, tmp_path):
    page = sign_in()
    page.goto("/imports/")
    shoot(page, "list")
    with page.expect_download() as download:
        page.click("tr:has-text('演示救助') >> a >> nth=0")
    path = tmp_path / "填好的.xlsx"
    download.value.save_as(path)
    fill(path)
    upload(page, path)
    ready(page)
    assert violations(page) == []
    shoot(page, "columns")
    tried(page, app)
    assert "校验码" in page.inner_text("#faults") and page.locator("button:has-text('导入 1 户')").is_visible()
    assert violations(page) == []
    shoot(page, "tried")
    with page.expect_download() as download:
        page.click(".files a")
    back = tmp_path / "退回.xlsx"
    download.value.save_as(back)
    page.click("button:has-text('导入 1 户')")
    page.click("dialog[open] .button.primary, dialog[open] .button.danger")
    page.wait_for_selector("[data-job]")
    work(app)
    page.reload()
    assert page.inner_text(".case-head .pill") == "已导入" and database.raw("cases").count_documents({}) == 1
    shoot(page, "taken")
    first = page.url
    book = load_workbook(back)
    cell = next(cell for cell in book["演示救助"][2] if cell.comment)
    assert "校验码" in cell.comment.text
    cell.value = "433123196501010048"
    book.save(back)
    upload(page, back)
    tried(page, app)
    page.click("button:has-text('导入 1 户')")
    page.click("dialog[open] .button.primary, dialog[open] .button.danger")
    page.wait_for_selector("[data-job]")
    work(app)
    assert database.raw("cases").count_documents({"township": HERE, "state": "draft"}) == 2
    page.goto(first)
    page.click("button:has-text('撤销导入')")
    page.click("dialog[open] .button.primary, dialog[open] .button.danger")
    page.wait_for_selector("[data-job]")
    work(app)
    page.reload()
    assert page.inner_text(".case-head .pill") == "已撤销" and database.raw("cases").count_documents({}) == 1
    assert page.troubles == []
