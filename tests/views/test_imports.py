"""The screens of an import: from the template to the marked workbook, pairs side by side, undo; who may, and where."""

import html
import re
from io import BytesIO
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from adminapp import database, divisions
from adminapp.imports import batches, duplicates
from adminapp.jobs import model, runner
from tests.adminapp.imports.conftest import HEADS, IDS, MEMBERS, family, workbook
from tests.conftest import HERE, THERE
from views.imports import pages, shown

VILLAGE = divisions.villages(HERE)[0]
FAR = divisions.villages(THERE)[0]


@pytest.fixture
def run(app):
    """Return a function that does the waiting jobs."""

    def work():
        for job in model.waiting():
            runner.run_job(app.extensions["relief"], job)

    return work


@pytest.fixture
def clerk(cases, today, login):
    return login("clerk.tuojiang")


def upload(browser, data, mode="draft", name="台账.xlsx"):
    answer = browser.post("/imports/upload", {"type": "demo", "mode": mode, "file": (BytesIO(data), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303
    return answer.location


def choices_on(page):
    """Return the form of the columns as a browser would send it."""
    form = {"rev": re.search(r'name="rev" value="(\d+)"', page)[1], "complete": "1"}
    for name, body in re.findall(r'<select name="(s\d+-\d+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    month = re.search(r'name="month" value="([^"]*)"', page)
    return form | ({"month": month[1]} if month else {})


def tried(browser, run, data, **more):
    """Upload, confirm the guess, and return the address after the trial."""
    place = upload(browser, data, **more)
    answer = browser.post(f"{place}/columns", choices_on(browser.get(place).text))
    assert answer.status_code == 303, answer.text
    run()
    return place


def act(browser, place, deed):
    page = browser.get(place).text
    rev = re.search(rf'/{deed}".*?name="rev" value="(\d+)"', page, re.DOTALL)[1]
    return browser.post(f"{place}/{deed}", {"rev": rev})


def household(name="龙甲虚构", number=IDS[0], village=VILLAGE.name):
    return family(["1", village, name, number, "9000"], members=[["1", name, "本人", number]])


def test_batches_beyond_the_first_page_are_reached(clerk, monkeypatch):
    monkeypatch.setattr(pages, "LISTED", 2)
    first = upload(clerk, household())
    batch = database.raw(batches.COLLECTION).find_one()
    database.raw(batches.COLLECTION).insert_many([batch | {"_id": f"{batch['_id'][:-1]}{mark}"} for mark in "xyz"])  # of the same moment
    found, address = [], "/imports/"
    while address:
        page = clerk.get(address).text
        found += set(re.findall(r'href="(/imports/[0-9a-f]{8,}[xyz]?)"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following and following[1]
    assert len(found) == len(set(found)) == 4 and first in found
    assert clerk.get("/imports/?before=none").status_code == 404
    sort = [("at", -1), ("_id", -1)]
    plan = str(database.raw(batches.COLLECTION).find({"at": {"$lte": batch["at"]}}, sort=sort).explain()["queryPlanner"]["winningPlan"])
    assert "'indexName': 'at'" in plan and "SORT" not in plan


def test_a_clerk_brings_a_file_in_and_takes_it_back(clerk, run):
    assert "下载模板" in clerk.get("/imports/").text
    place = tried(clerk, run, family(["1", VILLAGE.name, "龙甲虚构", IDS[0], "9000"], ["2", "", "吴乙虚构", IDS[3], "x"]))
    page = clerk.get(place).text
    assert "可以导入" in page and "请填写村（社区）" in page and "不是金额" in page and "标注问题.xlsx" in page
    assert database.raw("cases").count_documents({}) == 0
    assert act(clerk, place, "apply").status_code == 303
    run()
    page = clerk.get(place).text
    assert "已导入" in page and database.raw("cases").count_documents({"name": "龙甲虚构", "township": HERE}) == 1
    assert act(clerk, place, "undo").status_code == 303
    run()
    assert "已经撤销" in clerk.get(place).text and database.raw("cases").count_documents({}) == 0


def test_every_fault_difference_and_judged_pair_is_reached(clerk, run, monkeypatch):
    monkeypatch.setattr(shown, "PAGE", 2)
    place = tried(clerk, run, household())
    batch = database.raw(batches.COLLECTION).find_one()
    row = {"batch": batch["_id"], "sheet": "", "name": "龙甲虚构", "column": "", "township": HERE, "village": ""}
    for kind, households in (("bad", (1, 1, 1, 2, 3, 3)), ("difference", (1, 2, 3))):
        rows = [row | {"_id": f"{kind}{n}", "kind": kind, "n": at, "row": at, "text": f"{kind}-{n}-"} for n, at in enumerate(households)]
        database.raw(batches.ROWS).insert_many(rows)
    side = {"sheet": "", "row": 2, "village": VILLAGE.code, "people": []}
    pair = {"batch": batch["_id"], "why": next(iter(duplicates.WHY)), "verdict": duplicates.SAME, "township": HERE, "village": VILLAGE.code}
    sides = [pair | {"_id": f"p{n}", "n": n, "mine": side | {"name": f"pair-{n}-"}, "other": side | {"n": 9, "name": ""}} for n in (1, 2, 3)]
    database.raw(duplicates.PAIRS).insert_many(sides)
    for name, word, most in (("faults", "bad", 6), ("different", "difference", 3), ("judged", "pair", 3)):
        found, address = [], place
        while address:
            page = clerk.get(address).text
            found += re.findall(rf"{word}-(\d)-", page)
            following = re.search(rf'rel="next" href="([^"]*[?;]{name}=[^"]*#{name})"', page)
            address = following and html.unescape(following[1])
        assert len(found) == len(set(found)) == most, name


def test_the_marked_workbook_is_handed_out(app, clerk, run):
    place = tried(clerk, run, family(["1", "", "龙甲虚构", IDS[0], "x"]))
    link = re.search(r'href="(/jobs/[0-9a-f]+/files/0)"', clerk.get(place).text)[1]
    with clerk.get(link) as answer:
        book = load_workbook(BytesIO(answer.data))
    assert "不是金额" in book["家庭"].cell(2, 5).comment.text


def test_the_template_of_a_type_offers_the_clerks_villages(clerk):
    answer = clerk.get("/imports/template/demo?mode=benefit")
    book = load_workbook(BytesIO(answer.data))
    assert quote("接收现有对象") in answer.headers["Content-Disposition"]
    assert "现月金额*" in [cell.value for cell in book.worksheets[0][1]]
    words = [cell.value for cell in book["选项"]["A"] if cell.value]
    assert divisions.name_of(HERE) + VILLAGE.name in words and not any(divisions.name_of(THERE) in word for word in words)


def test_what_was_chosen_stays_when_a_column_is_lacking(clerk):
    place = upload(clerk, household())
    form = choices_on(clerk.get(place).text)
    assert form["s0-1"] == "_village" and form["s1-3"] == "members.id_number"
    answer = clerk.post(f"{place}/columns", form | {"s0-1": "", "s0-4": "income"})
    assert answer.status_code == 422 and "还没有对应：村（社区）" in answer.text
    assert choices_on(answer.text)["s0-4"] == "income" and choices_on(answer.text)["s0-1"] == ""


def test_samples_of_numbers_are_masked(clerk):
    page = clerk.get(upload(clerk, household())).text
    assert IDS[0] not in page and "433123********4216" in page


@pytest.mark.parametrize(("data", "sentence"), [(b"", "文件是空的"), (b"\x89PNG", "不是表格"), (b"PK\x03\x04x", "损坏")])
def test_what_is_no_table_is_refused(clerk, data, sentence):
    place = upload(clerk, data)
    assert place.startswith("/imports/?") and sentence in clerk.get(place).text


def test_pairs_are_shown_side_by_side_and_judged(cases, clerk, run):
    there = cases.open(VILLAGE.code, "龙甲虚构", applicant_id=IDS[0], members=[{"name": "龙甲虚构", "relation": "self", "id_number": IDS[0]}])
    place = tried(clerk, run, household())
    page = clerk.get(place).text
    assert "申请人公民身份号码相同" in page and there.number in page and "没有可以导入的户" in page
    pair = re.search(r'name="pair" value="([^"]+)"', page)[1]
    assert clerk.post(f"{place}/judge", {"pair": pair, "verdict": "different"}).status_code == 303
    act(clerk, place, "apply")
    run()
    assert database.raw("cases").count_documents({"name": "龙甲虚构"}) == 2


def test_another_townships_case_is_matched_and_not_shown(cases, clerk, run):
    there = cases.open(FAR.code, "石外虚构", applicant_id=IDS[0], members=[{"name": "石外虚构", "relation": "self", "id_number": IDS[0]}])
    page = clerk.get(tried(clerk, run, household())).text
    assert "其他乡镇的案件" in page and there.number not in page and "石外虚构" not in page and FAR.name not in page


def test_another_township_finds_no_batch_and_the_county_sees_all(clerk, run, login, browser):
    place = upload(clerk, household())
    for path, method in ((place, "get"), (f"{place}/columns", "post"), (f"{place}/judge", "post"), (f"{place}/apply", "post")):
        assert getattr(login("clerk.liaojiaqiao", browser()), method)(path).status_code == 404
    assert login("reviewer", browser()).get(place).status_code == 200
    assert login("auditor", browser()).get(place).status_code == 403


def benefit(month="2024-03", amount="1,234"):
    heads = [*HEADS, "开始享受月份", "现月金额"]
    rows = ["1", VILLAGE.name, "龙甲虚构", IDS[0], "9000", month, amount]
    return workbook(("家庭", [heads, rows]), ("成员", [MEMBERS, ["1", "龙甲虚构", "本人", IDS[0]]]))


def test_recipients_are_taken_over_by_a_second_person_of_the_county(clerk, run, login, browser):
    place = tried(clerk, run, benefit(), mode="benefit")
    page = clerk.get(place).text
    assert "按现行规定" in page and "提交县级审批" in page and "/apply" not in page
    act(clerk, place, "submit")
    assert clerk.post(f"{place}/approve", {"rev": "9"}).status_code == 404
    approver = login("approver", browser())
    assert "同意并导入 1 户" in approver.get(place).text
    act(approver, place, "approve")
    run()
    case = database.raw("cases").find_one({})
    award = database.raw("awards").find_one({"_id": case["_id"]})
    assert (case["state"], case["amount"], case["confirmed_by"], case["created_by"]) == ("in_benefit", 123400, "approver", "clerk.tuojiang")
    assert [(spell["from"], spell["to"], spell["amount"]) for spell in award["spells"]] == [("2026-10", None, 123400)], "never paid for the past"
    assert clerk.get(f"/cases/demo/{case['_id']}").status_code == 200 and "接收现有对象" in clerk.get(f"/cases/demo/{case['_id']}").text
    act(clerk, place, "undo")
    run()
    assert [database.raw(name).count_documents({}) for name in ("cases", "awards", "decisions", "events")] == [0] * 4
