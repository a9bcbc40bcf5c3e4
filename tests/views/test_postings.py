"""The screens of posting and objections, as each role meets them."""

import io
import re
from datetime import date
from html import unescape

import pytest

from adminapp import database, dates
from adminapp.errors import ReliefError
from adminapp.identity import make_id
from adminapp.outputs import outputs
from adminapp.postings.register import CLOSED, POSTED, PREPARED, REPOSTED, VOID
from adminapp.related import filing, register
from adminapp.scope import Actor, acting
from tests import plans
from tests.adminapp.postings.village import AFTER, DAY, picture
from tests.conftest import HERE
from tests.views.conftest import ID_NUMBER
from views.postings import listing

VILLAGE = f"{HERE}001"
NAMES = ("龙甲虚", "吴乙虚", "麻丙虚")


@pytest.fixture(autouse=True)
def _today(today):
    """All of it happens on the day of the cases, unless a test goes on."""


@pytest.fixture
def due(cases):
    """Return cases of one village that have an opinion."""
    found = []
    for serial, name in enumerate(NAMES):
        number, members = make_id("433123", date(1956, 3, 7), 300 + serial), [{"name": name, "relation": "self"}]
        case = cases.to_opinion(cases.open(VILLAGE, name, applicant_id=number, income=300000, members=members))
        found.append(cases.move(case, "give_opinion", proposal="approve", comment="符合"))
    return found


def posting_of(**query):
    return database.raw("postings").find_one(query, sort=[("serial", -1)])


def address(posting, step=""):
    return f"/postings/{posting['_id']}" + (f"/{step}" if step else "")


def prepare(browser, **form):
    answer = browser.post("/postings/new", {"ids": [VILLAGE], "planned": dates.today().isoformat(), **form})
    assert answer.status_code == 303, answer.text
    return posting_of()


