"""Every source of work: carried by its indexes, scoped, and read as one list by due date."""

from datetime import date

import pytest

from adminapp import database, dates, policy, worklist
from adminapp.scope import ALL, Actor, acting
from adminapp.workflow.action import CLOCK
from adminapp.workflow.machine import ACTIONS, STATES
from adminapp.worklist import reading
from adminapp.worklist.cases import next_action, states_of
from tests import plans
from tests.story import CLERK, HEAD, STRANGER, VILLAGE, to_posting, walk

HERE, THERE = "433123109", "433123101"
TODAY = date(2026, 9, 16)


def actor(role):
    if role in policy.TOWNSHIP:
        return Actor(role, role, frozenset({role}), frozenset({HERE}))
    if role == policy.ASSISTANT:
        return Actor(role, role, frozenset({role}), frozenset({HERE}), frozenset({VILLAGE}))
    return Actor(role, role, frozenset({role}), ALL)


ASKERS = [
    worklist.Asked(actor(role), show=show, everybody=everybody, people=people, today=TODAY)
    for role in policy.CASE_WORKERS
    for show in worklist.PILES
    for everybody in (False, True)
    for people in (None, (), ("me", "absent"))
]


def test_every_read_of_every_source_is_carried_by_its_index(engine):
    for asked in ASKERS:
        for source in asked.sources():
            for query in reading.queries(source, asked):
                sort = {source.due: 1} if query.dated else None
                found = plans.of_find(source.collection, query.filter, query.hint, sort, worklist.LIMIT)
                assert not {"COLLSCAN", "SORT"} & found, (asked.actor.id, query)


def test_counting_a_pile_opens_no_case(engine, case):
    asked = worklist.Asked(actor(policy.CLERK), kind="demo", today=TODAY)
    [dated, _undated] = reading.queries(worklist.SOURCES["cases"], asked)
    command = {"count": "cases", "query": dated.filter, "hint": dated.hint}
    plan = database.current().command("explain", command)["queryPlanner"]["winningPlan"]
    assert "FETCH" not in set(plans.stages(plan))


def test_a_source_is_registered_once():
    source = worklist.SOURCES["cases"]
    worklist.register(source)
    with pytest.raises(ValueError, match="registered twice"):
        worklist.register(worklist.Source(**{**vars(source), "label": "x"}))


def test_a_case_waits_for_who_has_the_next_step(engine, case):
    assert [item.what for item in rows(CLERK)] == ["提交申请"]
    assert rows(HEAD) == [] and rows(STRANGER) == []
    walk(engine, case, (CLERK, TODAY, "submit", {}), (CLERK, TODAY, "accept", {"relative": False}))
    [item] = rows(CLERK)
    assert (item.what, item.title, item.due, item.clause) == ("启动调查", case.name, date(2026, 10, 20), "")
    assert rows(HEAD) == [] and [one.what for one in rows(HEAD, everybody=True)] == ["启动调查"]


def rows(who, **asked):
    with acting(who):
        return worklist.rows(worklist.Asked(who, today=TODAY, **asked))


def test_a_refused_case_waits_only_until_its_notice_is_served(engine, case):
    """民发〔2021〕57号 第二十一条: the refusal is told within three working days."""
    clock = {"id": "refusal_notice", "label": "不予确认告知", "started": "2026-09-16", "due": "2026-09-21", "limit": 3,
             "unit": "workday", "extended": None, "paused": None, "stopped": None, "clause": "57号 第二十一条"}  # fmt: skip
    cases = database.raw("cases")
    cases.update_one(
        {"_id": case.id},
        {"$set": {"state": "refused", "clocks": [clock], "due": reading.SOURCES["cases"].stored(date(2026, 9, 21))}},
    )
    [item] = rows(CLERK)
    assert (item.what, item.clause) == ("登记送达", "57号 第二十一条")
    with acting(CLERK):
        assert worklist.counts(CLERK, today=TODAY) == {"todo": 1, "soon": 0, "late": 0, "urged": 0}
        assert worklist.counts(CLERK, today=date(2026, 9, 18))["soon"] == 1
        assert worklist.counts(CLERK, today=date(2026, 9, 22)) == {"todo": 1, "soon": 0, "late": 1, "urged": 0}
    cases.update_one({"_id": case.id}, {"$unset": {"due": 1}})
    assert rows(CLERK) == []


def test_side_actions_keep_nobody_waiting():
    side = {key for key, action in ACTIONS.items() if not action.waits}
    assert {"withdraw", "object", "suspend", "change_content", "stop_uncooperative"} <= side
    assert "in_benefit" not in states_of(policy.CASE_WORKERS)
    for state in states_of(policy.CASE_WORKERS, CLOCK):
        assert any(action.waits == CLOCK and state in action.source for action in ACTIONS.values())


def test_every_open_state_has_somebody_who_must_go_on():
    stuck = [key for key, state in STATES.items() if state.open and key not in states_of(policy.CASE_WORKERS)]
    assert stuck == []


def test_work_is_named_after_what_the_page_of_the_case_offers_first():
    """A case that waits for the decision says so, not 转县级入户核查, which few cases need."""
    assert next_action("confirm_ready", [policy.HEAD]).label == "确认"
    for role in policy.ROLES:
        for state in STATES:
            usual = [action for action in ACTIONS.values() if action.waits and action.tone == "primary" and state in action.source and role in action.roles]
            assert not usual or next_action(state, [role]) is usual[0]


def test_counts_by_source_name_only_sources_with_work(engine, case):
    with acting(CLERK), dates.frozen(TODAY):
        assert worklist.counts_by_source(CLERK) == {"cases": {"todo": 1, "soon": 0, "late": 0, "urged": 0}}
        to_posting(engine, case)
        assert worklist.counts_by_source(HEAD) == {}
