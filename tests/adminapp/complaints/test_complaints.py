"""Every complaint is assigned, investigated and answered; who told is known to the investigator alone."""

from datetime import date

import pytest

from adminapp import database, dates
from adminapp.auth import users
from adminapp.auth.users import actor_of
from adminapp.complaints import course, register
from adminapp.complaints.register import ASSIGNED, CLOSED, DECIDED, INVESTIGATING, RECEIVED, REPLIED
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.feedback import asking
from adminapp.related import filing
from adminapp.scope import acting
from adminapp.workflow import events
from adminapp.workflow.guards import GUARDS, NEEDS
from adminapp.worklist.reading import Asked, rows
from tests.adminapp.related.filings import APPLICANT, REVIEWER, values
from tests.conftest import HERE, THERE
from tests.story import CLERK, SURVEYORS, move, walk

pytestmark = pytest.mark.usefixtures("engine")
DAY = date(2026, 9, 16)
WORDS = {"name": "向举报", "contact": "07430000001", "about": "某某户", "content": "有房有车仍在享受", "subject": "household", "township": HERE}


@pytest.fixture
def staff(people):
    return lambda username: actor_of(users.get(username))


@pytest.fixture
def boss(staff):
    return staff("reviewer")


def receive(**changes):
    with dates.frozen(DAY):
        return course.receive(WORDS | changes)


def now(complaint):
    return database.raw(register.COLLECTION).find_one({"_id": complaint["_id"]})


def step(function, complaint, actor, *args, on=DAY):
    complaint = now(complaint)
    with acting(actor), dates.frozen(on):
        return function(complaint, actor, complaint["rev"], *args)


def linked(engine, complaint, case, actor):
    with acting(actor), dates.frozen(DAY):
        return course.link(engine.engine.registry, now(complaint), actor, now(complaint)["rev"], case.number)


def test_is_registered_with_a_receipt_and_nothing_in_the_open():
    complaint, secret = receive()
    assert complaint["_id"] == "TS202609-00001" and complaint["state"] == RECEIVED
    assert complaint["due"] == "2026-09-20" and complaint["limit"] == "2026-11-03"  # 3 and 30 working days
    row = str(now(complaint))
    for word in ("向举报", "07430000001", "某某户", "有房有车", secret):
        assert word not in row


def test_an_anonymous_one_is_taken_and_answered_like_any_other(staff, boss):
    complaint, secret = receive(name="", contact="")
    step(course.assign, complaint, boss, "reviewer")
    step(course.conclude, complaint, boss, "false", "查无此事", "经核查不属实")
    step(course.reply, complaint, boss, DAY, "凭编号查询")
    told = asking.told(complaint["_id"].lower(), secret)
    assert told["answer"] == "经核查不属实" and told["state"] == "已办结"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("content", {"content": ""}),
        ("subject", {"subject": "x"}),
        ("township", {"township": "999"}),
        ("contact", {"contact": ""}),
        ("name", {"name": "很" * 31}),
    ],
)
def test_what_is_missing_is_said_at_its_input(field, changes):
    with pytest.raises(Invalid) as caught:
        receive(**changes)
    assert list(caught.value.problems[0]) == [field]
    assert database.raw(register.COLLECTION).count_documents({}) == 0


@pytest.mark.parametrize("secret", ["", "WRONG123", "$ne"])
def test_a_receipt_without_its_secret_tells_nothing(secret):
    complaint, _right = receive()
    assert asking.told(complaint["_id"], secret) is None and asking.told("TS202609-99999", _right) is None and asking.told("XX", "x") is None


def test_until_it_is_decided_the_receipt_tells_only_how_far_it_is(boss):
    complaint, secret = receive()
    step(course.assign, complaint, boss, "reviewer")
    told = asking.told(complaint["_id"], secret)
    assert told["state"] == "办理中" and told["due"] == "2026-11-03" and told["answer"] == ""
    assert "向举报" not in str(told)


# The case


def test_a_case_it_concerns_is_flagged_and_visited_by_the_county_first(engine, case, boss):
    complaint, _secret = receive()
    linked(engine, complaint, case, boss)
    row = database.raw("cases").find_one({"_id": case.id})
    assert row["flags"] == ["complaint"] and row["records"][-1]["data"] == {"receipt": complaint["_id"]}
    assert "县级入户核查" in GUARDS["county_checked"](move(engine, engine[0].get("demo").model._from_son(row)))
    assert list(events.verify()) == [] and now(complaint)["number"] == case.number
    linked(engine, complaint, case, boss)
    assert len(database.raw("cases").find_one({"_id": case.id})["records"]) == 1


