"""Verification on screen: the round trip by both offices, what each of them sees, what bad input comes back as."""

from io import BytesIO

import pytest

from adminapp import audit, dates, sealing
from adminapp import database as connection
from adminapp.jobs import model, runner
from adminapp.scope import ALL, Actor, acting
from adminapp.verification import batches, requests
from adminapp.workflow.transition import Move, perform
from seed.accounts import SMALL
from tests.adminapp.verification.conftest import CHILD_ID, HEAD_ID, SOURCE, WIFE_ID
from tests.adminapp.verification.test_reporting import file_of, lines_of
from tests.views.conftest import DAY, Cases
from tests.world import PDF
from views.verification import shown

REVIEWER = Actor("reviewer", "县核对虚构", frozenset({"county_reviewer"}), ALL)
HERE, THERE = SMALL
VILLAGE = f"{HERE}001"
MEMBERS = [{"name": "龙䶮虚构", "relation": "self", "id_number": HEAD_ID}, {"name": "吴妻虚构", "id_number": WIFE_ID},
           {"name": "龙小虚构", "relation": "child", "id_number": CHILD_ID}]  # fmt: skip


@pytest.fixture
def world(app, people, today):
    """Return the maker of cases of a type that the county verifies."""
    found = Cases(app)
    found.publish(SOURCE)
    return found


def surveying(world, village=VILLAGE):
    case = world.open(village, members=MEMBERS, savings=500000, urgent=False, obligors=[])
    for action, data in (("submit", {}), ("accept", {"relative": False}), ("start_survey", {})):
        world.move(case, action, **data)
    return case


def asked(world, village=VILLAGE):
    case, clerk = surveying(world, village), world.clerk(village[:9])
    rows = [{"name": name, "signed_on": DAY, "way": "self"} for name in ("龙䶮虚构", "吴妻虚构")]
    from adminapp import files

    with acting(clerk), dates.frozen(DAY):
        kept = [files.prepare(case, clerk, "consent", "授权书.pdf", PDF)]
        perform(Move(case, world.engine.registry.of(case), clerk, world.engine.standards, {"signed": rows}, DAY, files=kept), "record_authorisation")
    return world.move(case, "request_verification")


def request_of(case):
    return connection.raw(requests.COLLECTION).find_one({"case": case.id})


def run(app, path):
    """Do the job that a form started, as its worker would."""
    with dates.frozen(DAY):
        runner.run_job(app.extensions["relief"], path.rsplit("/", 1)[1])
    return model.get(path.rsplit("/", 1)[1])


def batch_of(world, app, *cases):
    with acting(REVIEWER), dates.frozen(DAY):
        return batches.make([request_of(case)["_id"] for case in cases], REVIEWER)


def sent(world, app, login, *cases):
    made, browser = batch_of(world, app, *cases), login("reviewer")
    job = run(app, browser.post(f"/verification/batches/{made['_id']}/send", {"reason": "九月第一批"}).location)
    assert job["state"] == "DONE"
    return made, browser


def received(app, browser, made, data, name="结果.xlsx"):
    answer = browser.post(f"/verification/batches/{made['_id']}/receive", {"file": (BytesIO(data), name)})
    return run(app, answer.location)


def test_the_county_sees_what_waits_and_puts_it_into_a_batch(app, world, login):
    case = asked(world)
    browser = login("reviewer")
    page = browser.get("/verification/").text
    assert "龙䶮虚构" in page and "组成一批" in page and HEAD_ID not in page
    answer = browser.post("/verification/batches", {"ids": request_of(case)["_id"]})
    assert answer.location.endswith("/verification/batches/HD2026-0001")
    page = browser.get(answer.location).text
    assert "待发出" in page and "发出并导出交换文件" in page and "导入核对结果" not in page
    sent = browser.get("/verification/?show=sent").text
    assert "龙䶮虚构" in sent and 'data-label="批次">HD2026-0001' in sent and "时限" not in sent.partition("<table")[2]
    assert "HD2026-0001" in browser.get("/verification/?show=batches").text


def test_nobody_ticked_is_nobody(world, login):
    case = asked(world)
    browser = login("reviewer")
    page = browser.post("/verification/batches", {}, follow_redirects=True).text
    assert "没有选择任何核对请求" in page and request_of(case)["state"] == "waiting"


def test_work_waits_for_the_county_until_it_is_done(app, world, login):
    case = asked(world)
    work = login("reviewer").get("/work/").text
    assert "组批提请核对" in work
    batch_of(world, app, case)
    assert "发出核对批次 HD2026-0001" in login("reviewer").get("/work/").text
    assert "提请核对" not in login("clerk.tuojiang").get("/work/?source=verification").text


