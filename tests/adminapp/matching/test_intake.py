"""Which rows of a list hit whom, what comes back, and that nothing is taken twice."""

import io
from datetime import date

import openpyxl
import pytest
from bson import ObjectId

from adminapp import dates, sealing
from adminapp.jobs import artefacts, model, runner
from adminapp.matching import intake, store
from exports import marked
from tests import plans
from tests.adminapp.matching.conftest import HERE, REVIEWER, THERE, VILLAGE, died, file_of, number_of


def test_a_person_on_the_roll_is_one_task_with_its_time_limit(household, compare, matches):
    award = household(1, 2)
    household(3)
    job = compare("death", file_of("death", died(1, note="殡仪馆"), died(7)))
    assert job["state"] == "DONE" and job["result"] == {"rows": 2, "bad": 0, "hits": 1, "new": 1}
    [row] = matches().values()
    assert (row["case"], row["number"], row["leads"], row["award"], row["state"]) == (award["_id"], award["number"], True, True, "open")
    assert row["due"] == dates.add_workdays(date(2026, 9, 16), 10).isoformat() and row["township"] == HERE
    assert "殡仪馆" not in str(row) and store.detail_of(row) == "死亡地点：殡仪馆" and number_of(1) not in str(row)


def test_a_member_is_told_apart_from_who_leads(household, compare, matches):
    household(1, 2)
    compare("death", file_of("death", died(2)))
    assert [(row["name"], row["leads"]) for row in matches().values()] == [("虚构乙", False)]


def test_who_only_applies_is_found_and_whose_award_ended_is_not(household, compare, matches, database):
    household(1, last="2026-06")
    case = {"_id": ObjectId(), "number": "N9", "type": "dibao_rural", "township": THERE, "village": f"{THERE}001", "state": "surveying"}
    database.cases.insert_one(case | {"people": [{"key": sealing.key_of(number_of(9)), "name": "申请虚构", "relation": "self"}]})
    compare("death", file_of("death", died(1), died(9)))
    assert [(row["name"], row["award"]) for row in matches().values()] == [("申请虚构", False)]


def test_the_same_file_again_changes_nothing(household, compare, database):
    household(1)
    data = file_of("death", died(1))
    compare("death", data)
    before = list(database.matches.find())
    assert compare("death", data)["result"] == {"rows": 1, "bad": 0, "hits": 1, "new": 0}
    assert list(database.matches.find()) == before


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (("虚构", "433123195001010014X", "2026-08-03", ""), "应为 18 位"),
        (died(2, "2026-12-01"), "不能晚于"),
        (died(2, "2026-02-29"), "不是日期"),
        (died(2, "1949-12-01"), "早于出生日期"),
        (("", number_of(2), "2026-08-03", ""), "姓名"),
        (died(1), "同一人"),
    ],
)
def test_a_malformed_row_is_rejected_alone_and_comes_back_marked(household, compare, matches, county, row, word):
    household(1)
    household(2)
    job = compare("death", file_of("death", died(1), row, died(3)))
    assert job["state"] == "DONE" and job["result"] == {"rows": 3, "bad": 1, "hits": 1, "new": 1}
    assert job["problems"][0]["item"] == "第 3 行" and word in job["problems"][0]["text"]
    sheet = openpyxl.load_workbook(io.BytesIO(artefacts.path_of(county.settings, job, 0)[0].read_bytes())).active
    assert sheet.cell(1, 5).value == marked.HEADING and sheet.cell(3, 5).value and not sheet.cell(2, 5).value


def test_an_end_before_the_begin_is_refused(household, compare):
    household(1)
    job = compare("custody", file_of("custody", ("虚构甲", number_of(1), "2026-08-03", "2026-08-01", "服刑", "")))
    assert job["result"]["bad"] == 1 and "早于起始日期" in job["problems"][0]["text"]


def test_a_gbk_file_with_another_name_is_compared_and_shows_both(household, compare, matches):
    household(1)
    compare("death", file_of("death", died(1, name="龙別名"), encoding="gbk"))
    [row] = matches().values()
    assert (row["name"], row["told_name"]) == ("虚构甲", "龙別名")


def test_a_file_that_is_no_list_fails_in_a_sentence(compare, matches):
    job = compare("death", b"%PDF-1.4 nothing", "扫描件.pdf")
    assert job["state"] == "FAILED" and "不是表格文件" in job["message"]
    job = compare("death", "姓名,证件号码\n龙虚构,1\n".encode())
    assert job["state"] == "FAILED" and "死亡日期" in job["message"] and matches() == {}


def test_a_job_killed_before_its_end_finds_no_more_the_second_time(household, county, monkeypatch, database):
    from adminapp import uploads
    from exports import match_files

    household(1)
    kept = uploads.keep(file_of("death", died(1)), "名单.csv", REVIEWER)

    def killed(*_args, **_data):
        raise KeyboardInterrupt

    job_id = model.start(match_files.JOB, "比对", {"list": "death", "upload": kept}, REVIEWER)
    monkeypatch.setattr(match_files.audit, "log", killed)
    with pytest.raises(KeyboardInterrupt):
        runner.run_job(county, job_id)
    monkeypatch.undo()
    database.jobs.update_one({"_id": job_id}, {"$set": {"state": "QUEUED", "lease_until": None}})
    with dates.frozen("2026-09-16"):
        assert runner.run_job(county, job_id) == "DONE"
    assert database.matches.count_documents({}) == 1 and database.match_runs.count_documents({}) == 1
    assert database["uploads.files"].count_documents({}) == 0


def test_every_read_has_its_index(household, compare):
    household(1)
    compare("death", file_of("death", died(1)))
    for query, hint in (({"state": "open"}, "work"), ({"state": "open", "township": HERE}, "work_township")):
        assert not {"COLLSCAN", "SORT"} & plans.of_find(store.COLLECTION, query, hint, {"state": 1, "due": 1, "_id": 1}, 50)
    found = plans.of_find("cases", {"people.key": {"$in": ["x"]}, "state": {"$in": intake.OPEN_STATES}}, "people")
    assert "COLLSCAN" not in found
    assert not {"COLLSCAN", "SORT"} & plans.of_find(store.RUNS, {}, "on", {"on": -1, "_id": -1}, 50)
    assert VILLAGE.startswith(HERE)
