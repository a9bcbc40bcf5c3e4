"""What goes wrong at a counter, one by one, and the sentence that tells the officer what to do. Nothing typed is lost, nothing is half done.

The whole way through the web app, on a small household type (tests/running.py); files and postings through the functions behind their screens.
"""

import re
from datetime import date

import pytest

from adminapp import awards, database, dates, divisions
from adminapp.awards import deaths
from adminapp.errors import Invalid
from adminapp.identity import make_id
from adminapp.imports import batches
from adminapp.objections import course
from adminapp.scope import acting
from adminapp.sealing import key_of
from tests.conftest import HERE, THERE
from tests.running import CLERK as OFFICER
from tests.running import DECLARATION, GRANTED, IDS, NAMES, World

VILLAGE, DAY = divisions.villages(HERE)[0].code, date(2026, 8, 12)
SURVEYED = DECLARATION.replace("  - accept\n", "  - accept\n  - survey\n")
CREW = {
    "surveyors-0-name": "吴虚甲", "surveyors-0-unit": "社会事务办", "surveyors-1-name": "滕虚乙", "surveyors-1-unit": "村委会",
}  # fmt: skip


@pytest.fixture
def world(app, people):
    engine = app.extensions["relief"]
    plain = DECLARATION.replace("key: home\n", "key: plain\n").replace("HM", "HP")
    for source in (SURVEYED, plain):
        engine.registry.publish(source.replace("home.line", "dibao.urban"), "tests", engine.standards.types())
    return World(engine.registry, engine.standards)


@pytest.fixture
def clerk(login, world):
    with dates.frozen(DAY):
        yield login("clerk.tuojiang")


def application(**changes):
    """Return the form of a household of two as typed."""
    rows = [("head", "self"), ("spouse", "spouse")]
    typed = {"village": VILLAGE, "x_applicant_name": NAMES["head"], "x_applicant_id": IDS["head"], "x_income": "9000"}
    for number, (name, relation) in enumerate(rows):
        typed |= {f"x_members-{number}-{key}": value for key, value in {
            "row": "", "name": NAMES[name], "relation": relation, "id_number": IDS[name], "status": "guaranteed"}.items()}  # fmt: skip
    return typed | changes


def act(browser, case, action, **data):
    url = f"/cases/{case.type}/{case.id}/act/{action}"
    page = browser.get(url)
    assert page.status_code == 200, page.text
    return browser.post(url, {"rev": re.search(r'name="rev"[^>]*value="(\d+)"', page.text)[1], **data})


def stored(case):
    return database.raw("cases").find_one({"_id": case.pk})


def surveying(world, on=DAY):
    case = world.new("spouse", on=on)
    for action in ("submit", "accept", "start_survey"):
        world.take(case, OFFICER, action, on, **({"relative": False} if action == "accept" else {}))
    return case


def to_confirmation(world, case):
    opinion = {"proposal": "approve", "comment": "符合"}
    for action, data in (("submit", {}), ("accept", {"relative": False}), ("skip_survey", {}), ("give_opinion", opinion), ("submit_confirm", {})):
        world.take(case, OFFICER, action, DAY, **data)


# 29 February


@pytest.mark.parametrize("typed", ["2026-02-29", "2026-13-01", "昨天"])
def test_a_day_that_does_not_exist_is_said_at_its_field_and_what_else_was_typed_stays(world, clerk, typed):
    case = surveying(world)
    answer = act(clerk, case, "record_visit", date=typed, way="visit", respondent="本人", findings="两间木房", conclusion="eligible", **CREW)
    assert answer.status_code == 422 and "日期" in answer.text and "两间木房" in answer.text and "吴虚甲" in answer.text
    assert not stored(case)["records"][1:]


