"""The screens of month close: what is missing, the frozen figures with the lines behind them, and opening again by two."""

import re

import pytest

from adminapp import database, dates
from adminapp.months import closing, kinds
from tests.reported import freeze

PATH = "/months/2026-09"


@pytest.fixture
def done(draft, month):
    kinds.register()
    freeze("2026-09")
    batch = month.fund(month.lock(draft))
    from tests.adminapp.payments.world import TREASURER

    batch = month.take(batch, "send", TREASURER)
    month.answered(batch)
    return month.take(batch, "close", TREASURER)


def step(browser, key, **data):
    rev = re.search(r'name="rev" value="(\d+)"', browser.get(PATH).text)[1]
    return browser.post(f"{PATH}/act", {"step": key, "rev": rev, **data})


def test_an_open_month_says_what_is_missing_and_cannot_be_closed(staff, draft):
    page = staff("finance").get(PATH).text
    assert "月结以前还要办理" in page and "待锁定" in page and "/payments/all:2026-09" in page and 'id="step-close"' not in page
    answer = staff("finance").post(f"{PATH}/act", {"step": "close", "rev": "0"})
    assert answer.status_code == 422 and "待锁定" in answer.text and closing.get("2026-09")["rev"] == 0


def test_without_the_frozen_report_the_page_leads_to_it(staff, done):
    database.raw("month_reports").update_one({"_id": "2026-09"}, {"$set": {"state": "open"}})
    with dates.frozen("2026-10-09"):
        page = staff("finance").get(PATH).text
        assert "2026-09 的统计月报还没有冻结" in page and 'href="/reports/2026-09"' in page and 'id="step-close"' not in page
        assert staff("finance").get("/reports/2026-09").status_code == 200


def test_closed_figures_open_the_lines_behind_them(staff, done):
    assert step(staff("finance"), "close").status_code == 303
    page = staff("auditor").get(PATH).text
    assert closing.get("2026-09")["closings"][0]["digest"] in page and "已月结" in page
    for address in set(re.findall(r'href="(/payments/all:2026-09/lines\?[^"]+)"', page)):
        assert "没有符合条件的明细" not in staff("auditor").get(address.replace("&amp;", "&")).text
    assert "/payments/all:2026-09/lines?township=433123109" in page and "lines?type=tekun" in page
    assert "已月结" in staff("finance").get("/months/").text


def test_opening_again_takes_two_and_the_first_figures_stay_readable(staff, done):
    step(staff("finance"), "close")
    assert step(staff("finance"), "ask", reason="漏了一户").status_code == 303
    assert "漏了一户" in staff("county_approver").get(PATH).text and 'id="step-agree"' not in staff("finance").get(PATH).text
    assert staff("finance").post(f"{PATH}/act", {"step": "agree", "rev": "2"}).status_code == 403
    assert step(staff("county_approver"), "agree").status_code == 303
    step(staff("finance"), "close")
    page = staff("finance").get(PATH).text
    assert "其他各次月结" in page and staff("finance").get(f"{PATH}?closing=1").status_code == 200
    assert staff("finance").get(f"{PATH}?closing=9").status_code == 404


def test_the_wrong_roles_and_what_is_not_there(staff, done):
    for role in ("township_clerk", "policy_admin"):
        assert staff(role).get("/months/").status_code == 403
    assert staff("auditor").post(f"{PATH}/act", {"step": "close", "rev": "0"}).status_code == 403
    assert staff("county_approver").post(f"{PATH}/act", {"step": "close", "rev": "0"}).status_code == 403
    assert staff("finance").post(f"{PATH}/act", {"step": "no", "rev": "0"}).status_code == 403
    for missing in ("2020-01", "2026-13", "$ne"):
        assert staff("finance").get(f"/months/{missing}").status_code == 404
    step(staff("finance"), "close")
    assert staff("finance").post(f"{PATH}/act", {"step": "ask", "rev": "0", "reason": "旧页"}).status_code == 409
