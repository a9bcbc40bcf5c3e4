"""The whole story on the product as it is served: web workers, job consumer, real database, a browser for each person.

A clerk takes a new case up to its posting; a case whose posting is over is brought to confirmation by the deputy, confirmed by the
head, announced and granted by the clerk, paid by the county and read by finance, who never sees a case.
"""

import re
import subprocess
import sys

import pytest
from openpyxl import Workbook, load_workbook

from adminapp import dates
from tests.adminapp.postings.village import picture
from tests.browser import SURVEYORS, act, people_of, press
from tests.server import ROOT, environment, free_port, wait_for


@pytest.fixture(scope="module")
def served(mongo_uri, settings, tmp_path_factory):
    """Seed a small county into a database of its own and serve it; yield the address."""
    from tests.exports.notices.faces import HOME  # faces that other tests converted already

    home = tmp_path_factory.mktemp("story")
    (home / "fonts").symlink_to(HOME / "fonts")
    told = settings.replaced(home=home, database=f"{settings.database}_story")
    settings_of_child, port = environment(told, mongo_uri), free_port()
    for words in (("db", "upgrade"), ("seed", "--scale", "0.02", "--seed", "1")):
        subprocess.run([sys.executable, "-m", "adminapp.cli", *words], cwd=ROOT, env=settings_of_child, check=True, capture_output=True, timeout=300)
    process = subprocess.Popen([sys.executable, "-m", "adminapp.cli", "serve", "--port", str(port)], cwd=ROOT, env=settings_of_child)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def enter(served, chromium):
    """Return a function that signs a person in and gives their page; whatever the console complains of fails the test."""
    pages = []
    with people_of(chromium, served) as sign_in:
        yield lambda username: pages.append(sign_in(username)) or pages[-1]
    assert [text for page in pages for text in page.troubles if "status of 422" not in text] == []


def open_first(page, type_key, state):
    """Open the first case of a list and return its address; None when the list is empty."""
    page.goto(f"/cases/{type_key}/?state={state}")
    links = page.locator("td.main a")
    if not links.count():
        return None
    links.first.click()
    page.wait_for_selector(".case-head")
    return re.sub(r"https?://[^/]+", "", page.url)


def state_of(page):
    return page.inner_text(".case-head .pill")


def verify(clerk, reviewer, address, today):
    """Take the round trip of a verification: authorised, asked, put into a batch, sent, received, reported."""
    clerk.click(".panel-actions >> text=登记核对授权")
    for row in range(clerk.locator("[name^=signed-][name$=-name]:not([name*=__row__])").count()):
        clerk.fill(f"[name=signed-{row}-signed_on]", today)
        clerk.select_option(f"[name=signed-{row}-way]", "self")
    clerk.click(".form-foot button[type=submit]")
    clerk.wait_for_selector(".flash.success")
    act(clerk, "提请核对", "调查核对中")
    name = clerk.inner_text(".case-head h1")

    reviewer.goto("/verification/")
    reviewer.check(f"tr:has-text('{name}') input[name=ids]")
    reviewer.click("text=组成一批")
    reviewer.wait_for_selector("text=发出并导出交换文件")
    batch = re.sub(r"https?://[^/]+", "", reviewer.url)
    reviewer.click("button >> text=发出并导出交换文件")
    reviewer.fill("#send-reason", "本周第一批")
    reviewer.click("dialog[open] button.primary")
    reviewer.wait_for_url("**/jobs/*")
    _until(reviewer, reviewer.url, "核对交换文件_")
    with reviewer.expect_download() as download:
        reviewer.click("main a >> text=核对交换文件_")
    answer = download.value.path().with_suffix(".answer.xlsx")
    _nothing_found(download.value.path(), answer)
    reviewer.goto(batch)
    reviewer.click("button >> text=导入核对结果")
    reviewer.set_input_files("#receive-file", answer)
    reviewer.click("dialog[open] button.primary")
    reviewer.wait_for_url("**/jobs/*")
    _until(reviewer, batch, "批量出具无疑问的报告")  # offered once answers are in
    reviewer.click(f"main a >> text={name}")
    for choice in reviewer.locator("select[name^=result-]").all():
        choice.select_option("none")
    reviewer.click("text=出具报告 >> nth=-1")
    reviewer.wait_for_selector(".flash.success")
    clerk.goto(address)
    assert "与申报一致" in clerk.inner_text("#verification")


def _nothing_found(sent, answer):
    """Write the file that agencies send back when they have found nothing about anybody."""
    with open(sent, "rb") as file:  # a download has no extension to tell what it is
        lines = list(load_workbook(file).active.iter_rows(values_only=True))
    head = next(number for number, row in enumerate(lines) if row[0] == "核对序号")
    rows = [row for row in lines[head + 1 :] if row[0] and row[4]]
    book = Workbook()
    book.active.append(["核对序号", "姓名", "公民身份号码", "信息类别", "核对结果"])
    assert rows
    for line, name, number, _relation, kinds, *_rest in rows:
        for kind in kinds.split("；"):
            book.active.append([line, name, number, kind, "无信息"])
    book.save(answer)


