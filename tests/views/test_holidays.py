"""The calendar on the screen: shown before it is in force, then every open case is reckoned anew, once and on record."""

import pytest

from adminapp import database, dates
from adminapp.errors import Conflict
from adminapp.holidays import recount, store
from adminapp.jobs import model, runner
from adminapp.scope import Actor, system
from adminapp.workflow import events
from tests.conftest import HERE

DAY = "2026-09-21"
TABLE = {"text": f"{DAY} 休 本地节日", "known_until": "2026", "reason": "州人大公告（虚构）"}
POLICY = Actor("policy", "政策虚构", frozenset({"policy_admin"}))


@pytest.fixture(autouse=True)
def clean():
    yield
    store.use(store.EMPTY)


@pytest.fixture
def running(cases):
    """Return a case with a clock of twenty working days that runs over the day."""
    return cases.to_opinion(cases.open(f"{HERE}001"))


def due(case):
    row = database.raw("cases").find_one({"_id": case.id})
    return [clock["due"] for clock in row["clocks"] if not clock["stopped"]], row["due"].date().isoformat()


def publish(browser, **changes):
    return browser.post("/config/calendar/", TABLE | {"rev": str(store.newest()["rev"]), "go": "1"} | changes)


def test_a_change_is_shown_before_and_counted_after(login, running, app):
    browser, (before, nearest) = login("policy"), due(running)
    page = browser.post("/config/calendar/", TABLE | {"rev": "0"}).text
    assert running.number in page and "1 件在办案件的到期日会改变" in page and due(running) == (before, nearest) and dates.overrides() == {}

    answer = publish(browser)
    assert answer.status_code == 303 and "/jobs/" in answer.location
    assert runner.run_job(app.extensions["relief"], model.waiting()[0]) == model.DONE
    after, shown = due(running)
    assert all(late > early for late, early in zip(after, before, strict=True)) and shown > nearest and shown == min(after)
    event = database.raw("events").find_one({"case": running.id, "action": "calendar"})
    assert event["data"]["clocks"][0]["before"] == before[0] and list(events.verify()) == []
    assert list(recount.changes()) == [], "a second time changes nothing"
    assert database.raw("audit").find_one({"kind": "calendar"})["data"]["rev"] == 1


def test_every_process_reckons_with_it_at_its_next_request(login, running, app):
    publish(login("policy"))
    store.use(store.EMPTY)
    login("reviewer").get("/config/calendar/")
    assert not dates.is_workday(dates.parse_date(DAY))


def test_a_case_that_is_worked_on_meanwhile_is_reckoned_again(login, running):
    publish(login("policy"))
    found = next(recount.changes())
    database.raw("cases").update_one({"_id": running.id}, {"$inc": {"rev": 1}})
    with system("test"):
        assert recount.apply(found) == 1 and recount.apply(found) == 0
    assert list(recount.changes()) == []


@pytest.mark.parametrize("ended", ["", model.FAILED, model.DONE])
def test_a_table_whose_job_never_came_to_its_end_is_reckoned_again(login, running, ended):
    publish(login("policy"))
    ended_at = dates.now() - model.PATIENCE * 2
    database.raw(model.COLLECTION).update_one({"_id": store.newest()["job"]}, {"$set": {"state": ended, "finished": ended_at}})
    if not ended:
        database.raw(store.COLLECTION).update_one({}, {"$set": {"job": "", "at": ended_at}})
        database.raw(model.COLLECTION).delete_many({})
    recount.sweep(), recount.sweep()
    assert model.unfinished(store.newest()["job"]) == (ended != model.DONE)
    assert database.raw(model.COLLECTION).count_documents({}) == (2 if ended == model.FAILED else 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "放假"}, "看不懂"), ({"reason": ""}, "请写明依据"), ({"known_until": "x"}, "已经公布到哪一年"),
        ({"known_until": "26"}, "已经公布到哪一年"),
        ({"rev": "7"}, "刚刚被他人修改"), ({"rev": "x"}, "刚刚被他人修改"),
    ],
)  # fmt: skip
def test_bad_input_keeps_what_was_typed(login, app, changes, sentence):
    answer = publish(login("policy"), **changes)
    assert answer.status_code == 422 and sentence in answer.text and (changes.get("text") or DAY) in answer.text
    assert store.newest()["rev"] == 0 and dates.overrides() == {}


def test_two_at_once_and_the_same_again(app, login):
    publish(login("policy"))
    with pytest.raises(Conflict):
        store.publish({}, 2026, POLICY, 0, "又一份")
    assert "没有需要发布的内容" in publish(login("policy")).text


def test_who_may_read_and_who_may_change(login, app):
    assert login("auditor").get("/config/calendar/").status_code == 200
    assert publish(login("reviewer")).status_code == 403 and login("clerk.tuojiang").get("/config/calendar/").status_code == 403


def test_years_beyond_the_calendar_are_told(login, running):
    moment = dates.now().replace(year=dates.known_until() + 1)
    database.raw("cases").update_one({"_id": running.id}, {"$set": {"due": moment}})
    assert "有 1 件案件的到期日在尚未公布放假安排的年份" in login("policy").get("/config/calendar/").text
