"""The visit on screen: what was declared stands beside each input, blanks are filled on demand, differences are taken over."""

import re

import pytest

from adminapp import database as connection
from seed.accounts import SMALL
from tests.adminapp.visits.conftest import SOURCE, WIFE_ID
from tests.views.conftest import DAY, ID_NUMBER, Cases

HERE, THERE = SMALL
VILLAGE = f"{HERE}001"


@pytest.fixture
def world(app, people, today):
    found = Cases(app)
    found.publish(SOURCE)
    return found


def surveying(world, village=VILLAGE, name="龙䶮虚构", **values):
    members = [{"name": name, "relation": "self", "id_number": ID_NUMBER, "wages": 100000}, {"name": "吴妻虚构", "id_number": WIFE_ID}]
    case = world.open(village, name, **{"members": members, "savings": 500000, "home_address": "虚构组 3 号", **values})
    for action, data in (("submit", {}), ("accept", {"relative": False}), ("start_survey", {})):
        world.move(case, action, **data)
    return case


VISIT = {
    "date": str(DAY), "way": "visit", "respondent": "本人", "findings": "住房一般，邻里反映属实", "conclusion": "eligible",
    "surveyors-0-name": "吴虚构", "surveyors-0-unit": "社会事务办", "surveyors-0-relative": "no",
    "surveyors-1-name": "龙虚构", "surveyors-1-unit": "村委会", "surveyors-1-relative": "no",
}  # fmt: skip


def value_of(page, name):
    found = re.search(rf'<(?:input|textarea)[^>]*\bname="{name}"[^>]*>', page)
    return re.search(r'\bvalue="([^"]*)"', found[0])[1] if found and "value=" in found[0] else None


def stored(case):
    return connection.raw("cases").find_one({"_id": case.id})


def test_a_new_form_names_the_members_and_tells_what_was_declared(world, login):
    case = surveying(world)
    page = login("clerk.tuojiang").get(f"/cases/demo/{case.id}/act/record_visit").text
    assert value_of(page, "x_s_members-0-name") == "龙䶮虚构" and value_of(page, "x_s_members-1-name") == "吴妻虚构"
    assert 'placeholder="1,000.00"' in page and "申报：5,000.00" in page and value_of(page, "x_s_savings") in (None, "")
    assert "空白处按申报填写" in page


def test_blanks_are_filled_as_declared_and_what_was_typed_stays(world, login):
    case, browser = surveying(world), login("clerk.tuojiang")
    typed = {**VISIT, "rev": str(case.rev), "x_s_members-0-name": "龙䶮虚构", "x_s_members-0-wages": "1500.00", "x_s_noise": "爱串门", "_as_declared": "1"}
    page = browser.post(f"/cases/demo/{case.id}/act/record_visit", typed).text
    assert value_of(page, "x_s_savings") == "5,000.00" and value_of(page, "x_s_members-0-wages") == "1500.00"
    assert "爱串门" in page and value_of(page, "surveyors-1-name") == "龙虚构" and '"x_s_members-1-name"' not in page
    assert stored(case)["records"][-1]["kind"] != "visit"


def test_without_any_row_typed_the_whole_table_is_filled(world, login):
    case, browser = surveying(world), login("clerk.tuojiang")
    page = browser.post(f"/cases/demo/{case.id}/act/record_visit", {**VISIT, "rev": str(case.rev), "_as_declared": "1"}).text
    assert value_of(page, "x_s_members-0-wages") == "1,000.00" and value_of(page, "x_s_members-1-name") == "吴妻虚构"
    assert re.search(r'<option selected value="self">', page)


def test_a_blank_that_must_be_filled_is_asked_for_and_nothing_is_lost(world, login):
    case, browser = surveying(world), login("clerk.tuojiang")
    answer = browser.post(f"/cases/demo/{case.id}/act/record_visit", {**VISIT, "rev": str(case.rev), "x_s_noise": "爱串门"})
    assert answer.status_code == 422 and "爱串门" in answer.text and "存款" in answer.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"date": "2026-09-01"}, "早于申请日期"),
        ({"date": "2026-02-29"}, "日期"),
        ({"date": "2026-10-01"}, "不能晚于"),
        ({"surveyors-1-name": "吴虚构"}, "写了两次"),
        ({"surveyors-1-name": "", "surveyors-1-unit": "", "surveyors-1-relative": ""}, "调查人至少两名"),
        ({"surveyors-1-name": "吴妻虚构"}, "应当回避"),
        ({"surveyors-1-relative": "yes"}, "应当回避"),
    ],
)
def test_a_wrong_day_or_visitor_is_refused_in_a_sentence(world, login, change, sentence):
    case, browser = surveying(world), login("clerk.tuojiang")
    answer = browser.post(f"/cases/demo/{case.id}/act/record_visit", {**VISIT, "rev": str(case.rev), "x_s_savings": "5000", **change})
    assert answer.status_code == 422 and sentence in answer.text and "住房一般，邻里反映属实" in answer.text
    assert stored(case)["records"][-1]["kind"] != "visit"
