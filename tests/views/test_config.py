"""What is declared, on screen: a type with its versions beside each other; closed to new applications and opened again."""

import pytest

from tests.story import DECLARATION

VILLAGE = "433123109001"


@pytest.fixture
def desk(cases, login, browser):
    return login("policy", browser())


def test_two_versions_stand_beside_each_other_with_what_reads_the_change(desk, cases):
    cases.publish(DECLARATION.replace("label: 家庭年收入", "label: 全年收入"))
    cases.publish(DECLARATION.replace("label: 家庭年收入", "label: 家庭全年总收入"))
    page = desk.get("/config/types/demo").text
    assert "与第 2 版相比" in page and "<del>“全年收入”</del>" in page and "<ins>“家庭全年总收入”</ins>" in page
    page = desk.get("/config/types/demo?with=1").text
    assert "与第 1 版相比" in page and "<del>“家庭年收入”</del>" in page and "影响到" in page
    assert desk.get("/config/types/demo?with=9").status_code == 404
    assert "版本比较" in desk.get("/config/types/demo/1").text  # an old version, beside any newer one


def test_a_closed_type_takes_no_application_and_old_cases_go_on(desk, cases, login, browser, today):
    case = cases.open(VILLAGE)
    answer = desk.post("/config/types/demo/close", {"do": "retire"})
    page = desk.get(answer.location).text
    assert "不再受理新申请" in page and "恢复受理" in page
    clerk = login("clerk.tuojiang", browser())
    assert clerk.get("/cases/demo/new").status_code in (403, 404)
    assert clerk.get(f"/cases/demo/{case.id}").status_code == 200
    desk.post("/config/types/demo/close", {"do": "restore"})
    assert clerk.get("/cases/demo/new").status_code == 200


def test_only_policy_administrators_close_a_type(cases, login, browser):
    reviewer = login("reviewer", browser())
    assert "停止受理" not in reviewer.get("/config/types/demo").text
    assert reviewer.post("/config/types/demo/close", {"do": "retire"}).status_code == 403
