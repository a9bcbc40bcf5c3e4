"""The files of a verification as jobs: what goes out, what comes back, what a killed job leaves, who may fetch them."""

import io
from datetime import date

import openpyxl
import pytest

from adminapp import audit, dates, sealing, uploads
from adminapp import database as connection
from adminapp.jobs import artefacts, model, start
from adminapp.jobs.runner import run_job
from adminapp.scope import acting
from adminapp.tabular import read_table
from adminapp.verification import batches, requests
from exports import marked, verification_files
from tests.adminapp.verification.conftest import (  # noqa: F401 - fixtures
    CHILD_ID,
    DAY,
    HEAD_ID,
    REVIEWER,
    WIFE_ID,
    act,
    asked,
    case,
    county,
    official,
    opened,
    sign,
)
from tests.adminapp.verification.test_reporting import HEAD, file_of, lines_of
from tests.story import CLERK, database, engine, story_settings  # noqa: F401 - fixtures


@pytest.fixture
def batch(county, case):  # noqa: F811
    county.refresh = lambda: county
    verification_files.register()
    asked(county, case)
    with acting(REVIEWER), dates.frozen(DAY):
        return batches.make([row["_id"] for row in requests.of_case(case.id)], REVIEWER)


def run(county, kind, batch, on=DAY, **args):  # noqa: F811
    with dates.frozen(on):
        job_id = start(kind, "核对", {"batch": batch["_id"], **args}, REVIEWER)
        run_job(county, job_id)
    return model.get(job_id)


def send(county, batch):  # noqa: F811
    return run(county, verification_files.SEND, batch, reason="九月第一批")


def receive(county, batch, data, name="结果.xlsx"):  # noqa: F811
    return run(county, verification_files.RECEIVE, batch, upload=uploads.keep(data, name, REVIEWER))


def content(county, job, number=0):  # noqa: F811
    return artefacts.path_of(county.settings, job, number)[0].read_bytes()


def test_the_file_that_goes_out_names_each_person_with_what_is_asked(county, case, batch):  # noqa: F811
    job = send(county, batch)
    assert job["state"] == "DONE" and job["result"] == {"requests": 1, "lines": 3}
    rows = read_table(content(county, job)).rows
    head = next(number for number, row in enumerate(rows) if "核对序号" in row)
    lines = [dict(zip(rows[head], row, strict=False)) for row in rows[head + 1 : head + 4]]
    assert [row["公民身份号码"] for row in lines] == [HEAD_ID, WIFE_ID, CHILD_ID]
    assert lines[0]["核对项目"] == "银行存款；机动车" and lines[0]["户编号"] == case.number and lines[0]["姓名"] == "龙䶮虚构"
    assert batches.get(batch["_id"])["state"] == "sent"
    assert audit.entries({"kind": "export"}, limit=1)[0]["data"]["reason"] == "九月第一批"


def test_sending_again_makes_the_same_file_and_no_second_record(county, case, batch):  # noqa: F811
    first, second = send(county, batch), send(county, batch)
    assert first["artefacts"][0]["digest"] == second["artefacts"][0]["digest"]
    with acting(CLERK):
        case.reload()
    assert len(case.records_of("verification_sent")) == 1


def test_a_batch_of_which_nothing_is_left_sends_nothing(county, case, batch):  # noqa: F811
    act(county, case, "stop_uncooperative", {"reason": "拒不配合"})
    job = send(county, batch)
    assert job["state"] == "FAILED" and "没有需要核对的户" in job["message"] and job["failed"] == 1


