"""The screens of fund requests: asked for by the county, approved by finance, and the money noted as it arrives."""

import io
import re

import pytest
from openpyxl import load_workbook

from adminapp import database as connection
from adminapp.funds import requests
from adminapp.outputs import outputs
from adminapp.payments import batches
from tests.adminapp.payments.world import CHECKER

PATH = "/funds/2026-09"


@pytest.fixture
def approved(draft, month):
    return month.take(month.lock(draft), "approve", CHECKER)


def step(browser, key, **data):
    rev = re.search(r'name="rev" value="(\d+)"', browser.get(PATH).text)[1]
    return browser.post(f"{PATH}/act", {"step": key, "rev": rev, **data})


def ask(browser, **data):
    return browser.post("/funds/new", {"month": "2026-09", "lists": "all:2026-09", **data})


def test_from_the_approved_list_to_the_money(staff, approved):
    reviewer, finance = staff("county_reviewer"), staff("finance")
    assert "/funds/new?month=2026-09" in reviewer.get("/payments/all:2026-09").text
    page = reviewer.get("/funds/new").text
    assert "2026 年 9 月全部类型发放名册" in page and "上月没有名册" in page
    answer = ask(reviewer, note="请于十日前拨付")
    assert answer.status_code == 303 and answer.location.endswith(PATH)
    assert ask(reviewer).location.endswith(PATH)  # the form, sent twice
    assert "还没有资金申请" not in finance.get("/funds/").text and "2026 年 9 月社会救助资金申请" in finance.get("/").text
    page = finance.get(PATH).text
    assert approved["seal"]["digest"][:16] in page and "请于十日前拨付" in page and "沱江镇" in page
    assert step(finance, "approve").status_code == 303
    amount = requests.get("2026-09")["amount"]
    assert step(finance, "arrive", amount=str(amount // 100), date="2026-09-16", voucher="拨 9 号").status_code == 303
    page = finance.get(PATH).text
    assert "已到账" in page and "拨 9 号" in page and batches.get("all:2026-09")["state"] == "FUNDED"
    assert PATH in reviewer.get("/payments/all:2026-09").text


def test_what_is_wrong_is_said_and_what_was_typed_stays(staff, approved):
    ask(staff("county_reviewer"))
    finance = staff("finance")
    step(finance, "approve")
    page = step(finance, "arrive", amount="99999999", date="2026-09-30", voucher="拨 7 号")
    assert page.status_code == 422 and "不超过尚未到账的" in page.text and "到账日期应在" in page.text
    assert 'value="99999999"' in page.text and 'value="拨 7 号"' in page.text and requests.get("2026-09")["arrivals"] == []


def test_every_request_is_on_a_page_when_a_month_fills_more_than_one(staff, approved):
    reviewer = staff("county_reviewer")
    ask(reviewer)
    row = requests.get("2026-09")
    del row["holds"]
    requests.collection().insert_many([row | {"_id": f"2026-09:{n}", "n": n} for n in range(2, 41)])
    requests.collection().insert_one(row | {"_id": "2026-08", "month": "2026-08"})
    first = reviewer.get("/funds/").text
    following = re.search(r'href="(/funds/\?before=[^"]+)"', first)[1]
    seen = re.findall(r'href="/funds/(2026[\d:-]+)"', first + reviewer.get(following).text)
    assert len(set(seen)) == 41
    assert reviewer.get("/funds/?before=x").status_code == 400


def test_nothing_chosen_or_nothing_there_is_said(staff, approved, month):
    page = staff("county_reviewer").post("/funds/new", {"month": "2026-09", "note": "先不选"})
    assert page.status_code == 400 and "请选择要申请资金的名册" in page.text and "先不选</textarea>" in page.text
    ask(staff("county_reviewer"))
    assert "没有可以申请资金的名册" in staff("county_reviewer").get("/funds/new").text


def test_a_request_sent_back_says_why(staff, approved):
    ask(staff("county_reviewer"))
    assert step(staff("finance"), "return", reason="差额原因不清").status_code == 303
    page = staff("county_reviewer").get(PATH).text
    assert "已退回" in page and "差额原因不清" in page and "没有办成" in page
    assert ask(staff("county_reviewer")).location.endswith("/funds/2026-09:2")


def test_the_wrong_roles_take_no_step_and_townships_see_nothing(staff, approved):
    for role in ("township_clerk", "policy_admin"):
        assert staff(role).get("/funds/").status_code == 403
    assert ask(staff("finance")).status_code == 403 and ask(staff("county_approver")).status_code == 403
    ask(staff("county_reviewer"))
    assert staff("auditor").get(PATH).status_code == 200
    assert staff("auditor").post(f"{PATH}/act", {"step": "approve", "rev": "1"}).status_code == 403
    for role, key in (("county_reviewer", "approve"), ("county_reviewer", "arrive"), ("finance", "withdraw"), ("finance", "no")):
        assert staff(role).post(f"{PATH}/act", {"step": key, "rev": "1", "reason": "x"}).status_code == 403, (role, key)
    assert staff("finance").get("/funds/2020-01").status_code == 404
    assert requests.get("2026-09")["state"] == "SUBMITTED"


def test_a_stale_page_takes_no_step(staff, approved):
    ask(staff("county_reviewer"))
    step(staff("finance"), "approve")
    assert staff("finance").post(f"{PATH}/act", {"step": "return", "rev": "1", "reason": "x"}).status_code == 409


def test_the_workbook_sums_to_the_request_and_names_nobody(staff, approved):
    ask(staff("county_reviewer"))
    answer = staff("finance").get(f"{PATH}/sheet.xlsx")
    rows = [[cell for cell in row if cell is not None] for row in load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)]
    found = requests.get("2026-09")
    [total] = [row for row in rows if row and row[0] == "合计"]
    assert total[1:4] == [found["households"], found["people"], found["amount"] / 100]
    text = str(rows)
    assert found["digest"] in text and approved["seal"]["digest"] in text and "虚构00001" not in text


def test_the_paper_is_for_readers_and_logged(staff, approved, monkeypatch):
    monkeypatch.setitem(outputs, "fund_request", lambda found, home: b"%PDF " + found["digest"].encode())
    ask(staff("county_reviewer"))
    assert staff("township_clerk").get(f"{PATH}/paper").status_code == 403
    assert requests.get("2026-09")["digest"].encode() in staff("finance").get(f"{PATH}/paper").data
    assert connection.raw("audit").count_documents({"kind": "export", "data.what": "fund_request"}) == 1
