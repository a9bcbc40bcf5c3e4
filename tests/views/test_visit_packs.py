"""Packs on screen: choose, print, enter sheet after sheet, take findings over."""

import re

import pytest

from adminapp import audit
from adminapp import database as connection
from adminapp.outputs import outputs
from adminapp.related import filing, register
from adminapp.scope import acting
from adminapp.visits import packs
from tests.adminapp.related.filings import REVIEWER, values
from tests.views.conftest import DAY
from tests.views.following import two_pages
from tests.views.test_visits import HERE, VILLAGE, VISIT, stored, surveying, world  # noqa: F401
from tests.world import PDF
from views.visits import shown

FORM = {
    "day": str(DAY), "surveyors-0-name": "吴虚构", "surveyors-0-unit": "社会事务办", "surveyors-0-relative": "no",
    "surveyors-1-name": "龙虚构", "surveyors-1-unit": "村委会", "surveyors-1-relative": "no",
}  # fmt: skip
NUMBERS = ("433123192412310024", "433123196501010048")


@pytest.fixture
def two(world):  # noqa: F811
    people = zip(("石乙虚构", "石丙虚构"), NUMBERS, ("虚构寨 2 组", "虚构寨 10 组"), strict=True)
    return [surveying(world, name=name, applicant_id=number, home_address=place) for name, number, place in people]


@pytest.fixture
def pack(two, login):
    answer = login("clerk.tuojiang").post(f"/visits/new/{VILLAGE}", {**FORM, "ids": [str(case.id) for case in two]})
    assert answer.status_code == 303
    return answer.location.rsplit("/", 1)[1]


def pack_of(pack_id):
    return connection.raw(packs.COLLECTION).find_one({"_id": pack_id})


def test_villages_that_wait_lead_to_a_pack(two, login):
    browser = login("clerk.tuojiang")
    assert "2 户" in browser.get("/visits/").text
    page = browser.get(f"/visits/new/{VILLAGE}").text
    assert page.index("石乙虚构") < page.index("石丙虚构") and page.count('name="ids"') == 2 and page.count(" checked") >= 2
    answer = browser.post(f"/visits/new/{VILLAGE}", {**FORM, "ids": [str(two[0].id)]})
    found = pack_of(answer.location.rsplit("/", 1)[1])
    assert [stop["name"] for stop in found["stops"]] == ["石乙虚构"] and [row["name"] for row in found["surveyors"]] == ["吴虚构", "龙虚构"]
    assert "录入走访结果，还有 1 户" in browser.get("/work/").text


def test_packs_beyond_the_first_page_are_reached(pack, login, monkeypatch):
    monkeypatch.setattr(shown, "PAGE", 2)
    more = [pack_of(pack) | {"_id": f"RH{HERE}-2025-000{n}", "day": "2025-09-01", "state": packs.CLOSED} for n in range(1, 4)]
    connection.raw(packs.COLLECTION).insert_many(more)
    seen = two_pages(login("clerk.tuojiang"), "/visits/", rf"RH{HERE}-\d+-\d+")
    assert seen == [sorted([pack, more[2]["_id"]]), [more[0]["_id"], more[1]["_id"]]]


def test_new_pack_begins_with_the_name_of_who_makes_it_as_a_form_takes_it(two, login):
    connection.raw("users").update_one({"_id": "clerk.tuojiang"}, {"$set": {"name": "吴虚构（虚构）"}})
    assert 'value="吴虚构"' in login("clerk.tuojiang").get(f"/visits/new/{VILLAGE}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ids": []}, "请勾选要走访的户"),
        ({"day": "2026-02-29"}, "日期"),
        ({"day": "2026-09-15"}, "已经过去"),
        ({"surveyors-1-name": "", "surveyors-1-unit": "", "surveyors-1-relative": ""}, "调查人"),
        ({"surveyors-1-relative": "yes"}, "不能参加走访"),
    ],
)
def test_a_pack_that_cannot_be_is_refused_and_keeps_what_was_typed(two, login, changes, sentence):
    typed = {**FORM, "ids": [str(two[0].id)], **changes}
    answer = login("clerk.tuojiang").post(f"/visits/new/{VILLAGE}", typed)
    assert answer.status_code == 422 and sentence in answer.text and "社会事务办" in answer.text
    assert answer.text.count('name="ids"') == 2 and f'value="{two[1].id}" checked' not in answer.text
    assert connection.raw(packs.COLLECTION).count_documents({}) == 0


