"""The evaluation on the screen and on paper: places compared, numbers that open their rows, and no township sees another."""

import re
from html import unescape

import pytest

from adminapp import database, dates, divisions
from tests.adminapp.evaluation.test_figures import step
from tests.conftest import THERE
from tests.exports.notices.faces import lend
from views import counting


@pytest.fixture(autouse=True)
def _now(app):
    counting.forget()
    with dates.frozen("2026-09-28"):
        database.raw("deadlines").insert_many([step(3), step(30, outcome="late"), step(5, township=THERE, done="2025-05-06"), step(7, township=THERE)])
        yield


def test_each_number_opens_as_many_rows_as_it_says(login):
    browser = login("reviewer")
    page = browser.get("/evaluation/?period=2026").text
    assert "各乡镇比较" in page and "乡镇平均" in page and "按时率" in page and "各乡镇各环节用时" in page and "66.7%" in page
    links = [(unescape(url), int(text)) for url, text in re.findall(r'<td [^>]+><a href="([^"]+)">(\d+)', page)]
    assert len(links) > 4
    for url, number in links:
        assert url.startswith("/registers/steps?period=2026"), url
        if " / " not in url and "c.step" not in url:
            assert f"共 {number} 行" in browser.get(url).text, url


def test_the_span_is_chosen_and_a_wrong_one_is_refused_with_a_sentence(login):
    browser = login("auditor")
    assert "2025-05 至 2025-06" in browser.get("/evaluation/?from=2025-05&to=2025-06").text
    assert "2026 年第 2 季度" in browser.get("/evaluation/?period=2026Q2").text
    assert "没有可以评估的记录" in browser.get("/evaluation/?period=2024").text
    for wrong in ("period=x", "from=2026-05&to=2026-04", "from=2020-01&to=2026-01", "from=2026-99"):
        answer = browser.get(f"/evaluation/?{wrong}")
        assert answer.status_code == 400 and "请选择一段时间" in answer.text, wrong


def test_a_township_sees_itself_and_the_average_alone(login, browser):
    page = login("deputy.tuojiang", browser()).get(f"/evaluation/?period=2026&township={THERE}").text
    assert "乡镇平均" in page and "50.0%" in page and "全县 66.7%" in page
    shown = page.split("<main", 1)[1]
    assert divisions.name_of(THERE) not in shown and "投诉举报" not in shown
    assert login("finance", browser()).get("/evaluation/").status_code == 403
    assert login("assistant.tuojiang", browser()).get("/evaluation/").status_code == 403


def test_the_paper_has_figures_and_charts_and_is_logged(app, login):
    lend(app.extensions["relief"].settings.home)
    answer = login("approver").get("/evaluation/evaluation.pdf?period=2026Q2")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and len(answer.data) > 4000
    assert database.raw("audit").find_one({"kind": "export", "data.what": "evaluation"})["data"]["period"] == "2026Q2"
