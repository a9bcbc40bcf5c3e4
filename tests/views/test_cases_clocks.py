"""Time limits on the case page, and the question why a step comes late."""

import re
from datetime import date

from adminapp import database, dates, divisions
from tests.conftest import HERE
from tests.story import DECLARATION

VILLAGE = divisions.villages(HERE)[0].code
START = "  - {id: start, label: 启动调查, from: accepted, to: survey_started, limit: 3, clause: 57号 第十五条}\n"


def rev(page):
    return re.search(r'name="rev"[^>]*value="(\d+)"', page.text)[1]


def accepted(cases):
    cases.publish(DECLARATION.replace("clocks:\n", "clocks:\n" + START))
    return cases.move(cases.move(cases.open(VILLAGE), "submit"), "accept", relative=False)


def test_a_late_step_asks_why_and_keeps_what_was_typed(cases, login, today):
    case = accepted(cases)
    url = f"/cases/demo/{case.id}/act/start_survey"
    assert "本步骤已超期" not in login("clerk.tuojiang").get(url).text
    with dates.frozen(date(2026, 9, 28)):
        browser = login("clerk.tuojiang")
        page = browser.get(url)
        assert "启动调查：2026-09-20 到期" in page.text
        refused = browser.post(url, {"rev": rev(page), "late_reason": "路断了"})
        assert refused.status_code == 422 and "路断了" in refused.text and "请选择超期原因" in refused.text
        answer = browser.post(url, {"rev": rev(page), "late_code": "disaster", "late_reason": "路断了"})
        assert answer.status_code == 302, answer.text
        shown = browser.get(f"/cases/demo/{case.id}").text
    assert "超期 5 个工作日办结" in shown and "自然灾害、交通中断。路断了" in shown
    assert database.raw("deadlines").find_one()["code"] == "disaster"


def test_pauses_stand_on_the_page_with_their_cause(cases, login, today):
    case = accepted(cases)
    pauses = [{"cause": "request_supplement", "from": "2026-09-16", "to": "2026-09-18"}]
    stored = database.raw("cases").find_one({"_id": case.id})
    clocks = [{**clock, "pauses": pauses} for clock in stored["clocks"]]
    database.raw("cases").update_one({"_id": case.id}, {"$set": {"clocks": clocks}})
    page = login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text
    assert "2026-09-16 至 2026-09-18 暂停计时：告知补正" in page
    clocks = [{**clock, "due": "2031-01-06"} for clock in clocks]
    database.raw("cases").update_one({"_id": case.id}, {"$set": {"clocks": clocks}})
    assert "2031 年放假安排尚未公布" in login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text