def test_a_visit_from_before_the_complaint_does_not_answer_it(engine, case, boss):
    visit = {"date": DAY, "surveyors": SURVEYORS, "findings": "属实", "result": "true"}
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": True, "relative_of": "田某"}))
    case.state = "county_check"
    walk(engine, case, (boss, DAY, "record_county_visit", visit))
    assert not NEEDS["county_check_open"](move(engine, case))
    complaint, _secret = receive()
    linked(engine, complaint, case, boss)
    row = database.raw("cases").find_one({"_id": case.id})
    assert NEEDS["county_check_open"](move(engine, engine[0].get("demo").model._from_son(row)))


def test_a_wrong_number_is_said(engine, boss):
    complaint, _secret = receive()
    with acting(boss), pytest.raises(Invalid, match="没有这个编号"):
        course.link(engine.engine.registry, complaint, boss, 1, "433123109XX202699999")


def test_a_process_that_died_before_the_flag_is_made_good(engine, case, boss, monkeypatch):
    complaint, _secret = receive()
    monkeypatch.setattr(course, "flag_case", lambda *_: None)
    linked(engine, complaint, case, boss)
    monkeypatch.undo()
    assert course.sweep(engine.engine) == 1 and course.sweep(engine.engine) == 0
    assert database.raw("cases").find_one({"_id": case.id})["flags"] == ["complaint"]


def test_one_case_that_cannot_be_flagged_keeps_no_other_from_its_turn(engine, case, boss, monkeypatch):
    bad, good = receive()[0], receive()[0]
    monkeypatch.setattr(course, "flag_case", lambda *_: None)
    linked(engine, bad, case, boss)
    linked(engine, good, case, boss)
    monkeypatch.undo()
    database.raw(register.COLLECTION).update_one({"_id": bad["_id"]}, {"$set": {"case": None}})
    assert course.sweep(engine.engine) == 1
    assert now(bad)["flagging"] and "flagging" not in now(good)


# Who sees, who investigates


def test_a_township_person_sees_only_what_is_assigned_there(staff, boss):
    complaint, _secret = receive()
    deputy, clerk = staff("deputy.tuojiang"), staff("clerk.tuojiang")
    for actor in (deputy, clerk, staff("head.tuojiang"), staff("assistant.tuojiang")):
        with pytest.raises(NotFound):
            register.get(complaint["_id"], actor)
    step(course.assign, complaint, boss, "deputy.tuojiang")
    assert register.get(complaint["_id"], deputy)["owner"] == "deputy.tuojiang"
    with pytest.raises(NotFound):
        register.get(complaint["_id"], clerk)


def test_the_name_is_for_the_investigator_alone(staff, boss):
    complaint, _secret = receive()
    step(course.assign, complaint, boss, "deputy.tuojiang")
    row = now(complaint)
    assert register.reads_name(staff("deputy.tuojiang"), row)
    for other in ("reviewer", "approver", "auditor", "clerk.tuojiang", "head.tuojiang", "sysadmin"):
        assert not register.reads_name(staff(other), row), other
    assert not register.reads_words(staff("auditor"), row) and register.reads_words(boss, row)


@pytest.mark.parametrize(
    ("username", "changes", "sentence"),
    [
        ("clerk.tuojiang", {"subject": "staff"}, "不能交给乡镇"),
        ("clerk.liaojiaqiao", {}, "其他乡镇"),
        ("assistant.tuojiang", {}, "只能交给"),
        ("finance", {}, "只能交给"),
        ("no.such.person", {}, "没有这个账户"),
    ],
)
def test_nobody_unfit_investigates(boss, username, changes, sentence):
    complaint, _secret = receive(**changes)
    with pytest.raises(Invalid, match=sentence):
        step(course.assign, complaint, boss, username)


def test_who_handled_the_case_does_not_investigate_it(engine, case, boss, people):
    complaint, _secret = receive()
    database.raw("cases").update_one({"_id": case.id}, {"$set": {"accepted_by": "deputy.tuojiang"}})
    linked(engine, complaint, case, boss)
    with pytest.raises(Invalid, match="本人办理过"):
        step(course.assign, complaint, boss, "deputy.tuojiang")


def test_nor_does_a_relative(engine, case, boss, people):
    complaint, _secret = receive()
    linked(engine, complaint, case, boss)
    relatives = [{"relation": "parent", "name": "龙䶮虚构", "id_number": APPLICANT}]
    with acting(REVIEWER), dates.frozen(DAY):
        filing.file(values(account="deputy.tuojiang") | {"relatives": relatives}, 2026, REVIEWER)
    with pytest.raises(Invalid, match="应当回避"):
        step(course.assign, complaint, boss, "deputy.tuojiang")