def test_a_household_sent_late_without_a_reason_stays_out_of_the_file_until_it_is_given(county, case, batch):  # noqa: F811
    late = date(2026, 9, 22)
    job = run(county, verification_files.SEND, batch, late, reason="九月第一批")
    assert job["state"] == "FAILED" and "没有一户能够发出" in job["message"] and "已超期" in job["problems"][0]["text"]
    assert job["artefacts"] == [] and connection.raw(requests.COLLECTION).find_one()["state"] == "sent"
    why = {"late_code": "staff", "late_reason": "核对人员轮换"}
    job = run(county, verification_files.SEND, batch, late, reason="九月第一批", **why)
    assert job["state"] == "DONE" and job["result"] == {"requests": 1, "lines": 3}


def test_the_file_names_only_the_households_that_were_sent(county, case, batch):  # noqa: F811
    other = opened(county, name="石丙虚构", number="433123192412310024", members=[])
    sign(county, other, "石丙虚构")
    act(county, other, "request_verification", on=date(2026, 9, 20))
    with acting(REVIEWER), dates.frozen(DAY):
        connection.raw(requests.COLLECTION).update_many({}, {"$set": {"state": "waiting"}})
        made = batches.make([row["_id"] for row in connection.raw(requests.COLLECTION).find()], REVIEWER)
    job = run(county, verification_files.SEND, made, date(2026, 9, 21), reason="九月第一批")
    assert job["result"] == {"requests": 1, "lines": 1} and job["problems"][0]["item"] == f"{case.number} 龙䶮虚构"
    names = [cell for row in read_table(content(county, job)).rows for cell in row]
    assert "石丙虚构" in names and "龙䶮虚构" not in names


def test_a_reviewer_who_exports_again_gets_no_rows_of_a_relative(county, case, batch, official):  # noqa: F811
    other = opened(county, name="石丙虚构", number="433123192412310024", members=[])
    sign(county, other, "石丙虚构")
    act(county, other, "request_verification")
    with acting(REVIEWER), dates.frozen(DAY):
        connection.raw(requests.COLLECTION).update_many({}, {"$set": {"state": "waiting"}})
        made = batches.make([row["_id"] for row in connection.raw(requests.COLLECTION).find()], REVIEWER)
    assert send(county, made)["result"] == {"requests": 2, "lines": 4}
    official(account=REVIEWER.id, relatives=[("parent", "龙䶮虚构", HEAD_ID)])
    job = send(county, made)
    assert job["result"] == {"requests": 1, "lines": 1}
    assert job["problems"][0]["item"] == f"{case.number} 龙䶮虚构" and "应当回避" in job["problems"][0]["text"]
    cells = [cell for row in read_table(content(county, job)).rows for cell in row]
    assert "石丙虚构" in cells and not {HEAD_ID, WIFE_ID, CHILD_ID} & set(cells)


def test_good_rows_are_taken_and_bad_ones_come_back_marked_in_the_same_workbook(county, case, batch):  # noqa: F811
    send(county, batch)
    rows = list(lines_of(batch))
    rows[2][4] = "有"
    job = receive(county, batch, file_of(*rows))
    assert job["state"] == "DONE" and job["result"] == {"rows": 6, "bad": 1, "households": 1, "returned": 0}
    assert job["problems"][0]["item"] == "第 4 行"
    sheet = openpyxl.load_workbook(io.BytesIO(content(county, job))).active
    assert sheet.cell(1, len(HEAD) + 1).value == marked.HEADING and sheet.cell(4, len(HEAD) + 1).value
    assert not sheet.cell(3, len(HEAD) + 1).value
    sheet.cell(4, 5).value = "无信息"  # corrected in the file that came back, and sent once more
    again = io.BytesIO()
    sheet.parent.save(again)
    job = receive(county, batch, again.getvalue())
    assert job["result"] == {"rows": 6, "bad": 0, "households": 1, "returned": 1} and job["artefacts"] == []


