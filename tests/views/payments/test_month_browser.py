"""One month in the browser, each step by who owns it: list, lock, approval, money, bank, an altered answer refused, a true one with six kinds
of error, what came back looked into, and the month closed."""

from datetime import date

import pytest

from adminapp import database as connection
from adminapp.bank import profiles
from adminapp.months import closing
from adminapp.payments import batches, lines
from seed.bank import answer
from tests import clock
from tests.adminapp.payments.steps import CSV
from tests.browser import overflow, ready, violations
from tests.reported import freeze
from tests.views.payments.conftest import MINE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LIST = "/payments/all:2026-09"
MARKS = ("户名不符", "账号不存在", "已销户", "冻结", "系统原因", "退汇")
PAYEES = 8


@pytest.fixture(autouse=True)
def september_for_all(monkeypatch):
    """Let the clock of all threads run from 16 September 2026 on: the server answers in threads of its own."""
    clock.run_from(monkeypatch, date(2026, 9, 16))


def press(page, label):
    """Press a button, answer the question it asks, and wait for the page that comes of it."""
    page.get_by_role("button", name=label, exact=True).first.click()
    with page.expect_navigation():
        page.locator("#confirm [value=yes]").click()
    ready(page)


def sound(page):
    """The page keeps its policy, fits its window and satisfies axe."""
    assert violations(page) == [] and not overflow(page) and page.troubles == []


def test_one_month_from_cut_off_to_closed(world, month, work, sign_in, tmp_path):
    for number in range(1, PAYEES + 1):
        world.award(number, village=MINE)
    reviewer, approver, finance = sign_in("reviewer"), sign_in("approver"), sign_in("finance")

    def at(page, path):
        page.goto(path)
        ready(page)

    at(reviewer, "/payments/new")
    reviewer.select_option("#month", "2026-09")
    reviewer.get_by_role("button", name="开始编制").click()
    reviewer.wait_for_url(f"**{LIST}")
    work()
    at(reviewer, LIST)
    press(reviewer, "锁定名册")
    work()
    at(approver, LIST)
    press(approver, "审批通过")
    approver.get_by_text("已办理").wait_for()

    at(reviewer, LIST)
    reviewer.get_by_role("link", name="申请资金").click()
    reviewer.get_by_role("button", name="提交财政").click()
    reviewer.wait_for_url("**/funds/2026-09")
    at(finance, "/funds/2026-09")
    for label, entries in (("审核通过", {}), ("登记到账", {"voucher": "虚构拨 9 号"})):
        finance.get_by_role("button", name=label, exact=True).first.click()
        box = finance.get_by_role("dialog")
        for name, value in entries.items():
            box.locator(f"[name={name}]").fill(value)
        box.get_by_role("button", name=label, exact=True).click()
        finance.get_by_text("已办理").wait_for()
        ready(finance)
    sound(finance)
    at(finance, LIST)
    press(finance, "已送银行")
    finance.get_by_text("已办理").wait_for()

    batch = batches.get("all:2026-09")
    rows = month.transfers(batch)
    fates = {row["reference"]: (mark, 0) for row, mark in zip(rows, MARKS, strict=False)}
    content = answer(profiles.get(CSV).profile, rows, fates)
    bad, good = tmp_path / "改过.csv", tmp_path / "回盘.csv"
    bad.write_bytes(content.replace(b"300.00", b"300.01", 1))
    good.write_bytes(content)
    for path, told in ((bad, "整个文件没有入账"), (good, "逐行核对无误")):
        at(finance, f"{LIST}/returns")
        finance.select_option("#profile", CSV)
        finance.set_input_files("#file", path)
        finance.get_by_role("button", name="上传并核对").click()
        finance.wait_for_url(f"**{LIST}/returns/*")
        work()
        finance.reload()
        ready(finance)
        assert told in finance.inner_text("main")
        sound(finance)
    press(finance, "登记入账")
    work()
    at(finance, LIST)
    count = connection.raw(lines.COLLECTION).count_documents
    assert count({"state": {"$in": list(lines.BROKEN)}}) == len(MARKS) and count({"state": lines.PAID}) == PAYEES - len(MARKS)
    press(finance, "办结")
    finance.get_by_text("已办理").wait_for()

    at(reviewer, "/corrections/")
    said = reviewer.inner_text("main")
    assert f"共 {len(MARKS)} 笔" in said and all(mark in said for mark in MARKS)
    reviewer.get_by_role("button", name="登记核实情况").first.click()
    box = reviewer.get_by_role("dialog")
    box.locator("[name=pay]").select_option("1")
    box.locator("[name=reason]").fill("已向银行问清，重新发放")
    with reviewer.expect_navigation():
        box.get_by_role("button", name="登记", exact=True).click()
    ready(reviewer)
    assert "已向银行问清" in reviewer.inner_text("main")
    sound(reviewer)

    freeze("2026-09")
    at(finance, "/months/2026-09")
    finance.get_by_role("button", name="月结", exact=True).first.click()
    finance.get_by_role("dialog").get_by_role("button", name="月结", exact=True).click()
    finance.get_by_text("已办理").wait_for()
    sums = closing.get("2026-09")["closings"][0]["figures"]["lists"][0]
    assert (sums["due"], sums["paid"], sums["unpaid"]) == (PAYEES * 30000, (PAYEES - len(MARKS)) * 30000, len(MARKS) * 30000)
    sound(finance)
