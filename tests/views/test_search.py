"""The box at the top: what it finds, for whom, and where it leads."""

import re
from datetime import date

import pytest

from adminapp import database, divisions
from tests.conftest import HERE, THERE
from tests.views.conftest import ID_NUMBER
from tests.views.test_worklist import titles

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code


def options(page):
    return re.findall(r'role="option"[^>]*href="([^"]*)">.*?</svg>([^<]*)<small>', page.text, re.S)


def test_cases_of_all_types_are_found_within_scope(cases, login):
    case = cases.open(VILLAGE, "龙甲虚构")
    cases.open(AWAY, "龙乙虚构")
    here = login("clerk.tuojiang")
    assert here.get("/search/?q=龙甲虚构").location.endswith(str(case.id)), "the only one opens at once"
    assert "没有找到" in here.get("/search/?q=吴丙虚构").text
    assert titles(login("reviewer").get("/search/?q=虚构")) == ["龙乙虚构", "龙甲虚构"]
    assert "输入要找的内容" in here.get("/search/").text


def test_a_slip_is_told_as_one(cases, login):
    cases.open(VILLAGE, "龙甲虚构")
    page = login("clerk.tuojiang").get("/search/?q=龙家虚构")
    assert page.status_code == 200 and "姓名相近" in page.text and titles(page) == ["龙甲虚构"]
    page = login("clerk.tuojiang").get("/cases/demo/?q=龙家虚构")
    assert "没有完全相符的，以下 1 件姓名相近" in page.text and "龙甲虚构" in page.text


def test_an_exact_id_number_is_found_and_logged(cases, login):
    cases.open(VILLAGE)
    browser = login("clerk.tuojiang")
    assert browser.get(f"/search/?q={ID_NUMBER}").status_code == 302
    [entry] = database.raw("audit").find({"kind": "search"})
    assert ID_NUMBER not in str(entry)
    assert [text for _, text in options(browser.get(f"/search/suggest?q={ID_NUMBER}"))] == [f"查找“{ID_NUMBER}”"]
    assert database.raw("audit").count_documents({"kind": "search"}) == 1, "typing is not looking up"


def test_suggestions_name_functions_cases_and_villages(cases, login):
    case = cases.open(VILLAGE, "龙甲虚构")
    browser = login("clerk.tuojiang")
    assert (f"/cases/demo/{case.id}", "龙甲虚构") in options(browser.get("/search/suggest?q=ljx"))
    assert (f"/search/place/{VILLAGE}", divisions.name_of(VILLAGE)) in options(browser.get(f"/search/suggest?q={divisions.name_of(VILLAGE)}"))
    found = options(browser.get("/search/suggest?q=临时"))
    assert ("/cases/temporary/", "临时救助") in found and ("/cases/temporary/new", "临时救助") in found
    assert ("/work/", "我的待办") in options(browser.get("/search/suggest?q=wddb"))
    assert [text for _, text in options(browser.get("/search/suggest?q=<b>"))] == ["查找“&lt;b&gt;”"]


def test_help_is_found_by_title_word_and_pinyin(login):
    browser = login("clerk.tuojiang")
    assert "渐退期" in [title for url, title in options(browser.get("/search/suggest?q=渐退")) if url.startswith("/help/words")]
    page = browser.get("/search/?q=信息核对")
    assert page.status_code == 200 and 'id="help"' in page.text and "没有找到" not in page.text
    assert ("/help/holidays", "放假安排") in options(login("policy").get("/search/suggest?q=fjap"))
    assert not any("/help/" in url for url, _title in options(browser.get("/search/suggest?q=核"))), "one sign would match too much"


@pytest.mark.parametrize(
    ("username", "word", "path"),
    [("sysadmin", "账户", "/accounts/"), ("finance", "发放", "/payments/"), ("policy", "标准", "/config/standards")],
)
def test_who_reads_no_cases_finds_functions_and_no_case(cases, login, username, word, path):
    cases.open(VILLAGE, "龙甲虚构")
    browser = login(username)
    assert path in [url for url, _ in options(browser.get(f"/search/suggest?q={word}"))]
    for address in ("/search/?q=龙甲虚构", f"/search/?q={ID_NUMBER}", "/search/suggest?q=龙"):
        page = browser.get(address)
        assert page.status_code == 200 and "/cases/" not in page.text
    assert browser.get(f"/search/place/{VILLAGE}").status_code == 403


def test_a_village_shows_what_there_is(cases, login):
    cases.open(VILLAGE, "龙乙虚构", on=date(2026, 9, 1))
    cases.move(cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit"), "accept", relative=False)
    page = login("clerk.tuojiang").get(f"/search/place/{VILLAGE}")
    assert titles(page) == ["龙甲虚构", "龙乙虚构"], "what is due first"
    assert f"/cases/demo/?village={VILLAGE}" in page.text and f"/search/place/{HERE}" in page.text


def test_a_township_shows_its_villages_and_numbers(cases, login):
    cases.move(cases.open(VILLAGE, "龙甲虚构"), "submit")
    page = login("clerk.tuojiang").get(f"/search/place/{HERE}")
    assert f"/search/place/{VILLAGE}" in page.text and f"/cases/demo/?township={HERE}" in page.text


@pytest.mark.parametrize("place", [THERE, AWAY, "433123999", "000", "$ne"])
def test_another_place_looks_absent(cases, login, place):
    assert login("clerk.tuojiang").get(f"/search/place/{place}").status_code == 404
    if place != THERE:
        assert login("assistant.tuojiang").get(f"/search/place/{place}").status_code == 404


def test_the_box_works_by_keyboard(cases, sign_in):
    case = cases.open(VILLAGE, "龙甲虚构")
    page = sign_in()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("ljxg")
    page.wait_for_selector("#found [role=option]")
    assert page.get_attribute("[role=combobox]", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).textContent").startswith("龙甲虚构")
    page.keyboard.press("Escape")
    page.wait_for_selector("#found", state="hidden")
    page.keyboard.type(" ")
    page.wait_for_selector("#found [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{case.id}")
    assert page.troubles == []
