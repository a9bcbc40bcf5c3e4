"""The page of a case, its actions, and cases of older versions."""

import re
from datetime import date

from adminapp import database, dates, divisions, sealing
from adminapp.scope import acting
from adminapp.workflow import events
from adminapp.workflow.transition import store
from tests.conftest import HERE
from tests.story import DECLARATION
from tests.views.conftest import ID_NUMBER

VILLAGE = divisions.villages(HERE)[0].code


def rev(page):
    return re.search(r'name="rev"[^>]*value="(\d+)"', page.text)[1]


def test_page_shows_masked_facts_people_and_next_steps(cases, login, today):
    case = cases.open(VILLAGE)
    page = login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text
    assert "433123********4216" in page and ID_NUMBER not in page
    assert "提交申请" in page and "撤回申请" in page and "登记申请" in page
    assert "提交申请" not in login("reviewer").get(f"/cases/demo/{case.id}").text


MEMBER = {"name": "龙甲虚构", "relation": "self", "id_number": ID_NUMBER, "status": "guaranteed", "health": "good", "labour": "full", "occupation": "farmer"}


def test_what_is_not_filled_in_is_named_in_one_line_and_nothing_of_a_wide_table_is_out_of_sight(app, people, login):
    browser = login("clerk.tuojiang")
    typed = {"village": VILLAGE, "x_applicant_name": "龙甲虚构", "x_applicant_id": ID_NUMBER, "_draft": "1"}
    row = {f"x_members-0-{name}": value for name, value in MEMBER.items()}
    page = browser.post("/cases/dibao_rural/new", {**typed, **row}, follow_redirects=True).text
    assert re.search(r"未填写：[^<]*必要就业成本扣减", page)
    members = page.partition("<h3>共同生活成员</h3>")[2].partition('<section class="card')[0]
    assert "<dt>与申请人关系</dt><dd>本人</dd>" in members and "<td" not in members


def test_reveal_wants_a_reason_and_is_logged(cases, login):
    case = cases.open(VILLAGE)
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}/reveal/applicant_id"
    assert ID_NUMBER not in browser.get(url).text
    assert ID_NUMBER not in browser.post(url, {"reason": ""}).text
    assert ID_NUMBER in browser.post(url, {"reason": "核对身份证"}).text
    assert ID_NUMBER not in browser.get(url).text
    [entry] = database.raw("audit").find({"kind": "reveal"})
    assert entry["data"] == {"case": case.number, "field": "applicant_id", "reason": "核对身份证"}
    assert browser.get(f"/cases/demo/{case.id}/reveal/income").status_code == 404


def test_page_says_what_stands_against_the_award_and_what_to_do(cases, login, today):
    case = cases.open(VILLAGE)
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}"
    assert "与其他待遇的关系" not in browser.get(url).text
    key, spell = sealing.key_of(ID_NUMBER), {"from": "2026-01", "to": None, "amount": 100, "state": "active"}
    held = {"number": "N1", "programme": "demo", "cycle": "month", "unit": "person", "people": [key], "household_size": 1, "spells": [spell]}
    database.raw("awards").insert_one(held)
    page = browser.get(url).text
    assert "有人已在同一项目的另一份待遇中（N1）" in page and "先核实并终止另一份" in page


def test_the_opinion_of_another_office_stands_in_the_history(cases, login, today):
    case = cases.move(cases.move(cases.move(cases.open(VILLAGE), "submit"), "accept", relative=False), "start_survey")
    told = {"date": "2026-09-16", "office": "县残联（虚构）", "result": "agreed", "summary": "证件有效"}
    entry = events.entry(cases.clerk(HERE), "record_consultation", "登记部门审核", case.state, case.state, told)
    with acting(cases.clerk(HERE)):
        store(case, case.rev, entry)
    page = login("clerk.tuojiang").get(f"/cases/demo/{case.id}")
    assert page.status_code == 200 and "登记部门审核" in page.text


def test_action_is_taken_from_its_form(cases, login, today):
    case = cases.move(cases.open(VILLAGE), "submit")
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}/act/accept"
    page = browser.get(url)
    answer = browser.post(url, {"relative": "no", "rev": rev(page)})
    assert answer.status_code == 302, answer.text
    assert database.raw("cases").find_one()["state"] == "accepted"
    assert "还剩" in browser.get(f"/cases/demo/{case.id}").text


def test_refusal_keeps_what_was_typed(cases, login, today):
    case = cases.move(cases.move(cases.move(cases.open(VILLAGE), "submit"), "accept", relative=False), "start_survey")
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}/act/record_visit"
    page = browser.get(url)
    assert page.text.count('name="surveyors-0-name"') == page.text.count('name="surveyors-1-name"') == 1
    typed = {
        "rev": rev(page),
        "date": "2026-09-16",
        "way": "visit",
        "respondent": "本人",
        "findings": "情况属实",
        "conclusion": "eligible",
        "surveyors-0-name": "吴虚构",
        "surveyors-0-unit": "社会事务办",
        "surveyors-0-relative": "no",
    }
    refused = browser.post(url, typed)
    assert (
        refused.status_code == 422
        and "调查人至少两名" in refused.text
        and "情况属实" in refused.text
        and 'value="吴虚构"' in refused.text
    )
    done = browser.post(
        url, {**typed, "surveyors-1-name": "龙虚构", "surveyors-1-unit": "村委会", "surveyors-1-relative": "no"}
    )
    assert done.status_code == 302, done.text
    page = browser.get(f"/cases/demo/{case.id}").text
    assert "入户调查" in page and "社会事务办" in page


