"""Registers on the screen: each role its own, rows within scope, masked, narrowed by what is chosen, and taken out as a logged workbook."""

from io import BytesIO

import openpyxl
import pytest

from adminapp import database, dates
from tests.conftest import HERE, THERE
from tests.views.conftest import ID_NUMBER
from tests.views.test_related import OFFICIAL, file_by_engine


@pytest.fixture(autouse=True)
def _today():
    with dates.frozen("2026-09-28"):
        yield


@pytest.fixture
def ended(cases):
    """End a case in each township, in different months."""
    found = []
    for place, name, on in ((HERE, "龙甲虚构", "2026-08-05"), (THERE, "吴乙虚构", "2026-09-06")):
        case = cases.open(f"{place}001", name=name)
        record = {"id": place, "kind": "termination", "action": "terminate", "on": on, "by_name": "经办虚构", "data": {"code": "income", "stop": "2026-10"}}
        database.raw("cases").update_one({"_id": case.pk}, {"$push": {"records": record}, "$set": {"amount": 123400}})
        found.append(case)
    return found


def test_the_county_sees_all_registers_with_their_numbers(login, ended):
    page = login("reviewer").get("/registers/").text
    assert "停保汇总表" in page and "近亲属备案表" in page and "2026 年" in page
    page = login("reviewer").get("/registers/terminations").text
    assert "龙甲虚构" in page and "吴乙虚构" in page and "1,234.00" in page and "收入、财产不再符合规定" in page
    assert f'href="/cases/demo/{ended[0].pk}"' in page


def test_a_township_sees_its_own_rows(login, ended):
    page = login("head.tuojiang").get(f"/registers/terminations?township={THERE}").text
    assert "龙甲虚构" in page and "吴乙虚构" not in page and "共 1 行" in page


def test_finance_sees_money_alone(login, ended):
    browser = login("finance")
    page = browser.get("/registers/").text
    assert "追缴资金单" in page and "停保汇总表" not in page
    assert browser.get("/registers/recoveries").status_code == 200
    assert browser.get("/registers/terminations").status_code == 404 and browser.get("/registers/terminations/sheet.xlsx").status_code == 404


@pytest.mark.parametrize(
    ("query", "there"),
    [("period=2026-08", True), ("period=2026-09", False), ("period=2025", False), ("period=2026Q3", True), ("period=2026Q2", False),
     ("period=2026-05~2026-08", True), ("period=2026-09~2026-10", False), ("c.code=income", True), ("c.code=death", False),
     (f"township={HERE}", True), (f"township={THERE}", False), ("q=龙甲虚构", True), ("q=433123", False), ("type=demo", True), ("page=99", False)],
)  # fmt: skip
def test_rows_are_narrowed_by_what_is_chosen(login, ended, query, there):
    assert ("龙甲虚构" in login("auditor").get(f"/registers/terminations?{query}").text) == there


@pytest.mark.parametrize("period", ["2026-13", "xx", "26", "2026-1-1", "2026Q5", "2026-09~2026-08", "0001", "1900-01~2999-12"])
def test_a_period_that_is_none_is_refused(login, period):
    browser = login("auditor")
    for path in ("terminations", "dossiers", "terminations/sheet.xlsx"):
        assert browser.get(f"/registers/{path}?period={period}").status_code == 400, path


def test_unknown_words_count_as_not_given(login, ended):
    assert "龙甲虚构" in login("auditor").get("/registers/terminations?township=1&type=x&c.code=y&page=z&village=q").text


def workbook(answer):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows()]


def test_the_workbook_has_every_column_and_is_logged(login, ended):
    rows = workbook(login("reviewer").get("/registers/terminations/sheet.xlsx?period=2026"))
    assert rows[0][0].endswith("停保汇总表（2026-01 至 2026-12）") and rows[1][:5] == ["序号", "编号", "户主", "救助类型", "乡镇"]
    assert [row[2] for row in rows[2:4]] == ["吴乙虚构", "龙甲虚构"] and rows[2][7] == 1234 and rows[4][6] == 2
    told = database.raw("audit").find_one({"kind": "export", "data.what": "register"})["data"]
    assert (told["register"], told["count"], told["period"]) == ("terminations", 2, "2026")


