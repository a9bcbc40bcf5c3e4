"""算一算: the rules of a draft over an example, each term told; nothing is stored and nobody sees more than they may."""

import re

import html5lib
import pytest

from adminapp import drafts, golden
from tests import world
from tests.views.designer.conftest import XIANG, Desk


@pytest.fixture
def desk(app, login, engine):
    text = (golden.reader.FOLDER / "temporary.yaml").read_text("utf-8")
    draft = drafts.begin("type", "temporary", XIANG, engine)
    drafts.set_golden(draft.id, draft.rev, text, XIANG)
    return Desk(login("policy"), draft.id)


def trial(desk, browser=None, **form):
    answer = (browser or desk.browser).post(f"/designer/drafts/{desk.id}/trial", form)
    assert answer.status_code == 200, answer.text
    return answer


def read(answer) -> tuple[str, str]:
    """Return (the sum, or "" when the example is not eligible; the text of the result)."""
    shown = re.search(r"data-result.*?</section>\s*</div>|data-result.*?改一改", answer.text, re.DOTALL)[0]
    found = re.search(r"<b>([\d,.]+)</b> 元", shown)
    return (found[1] if found else ""), re.sub(r"<[^>]+>|\s+", "", shown)


def test_an_invented_example_is_decided_at_once(desk):
    answer = desk.browser.get(f"/designer/drafts/{desk.id}/trial")
    assert answer.status_code == 200 and "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    amount, text = read(answer)
    assert amount and "临时救助金" in text and "标准(城市低保标准)" in text


def test_golden_cases_stand_for_choice_with_their_day(desk):
    answer = trial(desk, example="golden:expense")
    amount, text = read(answer)
    assert amount == "1,400.00" and "由乡镇人民政府确认" in text
    assert 'value="2024-06-03"' in answer.text and 'value="golden:expense" selected' in answer.text


def typed(answer, **changes):
    """Return what the page would post, with some inputs changed."""
    form, found = html5lib.parse(answer.text, namespaceHTMLElements=False).find(".//form"), {}
    for item in (one for one in form.iter() if one.tag in ("input", "select", "textarea")):
        name, value = item.get("name"), item.get("value", item.text or "")
        if item.tag == "select":
            value = next((one.get("value") for one in item.iter("option") if one.get("selected") is not None), "")
        if name and (item.get("type") not in ("checkbox", "radio") or item.get("checked") is not None):
            found.setdefault(name, []).append(value)
    return found | changes


def test_what_is_typed_is_decided_and_never_stored(desk):
    page = trial(desk, example="golden:expense")
    amount, _text = read(trial(desk, **typed(page, x_months="1")))
    assert amount == "700.00"
    amount, _text = read(trial(desk, **typed(page, on="2026-06-03", x_months="1")))
    assert amount == "740.00"
    assert desk.draft.rev == 1 and "months: 2" in desk.draft.golden


def test_what_fails_says_both_sides_and_why(desk):
    page = trial(desk, example="golden:expense")
    amount, text = read(trial(desk, **typed(page, **{"x_members-0-wages": "900000"})))
    assert amount == "" and "家庭人均收入不低于上年度当地人均可支配收入" in text and "900,000.00" in text


def test_a_birth_date_stands_for_an_id_number(app, login, engine):
    draft = drafts.begin("type", "centenarian", XIANG, engine)
    desk = Desk(login("policy"), draft.id)
    page = desk.browser.get(f"/designer/drafts/{desk.id}/trial")
    assert read(page)[0] == ""
    assert read(trial(desk, **typed(page, x_applicant_id="1920-02-01 女")))[0] == "600.00"


def test_a_rule_that_is_half_written_is_named_and_left_out(desk):
    desk.set(desk.key(id="income"), "rule", "人均年收入 ＜")
    desk.set(desk.key(id="base", label="临时救助金"), "value", "")
    amount, text = read(trial(desk, example="golden:expense"))
    assert "先没有算" in text and "人均年收入低于上年度人均可支配收入" in text and amount in ("", "0.00")


def test_the_draft_of_the_standards_can_be_used(desk, engine):
    table = drafts.begin("standards", "standards", XIANG, engine)
    key = next(place.key for place in table.places.values() if place.node.get("key") == "dibao.urban")
    value = {"from": "2026-11-01", "value": "1000.00", "source": "试行通知（虚构）"}
    drafts.apply(table.id, 0, [{"do": "add", "item": key, "name": "values", "value": value}], XIANG)
    page = trial(desk, example="golden:expense")
    assert read(trial(desk, **typed(page, on="2026-11-02", x_months="1")))[0] == "740.00"
    assert read(trial(desk, **typed(page, on="2026-11-02", x_months="1", drafted="1")))[0] == "1,000.00"


def test_a_real_case_is_for_those_who_read_cases(app, login, browser, people, engine):
    case = world.build(app)["433123109"].case
    number, draft = case.number, drafts.begin("type", case.type, XIANG, engine)
    mine = Desk(login("policy"), draft.id)
    answer = trial(mine, number=number)
    assert "没有找到这个受理编号的案件，或者您看不到它" in answer.text
    reviewer = login("reviewer", browser())
    assert number in trial(mine, reviewer, number=number).text
    assert "没有找到这个受理编号" in trial(mine, reviewer, number="433123109LS202699999").text


def test_clerks_and_finance_have_no_trial(desk, login, browser):
    for username in ("clerk.tuojiang", "finance", "sysadmin"):
        assert login(username, browser()).get(f"/designer/drafts/{desk.id}/trial").status_code == 403


@pytest.mark.parametrize("example", ["golden:nothing", "case:", "nonsense", "case:' || 1"])
def test_an_unknown_example_falls_back_to_the_invented_one(desk, example):
    assert 'value="invented" selected' in trial(desk, example=example).text


def test_a_rule_that_asks_for_more_is_decided_on_the_example_and_not_on_blanks(blank):
    before = typed(blank.browser.get(f"/designer/drafts/{blank.id}/trial"))
    blank.send("part", part="household", item="")
    blank.tab = "rules"
    item = blank.send("add", item="root", name="eligibility")["at"]
    blank.set(item, "rule", "人均年收入 ＜ 9000元")
    _amount, text = read(trial(blank, **before))
    assert "符合" in text and "除数为0" not in text