def test_sheet_after_sheet_is_entered_with_day_and_visitors_of_the_pack(two, pack, login):
    browser = login("clerk.tuojiang")
    first = f"/visits/packs/{pack}/enter/{two[0].id}"
    page = browser.get(first).text
    assert "第 1 张，还有 2 张未录" in page and "吴虚构" in page and "龙虚构" in page and f'value="{DAY}"' in page
    refused = browser.post(first, {**VISIT, "rev": str(two[0].rev), "date": "2026-09-01", "x_s_savings": "5000"})
    assert refused.status_code == 422 and "早于申请日期" in refused.text and pack_of(pack)["done"] == 0
    answer = browser.post(first, {**VISIT, "rev": str(two[0].rev), "x_s_savings": "5000"})
    assert answer.location.endswith(f"/enter/{two[1].id}") and stored(two[0])["records"][-1]["kind"] == "visit"
    last = browser.post(answer.location, {**VISIT, "rev": str(two[1].rev), "x_s_savings": "5000"})
    assert last.location.endswith(f"/packs/{pack}")
    assert pack_of(pack)["state"] == "closed" and "已录完" in browser.get(last.location).text


def test_blanks_are_filled_as_declared_without_leaving_the_sheet(two, pack, login):
    browser, url = login("clerk.tuojiang"), f"/visits/packs/{pack}/enter/{two[0].id}"
    page = browser.post(url, {**VISIT, "rev": str(two[0].rev), "_as_declared": "1"}).text
    assert "5,000.00" in page and "回到走访包" in page and pack_of(pack)["done"] == 0


def test_who_was_not_met_is_noted_and_can_be_entered_later(two, pack, login):
    browser, url = login("clerk.tuojiang"), f"/visits/packs/{pack}/mark/{two[0].id}"
    assert "请写明情况" in browser.post(url, {"state": "absent", "reason": ""}, follow_redirects=True).text
    assert browser.post(url, {"state": "absent", "reason": "住院治疗"}).location.endswith(f"/enter/{two[1].id}")
    page = browser.get(f"/visits/packs/{pack}").text
    assert "未见到人" in page and "住院治疗" in page and f"/enter/{two[0].id}" in page
    assert browser.post(url, {"state": "done", "reason": "x"}).status_code == 404


def test_a_case_that_moved_on_is_told_and_nothing_breaks(world, two, pack, login):  # noqa: F811
    world.move(two[0], "stop_uncooperative", reason="拒不配合")
    answer = login("clerk.tuojiang").get(f"/visits/packs/{pack}/enter/{two[0].id}", follow_redirects=True)
    assert "案件不在调查阶段" in answer.text


def test_the_paper_is_printed_with_a_sheet_for_each_household_and_logged(two, pack, login, monkeypatch):
    printed = []
    monkeypatch.setitem(outputs, "visit_pack", lambda *args: printed.append(args) or PDF)
    answer = login("clerk.tuojiang").get(f"/visits/packs/{pack}/paper")
    assert answer.mimetype == "application/pdf" and answer.get_data() == PDF
    found, made, _home = printed[0]
    assert found["_id"] == pack and [sheet["name"] for sheet in made] == ["石乙虚构", "石丙虚构"]
    lines = {line["label"]: line["declared"] for section in made[0]["sections"] for line in section["lines"]}
    assert lines["存款"] == "5,000.00" and made[0]["url"].endswith(f"/cases/demo/{two[0].id}")
    assert not any(number in str(made) for number in NUMBERS)
    assert audit.entries({"kind": "print"}, limit=1)[0]["data"]["cases"] == 2


@pytest.fixture
def kin(two):
    """Make the deputy a relative of the first household."""
    relatives = [("parent", "石乙虚构", NUMBERS[0])]
    with acting(REVIEWER):
        rows = [{"relation": relation, "name": name, "id_number": number} for relation, name, number in relatives]
        filing.file(values(account="deputy.tuojiang") | {"relatives": rows}, DAY.year, REVIEWER)
    register.forget()
    yield "deputy.tuojiang"
    register.forget()


