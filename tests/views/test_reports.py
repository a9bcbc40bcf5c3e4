"""Month reports: worked out by a job, frozen once the month is over, each number opens its rows, and nobody sees beyond their places."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from adminapp import database, dates
from adminapp.errors import Conflict
from adminapp.jobs import model, runner
from adminapp.reports import store, work
from tests.conftest import HERE
from tests.paid import pay
from tests.running import DECLARATION, World

DAY = date(2026, 8, 12)


@pytest.fixture
def household(app, people):
    """Return a household of three that runs from February 2026 and was paid for July."""
    engine, source = app.extensions["relief"], DECLARATION.replace("home.line", "dibao.urban")
    engine.registry.publish(source, "tests", engine.standards.types())
    world = World(engine.registry, engine.standards)
    with dates.frozen(DAY):
        case = world.grant(world.new("spouse", "child"))
        pay(case, "2026-07", township=case.township, type=case.type)
        yield case


def work_out(app, browser, month="2026-07", **data):
    answer = browser.post(f"/reports/{month}/work", data)
    assert answer.status_code == 303
    return [runner.run_job(app.extensions["relief"], job) for job in model.waiting()]


def test_a_month_is_worked_out_and_its_numbers_open_their_rows(app, household, login):
    browser = login("reviewer")
    assert "还没有统计过任何月份" in browser.get("/reports/").text
    assert work_out(app, browser) == [model.DONE]
    assert "2026-07" in browser.get("/reports/").text
    page = browser.get("/reports/2026-07").text
    assert "未冻结" in page and "演示家庭救助" in page and "人员构成" in page
    row = database.raw(store.ROWS).find_one({"month": "2026-07"})
    assert (row["before"], row["size"], row["marks"], row["township"]) == (3, 3, ["opening", "closing"], HERE)
    assert f"/reports/2026-07/rows?mark=closing&amp;type={household.type}" in page
    for query in ("mark=closing", "mark=opening", f"trait={'male' if row['male'] else 'female'}", f"type={household.type}", ""):
        assert household.number in browser.get(f"/reports/2026-07/rows?{query}").text, query
    assert household.number not in browser.get("/reports/2026-07/rows?mark=added").text
    assert store.get("2026-07")["figures"][HERE][household.type]["paid"] == store.get("2026-07")["figures"][HERE][household.type]["due"] > 0


def test_what_was_frozen_stays_and_shows_what_it_would_be_now(app, household, login, browser):
    reviewer = login("reviewer")
    assert work_out(app, reviewer, freeze="1") == [model.DONE]
    frozen = store.get("2026-07")
    assert frozen["state"] == store.FROZEN and "冻结，以后补办的变更不再计入" in reviewer.get("/reports/2026-07").text
    spells = [spell | {"people": spell["people"][:1], "size": 1} for spell in database.raw("awards").find_one({"_id": household.pk})["spells"]]
    database.raw("awards").update_one({"_id": household.pk}, {"$set": {"spells": spells}})
    assert work_out(app, reviewer) == [model.DONE]
    now = store.get("2026-07")
    assert (now["figures"], now["digest"]) == (frozen["figures"], frozen["digest"]) and database.raw(store.ROWS).find_one({})["size"] == 3
    page = reviewer.get("/reports/2026-07").text
    assert "与现在的差异" in page and "期末(人)" in page and "-2" in page


@pytest.mark.parametrize("typed", ["2026年7月", "202607"])
def test_a_month_typed_otherwise_is_the_month_it_means(app, household, login, typed):
    browser = login("reviewer")
    assert work_out(app, browser, typed) == [model.DONE]
    assert [report["_id"] for report in store.listed()] == ["2026-07"]
    assert browser.get("/reports/").status_code == 200


@pytest.mark.parametrize(
    ("month", "data", "sentence"),
    [("2026-09", {}, "不能统计以后的月份"), ("2026-08", {"freeze": "1"}, "还没有结束"), ("202608", {"freeze": "1"}, "还没有结束")],
)
def test_a_month_to_come_and_one_that_is_not_over_are_refused(household, login, month, data, sentence):
    browser = login("approver")
    assert sentence in browser.post(f"/reports/{month}/work", data, follow_redirects=True).text and not model.waiting()


def test_another_township_sees_neither_rows_nor_figures(app, household, login, browser):
    work_out(app, login("reviewer"))
    there = login("clerk.liaojiaqiao", browser())
    assert "人员构成" not in there.get("/reports/2026-07").text
    assert household.number not in there.get("/reports/2026-07/rows").text
    assert there.get(f"/reports/2026-07/rows?township={HERE}").status_code == 400
    here = login("head.tuojiang", browser())
    assert "人员构成" in here.get("/reports/2026-07").text and household.number in here.get("/reports/2026-07/rows").text
    assert here.post("/reports/2026-07/work").status_code == 403


def test_finance_sees_figures_and_no_household(app, household, login, browser):
    work_out(app, login("reviewer"))
    finance = login("finance", browser())
    page = finance.get("/reports/2026-07").text
    assert "人员构成" in page and "/rows" not in page
    assert finance.get("/reports/2026-07/rows").status_code == 403


@pytest.mark.parametrize("path", ["2026-06", "2026-13", "x/report.xlsx", "2026-06/rows", "2026-06/report.pdf"])
def test_a_month_without_report_is_not_there(household, login, path):
    assert login("auditor").get(f"/reports/{path}").status_code == 404


@pytest.mark.parametrize("query", ["mark=x", "trait=y", "type=z", "township=1"])
def test_unknown_words_are_refused(app, household, login, query):
    browser = login("reviewer")
    work_out(app, browser)
    assert browser.get(f"/reports/2026-07/rows?{query}").status_code == 400


def test_the_tables_leave_as_a_workbook_and_are_logged(app, household, login):
    browser = login("reviewer")
    work_out(app, browser)
    answer = browser.get("/reports/2026-07/report.xlsx")
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows()]
    assert "社会救助月报（2026-07）" in cells[0][0]
    flow = next(row for row in cells if row[0] == "演示家庭救助")
    assert flow[1:3] == [1, 3] and household.number not in str(cells) and household.name not in str(cells)
    assert browser.get("/reports/2026-07/report.doc").status_code == 404
    told = database.raw("audit").find_one({"kind": "export", "data.what": "month_report"})["data"]
    assert (told["month"], told["format"]) == ("2026-07", "xlsx")


def test_a_killed_job_goes_on_and_the_same_month_gives_the_same_digest(app, household, login):
    browser = login("reviewer")
    work_out(app, browser)
    first = store.get("2026-07")
    work_out(app, browser)
    second = store.get("2026-07")
    assert first["digest"] == second["digest"] and first["run"] != second["run"]
    assert database.raw(store.ROWS).count_documents({"month": "2026-07"}) == 1


def test_of_two_jobs_of_a_month_at_once_the_second_is_refused_and_the_frozen_report_keeps_its_rows(app, household, login, monkeypatch):
    browser, engine, finish = login("reviewer"), app.extensions["relief"], work.finish

    def meanwhile(month, run, actor, freeze):
        monkeypatch.setattr(work, "finish", finish)
        assert work_out(app, browser) == [model.FAILED]
        return finish(month, run, actor, freeze)

    monkeypatch.setattr(work, "finish", meanwhile)
    browser.post("/reports/2026-07/work", {"freeze": "1"})
    (first,) = model.waiting()
    assert runner.run_job(engine, first) == model.DONE
    assert "正由另一个任务统计" in database.raw(model.COLLECTION).find_one({"state": model.FAILED})["message"]
    report = store.get("2026-07")
    assert report["state"] == store.FROZEN and report["figures"][HERE][household.type]["closing_households"] == 1
    assert [row["run"] for row in database.raw(store.ROWS).find()] == [first]


def test_a_month_that_a_job_gave_up_is_free_again(app, household, login):
    browser = login("reviewer")
    browser.post("/reports/2026-07/work")
    (first,) = model.waiting()
    store.begin("2026-07", first)
    with pytest.raises(Conflict):
        store.begin("2026-07", "another")
    database.raw(model.COLLECTION).update_one({"_id": first}, {"$set": {"state": model.CANCELLED}})
    assert work_out(app, browser) == [model.DONE]


def test_a_quarter_says_what_is_missing_and_its_numbers_open_their_rows(app, household, login, browser):
    reviewer = login("reviewer")
    assert work_out(app, reviewer, freeze="1") == [model.DONE]
    assert "2026 年第 3 季度" in reviewer.get("/reports/").text and "/reports/2026Q3" in reviewer.get("/reports/").text
    page = reviewer.get("/reports/2026Q3").text
    assert "2026-08、2026-09 还没有统计" in page and "本季名册金额" in page and "本月" not in page.split("<main", 1)[1]
    assert f"/reports/2026Q3/rows?mark=opening&amp;type={household.type}" in page
    assert household.number in reviewer.get("/reports/2026Q3/rows?mark=opening").text
    assert "期末按 2026-07 月末计" in page and household.number in reviewer.get("/reports/2026Q3/rows?mark=closing").text
    assert household.number not in reviewer.get("/reports/2026Q3/rows?mark=added").text
    assert reviewer.get("/reports/2026Q1").status_code == 404 and reviewer.get("/reports/2026Q5").status_code == 404
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(reviewer.get("/reports/2026Q3/report.xlsx").data)).active.iter_rows()]
    assert "社会救助季报（2026 年第 3 季度）" in rows[0][0] and "2026-08 未统计" in str(rows)
    assert household.number not in login("clerk.liaojiaqiao", browser()).get("/reports/2026Q3/rows?mark=opening").text


def test_a_quarter_of_frozen_months_is_frozen(app, household, login):
    reviewer = login("reviewer")
    for month in ("2026-04", "2026-05", "2026-06"):
        assert work_out(app, reviewer, month, freeze="1") == [model.DONE]
    page = reviewer.get("/reports/2026Q2").text
    assert "已冻结" in page and "还没有" not in page
    assert f"mark=closing&amp;type={household.type}" in page and household.number in reviewer.get("/reports/2026Q2/rows?mark=closing").text
