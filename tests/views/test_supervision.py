"""Spot checks on the screen: drawn in the open, walked to their end, and unknown to a township until the visit."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from adminapp import database, dates
from adminapp.jobs import model, runner
from adminapp.outputs import outputs
from adminapp.scope import Actor, acting
from adminapp.supervision import checks, course, rounds
from seed.accounts import accounts
from tests.conftest import HERE, THERE

LATER = date(2026, 9, 28)
REVIEWER = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), None)


@pytest.fixture(autouse=True)
def _today():
    with dates.frozen(LATER):
        yield


@pytest.fixture
def granted(cases):
    """Return a maker of cases that are paid, as the register of awards keeps them."""

    def make(township=HERE, name="龙䶮虚构"):
        case = cases.to_opinion(cases.open(f"{township}001", name))
        database.raw("cases").update_one({"_id": case.id}, {"$set": {"state": "in_benefit", "amount": 45000, "start_month": "2026-10"}})
        award = {"number": case.number, "type": "demo", "opened": "2026-09-16", "origin": township, "township": township, "entries": [], "spells": []}
        database.raw("awards").insert_one({"_id": case.id, **award, "people": [], "programme": "demo"})
        return case

    return make


@pytest.fixture
def drawn(granted):
    """Return one case that was drawn, and its check's id."""
    case = granted()
    with acting(REVIEWER):
        rounds.draw(rounds.begin(2026, REVIEWER))
    return case, f"2026:{case.id}"


def check(check_id):
    return database.raw(checks.COLLECTION).find_one({"_id": check_id})


def photo():
    file = BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "JPEG")
    file.seek(0)
    return (file, "入户.jpg")


NAMES = [next(item.name.partition("（")[0] for item in accounts() if item.username == username) for username in ("reviewer", "reviewer2")]
ASSIGN = {"go": "1", "lead": "reviewer", "second": "reviewer2"}
VISIT = {
    "date": "2026-09-28", "surveyors-0-name": NAMES[0], "surveyors-0-unit": "县民政局", "surveyors-0-relative": "no",
    "surveyors-1-name": NAMES[1], "surveyors-1-unit": "县财政局", "surveyors-1-relative": "no", "respondent": "本人", "received": "yes", "keeper": "self",
    "findings": "住房和生活与申报一致", "result": "true",
}  # fmt: skip


def visit_form(case, **changes):
    rev = database.raw("cases").find_one({"_id": case.id}, {"rev": 1})["rev"]
    return VISIT | {"rev": str(rev), "file-spot_check_photos": photo()} | changes


def assigned(browser, check_id):
    answer = browser.post("/supervision/checks/assign", ASSIGN | {"ids": [check_id]})
    assert answer.status_code == 303, answer.text
    return check(check_id)


def turn(browser, check_id, name, **data):
    return browser.post(f"/supervision/checks/{check_id}/{name}", {"rev": check(check_id)["rev"], **data}, follow_redirects=True)


def test_the_county_draws_and_anybody_may_prove_it(login, granted, app):
    for _ in range(4):
        granted()
    granted(THERE)
    browser = login("reviewer")
    assert "今年还没有抽取" in browser.get("/supervision/").text
    answer = browser.post("/supervision/draw", {"witness": "李虚构报数 27"})
    assert answer.status_code == 303 and "/jobs/" in answer.location
    assert runner.run_job(app.extensions["relief"], model.waiting()[0]) == model.DONE
    page = browser.get("/supervision/rounds/2026-1").text
    assert "李虚构报数 27" in page and "抽中 3 件" in page
    assert "结果完全一致" in browser.get("/supervision/rounds/2026-1?prove=1").text
    file = browser.get("/supervision/rounds/2026-1/universe.csv")
    assert file.mimetype == "text/csv" and file.text.count(",演示救助,") == 5 and "李虚构报数 27" in file.text
    database.raw(rounds.DRAWS).update_one({}, {"$set": {"picked": []}})
    assert "按种子重新抽取的结果不同" in browser.get("/supervision/rounds/2026-1?prove=1").text


def test_progress_by_township_and_by_type(login, granted, drawn):
    granted(THERE)
    page = login("reviewer").get("/supervision/").text
    assert "沱江镇" in page and "廖家桥镇" in page and "尚缺 2 件" in page
    page = login("head.tuojiang").get("/supervision/").text
    assert "沱江镇" in page and "廖家桥镇" not in page and "演示救助" in page


def test_the_start_page_tells_what_is_missing(login, drawn):
    page = login("approver").get("/").text
    assert "抽查已入户" in page and "尚缺 1 件" in page
    assert "抽查已入户" not in login("clerk.tuojiang").get("/").text