def hang(browser, posting, colour=1, **form):
    data = {"rev": str(posting["rev"]), "place": "村务公开栏", "photo": (io.BytesIO(picture(colour)), "张贴.jpg"), **form}
    answer = browser.post(address(posting, "hang"), data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return posting_of(_id=posting["_id"])


def do(browser, posting, step, **form):
    answer = browser.post(address(posting, step), {"rev": str(posting["rev"]), **form})
    assert answer.status_code == 303, answer.text
    return posting_of(_id=posting["_id"])


def said(browser, path):
    return browser.get(path).text


# The list


def test_lists_the_villages_with_due_cases(due, login):
    page = said(login("clerk.tuojiang"), "/postings/?show=due")
    assert "演示救助 3" in page and f'value="{VILLAGE}"' in page


def test_the_county_chooses_a_township_first(due, login):
    browser = login("reviewer")
    assert "公示中" in said(browser, "/postings/") and f"?township={HERE}" not in said(browser, "/postings/?show=up&township=x")


def test_prepares_all_ticked_villages_at_once_and_leads_to_printing(due, login, monkeypatch):
    browser = login("clerk.tuojiang")
    posting = prepare(browser)
    assert posting["state"] == PREPARED and len(posting["rows"]) == 3
    asked = []
    monkeypatch.setitem(outputs, "posting_sheet", lambda postings, *rest: asked.append(rest) or b"%PDF-1.4")
    assert browser.get("/postings/sheets.pdf").data == b"%PDF-1.4"
    answer = browser.get(address(posting, "sheet.pdf"))
    assert answer.mimetype == "application/pdf" and asked[-1][-1].endswith("/public/")
    assert database.raw("audit").count_documents({"kind": "print"}) == 2


def test_a_sheet_whose_faces_are_not_ready_is_said_on_the_page(due, login, monkeypatch):
    def not_ready(*_rest):
        raise ReliefError("字体正在准备")

    browser = login("clerk.tuojiang")
    posting = prepare(browser)
    monkeypatch.setitem(outputs, "posting_sheet", not_ready)
    assert browser.get(address(posting, "sheet.pdf")).location == address(posting)
    assert "字体正在准备" in said(browser, address(posting))


def test_nothing_ticked_prepares_nothing(due, login):
    browser = login("clerk.tuojiang")
    assert browser.post("/postings/new", {"planned": "2026-09-16"}).status_code == 303
    assert "请勾选" in said(browser, "/postings/") and posting_of() is None


@pytest.mark.parametrize(("planned", "sentence"), [("2026-02-30", "不是日期"), ("2026-09-01", "不能早于今天")])
def test_a_wrong_day_is_said(due, login, planned, sentence):
    browser = login("clerk.tuojiang")
    browser.post("/postings/new", {"ids": [VILLAGE], "planned": planned})
    assert sentence in said(browser, "/postings/") and posting_of() is None


def test_single_cases_are_picked_and_a_village_far_away_is_not_there(due, login):
    browser = login("clerk.tuojiang")
    page = said(browser, f"/postings/new?village={VILLAGE}&case={due[1].id}")
    assert page.count(" checked") == 1
    browser.post("/postings/new", {"village": VILLAGE, "choose": "1", "cases": [str(due[1].id)], "planned": "2026-09-16"})
    assert [row["name"] for row in posting_of()["rows"]] == ["吴乙虚"]
    assert browser.get("/postings/new?village=433123101001").status_code == 404
    browser.post("/postings/new", {"ids": ["433123101001"], "planned": "2026-09-16"})
    assert "自己乡镇" in said(browser, "/postings/")


# From the case page


def test_the_case_page_leads_to_the_sheet_and_takes_no_date(due, login):
    browser = login("clerk.tuojiang")
    page = said(browser, f"/cases/demo/{due[0].id}")
    assert f"/postings/new?village={VILLAGE}&amp;case={due[0].id}" in page and "/act/post" not in page
    assert browser.get(f"/cases/demo/{due[0].id}/act/post").location.startswith("/postings/new")
    answer = browser.post(f"/cases/demo/{due[0].id}/act/post", {"rev": str(due[0].rev), "start": "2026-09-16", "place": "x", "phone": "07433222222"})
    assert answer.status_code == 403 and "由村公示表办理" in answer.text
    posting = hang(browser, prepare(browser))
    page = said(browser, f"/cases/demo/{due[0].id}")
    assert address(posting) in page and f"/objections/new/{posting['_id']}" in page


# The course


def test_from_the_photo_to_the_closing(due, login, browser):
    clerk, assistant = login("clerk.tuojiang", browser()), login("assistant.tuojiang", browser())
    posting = prepare(clerk)
    page = said(assistant, address(posting))
    assert "上传照片" in page and "作废" not in page
    posting = hang(assistant, posting)
    assert posting["state"] == POSTED and posting["start"] == DAY.isoformat()
    page = said(clerk, address(posting))
    assert "公示中" in page and "张贴照片" in page
    picture_address = f"{address(posting)}/photos/{posting['photos'][0]['id']}"
    answer = clerk.get(picture_address)
    assert answer.mimetype == "image/jpeg" and "sandbox" in answer.headers["Content-Security-Policy"]
    with dates.frozen(AFTER):
        clerk, assistant = login("clerk.tuojiang", browser()), login("assistant.tuojiang", browser())
        assert "待撤下" in said(assistant, "/postings/?show=down")
        posting = do(assistant, posting, "taken-down", on=AFTER.isoformat())
        assert assistant.post(address(posting, "close"), {"rev": str(posting["rev"])}).status_code == 403
        posting = do(clerk, posting, "close")
        assert posting["state"] == CLOSED and "无异议" in said(clerk, address(posting))
        assert database.raw("cases").count_documents({"state": "confirm_ready"}) == 3


def test_what_is_wrong_is_said_on_the_page_and_nothing_changes(due, login):
    browser = login("clerk.tuojiang")
    posting = prepare(browser)
    for data, sentence in (
        ({"rev": "1"}, "请选择照片"),
        ({"rev": "1", "photo": (io.BytesIO(b"<html>"), "x.jpg")}, "内容已损坏"),
        ({"rev": "9", "photo": (io.BytesIO(picture(9)), "x.jpg")}, "已被他人修改"),
    ):
        answer = browser.post(address(posting, "hang"), data, content_type="multipart/form-data")
        assert answer.status_code == 303 and sentence in said(browser, address(posting)), sentence
    assert posting_of()["state"] == PREPARED
    posting = hang(browser, posting)
    do(browser, posting, "taken-down", on="2026-09-16")
    assert "期满次日" in said(browser, address(posting))


def test_given_up_and_posted_anew(due, login):
    browser = login("clerk.tuojiang")
    posting = do(browser, prepare(browser), "void", reason="村名印错")
    assert posting["state"] == VOID
    posting = hang(browser, prepare(browser))
    answer = browser.post(address(posting, "repost"), {"rev": str(posting["rev"]), "reason": "被撕毁", "planned": "2026-09-16"})
    old, new = posting_of(_id=posting["_id"]), posting_of(state=PREPARED)
    assert old["state"] == REPOSTED and answer.location == address(new)
    assert "已重新公示" in said(browser, address(old)) and "这是重新公示" in said(browser, address(new))


# Objections


@pytest.fixture
def objected(due, login):
    browser = login("deputy.tuojiang")
    posting = hang(browser, prepare(browser))
    form = {"case": str(due[0].id), "channel": "counter", "received_on": "2026-09-16", "name": "向某虚", "contact": "07430000000", "content": "在县城有房"}
    answer = browser.post(f"/objections/new/{posting['_id']}", form)
    assert answer.status_code == 201
    return browser, database.raw("objections").find_one(), answer.text


def step(browser, objection, name, **form):
    now = database.raw("objections").find_one({"_id": objection["_id"]})
    answer = browser.post(f"/objections/{objection['_id']}/act", {"step": name, "rev": str(now["rev"]), **form})
    assert answer.status_code == 303, answer.text


def test_an_objection_that_came_by_word_is_entered_and_its_receipt_handed_over(objected):
    _browser, objection, page = objected
    assert objection["_id"] in page and objection["channel"] == "counter"


def test_it_is_worked_through_on_its_page(objected, due):
    browser, objection, _page = objected
    page = said(browser, f"/objections/{objection['_id']}")
    assert "在县城有房" in page and "向某虚" not in page
    step(browser, objection, "accept")
    step(browser, objection, "decide", decision="dismissed", finding="房屋系租住", answer="经核实不成立")
    step(browser, objection, "reply", on="2026-09-16", way="当面送达")
    assert "已答复" in said(browser, "/objections/?show=all")
    assert database.raw("cases").find_one({"_id": due[0].id})["state"] == "opinion"


def test_who_objected_is_shown_for_a_reason_only_and_that_is_logged(objected, login, browser):
    deputy, objection, _page = objected
    path = f"/objections/{objection['_id']}/reveal"
    assert deputy.post(path, {"reason": ""}).status_code == 422
    assert "向某虚" in deputy.post(path, {"reason": "当面核实"}).text
    assert database.raw("audit").find_one({"kind": "reveal"})["data"]["objection"] == objection["_id"]
    for other in ("head.tuojiang", "reviewer", "auditor"):
        assert login(other, browser()).post(path, {"reason": "看看"}).status_code == 403, other


def test_village_and_auditor_do_not_read_what_was_said(objected, login, browser):
    _deputy, objection, _page = objected
    assert login("assistant.tuojiang", browser()).get(f"/objections/{objection['_id']}").status_code == 403
    page = said(login("auditor", browser()), f"/objections/{objection['_id']}")
    assert "在县城有房" not in page and objection["_id"] in page


def test_bad_input_keeps_what_was_typed(due, login):
    browser = login("deputy.tuojiang")
    posting = hang(browser, prepare(browser))
    answer = browser.post(f"/objections/new/{posting['_id']}", {"case": "", "name": "向某虚", "content": "在县城有房", "received_on": "2026-09-16"})
    assert answer.status_code == 422 and "在县城有房" in answer.text and "公示表中的一户" in answer.text
    assert database.raw("objections").count_documents({}) == 0


@pytest.fixture
def relate():
    """Return a function that makes an account a relative of the first person of a case."""

    def made(account, case):
        clerk = Actor("approver", "县级虚构", frozenset({"county_reviewer"}), None)
        person = database.raw("cases").find_one({"_id": case.id})["people"][0]
        values = {
            "kind": "officer", "name": "田虚构", "id_number": ID_NUMBER, "phone": "", "unit": "x", "post": "x", "account": account, "township": HERE,
            "village": "", "relatives": [{"relation": "parent", "name": "龙甲虚", "id_number": ""}],
        }  # fmt: skip
        with acting(clerk):
            filing.file(values, 2026, clerk)
        database.raw("kin_filings").update_one({}, {"$set": {"relatives.0.key": person["key"]}, "$push": {"keys": person["key"]}})
        register.forget()

    yield made
    register.forget()


def test_a_county_official_who_must_keep_off_reads_nothing_of_the_objection(objected, due, login, browser, relate):
    deputy, objection, _page = objected
    step(deputy, objection, "accept")
    step(deputy, objection, "decide", decision="dismissed", finding="房屋系租住", answer="经核实不成立")
    path = f"/objections/{objection['_id']}"
    page = said(login("reviewer", browser()), path)
    assert "在县城有房" in page and "房屋系租住" in page and "经核实不成立" in page
    relate("reviewer", due[0])
    page = said(login("reviewer", browser()), path)
    assert "应当回避" in page and not any(word in page for word in ("在县城有房", "房屋系租住", "经核实不成立"))


def test_papers_of_an_objection_are_offered_to_who_may_open_them(objected, login, browser):
    deputy, objection, _page = objected
    database.raw("objections").update_one({"_id": objection["_id"]}, {"$set": {"papers": [{"id": "a1", "name": "房产证.jpg"}]}})
    path = f"/objections/{objection['_id']}"
    assert f"{path}/papers/a1" in said(deputy, path)
    page = said(login("reviewer", browser()), path)
    assert "房产证.jpg" in page and f"{path}/papers/a1" not in page


def test_a_related_officer_finds_the_sheet_closed(due, login, browser, relate):
    clerk = login("clerk.tuojiang", browser())
    posting = hang(clerk, prepare(clerk))
    relate("deputy.tuojiang", due[0])
    deputy = login("deputy.tuojiang", browser())
    assert "应当回避" in said(deputy, address(posting))
    do(deputy, posting, "repost", reason="x", planned="2026-09-16")
    assert posting_of(_id=posting["_id"])["state"] == POSTED


# How much is read


@pytest.mark.parametrize("place", [{}, {"township": HERE}])
def test_each_list_and_its_next_page_is_read_along_its_index(app, place):
    for key, pile in listing.piles(DAY.isoformat()).items():
        hint = pile.hints[0 if place else 1]
        for mark in ("", "2026-09-16~5532f74078a5c200"):
            found = plans.of_find("postings", {**place, **pile.query, **pile.after(mark)}, hint, pile.order(), listing.PAGE + 1)
            assert not {"COLLSCAN", "SORT"} & found, (key, mark, found)


def test_a_long_list_goes_on_page_by_page_without_losing_or_repeating_one(app, login):
    like = {"kind": "review", "state": CLOSED, "township": HERE, "village": VILLAGE, "days": 7, "unit": "day", "issue": "1", "rows": []}
    more = {"start": None, "end": None, "taken_down": None, "due": None}
    rows = [{"_id": f"{n:016x}", "planned": f"2026-0{1 + n % 3}-01", **like, **more} for n in range(listing.PAGE * 2 + 3)]
    database.raw("postings").insert_many(rows)
    browser, path, seen = login("clerk.tuojiang"), "/postings/?show=over", []
    while path:
        page = said(browser, path)
        seen += dict.fromkeys(re.findall(r'href="/postings/([0-9a-f]{16})"', page))
        path = unescape("".join(re.findall(r'rel="next" href="([^"]+)"', page)))
    assert sorted(seen) == sorted(row["_id"] for row in rows)
    assert [rows[int(key, 16)]["planned"] for key in seen] == sorted((row["planned"] for row in rows), reverse=True)