def test_the_round_trip_ends_in_a_report_that_the_township_reads(app, world, login):
    case = asked(world)
    made, browser = sent(world, app, login, case)
    page = browser.get(f"/verification/batches/{made['_id']}").text
    assert "核对中" in page and "导入核对结果" in page
    job = received(app, browser, made, file_of(*lines_of(made, rows={(WIFE_ID, "银行存款"): ("有信息", 5000.01, None)})))
    assert job["result"]["returned"] == 1
    row = request_of(case)
    page = browser.get(f"/verification/{row['_id']}").text
    assert "出具核对报告" in page and "5,000.01" not in page  # the result that follows, no figure
    url = f"/verification/{row['_id']}/report"
    form = {"rev": str(row["rev"]), "result-deposits": "inconsistent", "result-vehicles": "none"}
    refused = browser.post(url, form | {"summary": "总的说明已写"})
    assert refused.status_code == 422 and "请写明银行存款的说明" in refused.text and "总的说明已写" in refused.text
    done = browser.post(url, form | {"note-deposits": "存款超过申报"})
    assert done.status_code == 303
    mine = login("clerk.tuojiang").get(f"/verification/{row['_id']}").text
    assert "与申报不一致" in mine and "存款超过申报" in mine and "查看原始数据" not in mine
    case_page = login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text
    assert "与申报不一致" in case_page and "告知核对结果" in case_page and "核对结果告知书" in case_page


def test_a_batch_is_shown_page_by_page_without_what_came_back(app, world, login, monkeypatch):
    monkeypatch.setattr(shown, "PAGE", 1)
    cases = [asked(world), asked(world, f"{HERE}002")]
    made, browser = sent(world, app, login, *cases)
    place = f"/verification/batches/{made['_id']}"
    first, second = browser.get(place).text, browser.get(f"{place}?page=2").text
    assert [each.number in first for each in cases] == [True, False] and f"{place}?page=2" in first
    assert [each.number in second for each in cases] == [False, True] and f"{place}?page=3" not in second
    assert "本批各户" in browser.get(f"{place}?page=3").text
    with acting(REVIEWER):
        assert all(row.keys() == {"_id", "state", "due", "faulty", "township", "number"} for row in batches.heads_of(made["_id"]))


def test_who_has_reported_goes_on_to_the_next_household_of_the_batch(app, world, login):
    made, browser = sent(world, app, login, asked(world), asked(world, f"{HERE}002"))
    connection.raw(requests.COLLECTION).update_many({}, {"$set": {"state": requests.RETURNED}})
    with acting(REVIEWER):
        one, two = batches.rows_of(made["_id"])
        assert (shown.following(one), shown.following(two)) == (two["_id"], one["_id"])
        connection.raw(requests.COLLECTION).update_one({"_id": two["_id"]}, {"$set": {"state": requests.REPORTED}})
        assert shown.following(one) is None


def test_raw_data_are_opened_for_a_reason_and_logged(app, world, login):
    case = asked(world)
    made, browser = sent(world, app, login, case)
    received(app, browser, made, file_of(*lines_of(made, rows={(WIFE_ID, "银行存款"): ("有信息", 5000.01, None)})))
    url = f"/verification/{request_of(case)['_id']}/reveal"
    assert browser.post(url, {"reason": ""}).status_code == 303
    assert audit.entries({"kind": "reveal"}, limit=5) == []
    page = browser.post(url, {"reason": "判断存款差异"}).text
    assert "5,000.01" in page and "原始数据" in page and "查得 5,000.01 元，申报 5,000.00 元" in page
    entry = audit.entries({"kind": "reveal"}, limit=5)[0]
    assert entry["data"]["case"] == case.number and entry["data"]["reason"] == "判断存款差异" and entry["actor"] == "reviewer"
    for username in ("clerk.tuojiang", "approver", "auditor", "policy"):
        assert login(username).post(url, {"reason": "想看看"}).status_code == 403


def test_bad_rows_come_back_in_the_same_workbook(app, world, login):
    case = asked(world)
    made, browser = sent(world, app, login, case)
    rows = list(lines_of(made))
    rows[0][5] = "一万"
    job = received(app, browser, made, file_of(*rows))
    assert job["failed"] == 1 and job["artefacts"][0]["name"] == "结果_标注问题.xlsx"
    assert "标注问题" in browser.get(f"/jobs/{job['_id']}").text
    assert "1 户还有没读懂的行" in browser.get(f"/verification/batches/{made['_id']}").text


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4 no table"])
def test_something_that_is_no_table_is_refused_in_a_sentence(app, world, login, data):
    made, browser = sent(world, app, login, asked(world))
    answer = browser.post(f"/verification/batches/{made['_id']}/receive", {"file": (BytesIO(data), "扫描.pdf")})
    if data:
        assert "不是表格文件" in run(app, answer.location)["message"]
    else:
        assert "请选择核对结果文件" in browser.get(answer.location).text


def test_sending_needs_a_reason_that_is_logged(app, world, login):
    made, browser = batch_of(world, app, asked(world)), login("reviewer")
    answer = browser.post(f"/verification/batches/{made['_id']}/send", {"reason": " "}, follow_redirects=True)
    assert "请写明导出事由" in answer.text and batches.get(made["_id"])["state"] == "open"


