"""Registers that a township fills in, on the screen: made, corrected, struck out; nothing typed is lost; nobody else's."""

import pytest

from adminapp import database, dates
from adminapp.registers import entries
from tests.conftest import HERE
from tests.views.conftest import ID_NUMBER

VILLAGE, NEW = f"{HERE}001", "/registers/entries/new/kept_cards"
FORM = {
    "village": VILLAGE, "holder": "龙甲虚构", "holder_number": ID_NUMBER, "card": "1234", "why": "frail", "keeper": "吴乙虚构", "relation": "relative",
    "agreement": "代持1号", "since": "2026-09-01", "until": "2027-09-01",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(app):
    with dates.frozen("2026-09-28"):
        yield


@pytest.fixture
def made(login):
    browser = login("clerk.tuojiang")
    answer = browser.post(NEW, FORM)
    assert answer.status_code == 303, answer.text
    return browser, answer.location


def test_it_is_entered_and_stands_in_the_register_masked(made, login, browser):
    clerk, address = made
    assert NEW in clerk.get("/registers/kept_cards").text
    page = clerk.get(address).text
    assert "代持1号" in page and "年老或残疾" in page and ID_NUMBER not in page
    listed = login("reviewer", browser()).get("/registers/kept_cards").text
    assert "龙甲虚构" in listed and address in listed and ID_NUMBER not in listed and NEW not in listed
    assert "龙甲虚构" not in login("clerk.liaojiaqiao", browser()).get("/registers/kept_cards").text
    assert "龙甲虚构" in login("reviewer", browser()).get("/registers/kept_cards?c.why=frail").text
    assert "龙甲虚构" not in login("reviewer", browser()).get("/registers/kept_cards?c.why=minor").text


def test_bad_input_keeps_what_was_typed(login):
    answer = login("clerk.tuojiang").post(NEW, FORM | {"until": "2026-08-01", "holder_number": "123"})
    assert answer.status_code == 422 and "代持1号" in answer.text and "吴乙虚构" in answer.text
    answer = login("clerk.tuojiang").post(NEW, FORM | {"until": "2026-08-01", "village": ""})
    assert answer.status_code == 422 and "到期日期要晚于起始日期" in answer.text and "请选择本乡镇的村" in answer.text
    assert database.raw(entries.COLLECTION).count_documents({}) == 0


def test_a_correction_begins_with_what_stood_there_and_strikes_it_out(made):
    browser, address = made
    path = f"{NEW}?replaces={address.rsplit('/', 1)[1]}"
    page = browser.get(path).text
    assert 'value="龙甲虚构"' in page and "更正理由" in page and 'value="2026-09-01"' in page
    assert browser.post(path, FORM | {"card": "9999"}).status_code == 422
    answer = browser.post(path, FORM | {"card": "9999", "reason": "末四位写错"})
    assert answer.status_code == 303
    old, new = browser.get(address).text, browser.get(answer.location).text
    assert "已划去" in old and "末四位写错" in old and answer.location in old and 'id="strike"' not in old
    assert address in new and "9999" in new


def test_it_is_struck_out_for_a_reason(made):
    browser, address = made
    assert "请写明划去的理由" in browser.post(f"{address}/strike", {"reason": ""}).text
    assert browser.post(f"{address}/strike", {"reason": "协议解除"}).status_code == 303
    page = browser.get("/registers/kept_cards?c.state=struck").text
    assert "龙甲虚构" in page and "协议解除" in page and "龙甲虚构" not in browser.get("/registers/kept_cards?c.state=valid").text
    assert browser.post(f"{address}/strike", {"reason": "再来"}).status_code == 409


def test_the_wrong_role_township_and_register(made, login, browser):
    _clerk, address = made
    other, reviewer = login("clerk.liaojiaqiao", browser()), login("reviewer", browser())
    assert other.get(address).status_code == 404 and other.post(f"{address}/strike", {"reason": "不是我的"}).status_code == 404
    assert other.get(f"{NEW}?replaces={address.rsplit('/', 1)[1]}").status_code == 404
    assert reviewer.get(address).status_code == 200 and reviewer.get(NEW).status_code == 403
    assert login("finance", browser()).get(address).status_code == 403
    for path in ("terminations", "no_such", "$ne"):
        assert login("clerk.tuojiang", browser()).get(f"/registers/entries/new/{path}").status_code == 404
