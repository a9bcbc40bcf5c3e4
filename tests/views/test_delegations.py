"""Arranging a delegation on screen, and what changes for who stands in."""

from datetime import date

from adminapp import database, dates, divisions
from adminapp.auth import users
from tests.conftest import HERE

VILLAGE = divisions.villages(HERE)[0].code
FORM = {"who": "clerk.tuojiang:township_clerk", "to": "clerk2.tuojiang", "start": "2026-09-16", "end": "2026-09-20", "reason": "下乡培训"}


def test_a_clerk_arranges_it_and_the_colleague_sees_the_work(cases, login, today):
    case = cases.move(cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit"), "accept", relative=False)
    database.raw("cases").update_one({"_id": case.id}, {"$set": {"owner": "clerk.tuojiang", "hands": ["clerk.tuojiang"]}})
    assert "龙甲虚构" not in login("clerk2.tuojiang").get("/work/?person=me").text
    answer = login("clerk.tuojiang").post("/delegations/", FORM)
    assert answer.status_code == 303, answer.text
    name = users.get("clerk.tuojiang").name
    browser = login("clerk2.tuojiang")
    page = browser.get("/work/?person=me").text
    assert "龙甲虚构" in page and f"您正代{name}（民政助理员）办理，至 2026-09-20" in page
    assert f"您代{name}办理本件" in browser.get(f"/cases/demo/{case.id}").text
    with dates.frozen(date(2026, 9, 21)):
        assert "您正代" not in login("clerk2.tuojiang").get("/work/").text


def test_what_was_typed_stays_when_it_is_refused(app, people, login, today):
    browser = login("clerk.tuojiang")
    answer = browser.post("/delegations/", {**FORM, "end": "2026-09-10"})
    assert answer.status_code == 400 and "结束日期早于开始日期" in answer.text and "下乡培训" in answer.text
    assert "请按“2026-09-16”的样子填写" in browser.post("/delegations/", {**FORM, "end": "下周"}).text
    assert browser.post("/delegations/", {**FORM, "who": "clerk.liaojiaqiao:township_clerk"}).status_code == 403
    assert database.raw("delegations").count_documents({}) == 0


def test_a_post_held_by_one_person_says_what_to_do_instead(app, people, login):
    page = login("head.tuojiang").get("/delegations/?who=head.tuojiang:township_head").text
    assert "没有其他人任这一岗位" in page


def test_a_leader_sees_and_ends_those_of_the_township_only(app, people, login, browser, today):
    login("clerk.tuojiang").post("/delegations/", FORM)
    [row] = database.raw("delegations").find()
    assert "下乡培训" in login("deputy.tuojiang").get("/delegations/").text
    assert "下乡培训" not in login("deputy.liaojiaqiao").get("/delegations/").text
    assert login("deputy.liaojiaqiao").post(f"/delegations/{row['_id']}/end").status_code == 404
    assert login("deputy.tuojiang").post(f"/delegations/{row['_id']}/end").status_code == 303
    assert "已结束" in login("clerk.tuojiang").get("/delegations/").text
    assert [entry["data"]["what"] for entry in database.raw("audit").find({"kind": "delegation"}, sort=[("seq", 1)])] == ["arrange", "end"]