def test_stale_action_is_refused(cases, login, today):
    case = cases.move(cases.open(VILLAGE), "submit")
    answer = login("clerk.tuojiang").post(f"/cases/demo/{case.id}/act/accept", {"relative": "no", "rev": "0"})
    assert answer.status_code == 409 and "本件刚刚有变动" in answer.text
    assert database.raw("cases").find_one()["state"] == "submitted"


def test_action_out_of_turn_or_role_is_refused(cases, login, today):
    case = cases.open(VILLAGE)
    assert login("clerk.tuojiang").post(f"/cases/demo/{case.id}/act/confirm", {"rev": "0"}).status_code in (403, 422)
    assert login("head.tuojiang").post(f"/cases/demo/{case.id}/act/submit", {"rev": "0"}).status_code == 403
    assert login("auditor").post(f"/cases/demo/{case.id}/act/submit", {"rev": "0"}).status_code == 403
    assert login("clerk.tuojiang").get(f"/cases/demo/{case.id}/act/nothing").status_code == 404
    assert database.raw("cases").find_one()["state"] == "draft"


def test_opinion_shows_the_computed_decision_with_its_trace(cases, login, today):
    case = cases.to_opinion(cases.open(VILLAGE, income=300000))
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}/act/give_opinion"
    page = browser.get(url)
    assert (
        "人均收入低于标准" in page.text
        and "57号 第四条" in page.text
        and "补差" in page.text
        and "见分进元" in page.text
    )
    browser.post(url, {"proposal": "approve", "comment": "符合条件", "rev": rev(page)})
    page = browser.get(f"/cases/demo/{case.id}").text
    assert "审核计算" in page and "符合条件" in page


def test_case_of_an_old_version_lists_shows_edits_and_prints_under_it(cases, login):
    case = cases.open(VILLAGE)
    newer = DECLARATION.replace("label: 家庭年收入", "label: 全年收入合计").replace(
        "name: 演示救助", "name: 演示新救助"
    )
    assert cases.publish(newer).version == 2
    browser = login("clerk.tuojiang")
    listed = browser.get("/cases/demo/").text
    assert "演示新救助" in listed and "龙䶮虚构" in listed
    page, form, sheet = (browser.get(f"/cases/demo/{case.id}{path}").text for path in ("", "/edit", "/print"))
    assert "第 1 版" in page
    for text in (page, form, sheet):
        assert "家庭年收入" in text and "全年收入合计" not in text
    assert "全年收入合计" in browser.get("/cases/demo/new").text
    token = re.search(r'name="rev"[^>]*value="(\d+)"', form)[1]
    answer = browser.post(f"/cases/demo/{case.id}/edit", {"rev": token, "x_income": "5", "_draft": "1"})
    assert answer.status_code == 302, answer.text
    assert (
        database.raw("cases").find_one()["x_income"] == 500 and database.raw("cases").find_one()["schema_version"] == 1
    )


def test_published_type_is_there_at_the_next_request(cases, login):
    browser = login("clerk.tuojiang")
    assert browser.get("/cases/eleventh/").status_code == 404
    cases.publish(
        DECLARATION.replace("key: demo", "key: eleventh")
        .replace("code: XX", "code: YY")
        .replace("name: 演示救助", "name: 第十一种救助")
    )
    assert "第十一种救助" in browser.get("/cases/eleventh/new").text
    assert "第十一种救助" in browser.get("/cases/demo/").text


def test_every_type_has_its_new_form_and_list(app, people, login):
    browser = login("clerk.tuojiang")
    for key, published in app.extensions["relief"].registry.latest().items():
        page = browser.get(f"/cases/{key}/new")
        assert page.status_code == 200, (key, page.text)
        for section in published.relief_type.sections:
            assert section.title in page.text
        assert browser.get(f"/cases/{key}/").status_code == 200


def test_printing_is_logged(cases, login):
    case = cases.open(VILLAGE)
    assert "审核确认表" in login("clerk.tuojiang").get(f"/cases/demo/{case.id}/print").text
    assert database.raw("audit").count_documents({"kind": "print"}) == 1


def test_day_of_the_case_is_the_clock_of_the_page(cases, login):
    case = cases.move(cases.move(cases.open(VILLAGE), "submit"), "accept", relative=False)
    with dates.frozen(date(2027, 1, 1)):
        assert "超期" in login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text


def test_a_case_is_claimed_and_handed_over_from_its_page(cases, login, today):
    case = cases.move(cases.open(VILLAGE), "submit")
    url = f"/cases/demo/{case.id}"
    browser = login("clerk.tuojiang")
    page = browser.get(url)
    assert "认领" in page.text and "移交经办人" not in page.text
    assert browser.post(f"{url}/handle", {"do": "claim", "rev": "0"}).status_code == 303
    assert "本件刚刚有变动" in browser.get(url).text
    assert browser.post(f"{url}/handle", {"do": "claim", "rev": rev(page)}).location.endswith("#people")
    assert database.raw("cases").find_one()["owner"] == "clerk.tuojiang"
    page = browser.get(url)
    browser.post(f"{url}/handle", {"do": "assign", "to": "clerk.liaojiaqiao", "reason": "越界", "rev": rev(page)})
    assert "请选择同级的在岗经办人员" in browser.get(url).text
    browser.post(f"{url}/handle", {"do": "assign", "to": "clerk2.tuojiang", "reason": "轮岗", "rev": rev(page)})
    assert database.raw("cases").find_one()["owner"] == "clerk2.tuojiang"
    assert "轮岗" in browser.get(url).text and "移交经办人" in browser.get(url).text
    assert login("head.tuojiang").post(f"{url}/handle", {"do": "claim", "rev": rev(browser.get(url))}).status_code == 403
    assert login("assistant.tuojiang").post(f"{url}/handle", {"do": "claim"}).status_code == 403