def test_who_was_born_on_29_february_has_an_age_in_every_year(world, clerk):
    leap = make_id("433123", date(1964, 2, 29), 15)
    answer = clerk.post("/cases/plain/new", application(**{"x_applicant_id": leap, "x_members-0-id_number": leap}))
    assert answer.status_code == 302
    wrong = leap[:6] + "19650229" + leap[14:]
    answer = clerk.post("/cases/plain/new", application(x_applicant_id=wrong))
    assert answer.status_code == 422 and "出生日期“19650229”不存在" in answer.text


# A visit before the application


def test_a_visit_from_before_the_application_is_refused_with_both_days(world, clerk):
    case = surveying(world)
    answer = act(clerk, case, "record_visit", date="2026-08-10", way="visit", respondent="本人", findings="属实", conclusion="eligible", **CREW)
    assert answer.status_code == 422 and "日期 2026-08-10 早于申请日期 2026-08-12" in answer.text
    answer = act(clerk, case, "record_visit", date="2026-08-13", way="visit", respondent="本人", findings="属实", conclusion="eligible", **CREW)
    assert answer.status_code == 422 and stored(case)["state"] == "surveying"


# Two heads


def test_two_heads_of_one_household_are_refused_at_the_table_of_members(world, clerk):
    answer = clerk.post("/cases/plain/new", application(**{"x_members-1-relation": "self"}))
    assert answer.status_code == 422 and "要有且只有一行本人" in answer.text and f'value="{NAMES["spouse"]}"' in answer.text
    answer = clerk.post("/cases/plain/new", application(**{"x_members-1-id_number": IDS["head"]}))
    assert answer.status_code == 422 and "第 2 行的“公民身份号码”与第 1 行相同，一个人只填一行" in answer.text


# A member in two households


def test_a_member_of_another_household_is_told_with_its_number_and_bars_the_confirmation(world, clerk, login):
    with dates.frozen(GRANTED):
        held = world.grant(world.new("spouse", key="plain"))
    case = world.new("spouse", head="aunt", key="plain", income=100, on=DAY)
    page = clerk.get(f"/cases/plain/{case.id}").text
    assert held.number in page and "先核实" in page
    to_confirmation(world, case)
    answer = act(login("head.tuojiang"), case, "confirm")
    assert answer.status_code == 422 and held.number in answer.text and stored(case)["state"] == "confirm_ready"


def test_a_new_member_who_is_in_another_household_is_refused_before_anything_changes(world, clerk):
    held, mine = world.grant(world.new("spouse", key="plain")), world.grant(world.new("child", head="aunt", key="plain", income=100))
    new = {"row": "", "name": NAMES["spouse"], "relation": "spouse", "id_number": IDS["spouse"], "status": "guaranteed"}
    typed = {f"x_members-0-{key}": value for key, value in new.items()}
    answer = act(clerk, mine, "add_member", code="marriage", from_month="2026-09", reason="结婚", **typed)
    assert answer.status_code == 422 and held.number in answer.text and stored(mine)["state"] == "in_benefit"


# A village that moved


def test_a_household_that_moves_to_another_township_is_confirmed_by_the_county_and_followed(world, clerk, login):
    case = world.grant(world.new("spouse", key="plain"))
    away = divisions.villages(THERE)[0].code
    answer = act(clerk, case, "change_place", village=case.village, from_month="2026-09", reason="搬迁")
    assert answer.status_code == 422 and "迁入地与现在的村（社区）相同" in answer.text
    assert act(clerk, case, "change_place", village=away, from_month="2026-09", reason="搬迁").status_code == 302
    answer = act(login("head.tuojiang"), case, "apply_change")
    assert answer.status_code == 422 and "跨乡镇迁移由县民政局确认" in answer.text
    assert act(login("approver"), case, "apply_change").status_code == 302
    assert stored(case)["township"] == THERE and login("clerk.tuojiang").get(f"/cases/plain/{case.id}").status_code == 404
    assert login("clerk.liaojiaqiao").get(f"/cases/plain/{case.id}").status_code == 200


