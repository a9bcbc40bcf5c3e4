"""Who has a case and who answers for it: named at acceptance, changed only with an event, and by whom it may be."""

from datetime import date

import pytest

from adminapp import database, worklist
from adminapp.auth import users
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.scope import acting
from adminapp.workflow import events, handling
from tests.story import move, walk

TODAY = date(2026, 9, 16)


@pytest.fixture
def accepted(staff, engine, case):
    return walk(engine, case, (staff("clerk"), TODAY, "submit", {}), (staff("clerk"), TODAY, "accept", {"relative": False}))


def step(engine, case, actor):
    return move(engine, case, actor, TODAY)


def named(case):
    people = case.responsible
    return people["first"]["id"], [person["id"] for person in people["deputies"]], people["clerk"]["id"]


def test_acceptance_names_the_persons_responsible(accepted):
    """县方案 五(二)2: the head is the first person responsible, deputy and clerk the second."""
    assert named(accepted) == ("head", ["deputy"], "clerk")
    assert accepted.owner == "clerk" and accepted.hands == ["clerk", "deputy", "head"]


def test_the_names_stay_when_others_come_into_office(accepted, staff, engine):
    users.change("head", active=False)
    assert named(accepted)[0] == "head"
    with acting(staff("deputy")):
        handling.renew(step(engine, accepted, staff("deputy")), "换届")
    assert named(accepted)[0] == "head2" and "head2" in accepted.hands
    event = events.history(accepted.id)[0]
    assert (event["action"], event["data"]["before"]["first"]["id"], event["data"]["after"]["first"]["id"]) == ("renew_responsible", "head", "head2")
    with acting(staff("deputy")), pytest.raises(Invalid, match="不需要更新"):
        handling.renew(step(engine, accepted, staff("deputy")), "再来一次")


def test_a_vacant_post_is_no_obstacle(staff, engine, case):
    for username in ("head", "head2", "both", "deputy"):
        users.change(username, active=False)
    walk(engine, case, (staff("clerk"), TODAY, "submit", {}), (staff("clerk"), TODAY, "accept", {"relative": False}))
    assert case.responsible["first"] is None and case.hands == ["clerk"]


def test_a_case_is_claimed_once(staff, engine, case):
    with acting(staff("clerk2")):
        handling.claim(step(engine, case, staff("clerk2")))
        handling.claim(step(engine, case, staff("clerk2")))  # twice is once
    assert case.owner == "clerk2" and [event["action"] for event in events.history(case.id)] == ["claim", "open"]
    with acting(staff("clerk")), pytest.raises(Invalid, match="已由clerk2"):
        handling.claim(step(engine, case, staff("clerk")))
    users.change("clerk2", active=False)
    with acting(staff("clerk")):
        handling.claim(step(engine, case, staff("clerk")))
    assert case.owner == "clerk"


def test_who_claimed_before_acceptance_stays_the_handler(staff, engine, case):
    with acting(staff("clerk2")):
        handling.claim(step(engine, case, staff("clerk2")))
    walk(engine, case, (staff("clerk"), TODAY, "submit", {}), (staff("clerk"), TODAY, "accept", {"relative": False}))
    assert (case.owner, case.accepted_by, named(case)[2]) == ("clerk2", "clerk", "clerk2")


def test_it_is_handed_over_by_who_has_it_or_by_a_leader(accepted, staff, engine):
    with acting(staff("clerk2")), pytest.raises(Forbidden):
        handling.assign(step(engine, accepted, staff("clerk2")), "clerk2", "我来")
    with acting(staff("clerk")):
        handling.assign(step(engine, accepted, staff("clerk")), "clerk2", "调整分工")
    assert (accepted.owner, named(accepted)[2]) == ("clerk2", "clerk2")
    with acting(staff("deputy")):
        handling.assign(step(engine, accepted, staff("deputy")), "both", "平衡工作量")
    event = events.history(accepted.id)[0]
    assert event["data"] == {"before": "clerk2", "to": "both", "to_name": "both（虚构）", "reason": "平衡工作量"}
    assert list(events.verify()) == []


@pytest.mark.parametrize(("to", "reason", "sentence"), [("far", "调整", "同级"), ("head", "调整", "同级"), ("", "调整", "同级"), ("clerk2", " ", "移交原因")])
def test_a_handler_is_active_of_the_place_and_named_with_a_reason(accepted, staff, engine, to, reason, sentence):
    with acting(staff("clerk")), pytest.raises(Invalid, match=sentence):
        handling.assign(step(engine, accepted, staff("clerk")), to, reason)


def test_the_county_has_its_own_handler(accepted, staff, engine):
    with acting(staff("reviewer")):
        handling.claim(step(engine, accepted, staff("reviewer")))
    assert (accepted.owner, accepted.county_owner) == ("clerk", "reviewer") and "reviewer" in accepted.hands
    assert [key for key, _name in handling.assignees(accepted, staff("reviewer"))] == ["reviewer", "reviewer2"]
    assert [key for key, _name in handling.assignees(accepted, staff("deputy"))] == ["both", "clerk", "clerk2", "deputy"]


def test_nobody_out_of_place_stale_or_after_the_end(accepted, staff, engine):
    with pytest.raises(Forbidden):
        handling.claim(step(engine, accepted, staff("far")))
    late = step(engine, accepted, staff("deputy"))
    late.case.rev -= 1
    with acting(staff("deputy")), pytest.raises(Conflict):
        handling.assign(late, "clerk2", "调整")
    accepted.state = "withdrawn"
    with pytest.raises(Invalid, match="已办结"):
        handling.claim(step(engine, accepted, staff("clerk")))


def test_mine_is_what_i_have_and_unclaimed_what_nobody_has(accepted, staff, engine):
    def titles(username, *people):
        with acting(staff(username)):
            return [item.what for item in worklist.rows(worklist.Asked(staff(username), people=people, today=TODAY))]

    assert titles("clerk", "clerk") == ["启动调查"] and titles("clerk2", "clerk2") == []
    assert titles("clerk2", "clerk2", "clerk") == ["启动调查"]  # while standing in
    assert titles("clerk2") == []
    for nobody in ({"$unset": {"hands": 1}}, {"$set": {"hands": []}}):
        database.raw("cases").update_one({}, nobody)
        assert titles("clerk2") == ["启动调查"]
