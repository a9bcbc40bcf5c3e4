"""One case walks from application to award on a real database, and every wrong turn is refused in words."""

from datetime import date

import pytest

from adminapp import awards, sealing
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.scope import Actor, ScopeError, acting
from adminapp.workflow import events
from adminapp.workflow.guards.opinion import adjustment_allowed
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import edit, offered, perform
from tests.story import CLERK, DECLARATION, HEAD, STRANGER, SURVEYORS, VILLAGE, move, new_case, to_posting, walk


def test_case_walks_to_an_award(engine, case):
    to_posting(engine, case)
    assert case.due == date(2026, 10, 20)  # 20 working days from 2026-09-16, with the National Day holiday between
    after = date(2026, 9, 29)
    walk(engine, case, (CLERK, after, "end_posting", {"result": "none", "taken_down": after}), (HEAD, after, "confirm", {}), (CLERK, after, "grant", {}))
    assert case.state == "in_benefit" and case.start_month == "2026-10" and case.due is None
    with acting(CLERK):
        [award] = awards.collection().find({})
    assert award["spells"][0]["amount"] == case.amount == case.decision["amount"] > 0
    assert [event["action"] for event in events.history(case.id)][:2] == ["grant", "confirm"]
    assert list(events.verify()) == []


TERMED = DECLARATION.replace("payment: {unit: household}", "payment: {unit: household, months: spell / 2}").replace(
    "      - id: members", "      - {id: spell, label: 半月数, kind: integer}\n      - id: members"
)
"""The type of the stories, paid for as many months as half of a field says."""


@pytest.mark.parametrize(("halves", "told"), [(None, "0"), (1, "0.5"), (3, "1.5")])
def test_an_award_for_a_time_without_whole_months_is_not_confirmed(engine, halves, told):
    registry, table = engine
    registry.publish(TERMED, "test", table.types())
    case, after = new_case(engine), date(2026, 9, 29)
    with acting(CLERK):
        edit(move(engine, case), {"spell": halves}, case.rev)
    to_posting(engine, case)
    ending = (CLERK, after, "end_posting", {"result": "none", "taken_down": after})
    with pytest.raises(Invalid, match=f"发放月数算得 {told}，应为 1 以上的整数"):
        walk(engine, case, ending, (HEAD, after, "confirm", {}))
    assert case.state == "confirm_ready"


def test_an_award_for_a_time_ends_after_its_months(engine):
    registry, table = engine
    registry.publish(TERMED, "test", table.types())
    case, after = new_case(engine), date(2026, 9, 29)
    with acting(CLERK):
        edit(move(engine, case), {"spell": 6}, case.rev)
    to_posting(engine, case)
    ending = (CLERK, after, "end_posting", {"result": "none", "taken_down": after})
    walk(engine, case, ending, (HEAD, after, "confirm", {}), (CLERK, after, "grant", {}))
    with acting(CLERK):
        [award] = awards.collection().find({})
    assert [(spell["from"], spell["to"]) for spell in award["spells"]][:1] == [("2026-10", "2026-12")]


def test_a_changed_event_is_found(engine, case, database):
    to_posting(engine, case)
    database.events.update_one({"case": case.id, "seq": 3}, {"$set": {"actor_name": "别人"}})
    assert list(events.verify()) == [f"{case.number}：第 3 条记录（受理）被改动"]


def test_posting_cannot_end_early(engine, case):
    to_posting(engine, case)
    with pytest.raises(Invalid, match="期满次日"):
        walk(engine, case, (CLERK, date(2026, 9, 20), "end_posting", {"result": "none", "taken_down": date(2026, 9, 20)}))


def test_accepter_is_not_confirmer(engine, case):
    to_posting(engine, case)
    both = Actor("clerk", "经办虚构", frozenset({"township_head", "township_clerk"}), frozenset({"433123109"}))
    day = date(2026, 9, 29)
    with pytest.raises(Invalid, match="不能同时确认"):
        walk(engine, case, (CLERK, day, "end_posting", {"result": "none", "taken_down": day}), (both, day, "confirm", {}))


