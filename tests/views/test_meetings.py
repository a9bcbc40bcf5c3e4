"""Appraisal meetings on screen: plan, who came, how they voted with a recusal, into the cases; what is refused keeps what was typed."""

import re
from io import BytesIO

import pytest

from adminapp import audit
from adminapp import database as connection
from adminapp.appraisal import meetings
from adminapp.outputs import outputs
from seed.accounts import SMALL
from tests.adminapp.appraisal.conftest import NUMBERS, PEOPLE, SOURCE, STAGES
from tests.story import SURVEYORS
from tests.views.conftest import DAY, Cases
from tests.views.following import two_pages
from tests.world import PDF
from views.meetings import shown

HERE, THERE = SMALL
VILLAGE = f"{HERE}001"
VISIT = {"date": DAY, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}
HELD = {"day": str(DAY), "place": "村部", "chair": "石主任虚构", "recorder": "吴虚构"} | {
    f"attendance-{number}-{key}": {True: "yes", False: "no"}.get(value, value) for number, row in enumerate(PEOPLE) for key, value in row.items()
}  # fmt: skip


@pytest.fixture
def two(app, people, today):
    world = Cases(app)
    world.publish(SOURCE)
    found = []
    for name, number in zip(("石乙虚构", "石丙虚构"), NUMBERS[1:], strict=False):
        case = world.open(VILLAGE, name, applicant_id=number, members=[{"name": name, "relation": "self", "id_number": number}])
        for action, data in (("submit", {}), ("accept", {"relative": False}), ("start_survey", {}), ("record_visit", VISIT), ("call_appraisal", {})):
            world.move(case, action, **data)
        found.append(case)
    return found


@pytest.fixture
def url(two, login):
    answer = login("clerk.tuojiang").post(f"/appraisals/new/{VILLAGE}", {"day": str(DAY), "place": "村部", "ids": [str(case.id) for case in two]})
    assert answer.status_code == 303
    return answer.location


def stored(url):
    return connection.raw(meetings.COLLECTION).find_one({"_id": url.rsplit("/", 1)[1].partition("#")[0]})


def attended(browser, url, **changes):
    return browser.post(f"{url}/attendance", {**HELD, "rev": str(stored(url)["rev"]), **changes})


def ballots(two, url, **changes):
    first, second = (str(case.id) for case in two)
    votes = {
        f"agree-{first}": "5", f"against-{first}": "0", f"abstain-{first}": "0", f"opinion-{first}": "属实", f"recused-{second}": "代表甲虚构",
        f"agree-{second}": "3", f"against-{second}": "1", f"abstain-{second}": "0", f"opinion-{second}": "多数同意",
    }  # fmt: skip
    return votes | {"rev": str(stored(url)["rev"])} | changes


def scan():
    return {"stages": STAGES, "scan": (BytesIO(PDF), "签字页.pdf")}


def test_meetings_beyond_the_first_page_are_reached(url, login, monkeypatch):
    monkeypatch.setattr(shown, "PAGE", 2)
    more = [stored(url) | {"_id": f"PY{HERE}-2025-000{n}", "day": "2025-09-01", "state": meetings.CLOSED} for n in range(1, 4)]
    connection.raw(meetings.COLLECTION).insert_many(more)
    seen = two_pages(login("clerk.tuojiang"), "/appraisals/", rf"PY{HERE}-\d+-\d+")
    assert seen == [sorted([stored(url)["_id"], more[2]["_id"]]), [more[0]["_id"], more[1]["_id"]]]


def test_a_village_that_waits_leads_to_a_meeting(two, login):
    browser = login("clerk.tuojiang")
    assert "2 户" in browser.get("/appraisals/").text
    page = browser.get(f"/appraisals/new/{VILLAGE}").text
    assert page.count('name="ids"') == 2 and page.count(" checked") >= 2
    refused = browser.post(f"/appraisals/new/{VILLAGE}", {"day": "2026-02-29", "place": "老屋场", "ids": [str(two[0].id)]})
    assert refused.status_code == 422 and "老屋场" in refused.text and f'value="{two[1].id}" checked' not in refused.text


