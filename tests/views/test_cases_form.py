"""New and edit: what is typed is kept, what may not be typed is ignored, and two people do not overwrite each other."""

import re

import pytest

from adminapp import database, divisions
from tests.conftest import HERE, THERE
from tests.story import DECLARATION
from tests.views.conftest import ID_NUMBER

VILLAGE = divisions.villages(HERE)[0].code
AWAY = divisions.villages(THERE)[0].code
TYPED = {
    "village": VILLAGE,
    "x_applicant_name": "龙甲虚构",
    "x_applicant_id": ID_NUMBER,
    "x_income": "12,000.50",
    "x_members-0-row": "",
    "x_members-0-name": "龙甲虚构",
    "x_members-0-relation": "self",
    "x_members-0-id_number": ID_NUMBER,
    "x_members-3-row": "",
    "x_members-3-name": "龙乙虚构",
    "x_members-3-relation": "child",
    "x_members-3-id_number": "",
}


def stored(**query):
    return list(database.raw("cases").find(query))


def inputs(page):
    """Return {name: value} of a page's form, as a browser would post it untouched."""
    form = page.text.split("data-progress>", 1)[1].split("</form>", 1)[0]
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.S)
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("name") and attributes.get("type") not in ("checkbox", "radio", "submit"):
            found[attributes["name"]] = attributes.get("value", "")
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrf_token", None)  # each browser sends its own
    return found


def test_clerk_submits_an_application(cases, login):
    answer = login("clerk.tuojiang").post("/cases/demo/new", TYPED)
    assert answer.status_code == 302, answer.text
    [case] = stored()
    assert (case["state"], case["township"], case["village"], case["x_income"]) == ("submitted", HERE, VILLAGE, 1200050)
    assert [row["name"] for row in case["x_members"]] == ["龙甲虚构", "龙乙虚构"]
    assert case["x_per_head"] == 50002
    assert "sm4:" in case["x_applicant_id"]


def test_draft_may_be_incomplete(cases, login):
    browser = login("clerk.tuojiang")
    blank = {"village": VILLAGE, "x_applicant_name": "龙甲虚构"}
    refused = browser.post("/cases/demo/new", blank)
    assert refused.status_code == 422 and "请填写“家庭年收入”" in refused.text and 'href="#x_income"' in refused.text
    assert 'value="龙甲虚构"' in refused.text
    assert browser.post("/cases/demo/new", {**blank, "_draft": "1"}).status_code == 302
    assert [case["state"] for case in stored()] == ["draft"]


def test_errors_stand_at_the_row(cases, login):
    wrong = {**TYPED, "x_members-3-name": "", "x_members-3-id_number": "433123195603074217"}
    page = login("clerk.tuojiang").post("/cases/demo/new", wrong)
    assert page.status_code == 422
    row = page.text.split('name="x_members-1-row"')[1].split("</tr>")[0]
    assert "请填写" in row and "校验" in row
    assert stored() == []


def test_posted_values_of_computed_and_unknown_fields_are_ignored(cases, login):
    extra = {
        "x_per_head": "1",
        "state": "in_benefit",
        "amount": "999",
        "township": THERE,
        "number": "1",
        "schema_version": "7",
        "x_unknown": "1",
        "decision": "x",
        "rev": "9",
        "applied_on": "2020-01-01",
        "x_members-0-unknown": "1",
    }
    login("clerk.tuojiang").post("/cases/demo/new", {**TYPED, **extra})
    [case] = stored()
    assert (case["state"], case["township"], case["schema_version"], case["x_per_head"]) == (
        "submitted",
        HERE,
        1,
        50002,
    )
    assert case.get("amount") is None and "x_unknown" not in case and "unknown" not in case["x_members"][0]


def test_case_cannot_be_planted_in_another_township(cases, login):
    page = login("clerk.tuojiang").post("/cases/demo/new", {**TYPED, "village": AWAY})
    assert page.status_code == 422 and stored() == []