@pytest.mark.parametrize("code", ["433123109999", "433123", "", "433999001001"])
def test_a_village_that_is_not_there_any_more_is_asked_for_anew(world, clerk, code):
    answer = clerk.post("/cases/plain/new", application(village=code))
    assert answer.status_code == 422 and NAMES["head"] in answer.text
    assert ("没有这个村（社区），或者不在您负责的范围，请重新选择" if code else "请选择村（社区）") in answer.text
    assert database.raw("cases").count_documents({}) == 0


# A deceased applicant


def test_who_is_recorded_as_dead_is_told_on_the_case_and_never_confirmed(world, clerk, login):
    deaths.record(key_of(IDS["head"]), date(2026, 7, 30), "match")
    case = world.new("spouse", key="plain", on=DAY)
    page = clerk.get(f"/cases/plain/{case.id}").text
    assert f"{NAMES['head']}已登记死亡（2026-07-30）" in page and "停旧建新" in page
    to_confirmation(world, case)
    answer = act(login("head.tuojiang"), case, "confirm")
    assert answer.status_code == 422 and "已登记死亡" in answer.text and stored(case)["state"] == "confirm_ready"


def test_the_head_of_a_running_award_cannot_be_taken_out_as_a_member(world, clerk):
    case = world.grant(world.new("spouse", key="plain"))
    answer = act(clerk, case, "remove_member", member=world.member(case, "head"), code="death", date="2026-08-03", from_month="2026-09", reason="病故")
    assert answer.status_code == 422 and "请办理“停旧建新”" in answer.text
    answer = act(clerk, case, "propose_termination", code="death", last_month="2026-08", reason="病故")
    assert answer.status_code == 422 and "请填写死亡日期" in answer.text


# A return of a paid case


def test_a_case_that_is_paid_goes_back_only_by_a_change_or_an_end(world, clerk, login):
    case = world.grant(world.new("spouse", key="plain"))
    head = login("head.tuojiang")
    url = f"/cases/plain/{case.id}/act/return_opinion"
    assert "“退回初审”现在不能办理" in head.get(url, follow_redirects=True).text
    answer = head.post(url, {"rev": str(stored(case)["rev"]), "reason": "x"})
    assert "现在不能进行“退回初审”：本件状态为“享受中”" in answer.text and stored(case)["state"] == "in_benefit"
    assert awards.amount_in(database.raw("awards").find_one({"_id": case.pk}), "2026-08") > 0


# An objection after the window


def test_an_objection_after_the_window_is_sent_on_as_a_complaint(app, people):
    posting = {"_id": "P1", "rows": [{"case": "c", "state": "up"}], "start": "2026-08-01", "end": "2026-08-11", "state": "posted", "taken_down": None}
    with dates.frozen(DAY), pytest.raises(Invalid) as refused:
        course.receive(posting, "c", {"content": "收入不实，请核实", "name": "", "contact": ""})
    assert "公示期为 2026-08-01 至 2026-08-11，期外的意见请作为投诉举报提交" in str(refused.value.problems)
    assert database.raw("objections").count_documents({}) == 0


# A file in GBK with a rare name


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_rare_name_comes_through_whatever_the_file_was_saved_as(world, encoding):
    table = "姓名,公民身份号码,家庭年收入\n龙䶮虚构,433123195603074216,9000\n"
    with acting(OFFICER):
        batch = batches.upload(table.encode(encoding), "旧台账.csv", world.registry.get("plain"), "draft", OFFICER)
        assert "龙䶮虚构" in str(batches.samples(batch))


def test_a_name_that_lost_a_character_on_the_way_is_refused_where_it_stands(world, clerk):
    lost = "龙䶮虚构".encode("gbk", "replace").decode("gbk")
    answer = clerk.post("/cases/plain/new", application(x_applicant_name=lost))
    assert answer.status_code == 422 and "“?”" in answer.text and f'value="{lost}"' in answer.text