def test_a_township_learns_of_a_check_by_the_visit(login, drawn):
    case, check_id = drawn
    clerk = login("clerk.tuojiang")
    assert clerk.get(f"/supervision/checks/{check_id}").status_code == 404
    for address in ("/supervision/checks", "/supervision/checks?tab=drawn", "/work/?all=1", "/work/?source=spot_checks&all=1"):
        assert "待指派" not in clerk.get(address).text and "指派核查人" not in clerk.get(address).text
    assert "抽查" not in clerk.get(f"/cases/demo/{case.id}").text.split("<main")[1]
    database.raw(checks.COLLECTION).update_one({"_id": check_id}, {"$set": {"shown": True, "state": checks.VISITED, "result": "true", "stage": "judge"}})
    assert clerk.get(f"/supervision/checks/{check_id}").status_code == 200
    assert login("clerk.liaojiaqiao").get(f"/supervision/checks/{check_id}").status_code == 404


def test_visitors_are_named_and_wrong_ones_refused_at_their_place(login, drawn):
    _, check_id = drawn
    browser = login("reviewer")
    assert "指派核查人" in browser.get(f"/supervision/checks/{check_id}").text
    page = browser.post("/supervision/checks/assign", {"ids": [check_id]})
    assert page.status_code == 200 and "指派 1 件" in page.text
    page = browser.post("/supervision/checks/assign", ASSIGN | {"ids": [check_id], "second": ""})
    assert page.status_code == 422 and "核查人至少 2 名" in page.text
    page = browser.post("/supervision/checks/assign", ASSIGN | {"ids": [check_id], "companions-0-name": "龙䶮虚构", "companions-0-unit": "财政局"})
    assert page.status_code == 422 and "与申请家庭成员同名" in page.text and 'value="财政局"' in page.text
    assert assigned(browser, check_id)["state"] == checks.ASSIGNED


def test_nobody_is_picked_means_nobody(login, drawn):
    browser = login("reviewer")
    for name in ("assign", "agree", "sheets"):
        page = browser.post(f"/supervision/checks/{name}", {}, follow_redirects=True)
        assert "没有选中任何一件" in page.text
    assert check(drawn[1])["state"] == checks.DRAWN