def test_hidden_fields_are_neither_asked_for_nor_stored(app, people, login):
    page = login("clerk.tuojiang").post(
        "/cases/temporary/new",
        {
            "village": VILLAGE,
            "_draft": "1",
            "x_applicant_name": "龙甲虚构",
            "x_kind": "urgent",
            "x_deductions": "100",
            "x_emergency_place": "镇上",
        },
    )
    assert page.status_code == 302, page.text
    [case] = stored()
    assert case["x_emergency_place"] == "镇上" and case.get("x_deductions") is None


def test_rows_work_without_script(cases, login):
    browser = login("clerk.tuojiang")
    added = browser.post("/cases/demo/new", {**TYPED, "_add_row": "x_members"})
    assert added.status_code == 200 and added.text.count('name="x_members-2-name"') == 1
    dropped = browser.post("/cases/demo/new", {**TYPED, "_drop_row": "x_members-0"})
    assert "龙乙虚构" in dropped.text and 'name="x_members-0-name"' not in dropped.text
    assert stored() == []


def test_untouched_form_changes_nothing_and_shows_no_secret(cases, login):
    case = cases.open(VILLAGE)
    browser = login("clerk.tuojiang")
    page = browser.get(f"/cases/demo/{case.id}/edit")
    assert ID_NUMBER not in page.text and "433123********4216" in page.text
    before = stored()[0]
    answer = browser.post(f"/cases/demo/{case.id}/edit", {**inputs(page), "_draft": "1"})
    assert answer.status_code == 302, answer.text
    assert stored()[0] == before


def test_masked_number_is_kept_and_a_new_one_taken(cases, login):
    case = cases.open(VILLAGE)
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}/edit"
    typed = {**inputs(browser.get(url)), "_draft": "1"}
    browser.post(url, {**typed, "x_income": "1"})
    assert stored()[0]["x_income"] == 100 and stored()[0]["people"][0]["key"]
    wrong = browser.post(url, {**typed, "rev": "1", "x_applicant_id": "433123********9999"})
    assert wrong.status_code == 422
    browser.post(url, {**typed, "rev": "1", "x_applicant_id": "11010519491231002X"})
    page = browser.get(url)
    assert "110105********002X" in page.text


def test_rows_keep_to_their_person_when_one_is_removed(cases, login):
    case = cases.open(
        VILLAGE,
        members=[
            {"name": "龙甲虚构", "relation": "self", "id_number": ID_NUMBER},
            {"name": "龙乙虚构", "relation": "child", "id_number": "11010519491231002X"},
        ],
    )
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}/edit"
    typed = {name: value for name, value in inputs(browser.get(url)).items() if not name.startswith("x_members-0")}
    assert browser.post(url, {**typed, "_draft": "1"}).status_code == 302
    before = case.x_members[1]
    [row] = stored()[0]["x_members"]
    assert (row["row"], row["name"]) == (before.row, "龙乙虚构") and row["id_number"].startswith("sm4:")


def test_second_editor_sees_both_values_and_chooses(cases, people, login, browser):
    case = cases.open(VILLAGE)
    url = f"/cases/demo/{case.id}/edit"
    one, two = login("clerk.tuojiang"), login("deputy.tuojiang", browser())
    typed = {**inputs(one.get(url)), "_draft": "1"}
    assert two.post(url, {**typed, "x_income": "100"}).status_code == 302
    conflict = one.post(url, {**typed, "x_income": "200", "x_applicant_name": "龙改虚构"})
    assert conflict.status_code == 409 and "100.00" in conflict.text and "200.00" in conflict.text
    [said] = re.findall(r"您的修改还没有保存。</strong>\s*<ul>(.*?)</ul>", conflict.text, re.DOTALL)
    assert re.findall(r"<li>(.*?)</li>", said) == [f"{people['deputy.tuojiang'].name}：修改内容"]
    assert stored()[0]["x_income"] == 10000
    answer = one.post(
        url,
        {
            **typed,
            "x_income": "200",
            "x_applicant_name": "龙改虚构",
            "rev": "1",
            "_keep.income": "theirs",
            "_keep.applicant_name": "mine",
        },
    )
    assert answer.status_code == 302
    assert (stored()[0]["x_income"], stored()[0]["x_applicant_name"]) == (10000, "龙改虚构")