def test_sending_late_asks_for_the_reason(app, world, login):
    case = asked(world)
    made, browser = batch_of(world, app, case), login("reviewer")
    url = f"/verification/batches/{made['_id']}"
    assert "超期原因" not in browser.get(url).text
    connection.raw(requests.COLLECTION).update_one({"case": case.id}, {"$set": {"due": "2026-01-05"}})
    assert "超期原因" in browser.get(url).text
    answer = browser.post(f"{url}/send", {"reason": "九月第一批", "late_code": "staff", "late_reason": "人员轮换"})
    args = model.get(answer.location.rsplit("/", 1)[1])["args"]
    assert args["late_code"] == "staff" and args["late_reason"] == "人员轮换"


def test_a_batch_says_how_many_households_have_still_to_go_out(app, world, login):
    case = asked(world)
    made, browser = sent(world, app, login, case)
    url = f"/verification/batches/{made['_id']}"
    assert "还没有发出" not in browser.get(url).text
    connection.raw(requests.COLLECTION).update_one({"case": case.id}, {"$set": {"due": "2026-01-05"}})
    assert "1 户还没有发出，请再次发出" in browser.get(url).text


def test_a_report_of_a_household_that_changed_meanwhile_keeps_what_was_typed(app, world, login):
    case = asked(world)
    made, browser = sent(world, app, login, case)
    received(app, browser, made, file_of(*lines_of(made)))
    row = request_of(case)
    answer = browser.post(f"/verification/{row['_id']}/report", {"rev": "0", "result-deposits": "none", "note-vehicles": "两轮车"})
    assert answer.status_code == 422 and "两轮车" in answer.text and request_of(case)["state"] == "returned"


def test_the_other_township_and_other_offices_see_nothing(app, world, login):
    case = asked(world)
    url = f"/verification/{request_of(case)['_id']}"
    assert login("clerk.liaojiaqiao").get(url).status_code == 404
    assert "龙䶮虚构" not in login("clerk.liaojiaqiao").get("/verification/").text
    assert "龙䶮虚构" in login("clerk.tuojiang").get("/verification/").text
    for username in ("finance", "policy", "sysadmin", "assistant.tuojiang"):
        assert login(username).get(url).status_code == 403


def test_a_relative_of_the_household_neither_reads_nor_reports(app, world, login, monkeypatch):
    from adminapp.related import recusal

    case = asked(world)
    monkeypatch.setattr(recusal, "bar", lambda account, people: "应当回避" if account == "reviewer" else None)
    assert login("reviewer").get(f"/verification/{request_of(case)['_id']}").status_code == 403


def test_the_case_page_tells_who_still_has_to_sign_and_prints_the_paper(app, world, login, monkeypatch):
    from adminapp.outputs import outputs

    case = surveying(world)
    printed = []
    monkeypatch.setitem(outputs, "papers", lambda papers, home: printed.append(papers) or PDF)
    browser = login("clerk.tuojiang")
    page = browser.get(f"/cases/demo/{case.id}").text
    assert "还需签署：龙䶮虚构、吴妻虚构" in page
    answer = browser.get(f"/verification/cases/{case.id}/authorisation")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf" and answer.get_data() == PDF
    (paper,) = printed[0]
    assert [row[0] for row in paper["tables"]["signers"]] == ["龙䶮虚构", "吴妻虚构"] and paper["qr_url"].endswith(f"/cases/demo/{case.id}")
    assert audit.entries({"kind": "print"}, limit=1)[0]["data"]["case"] == case.number
    assert login("clerk.liaojiaqiao").get(f"/verification/cases/{case.id}/authorisation").status_code == 404


def test_the_form_of_authorisation_names_who_still_has_to_sign(app, world, login):
    case = surveying(world)
    page = login("clerk.tuojiang").get(f"/cases/demo/{case.id}/act/record_authorisation").text
    assert 'value="龙䶮虚构"' in page and 'value="吴妻虚构"' in page and "龙小虚构" not in page  # a minor does not sign


def test_a_type_that_the_township_verifies_has_no_such_paper(app, cases, login, today):
    case = cases.open(VILLAGE)
    browser = login("clerk.tuojiang")
    assert browser.get(f"/verification/cases/{case.id}/authorisation").status_code == 404
    assert "核对授权书" not in browser.get(f"/cases/demo/{case.id}").text


def test_numbers_are_masked_on_every_page(app, world, login):
    case = asked(world)
    made, browser = sent(world, app, login, case)
    for path in ("/verification/", "/verification/?show=sent", f"/verification/{request_of(case)['_id']}", f"/verification/batches/{made['_id']}"):
        page = browser.get(path).text
        assert HEAD_ID not in page and WIFE_ID not in page and sealing.key_of(HEAD_ID) not in page


def test_the_township_reads_why_a_request_was_cancelled(world, app, login):
    case = asked(world)
    made = batch_of(world, app, case)
    world.move(case, "stop_uncooperative", reason="拒不配合")
    run(app, login("reviewer").post(f"/verification/batches/{made['_id']}/send", {"reason": "九月第一批"}).location)
    page = login("clerk.tuojiang").get(f"/verification/{request_of(case)['_id']}").text
    assert "撤销原因" in page and "本件已不在调查阶段，没有发出" in page
