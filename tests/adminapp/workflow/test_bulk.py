"""One step for many cases: each judged alone, nobody when nobody is selected, nothing twice after a crash."""

from datetime import date
from types import SimpleNamespace

import pytest

from adminapp import database, dates
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import model, runner
from adminapp.policy import TOWNSHIP
from adminapp.scope import acting
from adminapp.supervision import kinds
from adminapp.workflow import bulk
from adminapp.workflow.machine import ACTIONS
from adminapp.workflow.opening import open_case
from tests.story import VILLAGE, walk

TODAY = date(2026, 9, 16)
VALUES = {"applicant_name": "龙甲虚构", "applicant_id": "433123195603074216", "income": 900000,
          "members": [{"name": "龙甲虚构", "relation": "self", "id_number": "433123195603074216"}]}  # fmt: skip


@pytest.fixture
def held(engine, staff):
    """Return (engine as jobs see it, ids of three accepted cases); the third is already under survey."""
    kinds.register()
    types, table = engine
    clerk, found = staff("clerk"), []
    for number in range(3):
        with acting(clerk), dates.frozen(TODAY):
            case = open_case(types.get("demo"), clerk, VILLAGE, VALUES, table)
        walk(engine, case, (clerk, TODAY, "submit", {}), (clerk, TODAY, "accept", {"relative": False}))
        if number == 2:
            walk(engine, case, (clerk, TODAY, "start_survey", {}))
        found.append(str(case.id))
    return SimpleNamespace(registry=types, standards=table, refresh=lambda: None, settings=None), found


def run(held_engine, job_id):
    with dates.frozen(TODAY):
        runner.run_job(held_engine, job_id)
    return model.get(job_id)


def states():
    return [row["state"] for row in database.raw("cases").find({}, sort=[("_id", 1)])]


def start(actor, key, ids, **data):
    with dates.frozen(TODAY), acting(actor):
        return bulk.start(actor, key, ids, data)


def test_each_case_is_judged_alone(held, staff):
    engine, ids = held
    job = run(engine, start(staff("clerk"), "start_survey", [*ids, "6560f0f0f0f0f0f0f0f0f0f0"]))
    assert states() == ["surveying"] * 3
    assert (job["state"], job["done"], job["failed"]) == (model.DONE, 4, 2)
    assert "现在不能进行“启动调查”" in job["problems"][0]["text"] and job["result"] == {"done": 2, "failed": 2}
    jobs = {event.get("job") for event in database.raw("events").find({"action": "start_survey"})}
    assert jobs == {job["_id"], None}


def test_nobody_selected_is_nobody(held, staff):
    for ids in ([], ["", "$ne"], ["x"]):
        with pytest.raises(Invalid, match="没有选中案件"):
            start(staff("clerk"), "start_survey", ids)
    assert database.raw("jobs").count_documents({}) == 0 and states() == ["accepted", "accepted", "surveying"]


def test_the_rights_are_those_of_the_person_and_the_place(held, staff):
    engine, ids = held
    for username, key in (("head", "start_survey"), ("clerk", "confirm"), ("clerk", "renew"), ("clerk", "nothing")):
        with pytest.raises(NotFound):
            start(staff(username), key, ids)
    job = run(engine, start(staff("far"), "start_survey", ids))
    assert job["failed"] == 3 and states() == ["accepted", "accepted", "surveying"]
    assert all(item["item"] in ids for item in job["problems"])  # no number of what is out of scope


def test_a_killed_job_goes_on_and_repeats_nothing(held, staff, monkeypatch):
    engine, ids = held
    job_id, killed = start(staff("deputy"), "urge", ids, instruction="本周办结"), []
    original = bulk._one

    def die(job, step, case_id, data):
        answer = original(job, step, case_id, data)
        if case_id == ids[1] and not killed:
            killed.append(1)
            raise runner.Stopped
        return answer

    monkeypatch.setattr(bulk, "_one", die)
    run(engine, job_id)
    assert model.get(job_id)["state"] == model.QUEUED
    job = run(engine, job_id)
    assert (job["state"], job["failed"]) == (model.DONE, 0)
    for row in database.raw("cases").find():
        assert len([record for record in row["records"] if record["kind"] == "urging"]) == 1


def test_handing_over_many_names_the_same_colleague_on_each(held, staff):
    engine, ids = held
    with pytest.raises(Invalid, match="请填写“移交原因”"):
        start(staff("clerk"), "assign", ids, to="clerk2")
    job = run(engine, start(staff("clerk"), "assign", ids, to="clerk2", reason="轮岗"))
    assert job["failed"] == 0 and {row["owner"] for row in database.raw("cases").find()} == {"clerk2"}
    job = run(engine, start(staff("clerk"), "assign", ids[:1], to="far", reason="轮岗"))
    assert job["failed"] == 1


def test_a_fault_in_the_program_stops_one_case_only(held, staff, monkeypatch):
    engine, ids = held
    step = bulk.STEPS["start_survey"]

    def faulty(move):
        if str(move.case.id) == ids[0]:
            raise RuntimeError("boom")
        return step.take(move)

    monkeypatch.setitem(bulk.STEPS, "start_survey", bulk.Step(step.label, step.roles, step.fields, faulty, step.source))
    job = run(engine, start(staff("clerk"), "start_survey", ids[:2]))
    assert states() == ["accepted", "surveying", "surveying"] and "请把编号" in job["problems"][0]["text"] and "boom" not in str(job)


def test_only_what_is_the_same_for_each_is_offered():
    decisions = {"accept", "confirm", "refuse", "give_opinion", "record_visit", "record_verification", "terminate", "not_accept"}
    assert not decisions & set(bulk.STEPS)
    for key in bulk.STEPS:
        assert key not in ACTIONS or ACTIONS[key].bulk
    assert {"start_survey", "claim"} <= set(bulk.offered(SimpleNamespace(has=lambda *roles: bool(set(roles) & TOWNSHIP)), "accepted"))
