"""Time limits on the screen: shares and reasons within scope, and the list as a file that is logged."""

import pytest
from bson import ObjectId

from adminapp import database, dates
from tests.conftest import HERE, THERE


@pytest.fixture(autouse=True)
def _today():
    with dates.frozen("2026-09-28"):
        yield


@pytest.fixture
def ended(app):
    """Store clocks that ended late, one in each township, and one in time."""
    told = [(HERE, 3, "staff", "下乡救灾"), (THERE, 5, "data", "核对未返回"), (HERE, 0, "", "")]
    for number, (place, late, code, reason) in enumerate(told):
        about = {"case": ObjectId(), "number": f"N{number}", "township": place, "village": f"{place}001", "type": "demo", "clock": "total", "label": "办结"}
        about |= {"due": "2026-09-01", "done": "2026-09-07", "unit": "workday", "clause": "", "by": "clerk", "by_name": "经办虚构", "owner": ""}
        database.raw("deadlines").insert_one({"_id": str(number), **about, "late": late, "code": code, "reason": reason})


def test_the_county_sees_who_was_late_and_why(login, ended):
    page = login("reviewer").get("/lateness/").text
    assert "33.3%" in page and "人员不足或轮换" in page and "核对未返回" in page and "5 个工作日" in page
    page = login("auditor").get(f"/lateness/?township={THERE}").text
    assert "核对未返回" in page and "下乡救灾" not in page and "经办虚构" in page


def test_a_township_sees_its_own(login, ended):
    page = login("deputy.tuojiang").get(f"/lateness/?township={THERE}").text
    assert "50.0%" in page and "下乡救灾" in page and "核对未返回" not in page


def test_another_span_and_unknown_words(login, ended):
    browser = login("reviewer")
    assert "这段时间没有超期办结的环节" in browser.get("/lateness/?done.from=2026-01-01&done.to=2026-02-01").text
    assert "33.3%" in browser.get("/lateness/?done.from=x&step=y&township=z&page=99999&person=" + "p" * 90).text


def test_the_list_as_a_file_is_logged(login, ended):
    answer = login("head.tuojiang").get("/lateness/late.csv")
    assert answer.mimetype == "text/csv" and "下乡救灾" in answer.text and "核对未返回" not in answer.text and "N2" not in answer.text
    assert database.raw("audit").find_one({"kind": "export", "data.what": "late_steps"})["data"]["count"] == 1