def test_a_meeting_goes_from_plan_to_the_cases(two, url, login):
    browser = login("clerk.tuojiang")
    assert "召开并登记民主评议" in browser.get("/work/").text
    assert "登记参加人" in browser.get(url).text and 'name="agree-' not in browser.get(url).text
    assert attended(browser, url).location == f"{url}#votes"
    page = browser.get(url).text
    assert "应投 5 票" in page and f'name="agree-{two[0].id}"' in page
    full_width = f"agree-{two[0].id}"  # as a Chinese keyboard types it
    votes = ballots(two, url)
    assert browser.post(f"{url}/votes", votes | {full_width: chr(ord(votes[full_width]) + 0xFEE0)}).status_code == 303
    assert "应投 4 票" in browser.get(url).text and "多数同意" in browser.get(url).text
    page = browser.post(f"{url}/close", scan(), follow_redirects=True).text
    assert "已写入 2 户的案件" in page and "已办结" in page and "写入各户案件" not in page
    case = connection.raw("cases").find_one({"_id": two[1].id})
    assert case["state"] == "opinion" and case["records"][-1]["data"]["recused"] == "代表甲虚构"
    shown = browser.get(f"/cases/demo/{two[1].id}").text
    assert "近亲属回避名单" in shown and "签字页.pdf" in shown and "召开并登记民主评议" not in browser.get("/work/").text


def test_wrong_attendance_comes_back_as_typed(two, url, login):
    answer = attended(login("clerk.tuojiang"), url, **{f"attendance-{number}-present": "no" for number in range(4)})
    assert answer.status_code == 422 and "不足应到 6 人" in answer.text and "代表丁虚构" in answer.text
    assert stored(url)["state"] == "planned"


@pytest.mark.parametrize(("value", "sentence"), [("6", "票数合计 6，应为 5"), ("多数", "要填人数"), ("-1", "要填人数"), ("", "请填写同意、不同意、弃权的票数")])
def test_wrong_votes_come_back_as_typed(two, url, login, value, sentence):
    browser = login("clerk.tuojiang")
    attended(browser, url)
    answer = browser.post(f"{url}/votes", ballots(two, url, **{f"agree-{two[0].id}": value}))
    assert answer.status_code == 422 and sentence in answer.text and "多数同意" in answer.text and f'value="{value}"' in answer.text
    assert stored(url)["items"][0]["agree"] is None


def test_a_second_window_does_not_overwrite_the_first(two, url, login):
    browser = login("clerk.tuojiang")
    attended(browser, url)
    old = ballots(two, url)
    browser.post(f"{url}/votes", ballots(two, url))
    answer = browser.post(f"{url}/votes", old)
    assert answer.status_code == 409 and "刚刚有变动" in answer.text


def test_closing_without_signatures_or_stages_writes_nothing(two, url, login):
    browser = login("clerk.tuojiang")
    attended(browser, url)
    browser.post(f"{url}/votes", ballots(two, url))
    answer = browser.post(f"{url}/close", {"stages": STAGES[:1]})
    assert answer.status_code == 422 and "请附上全体参加人签字" in answer.text and "签字确认" in answer.text
    assert connection.raw("cases").find_one({"_id": two[0].id})["state"] == "appraisal"


def test_the_minutes_are_printed_and_logged(two, url, login, monkeypatch):
    printed = []
    monkeypatch.setitem(outputs, "minutes", lambda meeting, home: printed.append(meeting) or PDF)
    browser = login("clerk.tuojiang")
    attended(browser, url)
    assert browser.get(f"{url}/minutes").get_data() == PDF
    assert printed[0]["came"] == 5 and printed[0]["representatives"] == 4 and printed[0]["types"] == {"demo": "演示救助"}
    assert audit.entries({"kind": "print"}, limit=1)[0]["data"]["what"] == "minutes"


def test_a_cancelled_meeting_sets_its_cases_free(two, url, login):
    browser = login("clerk.tuojiang")
    assert "已取消" in browser.post(f"{url}/cancel", follow_redirects=True).text
    assert "2 户" in browser.get("/appraisals/").text


def test_others_read_or_see_nothing(two, url, login):
    assert login("clerk.liaojiaqiao").get(url).status_code == 404
    page = login("reviewer").get(url).text
    assert "石乙虚构" in page and not re.search(r'name="agree-|/close"', page)
    for username in ("head.tuojiang", "reviewer", "auditor", "assistant.tuojiang", "finance"):
        assert login(username).post(f"{url}/votes", {}).status_code == 403
