"""Lists of other offices on screen: the county compares, the township looks into it, a second person decides."""

from io import BytesIO

import pytest

from adminapp import audit, dates, scope
from adminapp import database as connection
from adminapp.jobs import model, runner
from adminapp.matching import settling, store
from adminapp.tabular import read_table
from seed.accounts import SMALL
from tests.browser import WIDTHS, overflow, ready, violations
from tests.views.conftest import ID_NUMBER, Cases

HERE, THERE = SMALL
VILLAGE = f"{HERE}001"
NAME = "龙䶮虚构"


@pytest.fixture
def case(app, people, today):
    made = Cases(app)
    made.publish()
    return made.move(made.open(VILLAGE, NAME), "submit")


def table(*rows):
    return "\n".join(",".join(row) for row in (("姓名", "公民身份号码", "死亡日期", "备注"), *rows)).encode()


def uploaded(app, browser, data, kind="death", name="死亡名单.csv"):
    answer = browser.post("/matching/upload", {"list": kind, "file": (BytesIO(data), name), "once": "1"})
    job_id = answer.location.rsplit("/", 1)[1]
    runner.run_job(app.extensions["relief"], job_id)
    return model.get(job_id)


@pytest.fixture
def row(app, case, login):
    """Return the hit of the case's applicant on the list of the dead."""
    job = uploaded(app, login("reviewer"), table((NAME, ID_NUMBER, "2026-08-03", "殡仪馆证明")))
    assert job["result"]["hits"] == 1, job
    return connection.raw(store.COLLECTION).find_one({})


def act(browser, row, deed, **form):
    stored = connection.raw(store.COLLECTION).find_one({"_id": row["_id"]})
    return browser.post(f"/matching/{row['_id']}/{deed}", {"rev": str(stored["rev"]), **form})


def state(row):
    return connection.raw(store.COLLECTION).find_one({"_id": row["_id"]})["state"]


def test_the_county_compares_a_list_and_sees_what_came_of_it(app, case, login):
    browser = login("reviewer")
    page = browser.get("/matching/?show=files").text
    assert "比对名单" in page and "死亡人员" in page and "下载空表" in page and "命中即暂缓发放" in page
    job = uploaded(app, browser, table((NAME, ID_NUMBER, "2026-08-03", ""), ("吴虚构", "12345", "2026-08-03", "")))
    page = browser.get(f"/matching/files/{job['_id']}").text
    assert NAME in page and "待核实" in page and ID_NUMBER not in page
    assert "死亡名单.csv" in browser.get("/matching/?show=files").text
    assert "标注问题" in browser.get(f"/jobs/{job['_id']}").text
    assert audit.entries({"kind": "import"}, limit=1)[0]["data"]["hits"] == 1


def test_the_empty_table_has_the_columns_that_are_read(case, login):
    answer = login("reviewer").get("/matching/lists/custody/template")
    head = next(row for row in read_table(answer.data).rows if "姓名" in row)
    assert head == ["姓名", "公民身份号码", "收押日期", "刑满日期", "类别", "监所"]
    assert login("reviewer").get("/matching/lists/no_such/template").status_code == 404


@pytest.mark.parametrize(("form", "word"), [({"list": "no_such"}, "请选择是哪一种名单"), ({"list": "death"}, "请选择名单文件")])
def test_an_upload_without_list_or_file_is_refused(case, login, form, word):
    page = login("reviewer").post("/matching/upload", form, follow_redirects=True).text
    assert word in page and connection.raw("jobs").count_documents({}) == 0


def test_a_hit_is_looked_into_by_the_township_and_decided_by_the_county(row, case, login):
    clerk = login("clerk.tuojiang")
    assert "核实比对结果：死亡人员" in clerk.get("/work/").text and NAME in clerk.get("/matching/").text
    assert "死亡人员名单" in clerk.get(f"/cases/demo/{case.id}").text
    page = clerk.get(f"/matching/{row['_id']}").text
    assert "死亡地点：殡仪馆证明" in page and "登记核实结果" in page and ID_NUMBER not in page
    assert act(clerk, row, "check", real="yes", note="入户核实，已经去世").status_code == 303
    assert "核实比对结果" not in clerk.get("/work/").text and act(clerk, row, "decide", real="yes", note="属实的").status_code == 403
    reviewer = login("reviewer")
    assert "复核比对结果：死亡人员" in reviewer.get("/work/").text
    page = reviewer.get(f"/matching/{row['_id']}").text
    assert "入户核实，已经去世" in page and "退回乡镇再核实" in page
    assert act(reviewer, row, "decide", real="yes", note="与公安核对，属实").status_code == 303
    assert state(row) == store.CONFIRMED and "属实待办理" in reviewer.get(f"/matching/{row['_id']}").text
    assert "已登记死亡" in login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text