def test_numbers_of_people_are_masked_on_screen_and_in_the_workbook(login, cases):
    file_by_engine(phone="13800001234")
    page = login("deputy.tuojiang").get("/registers/kin").text
    assert "田虚构" in page and "父母" in page and f"{ID_NUMBER[:6]}********{ID_NUMBER[-4:]}" in page and "138****1234" in page
    assert ID_NUMBER not in page and OFFICIAL not in page and "13800001234" not in page
    listed = str(workbook(login("auditor").get("/registers/kin/sheet.xlsx")))
    assert "138****1234" in listed and ID_NUMBER not in listed and "13800001234" not in listed
    assert "13800001234" in str(workbook(login("reviewer").get("/registers/kin/sheet.xlsx")))


def test_a_township_learns_of_a_check_by_the_visit(login, ended):
    from adminapp.supervision import checks

    case = database.raw("cases").find_one({"_id": ended[0].pk})
    for shown, year in ((False, 2026), (True, 2025)):
        checks.insert(checks.new(case, year, checks.RANDOM, dates.today(), HERE, shown=shown))
    assert "龙甲虚构" not in login("deputy.tuojiang").get("/registers/checks").text
    assert "龙甲虚构" in login("deputy.tuojiang").get("/registers/checks?period=2025").text
    assert "龙甲虚构" in login("reviewer").get("/registers/checks").text


def test_steps_show_how_long_they_took_and_why_late(login, ended):
    row = {"township": HERE, "village": f"{HERE}001", "type": "demo", "number": "433123-1", "name": "龙甲虚构", "case": ended[0].pk,
           "clock": "accept", "started": "2026-09-01", "due": "2026-09-08", "done": "2026-09-12", "taken": 8, "outcome": "late", "code": "staff",
           "reason": "轮岗虚构"}  # fmt: skip
    database.raw("deadlines").insert_many([row, row | {"_id": "b", "name": "石乙虚构", "done": "2026-09-02", "taken": 1, "outcome": "in_time", "code": ""}])
    browser = login("head.tuojiang")
    page = browser.get("/registers/steps?c.outcome=late").text
    assert "龙甲虚构" in page and "人员不足或轮换" in page and "轮岗虚构" in page and "石乙虚构" not in page
    assert f'href="/cases/demo/{ended[0].pk}"' in page and "石乙虚构" in browser.get("/registers/steps").text


def test_objections_come_from_their_own_collection_without_who_objected(login):
    objection = {"_id": "YY202609-00001", "township": HERE, "village": f"{HERE}001", "household": "龙*虚", "type": "demo", "number": "433123-1",
                 "channel": "phone", "real_name": True, "received_on": "2026-09-10", "decision": "upheld", "decided_on": "2026-09-12",
                 "replied": {"on": "2026-09-13", "way": "当面"}, "state": "REPLIED", "name": "密封", "content": "密封"}  # fmt: skip
    database.raw("objections").insert_one(objection)
    page = login("deputy.tuojiang").get("/registers/objections?c.decision=upheld").text
    assert "YY202609-00001" in page and "异议成立" in page and "密封" not in page.split("<table", 1)[1]
    assert "YY202609-00001" not in login("deputy.tuojiang").get("/registers/objections?c.decision=dismissed").text


def test_complaints_are_for_the_county_alone(login, browser):
    complaint = {"_id": "TS202609-00001", "township": HERE, "subject": "staff", "number": "", "channel": "web", "real_name": False,
                 "limit": "2026-11-10", "received_on": "2026-09-10", "conclusion": "partly", "replied": None, "owner_name": "核查虚构", "state": "DECIDED",
                 "content": "密封"}  # fmt: skip
    database.raw("complaints").insert_one(complaint)
    page = login("auditor", browser()).get("/registers/complaints").text
    assert "TS202609-00001" in page and "部分属实" in page and "密封" not in page.split("<table", 1)[1]
    assert login("deputy.tuojiang", browser()).get("/registers/complaints").status_code == 404


def test_what_was_sent_back_or_supplied_is_told_apart(login, ended):
    for action, kind in (("request_supplement", "supplement_request"), ("return_opinion", "return")):
        record = {"id": kind, "kind": kind, "action": action, "on": "2026-09-03", "by_name": "某", "data": {"missing": "户口簿", "reason": "金额有误"}}
        database.raw("cases").update_one({"_id": ended[0].pk}, {"$push": {"records": record}})
    browser = login("head.tuojiang")
    assert "共 2 行" in browser.get("/registers/returns").text
    page = browser.get("/registers/returns?c.action=return_opinion").text
    assert "共 1 行" in page and "退回初审" in page