def test_a_gbk_file_with_a_rare_name_is_read(county, case, batch):  # noqa: F811
    """䶮 is not in GBK proper, but has its two bytes in GB18030; a GBK file of the rest reads all the same."""
    send(county, batch)
    lines = [HEAD, *lines_of(batch)]
    text = "\r\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in lines)
    job = receive(county, batch, text.encode("gb18030"), "结果.csv")
    assert job["result"]["bad"] == 0 and job["result"]["returned"] == 1
    lost = text.replace("龙䶮", "龙?").encode("gbk")  # what a program that knows only GBK makes of the name
    job = receive(county, batch, lost, "结果.csv")
    assert job["failed"] == 2 and "姓名" in job["problems"][0]["text"]  # never taken for another person


def test_a_file_that_is_no_table_fails_in_a_sentence_and_changes_nothing(county, case, batch):  # noqa: F811
    send(county, batch)
    before = connection.raw(requests.COLLECTION).find_one()
    job = receive(county, batch, b"%PDF-1.4 nothing", "扫描件.xlsx")
    assert job["state"] == "FAILED" and "不是表格文件" in job["message"]
    job = receive(county, batch, "序号,金额\n1,2\n".encode(), "别的表.csv")
    assert job["state"] == "FAILED" and "表头缺少" in job["message"] and "姓名" in job["message"]
    assert connection.raw(requests.COLLECTION).find_one() == before


def test_the_uploaded_file_is_gone_when_the_job_is_done(county, case, batch):  # noqa: F811
    send(county, batch)
    receive(county, batch, file_of(*lines_of(batch)))
    assert connection.raw("uploads.files").count_documents({}) == 0


def test_a_job_killed_after_the_last_row_ends_the_second_time(county, case, batch, monkeypatch):  # noqa: F811
    send(county, batch)
    kept = uploads.keep(file_of(*lines_of(batch)), "结果.xlsx", REVIEWER)

    def killed(*_args):
        raise KeyboardInterrupt

    with dates.frozen(DAY):
        job_id = start(verification_files.RECEIVE, "核对", {"batch": batch["_id"], "upload": kept}, REVIEWER)
        monkeypatch.setattr(uploads, "drop", killed)
        with pytest.raises(KeyboardInterrupt):
            run_job(county, job_id)
        monkeypatch.undo()
        connection.raw("jobs").update_one({"_id": job_id}, {"$set": {"state": "QUEUED", "lease_until": None}})
        assert run_job(county, job_id) == "DONE"
    assert model.get(job_id)["result"]["returned"] == 1 and connection.raw("uploads.files").count_documents({}) == 0


def test_households_that_need_no_judging_are_reported_together(county, case, batch):  # noqa: F811
    other = opened(county, name="石丙虚构", number="433123192412310024", members=[])
    sign(county, other, "石丙虚构")
    act(county, other, "request_verification")
    with acting(REVIEWER), dates.frozen(DAY):
        ids = [row["_id"] for row in connection.raw(requests.COLLECTION).find({"state": "waiting"})]
        second = batches.make(ids, REVIEWER)
    send(county, second)
    line = f"{second['_id']}-00001"
    clear = [[line, "石丙虚构", "433123192412310024", kind, "无信息"] for kind in ("银行存款", "机动车")]
    receive(county, second, file_of(*clear))
    assert run(county, verification_files.REPORT, second)["result"] == {"reported": 1, "to_judge": 0}
    send(county, batch)
    judged = list(lines_of(batch, rows={(HEAD_ID, "机动车"): ("有信息", None, 1)}))
    receive(county, batch, file_of(*judged))
    assert run(county, verification_files.REPORT, batch)["result"] == {"reported": 0, "to_judge": 1}
    assert {row["name"]: row["state"] for row in connection.raw(requests.COLLECTION).find()} == {"龙䶮虚构": "returned", "石丙虚构": "reported"}


def test_the_jobs_files_are_for_the_countys_checkers_alone(county, case, batch):  # noqa: F811
    job = send(county, batch)
    assert model.may_read(job, REVIEWER) and not model.may_read(job, CLERK)
    assert sealing.key_of(HEAD_ID) not in str(job) and HEAD_ID not in str(job)