def test_the_household_of_a_relative_is_not_on_the_paper(two, pack, login, monkeypatch, kin):
    printed = []
    monkeypatch.setitem(outputs, "visit_pack", lambda *args: printed.append(args) or PDF)
    browser = login(kin)
    assert browser.get(f"/visits/packs/{pack}/paper").get_data() == PDF
    assert [sheet["name"] for sheet in printed[0][1]] == ["石丙虚构"]
    assert "1 户您应当回避，没有打印" in browser.get(f"/visits/packs/{pack}").text
    browser.post(f"/visits/packs/{pack}/mark/{two[1].id}", {"state": "dropped", "reason": "已撤回"})
    assert "1 户您应当回避，没有打印" in browser.get(f"/visits/packs/{pack}/paper", follow_redirects=True).text and len(printed) == 1


def test_who_must_keep_off_marks_nothing_of_the_household(two, pack, login, kin):
    answer = login(kin).post(f"/visits/packs/{pack}/mark/{two[0].id}", {"state": "dropped", "reason": "已撤回"})
    assert answer.status_code == 403 and pack_of(pack)["stops"][0]["state"] == "planned"


def test_the_way_through_a_pack_passes_by_the_household_of_a_relative(two, pack, login, kin):
    browser, own = login(kin), f"/visits/packs/{pack}/enter/{two[1].id}"
    page = browser.get(f"/visits/packs/{pack}").text
    assert re.search(r'href="([^"]*/enter/[^"]*)"(?:(?!</a>).)*开始录入', page, re.S)[1] == own
    assert "保存，录完" in browser.get(own).text
    answer = browser.post(own, {**VISIT, "rev": str(two[1].rev), "x_s_savings": "5000"})
    assert answer.location.endswith(f"/packs/{pack}") and pack_of(pack)["stops"][0]["state"] == "planned"


def test_nothing_left_to_print_is_a_sentence(two, pack, login, monkeypatch):
    monkeypatch.setitem(outputs, "visit_pack", lambda *args: PDF)
    browser = login("clerk.tuojiang")
    for case in two:
        browser.post(f"/visits/packs/{pack}/mark/{case.id}", {"state": "dropped", "reason": "已撤回"})
    assert "没有要打印的" in browser.get(f"/visits/packs/{pack}/paper", follow_redirects=True).text


def test_others_neither_see_nor_make_packs(two, pack, login):
    assert login("clerk.liaojiaqiao").get(f"/visits/packs/{pack}").status_code == 404
    assert login("clerk.liaojiaqiao").get(f"/visits/new/{VILLAGE}").status_code == 404
    assert login("reviewer").get(f"/visits/packs/{pack}").status_code == 200
    for username in ("head.tuojiang", "reviewer", "auditor", "assistant.tuojiang"):
        assert login(username).post(f"/visits/new/{VILLAGE}", FORM).status_code == 403
        assert login(username).get(f"/visits/packs/{pack}/paper").status_code == 403


def differing(two, login):
    browser = login("clerk.tuojiang")
    answer = browser.post(f"/cases/demo/{two[0].id}/act/record_visit", {**VISIT, "rev": str(two[0].rev), "x_s_savings": "7000"})
    assert answer.status_code == 302
    return browser


def test_findings_stand_on_the_case_page_and_are_taken_over(two, login):
    browser = differing(two, login)
    page = browser.get(f"/cases/demo/{two[0].id}").text
    assert "入户调查与申报不一致" in page and "7,000.00" in page and "不采纳，写明理由" in page
    url, rev = f"/visits/cases/{two[0].id}/take", stored(two[0])["rev"]
    assert "请勾选" in browser.post(url, {"rev": rev}, follow_redirects=True).text
    browser.post(url, {"rev": rev - 1, "take": "savings"})
    assert stored(two[0])["x_savings"] == 500000
    assert "已采纳：存款" in browser.post(url, {"rev": rev, "take": "savings"}, follow_redirects=True).text
    assert stored(two[0])["x_savings"] == 700000
    assert "入户调查与申报不一致" not in browser.get(f"/cases/demo/{two[0].id}").text


def test_values_that_differ_are_shown_to_who_may_settle_them_alone(two, login):
    differing(two, login)
    for username in ("auditor", "reviewer", "head.tuojiang"):
        assert "入户调查与申报不一致" not in login(username).get(f"/cases/demo/{two[0].id}").text