def test_clerk_takes_a_case_from_acceptance_to_its_posting(enter):
    page, today = enter("clerk.tuojiang"), dates.today().isoformat()
    address = open_first(page, "dibao_rural", "submitted")
    assert address, "the demo has no submitted case"
    act(page, "受理", "已受理", relative="no")
    act(page, "启动调查", "调查核对中")
    page.click(".panel-actions >> text=登记入户调查")
    page.fill("[name=surveyors-0-name]", "吴虚甲")
    page.click(".form-foot button[type=submit]")
    assert "至少两名" in page.inner_text(".flash.error") or page.locator(".error").count()
    page.goto(address)
    seen = {"way": "visit", "date": today, "respondent": "本人", "findings": "与申报一致（虚构）", "conclusion": "eligible"}
    act(page, "登记入户调查", "调查核对中", press="_as_declared", **seen, **SURVEYORS)
    verify(page, enter("reviewer"), address, today)
    act(page, "调查核对完成", "初审")
    page.click(".panel-actions >> text=提出初审意见")
    assert page.locator("table.trace tbody tr").count() >= 3  # each condition with values, result and clause
    eligible = not page.locator("table.trace >> text=不符合").count()
    page.goto(address)
    if eligible:
        act(page, "提出初审意见", "初审", proposal="approve", comment="符合条件")
        page.click(".panel-actions >> text=发起公示")  # leads to the sheet of the village, with this case ticked
        page.click("button >> text=编制公示表")
        page.wait_for_selector("text=上传张贴照片")
        page.set_input_files("#photo", {"name": "张贴.jpg", "mimeType": "image/jpeg", "buffer": picture()})
        page.click("text=上传照片，开始公示")
        again_if_late(page)
        page.goto(address)
        assert state_of(page) == "公示中"
        page.click(".panel-actions >> text=公示期满")  # leads to the sheet, which stays until its days are over
        page.wait_for_selector(".case-head >> text=公示中")
        assert not page.locator("button >> text=登记撤下").count()
        page.click("text=公开网页")
        page.wait_for_selector("text=提出异议")


def again_if_late(page):
    """Some of a sheet may be past its day: then it must be said why."""
    page.wait_for_selector(".flash.success")
    if page.locator("button >> text=再次办理").count():
        page.click("button >> text=再次办理")
        page.select_option("#late_code", index=1)
        page.fill("#late_reason", "材料核对延误（虚构）")
        page.click("dialog[open] button.primary")
        page.wait_for_selector("dialog", state="hidden")
        page.wait_for_selector(".flash.success")


def post_to_the_end(page):
    """Take every sheet down whose days are over, and close it, as whoever is at `page`; return the address of a case that may be confirmed now."""
    page.goto("/postings/?show=down")
    for sheet in [link.get_attribute("href") for link in page.locator("td.main a").all()]:
        page.goto(sheet)
        if page.locator("button >> text=登记撤下").count():
            page.click("button >> text=登记撤下")
            page.wait_for_selector(".flash.success")
        page.click("text=办结，报请确认")
        again_if_late(page)
        done = page.locator("tr:has-text('无异议') a[href^='/cases/dibao_rural/']")
        if done.count():
            return done.first.get_attribute("href")
    return None


def test_a_case_is_confirmed_announced_granted_and_paid(enter):
    deputy, today = enter("deputy.tuojiang"), dates.today().isoformat()
    head, clerk = enter("head.tuojiang"), enter("clerk.tuojiang")

    address = post_to_the_end(deputy) or open_first(deputy, "dibao_rural", "confirm_ready")
    assert address, "the demo has no case to confirm"

    clerk.goto(address)
    assert not clerk.locator(".panel-actions >> text=/^确认$/").count()  # the accepter is never offered it
    head.goto(address)
    act(head, "确认", "已确认", comment="同意")

    clerk.goto(address)
    with clerk.expect_download() as download:
        clerk.click("#notices >> text=出具 >> nth=-1")
    with open(download.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"
    clerk.goto(address)
    assert clerk.locator("#notices a >> text=打印").count()  # issued once; now it is only printed again
    act(clerk, "纳入发放", "享受中")

    # Paid from the month of application, so it is due on a supplement to the month that is locked already.
    types = ("disability_nursing", "disability_living")
    late = next(address for key in types if (address := open_first(head, key, "confirm_ready")))
    act(head, "确认", "已确认", comment="同意")
    clerk.goto(late)
    act(clerk, "纳入发放", "享受中")

    reviewer = enter("reviewer")
    reviewer.goto("/payments/new")
    reviewer.select_option("[name=month]", today[:7])
    reviewer.check("[name=supplement]")  # the month's list is locked: what was granted since goes on a supplement
    reviewer.fill("[name=reason]", "锁定以后新增")
    reviewer.click("button >> text=开始编制")
    reviewer.wait_for_url("**/payments/all:*")
    batch = re.sub(r"https?://[^/]+", "", reviewer.url)
    approver = enter("approver")
    approver.goto(batch)
    press(approver, "同意编制")  # a supplement needs two people
    _until(reviewer, batch, "锁定名册")
    reviewer.goto(batch)
    press(reviewer, "锁定名册")
    _until(approver, batch, "审批通过")
    press(approver, "审批通过")

    finance = enter("finance")
    finance.goto(batch)
    assert "校验值" in finance.inner_text("main")
    assert not finance.locator("a[href^='/cases/']").count()
    answer = finance.request.get("/cases/dibao_rural/")
    assert answer.status == 403


def _until(page, address, label, seconds=90):
    """Reload until the batch offers `label`: jobs run beside the web workers."""
    for _ in range(seconds):
        page.goto(address)
        if page.locator(f"main >> text={label}").count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{address} never offered {label}: {page.inner_text('main')[:500]}")
