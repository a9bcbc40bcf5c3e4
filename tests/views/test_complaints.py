"""The screens of complaints: who assigns, who investigates, what nobody else sees."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from adminapp import database, dates
from adminapp.complaints import course
from adminapp.complaints.register import CLOSED, RECEIVED
from tests.conftest import HERE
from tests.exports.notices.faces import lend

TOLD = {"name": "向某虚", "contact": "13800000009", "content": "收了好处", "about": "某干部虚", "subject": "household", "township": HERE}


@pytest.fixture(autouse=True)
def _today(today):
    """All of it happens on the day of the cases, unless a test goes on."""


@pytest.fixture
def complaint(cases):
    return course.receive(TOLD)[0]


def now():
    return database.raw("complaints").find_one({}, sort=[("_id", -1)])


def address(row, step=""):
    return f"/complaints/{row['_id']}" + (f"/{step}" if step else "")


def act(browser, step, **form):
    row = now()
    answer = browser.post(address(row, "act"), {"step": step, "rev": str(row["rev"]), **form})
    assert answer.status_code == 303, re.sub(r"(?s)<.*?>", " ", answer.text)[-2000:]
    return now()


def test_the_whole_way_from_assigning_to_closing(complaint, login, browser):
    county, deputy = login("reviewer", browser()), login("deputy.tuojiang", browser())
    page = county.get(address(complaint)).text
    assert "收了好处" in page and "某干部虚" in page and "向某虚" not in page and "13800000009" not in page
    assert deputy.get(address(complaint)).status_code == 404
    act(county, "assign", owner="deputy.tuojiang", note="请十日内核查")
    assert complaint["_id"] in deputy.get("/complaints/").text
    act(deputy, "begin")
    act(deputy, "conclude", conclusion="false", finding="走访三户，均称不实", answer="经核查不属实")
    assert "经核查不属实" in deputy.get(address(complaint, "reply")).text
    act(deputy, "reply", on="2026-09-16", way="书面")
    row = act(county, "close")
    assert row["state"] == CLOSED and not row["late"]
    assert "100%" in county.get("/complaints/?show=all").text


def test_the_answer_as_pdf_says_what_the_page_says_and_names_nobody(app, complaint, login, browser):
    lend(app.extensions["relief"].settings.home)
    county, deputy = login("reviewer", browser()), login("deputy.tuojiang", browser())
    act(county, "assign", owner="deputy.tuojiang")
    act(deputy, "begin")
    assert deputy.get(address(complaint, "reply.pdf")).status_code == 403
    act(deputy, "conclude", conclusion="partly", finding="走访三户", answer="经核查部分属实。\n已责成整改。")
    answer = deputy.get(address(complaint, "reply.pdf"))
    words = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages).split())
    assert answer.mimetype == "application/pdf" and "投诉举报答复告知书" in words and complaint["_id"] in words
    assert "部分属实" in words and "已责成整改" in words
    assert not [name for name in ("向某虚", "13800000009", "某干部虚", "走访三户") if name in words]
    assert database.raw("audit").find_one({"kind": "print", "data.complaint": complaint["_id"], "data.format": "pdf"})
    assert login("auditor", browser()).get(address(complaint, "reply.pdf")).status_code == 403
    assert login("clerk.liaojiaqiao", browser()).get(address(complaint, "reply.pdf")).status_code == 404


def test_who_told_is_shown_to_the_investigator_alone_for_a_reason(complaint, login, browser):
    county, deputy = login("reviewer", browser()), login("deputy.tuojiang", browser())
    act(county, "assign", owner="deputy.tuojiang")
    assert county.post(address(complaint, "reveal"), {"reason": "看看"}).status_code == 403
    assert deputy.post(address(complaint, "reveal"), {"reason": ""}).status_code == 422
    page = deputy.post(address(complaint, "reveal"), {"reason": "当面核实"}).text
    assert "向某虚" in page and "13800000009" in page
    assert database.raw("audit").find_one({"kind": "reveal"})["data"]["complaint"] == complaint["_id"]


@pytest.mark.parametrize("username", ["clerk.tuojiang", "head.tuojiang", "deputy.tuojiang"])
def test_nobody_of_the_place_sees_what_was_not_given_to_them(complaint, login, username):
    browser = login(username)
    assert browser.get(address(complaint)).status_code == 404
    assert complaint["_id"] not in browser.get("/complaints/?show=all").text
    assert browser.post(address(complaint, "act"), {"step": "begin", "rev": "1"}).status_code == 404
    assert now()["state"] == RECEIVED


def test_the_auditor_counts_and_reads_no_word(complaint, login):
    browser = login("auditor")
    assert complaint["_id"] in browser.get("/complaints/").text
    page = browser.get(address(complaint)).text
    assert "收了好处" not in page and "某干部虚" not in page and "交办" not in re.findall(r"<button[^>]*>(.*?)</button>", page)


def test_a_complaint_about_staff_stays_with_the_county(login, cases):
    row = course.receive(TOLD | {"subject": "staff"})[0]
    page = login("reviewer").get(address(row)).text
    choices = re.findall(r'<option value="([^"]*)"', page[page.index('id="owner"') :])
    assert "reviewer" in choices and not any("tuojiang" in choice for choice in choices)


def test_who_handled_the_case_is_not_offered_and_is_refused(complaint, cases, login):
    case = cases.open(f"{HERE}001")
    database.raw("cases").update_one({"_id": case.pk}, {"$set": {"accepted_by": "deputy.tuojiang"}})
    browser = login("reviewer")
    act(browser, "link", number=case.number.lower())
    assert "complaint" in database.raw("cases").find_one({"_id": case.pk})["flags"]
    assert 'value="deputy.tuojiang"' not in browser.get(address(complaint)).text
    answer = browser.post(address(complaint, "act"), {"step": "assign", "rev": str(now()["rev"]), "owner": "deputy.tuojiang"})
    assert answer.status_code == 400 and "本人办理过" in answer.text


def test_nobody_is_looked_up_to_investigate_what_is_closed(complaint, login, monkeypatch):
    asked = []
    monkeypatch.setattr(course, "may_investigate", lambda user, row: asked.append(user))
    browser = login("reviewer")
    browser.get(address(complaint))
    assert asked
    asked.clear()
    database.raw("complaints").update_one({"_id": complaint["_id"]}, {"$set": {"state": CLOSED}})
    assert browser.get(address(complaint)).status_code == 200 and not asked


def test_what_is_wrong_is_said_on_the_page(complaint, login):
    browser = login("reviewer")
    for form, sentence in (
        ({"step": "link", "number": "X1"}, "没有这个编号的案件"),
        ({"step": "assign", "owner": "nobody"}, "没有这个账户"),
        ({"step": "assign", "owner": "reviewer", "rev": "9"}, "已被他人修改"),
        ({"step": "close"}, "答复以后才能办结"),
    ):
        answer = browser.post(address(complaint, "act"), {"rev": "1", **form})
        assert answer.status_code >= 400 and sentence in answer.text, sentence
    assert browser.post(address(complaint, "act"), {"step": "burn"}).status_code == 400


def test_one_that_came_by_phone_is_entered_and_its_receipt_handed_over(login, cases):
    browser = login("clerk.tuojiang")
    form = {"channel": "phone", "received_on": "2026-09-15", "subject": "village", "township": HERE, "content": "没有张贴公示", "name": "", "contact": ""}
    answer = browser.post("/complaints/new", form)
    assert answer.status_code == 201 and now()["_id"] in answer.text and now()["channel"] == "phone"
    assert "交给反映人" in answer.text
    answer = browser.post("/complaints/new", form | {"name": "向某虚"})
    assert answer.status_code == 422 and "请留联系方式" in answer.text and "没有张贴公示" in answer.text


def test_late_ones_stand_out(complaint, login):
    with dates.frozen("2026-12-01"):
        browser = login("reviewer")
        assert complaint["_id"] in browser.get("/complaints/?show=late").text
        assert "0%" in browser.get("/complaints/").text


# What the county publishes


def test_the_policy_administrator_writes_beside_the_policy_and_it_is_public_at_once(login, cases):
    browser = login("policy")
    page = browser.get("/publicity/").text
    assert "/publicity/texts/temporary" in page and "临时救助" in page
    form = {"intro": "遇到急事当天就能办", "apply": "", "contact": "", "rev": "0"}
    assert browser.post("/publicity/texts/temporary", form).status_code == 303
    assert "遇到急事当天就能办" in browser.get("/public/policies/temporary").text
    answer = browser.post("/publicity/texts/temporary", form | {"intro": "旧页面"})
    assert answer.status_code == 422 and "旧页面" in answer.text
    assert browser.get("/publicity/texts/nothing").status_code == 404


def test_wider_columns_need_a_reason_and_are_logged(login, cases):
    browser = login("policy")
    browser.post("/publicity/settings", {"wide": "on", "names": "middle", "reason": "", "rev": "0"})
    assert "要写明依据" in browser.get("/publicity/").text and database.raw("settings").find_one({"_id": "posting"}) is None
    browser.post("/publicity/settings", {"wide": "on", "names": "middle", "reason": "县方案七(二)", "rev": "0"})
    assert "已开启扩大公示内容" in browser.get("/publicity/").text
    assert database.raw("audit").find_one({"kind": "settings"})["data"]["wide"] is True
