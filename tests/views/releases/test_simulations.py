"""What a simulation shows: figures to everybody who prepares or decides, single households only to who may read cases."""

import io
from zipfile import ZipFile

import pytest

from adminapp.simulation import store as simulations

VILLAGE, ELSEWHERE = "433123109001", "433123101001"


@pytest.fixture
def half(office, cases, today):
    """Return the simulation of a draft under which everybody gets a half, over two cases of two townships."""
    for village in (VILLAGE, ELSEWHERE):
        cases.move(cases.open(village, income=300_000), "submit")
    desk, row = office.as_("policy"), office.release(office.amount_draft())
    office.act(desk, row, "check")
    office.act(desk, row, "simulate", over="live")
    office.simulated(row)
    return simulations.get(office.now(row)["simulation"]["id"])


def test_figures_are_by_outcome_type_and_township(half, login, browser):
    page = login("policy", browser()).get(f"/simulations/{half['_id']}").text
    assert "金额减少" in page and "演示救助" in page and "沱江镇" in page and "廖家桥镇" in page
    assert ">2<" in page


def test_the_policy_administrator_sees_no_household(half, login, browser):
    page = login("policy", browser()).get(f"/simulations/{half['_id']}").text
    assert "*****" in page and "补差" in page and "明细表" not in page
    for row in simulations.database.raw(simulations.ROWS).find({"simulation": half["_id"]}):
        assert row["number"] not in page and row["case"] not in page


def test_reviewers_go_on_to_the_case_with_the_reason(half, login, browser):
    person = login("reviewer", browser())
    page = person.get(f"/simulations/{half['_id']}").text
    for row in simulations.database.raw(simulations.ROWS).find({"simulation": half["_id"]}):
        assert row["number"] in page and row["case"] in page
    only = person.get(f"/simulations/{half['_id']}", query_string={"township": "433123101"}).text
    assert only.count("/cases/demo/") < page.count("/cases/demo/")
    assert "没有符合条件的案件" in person.get(f"/simulations/{half['_id']}", query_string={"outcome": "gains"}).text


def test_workbooks_hold_the_same_sums(half, login, browser):
    person = login("reviewer", browser())
    for sheet, found in (("totals", "演示救助"), ("cases", "沱江镇")):
        answer = person.post(f"/simulations/{half['_id']}/workbook/{sheet}")
        assert answer.status_code == 200, sheet
        texts = ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml").decode()
        assert found in texts and "-" in texts
    assert person.post(f"/simulations/{half['_id']}/workbook/nothing").status_code == 404
    assert login("policy", browser()).post(f"/simulations/{half['_id']}/workbook/cases").status_code == 404
    assert login("policy", browser()).post(f"/simulations/{half['_id']}/workbook/totals").status_code == 200


def test_the_list_of_simulations_names_what_changed(half, login, browser):
    page = login("policy", browser()).get("/simulations/").text
    assert "演示方案" in page and "已完成" in page


def test_a_draft_is_simulated_beside_any_release(office, cases, today):
    cases.move(cases.open(VILLAGE, income=300_000), "submit")
    desk, draft = office.as_("policy"), office.amount_draft()
    answer = desk.post("/simulations/", {"ids": draft.id})
    assert answer.status_code == 303 and "可以离开本页" in desk.get(answer.location).text
    assert desk.post("/simulations/", {}).status_code == 400
    assert desk.post("/simulations/", {"ids": "nothing"}).status_code == 404