def test_out_of_scope_looks_absent(cases, login):
    case = cases.open(AWAY)
    browser = login("clerk.tuojiang")
    for path in ("", "/edit", "/print", "/act/submit", "/reveal/applicant_id"):
        assert browser.get(f"/cases/demo/{case.id}{path}").status_code == 404
        assert browser.get(f"/cases/demo/{'0' * 24}{path}").status_code == 404
    assert browser.post(f"/cases/demo/{case.id}/edit", TYPED).status_code == 404
    assert browser.get("/cases/demo/not-an-id").status_code == 404


def test_village_must_be_chosen(cases, login):
    page = login("clerk.tuojiang").post("/cases/demo/new", {**TYPED, "village": ""})
    assert page.status_code == 422 and "请选择村（社区）" in page.text and stored() == []


SECRETS = """\
      - {id: health, label: 健康状况, kind: choice, disclosure: secret, options: [{code: good, label: 健康}, {code: serious, label: 重病}]}
      - {id: ills, label: 病种, kind: multi_choice, disclosure: secret, options: [{code: a, label: 尿毒症}, {code: b, label: 白血病}]}
      - {id: disabled, label: 残疾, kind: yes_no, disclosure: secret}
      - {id: origin, label: 来源地, kind: division, disclosure: secret}
      - {id: hospital, label: 就诊医院, kind: text, visible_when: health == "serious"}
"""


@pytest.fixture
def sick(cases):
    """Return a case with choices that nobody reads unasked."""
    cases.publish(DECLARATION.replace("      - id: members\n", SECRETS + "      - id: members\n"))
    return cases.open(VILLAGE, health="serious", ills=["a"], disabled=True, origin=AWAY, hospital="县医院")


def chosen(page, name):
    """Return the values that stand chosen in a select or in boxes, as the page names them."""
    body = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', page.text, flags=re.S)
    if body:
        return re.findall(r'<option selected value="([^"]*)"', body[1])
    boxes = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(rf'<input checked[^>]*name="{name}"[^>]*>', page.text)]
    return [box["value"] for box in boxes]


def test_secret_choice_stands_masked_and_unchanged_stays_what_it_was(sick, login):
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{sick.id}/edit"
    page, before = browser.get(url), stored()[0]
    for name in ("x_health", "x_ills", "x_disabled", "x_origin"):
        assert chosen(page, name) == ["="], name
    assert "不变（***）" in page.text
    assert 'data-field="x_hospital" data-visible-when' not in page.text  # the page cannot work it out: it would blank the field
    typed = {**inputs(page), "x_ills": "=", "_draft": "1"}
    again = browser.post(url, {**typed, "x_income": "many"})
    assert again.status_code == 422 and chosen(again, "x_health") == chosen(again, "x_ills") == ["="]
    assert browser.post(url, typed).status_code == 302
    assert stored()[0] == before


def test_secret_choice_is_replaced_by_what_is_chosen(sick, login):
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{sick.id}/edit"
    typed = {**inputs(browser.get(url)), "_draft": "1"}
    both = browser.post(url, {**typed, "x_ills": ["=", "b"]})
    assert both.status_code == 422 and "请先取消“不变”" in both.text
    assert browser.post(url, {**typed, "x_health": "good", "x_ills": "b", "x_disabled": "no", "x_origin": ""}).status_code == 302
    case = stored()[0]
    assert (case["x_health"], case["x_ills"], case["x_disabled"], case.get("x_origin")) == ("good", ["b"], False, None)


def test_unchanged_is_no_answer_that_could_be_stored(sick, login):
    """Somebody else took the value away while the form stood open."""
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{sick.id}/edit"
    typed = {**inputs(browser.get(url)), "x_ills": "=", "_draft": "1"}
    database.raw("cases").update_one({}, {"$unset": {"x_health": "", "x_ills": "", "x_disabled": ""}})
    assert browser.post(url, typed).status_code == 302
    assert not stored()[0].get("x_health") and not stored()[0].get("x_ills") and stored()[0].get("x_disabled") is None