@pytest.mark.parametrize("done", [(), ("begin",), ("begin", "conclude")])
def test_linked_to_a_case_that_the_investigator_handled_it_is_assigned_anew(engine, case, staff, boss, done):
    complaint, _secret = receive()
    step(course.assign, complaint, boss, "deputy.tuojiang")
    args = {"begin": (), "conclude": ("false", "查无此事", "不属实")}
    for name in done:
        step(getattr(course, name), complaint, staff("deputy.tuojiang"), *args[name])
    database.raw("cases").update_one({"_id": case.id}, {"$set": {"accepted_by": "deputy.tuojiang"}})
    linked(engine, complaint, case, boss)
    after = now(complaint)
    assert (after["state"], after["owner"], after["owner_name"], after["conclusion"], after["answer"]) == (RECEIVED, "", "", "", "")
    assert after["due"] == "2026-09-20" and "须重新交办" in after["history"][-1]["note"]
    step(course.assign, complaint, boss, "clerk.tuojiang")


def test_linked_to_a_case_of_another_township_it_is_assigned_anew(engine, case, boss, people):
    complaint, _secret = receive(township=THERE)
    step(course.assign, complaint, boss, "clerk.liaojiaqiao")
    database.raw("cases").update_one({"_id": case.id}, {"$set": {"township": HERE}})
    linked(engine, complaint, case, boss)
    assert now(complaint)["state"] == RECEIVED and "须重新交办" in now(complaint)["history"][-1]["note"]


def test_linked_to_any_other_case_the_investigator_goes_on(engine, case, boss, people):
    complaint, _secret = receive()
    step(course.assign, complaint, boss, "reviewer")
    linked(engine, complaint, case, boss)
    assert now(complaint)["state"] == ASSIGNED and now(complaint)["owner"] == "reviewer" and now(complaint)["history"][-1]["note"] == case.number


def test_one_without_a_township_stands_in_the_work_of_whoever_investigates_it(staff, boss):
    complaint, _secret = receive(township="")
    for username in ("deputy.tuojiang", "clerk.liaojiaqiao", "reviewer"):
        step(course.assign, complaint, boss, username)
        with acting(staff(username)), dates.frozen(DAY):
            assert [item.number for item in rows(Asked(staff(username), source="complaints"))] == [complaint["_id"]], username
    with acting(staff("deputy.tuojiang")), dates.frozen(DAY):
        assert rows(Asked(staff("deputy.tuojiang"), source="complaints")) == []
    assert now(complaint)["township"] == ""


def test_only_the_county_assigns_and_only_the_investigator_concludes(staff, boss):
    complaint, _secret = receive()
    deputy = staff("deputy.tuojiang")
    with pytest.raises(Forbidden):
        step(course.assign, complaint, deputy, "deputy.tuojiang")
    step(course.assign, complaint, boss, "deputy.tuojiang")
    with pytest.raises(Forbidden):
        step(course.conclude, complaint, boss, "true", "属实", "属实")


# The way through


def test_goes_its_way_and_says_when_it_was_late(staff, boss):
    deputy = staff("deputy.tuojiang")
    for on, late in ((date(2026, 11, 3), False), (date(2026, 11, 4), True)):
        complaint, _secret = receive()
        assert step(course.assign, complaint, boss, "deputy.tuojiang", "请核查")["state"] == ASSIGNED
        assert step(course.begin, complaint, deputy)["state"] == INVESTIGATING
        assert step(course.conclude, complaint, deputy, "partly", "部分属实", "已责令整改")["state"] == DECIDED
        after = step(course.reply, complaint, deputy, on, "书面", on=on)
        assert after["state"] == REPLIED and after["late"] is late
        assert step(course.close, complaint, boss, on=on)["state"] == CLOSED
    assert "部分属实" not in str(now(complaint)["finding"])


@pytest.mark.parametrize("wrong", ["reply", "close", "begin"])
def test_no_step_is_left_out(staff, boss, wrong):
    complaint, _secret = receive()
    deputy = staff("deputy.tuojiang")
    step(course.assign, complaint, boss, "deputy.tuojiang")
    if wrong == "begin":
        step(course.begin, complaint, deputy)
    args = {"reply": (deputy, DAY, "书面"), "close": (boss,), "begin": (deputy,)}[wrong]
    with pytest.raises(Forbidden):
        step(getattr(course, wrong), complaint, *args)


def test_two_at_once_one_is_refused(boss):
    complaint, _secret = receive()
    step(course.assign, complaint, boss, "deputy.tuojiang")
    with acting(boss), dates.frozen(DAY), pytest.raises(Conflict):
        course.assign(complaint, boss, complaint["rev"], "clerk.tuojiang")


def test_every_query_has_its_index(engine):
    receive()
    raw = database.raw(register.COLLECTION)
    for query, sort, index in (
        ({"owner": "x", "state": {"$in": [ASSIGNED]}}, None, "owner"),
        ({"case": "x"}, None, "case"),
        ({"flagging": True}, None, "flagging"),
        ({}, [("received_on", -1), ("_id", 1)], "recent"),
    ):
        assert f"'{index}'" in str(raw.find(query, sort=sort).explain()["queryPlanner"]["winningPlan"]), query