def test_what_is_untrue_leaves_the_page_of_the_case(row, case, login):
    act(login("clerk.tuojiang"), row, "check", real="no", note="本人健在，号码有误")
    act(login("approver"), row, "decide", real="no", note="公安已更正")
    assert state(row) == store.DISMISSED
    assert "死亡人员名单" not in login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text
    assert NAME in login("reviewer").get("/matching/?show=dismissed").text


def test_it_can_be_sent_back_and_lifted(row, login):
    act(login("clerk.tuojiang"), row, "check", real="yes", note="听说已经去世")
    act(login("reviewer"), row, "decide", real="back", note="请附火化证明")
    assert state(row) == store.OPEN and "请附火化证明" in login("clerk.tuojiang").get(f"/matching/{row['_id']}").text
    act(login("clerk.tuojiang"), row, "check", real="yes", note="火化证明已收")
    act(login("reviewer"), row, "decide", real="yes", note="与公安核对，属实")
    assert "解除" in login("approver").get(f"/matching/{row['_id']}").text
    act(login("approver"), row, "lift", note="公安更正，同名有误")
    assert state(row) == store.LIFTED


def test_bad_input_comes_back_as_typed(row, login):
    clerk = login("clerk.tuojiang")
    answer = act(clerk, row, "check", real="", note="还要再去一次")
    assert answer.status_code == 422 and "请选择是否属实" in answer.text and "还要再去一次" in answer.text
    answer = clerk.post(f"/matching/{row['_id']}/check", {"rev": "9", "real": "yes", "note": "已经去世，属实"})
    assert answer.status_code == 422 and "刚刚有变动" in answer.text and "已经去世，属实" in answer.text and state(row) == store.OPEN


def test_the_other_township_finds_nothing_and_outsiders_are_refused(row, login):
    browser = login("clerk.liaojiaqiao")
    assert browser.get(f"/matching/{row['_id']}").status_code == 404 and NAME not in browser.get("/matching/").text
    assert act(browser, row, "check", real="yes", note="已经去世").status_code == 404
    for username in ("finance", "policy", "sysadmin", "assistant.tuojiang"):
        assert login(username).get("/matching/").status_code == 403
    assert login("clerk.tuojiang").get("/matching/files/x").status_code == 403


def test_what_the_office_told_is_not_for_the_auditor(row, login):
    page = login("auditor").get(f"/matching/{row['_id']}").text
    assert NAME in page and "殡仪馆证明" not in page


def test_unknown_words_count_as_not_given(row, login):
    assert NAME in login("reviewer").get("/matching/?show=x&township=y").text
    assert NAME not in login("reviewer").get(f"/matching/?township={THERE}").text


def test_a_withdrawn_application_settles_it(row, case, app, login):
    Cases(app).move(case, "withdraw", reason="家属撤回")
    with dates.frozen("2026-09-17"), scope.system("test"):
        settling.sweep()
    assert state(row) == store.SETTLED and "已办理" in login("reviewer").get(f"/matching/{row['_id']}").text


@pytest.mark.browser
def test_the_clerk_takes_it_down_on_the_phone(row, sign_in):
    page = sign_in("clerk.tuojiang")
    page.set_viewport_size({"width": WIDTHS[1], "height": 860})
    page.goto("/matching/")
    page.click(f"text={NAME}")
    ready(page)
    assert overflow(page) <= 0 and violations(page) == []
    page.select_option("#real", label="属实")
    page.fill("#note", "入户核实，已经去世")
    page.click("button >> text=登记核实结果")
    page.wait_for_selector(".flash.success")
    assert "待复核" in page.inner_text("main") and state(row) == store.CHECKED and page.troubles == []


@pytest.mark.browser
def test_the_county_uploads_a_list_and_reads_what_the_lists_do(row, sign_in):
    page = sign_in("reviewer")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 860})
        page.goto("/matching/?show=files")
        ready(page)
        assert overflow(page) <= 0 and violations(page) == []
    page.set_viewport_size({"width": WIDTHS[0], "height": 860})
    page.click("button >> text=比对名单")
    page.select_option("#upload-list", label="死亡人员")
    page.set_input_files("#upload-file", {"name": "十月.csv", "mimeType": "text/csv", "buffer": table((NAME, ID_NUMBER, "2026-08-03", ""))})
    page.click("button >> text=开始比对")
    page.wait_for_url("**/jobs/*")
    assert "比对死亡人员名单" in page.inner_text("main") and page.troubles == []