def test_one_surveyor_is_not_enough_and_relatives_stay_out(engine, case):
    day = date(2026, 9, 16)
    walk(engine, case, (CLERK, day, "submit", {}), (CLERK, day, "accept", {"relative": False}), (CLERK, day, "start_survey", {}))
    visit = {"date": day, "way": "visit", "respondent": "本人", "findings": "属实", "conclusion": "eligible"}
    with pytest.raises(Invalid, match="至少两名"):
        walk(engine, case, (CLERK, day, "record_visit", {**visit, "surveyors": SURVEYORS[:1]}))
    with pytest.raises(Invalid, match="吴虚构写了两次"):
        walk(engine, case, (CLERK, day, "record_visit", {**visit, "surveyors": [*SURVEYORS, SURVEYORS[0]]}))
    with pytest.raises(Invalid, match="应当回避"):
        walk(engine, case, (CLERK, day, "record_visit", {**visit, "surveyors": [SURVEYORS[0], {**SURVEYORS[1], "relative": True}]}))


def test_only_legal_steps_are_offered(engine, case):
    with acting(CLERK):
        assert list(offered(move(engine, case))) == ["submit", "withdraw"]
        with pytest.raises(Forbidden, match="待提交"):
            perform(move(engine, case, HEAD), "confirm")


def test_relative_needs_a_county_visit(engine, case):
    day = date(2026, 9, 16)
    walk(engine, case, (CLERK, day, "submit", {}))
    with pytest.raises(Invalid, match="写明近亲属"):
        walk(engine, case, (CLERK, day, "accept", {"relative": True}))


def test_stale_copy_is_refused(engine, case):
    registry, _ = engine
    with acting(CLERK):
        first, second = (registry.get("demo").model.objects.get(id=case.id) for _ in range(2))
        edit(move(engine, first), {"income": 800000}, first.rev)
        with pytest.raises(Conflict):
            edit(move(engine, second), {"income": 700000}, second.rev + 1)
        with pytest.raises(Conflict):
            edit(move(engine, second), {"income": 700000}, second.rev)
        assert registry.get("demo").model.objects.get(id=case.id).x_income == 800000


def test_other_township_sees_nothing(engine, case):
    registry, table = engine
    model = registry.get("demo").model
    with acting(STRANGER):
        assert model.objects.count() == 0
        assert model.objects.in_bulk([case.id]) == {}
    with pytest.raises(ScopeError):
        model.objects.count()
    with acting(STRANGER), pytest.raises(Forbidden):
        open_case(registry.get("demo"), STRANGER, VILLAGE, {}, table)


def test_id_number_is_sealed_and_found_by_key(engine, case, database):
    raw = database.cases.find_one({"_id": case.id})
    assert "433123195603074216" not in str(raw)
    assert raw["people"][0]["key"] == sealing.key_of("433123195603074216")
    assert "lyxg" in raw["terms"]


def test_a_member_of_one_household_cannot_be_carried_by_another(engine, case):
    """One person, one household award (domain invariant: nobody in two dibao households)."""
    registry, table = engine
    to_posting(engine, case)
    after = date(2026, 9, 29)
    walk(engine, case, (CLERK, after, "end_posting", {"result": "none", "taken_down": after}), (HEAD, after, "confirm", {}))
    walk(engine, case, (CLERK, after, "grant", {}))
    values = {
        "applicant_name": "石虚构", "applicant_id": "433123201501010017", "income": 100,
        "members": [{"name": "石虚构", "relation": "self", "id_number": "433123201501010017"},
                    {"name": "龙䶮虚构", "relation": "child", "id_number": "433123195603074216"}],
    }  # fmt: skip
    with acting(CLERK):
        second = open_case(registry.get("demo"), CLERK, VILLAGE, values, table, after)
        [finding] = move(engine, second, on=after).conflicts()
        assert finding.bars and finding.say == "有人已在同一项目的另一份待遇中" and finding.number == case.number


def test_an_adjusted_amount_is_confirmed_as_adjusted(engine, case):
    day, after = date(2026, 9, 16), date(2026, 9, 29)
    walk(
        engine, case, (CLERK, day, "submit", {}), (CLERK, day, "accept", {"relative": False}), (CLERK, day, "start_survey", {}),
        (CLERK, day, "record_visit", {"date": day, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}),
        (CLERK, day, "form_opinion", {}), (CLERK, day, "give_opinion", {"proposal": "approve", "adjusted": 10000, "comment": "集体研究核减"}),
        (CLERK, day, "post", {"start": day, "place": "村务公开栏", "phone": "07433222222"}),
        (CLERK, after, "end_posting", {"result": "none", "taken_down": after}), (HEAD, after, "confirm", {}),
    )  # fmt: skip
    assert case.amount == 10000 and case.decision["computed"] > 10000
    with acting(CLERK):
        assert "不高于计算金额" in adjustment_allowed(move(engine, case, on=day, adjusted=10**9))