def test_a_visit_is_entered_with_photos_and_nothing_typed_is_lost(login, drawn):
    case, check_id = drawn
    browser = login("reviewer")
    assigned(browser, check_id)
    page = browser.get(f"/supervision/checks/{check_id}/visit").text
    assert f'value="{NAMES[0]}"' in page and 'value="2026-09-28"' in page
    wrong = visit_form(case, **{"result": "amount", "findings": "冰箱里只有咸菜", "file-spot_check_photos": photo()})
    page = browser.post(f"/supervision/checks/{check_id}/visit", wrong, content_type="multipart/form-data")
    assert page.status_code == 422 and "请填写“核查认为应为（每月）”" in page.text and "冰箱里只有咸菜" in page.text
    answer = browser.post(f"/supervision/checks/{check_id}/visit", visit_form(case), content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    page = browser.get(f"/supervision/checks/{check_id}").text
    assert "入户.jpg" in page and "住房和生活与申报一致" in page and "核查结果由未参加核查的人员审定" in page
    assert "登记抽查入户核查" in login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text


def test_a_case_that_moved_on_meanwhile_keeps_what_was_typed(login, drawn):
    case, check_id = drawn
    browser = login("reviewer")
    assigned(browser, check_id)
    form = visit_form(case)
    database.raw("cases").update_one({"_id": case.id}, {"$inc": {"rev": 1}})
    page = browser.post(f"/supervision/checks/{check_id}/visit", form, content_type="multipart/form-data")
    assert page.status_code == 409 and "住房和生活与申报一致" in page.text


def test_from_deviation_to_the_end(login, drawn, browser):
    case, check_id = drawn
    county, approver, clerk = login("reviewer"), login("approver", browser()), login("clerk.tuojiang", browser())
    assigned(county, check_id)
    form = visit_form(case, result="ineligible")
    assert county.post(f"/supervision/checks/{check_id}/visit", form, content_type="multipart/form-data").status_code == 303
    assert "已办理" in turn(approver, check_id, "judge", consistent="0").text
    page = turn(approver, check_id, "order", measure="papers", reason="请补齐收入证明并重新核算").text
    assert "请补齐收入证明" in page and "2026-10-16 前办理并反馈" in page
    page = clerk.get(f"/supervision/checks/{check_id}").text
    assert "反馈整改情况" in page and "请补齐收入证明" in page
    assert "整改并反馈" in clerk.get("/work/").text
    rev = database.raw("cases").find_one({"_id": case.id})["rev"]
    refused = clerk.post(f"/supervision/checks/{check_id}/answer", {"rev": str(rev), "done": ""}, content_type="multipart/form-data")
    assert refused.status_code == 422 and "请填写“整改措施和结果”" in refused.text
    given = {"rev": str(rev), "done": "已补齐证明，重新核算无变化"}
    assert clerk.post(f"/supervision/checks/{check_id}/answer", given, content_type="multipart/form-data").status_code == 303
    assert "整改到位" in approver.get(f"/supervision/checks/{check_id}").text
    assert "已整改销号" in turn(approver, check_id, "recheck", done="1", reason="材料齐全").text
    assert check(check_id)["state"] == checks.CLOSED


def test_who_visited_cannot_judge_and_a_stale_page_changes_nothing(login, drawn):
    case, check_id = drawn
    browser = login("reviewer")
    assigned(browser, check_id)
    browser.post(f"/supervision/checks/{check_id}/visit", visit_form(case), content_type="multipart/form-data")
    assert "由未参加核查的人员审定" in turn(browser, check_id, "judge", consistent="1").text
    approver = login("approver")
    stale = approver.post(f"/supervision/checks/{check_id}/judge", {"rev": "0", "consistent": "1"}, follow_redirects=True)
    assert "刚刚有变动" in stale.text and check(check_id)["state"] == checks.VISITED
    assert approver.post(f"/supervision/checks/{check_id}/vanish", {"rev": "0"}).status_code == 404


def test_several_at_once(login, granted):
    made = [granted(name=f"龙{word}虚构") for word in "甲乙丙丁戊己庚"]
    with acting(REVIEWER):
        rounds.draw(rounds.begin(2026, REVIEWER))
    ids = [row["_id"] for row in database.raw(checks.COLLECTION).find()]
    browser = login("reviewer")
    answer = browser.post("/supervision/checks/assign", ASSIGN | {"ids": ids, "back": "/supervision/checks?tab=drawn"})
    assert answer.status_code == 303 and answer.location == "/supervision/checks?tab=drawn"
    assert {check(each)["state"] for each in ids} == {checks.ASSIGNED} and len(made) == 7
    for number, each in enumerate(ids):
        case = next(case for case in made if str(case.id) == each.split(":")[1])
        form = visit_form(case, result="true" if number else "absent")
        assert browser.post(f"/supervision/checks/{each}/visit", form, content_type="multipart/form-data").status_code == 303
    page = login("approver").post("/supervision/checks/agree", {"ids": ids}, follow_redirects=True)
    assert "已审定属实 2 件" in page.text
    assert [check(each)["state"] for each in ids].count(checks.CONSISTENT) == 2


def test_a_foreign_address_is_not_followed(login, drawn):
    browser = login("reviewer")
    answer = browser.post("/supervision/checks/assign", {"back": "https://evil.example/"})
    assert answer.location == "/supervision/checks"


def test_the_list_is_filtered(login, drawn):
    case, _ = drawn
    browser = login("reviewer")
    assert case.number in browser.get(f"/supervision/checks?tab=drawn&type=demo&township={HERE}&basis=random").text
    for query in ("tab=seen", f"township={THERE}", "basis=duty", "result=off", "year=2025", "round=2026-2", "after=2026:zzz"):
        assert case.number not in browser.get(f"/supervision/checks?{query}").text, query


def test_sheets_are_printed_by_village_and_logged(login, drawn, monkeypatch):
    case, check_id = drawn
    printed = []
    monkeypatch.setitem(outputs, "papers", lambda papers, home: printed.extend(papers) or b"%PDF-1.4")
    answer = login("reviewer").post("/supervision/checks/sheets", {"ids": [check_id]})
    assert answer.mimetype == "application/pdf"
    [paper] = printed
    assert paper["values"]["applicant"] == "龙䶮虚构" and paper["values"]["amount"] == "450.00元"
    assert paper["tables"]["members"][0][:2] == ["1", "龙䶮虚构"] and "433123195603074216" not in str(paper)
    assert database.raw("audit").find_one({"kind": "print", "data.case": case.number})


def test_the_order_is_printed(login, drawn, monkeypatch):
    _, check_id = drawn
    told = {"measure": "recover", "text": "请追缴多发金额", "on": "2026-09-28", "due": "2026-10-20", "by": "approver", "by_name": "审批虚构"}
    changes = {"order": told, "visited_on": "2026-09-28", "result": "amount", "shown": True}
    database.raw(checks.COLLECTION).update_one({"_id": check_id}, {"$set": changes})
    printed = []
    monkeypatch.setitem(outputs, "papers", lambda papers, home: printed.extend(papers) or b"%PDF-1.4")
    assert login("clerk.tuojiang").get(f"/supervision/checks/{check_id}/order.pdf").mimetype == "application/pdf"
    assert printed[0]["values"]["addressee"] == "凤凰县沱江镇人民政府" and printed[0]["values"]["demand"] == "请追缴多发金额"


def test_a_household_is_replaced_in_the_order_of_the_draw(login, granted):
    for word in "甲乙丙丁":
        granted(name=f"龙{word}虚构")
    with acting(REVIEWER):
        rounds.draw(rounds.begin(2026, REVIEWER))
    first = database.raw(checks.COLLECTION).find_one()
    browser = login("reviewer")
    page = turn(browser, first["_id"], "substitute", code="away", reason="全家在广东务工")
    assert "已替换" in page.text and check(first["_id"])["replaced_by"] in page.text
    assert "没有可替换" not in browser.get("/supervision/rounds/2026-1").text
    assert course.SUBSTITUTES["away"] in page.text

