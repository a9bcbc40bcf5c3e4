"""The file of a case on screen: what lay in it on a day, binding it, the catalogue, and who sees none of it."""

import pytest

from adminapp import database, dates
from adminapp.jobs import model
from tests.conftest import HERE, THERE
from tests.views.conftest import DAY, ID_NUMBER
from tests.views.test_related import file_by_engine

VILLAGE = f"{HERE}001"
LATER = dates.date(2026, 9, 20)


@pytest.fixture
def case(cases):
    case = cases.open(VILLAGE)
    cases.move(case, "submit")
    return cases.move(case, "accept", on=LATER, relative=False)


@pytest.fixture(autouse=True)
def _later():
    with dates.frozen("2026-09-21"):
        yield


def test_shows_what_lies_in_the_file_and_how_to_bind_it(login, case):
    page = login("clerk.tuojiang").get(f"/archive/demo/{case.id}").text
    assert "卷内目录" in page and "申请书" in page and "受理、补正" in page and "办理日志" in page
    assert "生成 PDF" in page and case.number in page and ID_NUMBER not in page


def test_a_past_day_shows_only_what_was_there(login, case):
    browser = login("clerk.tuojiang")
    then = browser.get(f"/archive/demo/{case.id}?on={DAY}").text
    assert "受理、补正" not in then and "2026-09-16 终了时的案卷" in then
    assert "受理、补正" in browser.get(f"/archive/demo/{case.id}?on={LATER}").text


@pytest.mark.parametrize(("on", "sentence"), [("2026-09-15", "还没有这件案卷"), ("2026-12-01", "不能看以后的日期"), ("2026-02-30", "日期")])
def test_a_day_that_cannot_be_shown_is_refused_in_words(login, case, on, sentence):
    answer = login("clerk.tuojiang").get(f"/archive/demo/{case.id}?on={on}")
    assert answer.status_code == 422 and sentence in answer.text and "卷内目录" in answer.text


def test_binding_starts_a_job_once(login, case):
    browser = login("clerk.tuojiang")
    form = {"on": str(LATER), "once": "same"}
    first, second = browser.post(f"/archive/demo/{case.id}", form), browser.post(f"/archive/demo/{case.id}", form)
    assert first.status_code == 303 and first.location == second.location and len(model.waiting()) == 1
    job = model.get(model.waiting()[0])
    assert job["kind"] == "archive" and job["args"] == {"cases": [str(case.id)], "day": "2026-09-20"}


def test_many_are_counted_before_they_are_bound(login, cases, case):
    other = cases.open(VILLAGE, name="吴虚构")
    cases.move(cases.move(other, "submit"), "withdraw", reason="本人撤回")
    browser = login("reviewer")
    assert "共 1 件" in browser.get("/archive/?look=1&type=demo").text
    assert "至少选一个类型或乡镇" in browser.get("/archive/").text and "共 0 件" in browser.get("/archive/?look=1").text
    changed = browser.post("/archive/", {"type": "demo", "count": "7"})
    assert changed.status_code == 303 and not model.waiting()
    assert browser.post("/archive/", {"type": "demo", "count": "1", "once": "x"}).location.startswith("/jobs/")
    assert model.get(model.waiting()[0])["args"]["cases"] == [str(other.id)]
    assert "没有开始" in browser.get(browser.post("/archive/", {"count": "0"}).location).text


def test_other_townships_and_relatives_see_nothing(login, cases, case):
    assert login("clerk.liaojiaqiao").get(f"/archive/demo/{case.id}").status_code == 404
    assert login("reviewer").get(f"/archive/demo/{cases.open(f'{THERE}001').id}").status_code == 200
    file_by_engine()
    assert login("clerk.tuojiang").get(f"/archive/demo/{case.id}").status_code == 403
    assert login("finance").get(f"/archive/demo/{case.id}").status_code == 403
    assert database.raw("jobs").count_documents({"kind": "archive"}) == 0
