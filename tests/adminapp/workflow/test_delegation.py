"""Standing in for an absent colleague: same post and place only, on its days only, never a way around two persons."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import database as connection
from adminapp import dates, delegation, procedure
from adminapp.auth import users
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.scope import acting
from adminapp.workflow import events
from adminapp.workflow.persons import makers
from adminapp.workflow.transition import perform
from tests.story import PEOPLE, move, to_posting, walk

TODAY, OVER = date(2026, 9, 16), date(2026, 9, 29)


def arrange(staff, absentee, to, role="township_clerk", start=TODAY, end=TODAY + timedelta(days=7), by=None, on=TODAY):
    with dates.frozen(on), acting(staff(by or absentee)):
        return delegation.arrange(staff(by or absentee), absentee, to, role, start, end, "出差")


def test_it_holds_on_its_days_and_ends_early_when_somebody_is_back(staff):
    row = arrange(staff, "clerk", "clerk2", start=TODAY + timedelta(days=1))
    held = lambda day: [each["from"] for each in delegation.held_by(staff("clerk2"), day)]  # noqa: E731
    assert [held(TODAY + timedelta(days=n)) for n in (0, 1, 7, 8)] == [[], ["clerk"], ["clerk"], []]
    assert set(delegation.away(["clerk", "head"], TODAY + timedelta(days=1))) == {"clerk"}
    with dates.frozen(TODAY + timedelta(days=3)):
        with pytest.raises(NotFound):
            delegation.end(staff("far"), row["_id"])
        delegation.end(staff("clerk"), row["_id"])
        with pytest.raises(NotFound):
            delegation.end(staff("clerk"), row["_id"])
    assert held(TODAY + timedelta(days=2)) == ["clerk"] and held(TODAY + timedelta(days=3)) == []


@pytest.mark.parametrize(
    ("absentee", "to", "role", "sentence"),
    [
        ("clerk", "head", "township_clerk", "不增加任何人的权限"),
        ("clerk", "far", "township_clerk", "同一乡镇"),
        ("clerk", "clerk", "township_clerk", "不能委托给本人"),
        ("clerk", "head", "township_head", "不担任这一岗位"),
        ("clerk", "nobody", "township_clerk", "请选择代办人"),
        ("clerk", "clerk2", "sysadmin", "不担任这一岗位"),
    ],
)
def test_it_gives_nobody_a_right(staff, absentee, to, role, sentence):
    with pytest.raises(Invalid, match=sentence):
        arrange(staff, absentee, to, role)


def test_days_that_cannot_be_are_refused(staff):
    longest = procedure.value("delegation.longest", TODAY)
    for start, end, sentence in (
        (TODAY - timedelta(days=1), TODAY, "不能事后委托"),
        (TODAY, TODAY - timedelta(days=1), "结束日期早于开始日期"),
        (TODAY, TODAY + timedelta(days=longest), f"一次最长委托 {longest} 天"),
    ):
        with pytest.raises(Invalid, match=sentence):
            arrange(staff, "clerk", "clerk2", start=start, end=end)


def test_one_at_a_time_no_chains_and_a_double_click_is_one(staff):
    first = arrange(staff, "clerk", "clerk2")
    assert arrange(staff, "clerk", "clerk2")["_id"] == first["_id"]
    for absentee, to, sentence in (("clerk", "both", "已委托"), ("both", "clerk", "自己外出"), ("clerk2", "both", "正代")):
        with pytest.raises(Invalid, match=sentence):
            arrange(staff, absentee, to)
    assert connection.raw("delegations").count_documents({}) == 1
    with dates.frozen(TODAY):
        delegation.end(staff("clerk"), first["_id"])
    assert arrange(staff, "clerk", "both")["to"] == "both"


def test_a_leader_arranges_it_for_who_fell_ill_and_nobody_else_does(staff):
    assert arrange(staff, "clerk", "clerk2", by="deputy")["by"] == "deputy"
    for by, role in (("clerk2", "township_clerk"), ("far", "township_clerk"), ("deputy", "township_deputy"), ("reviewer", "township_clerk")):
        with pytest.raises(Forbidden):
            arrange(staff, "both", "clerk2", role, by=by)
    with pytest.raises(Forbidden):
        arrange(staff, "no.such.person", "clerk2", by="deputy")


def test_who_loses_the_post_stands_in_no_more(staff):
    arrange(staff, "clerk", "clerk2")
    users.change("clerk2", roles=["township_deputy"])
    assert delegation.held_by(staff("clerk2"), TODAY) == []


def test_record_and_event_name_both(staff, engine, case):
    walk(engine, case, (staff("clerk"), TODAY, "submit", {}), (staff("clerk"), TODAY, "accept", {"relative": False}))
    assert case.owner == "clerk" and case.responsible["clerk"]["id"] == "clerk"
    row = arrange(staff, "clerk", "clerk2")
    walk(engine, case, (staff("clerk2"), TODAY, "start_survey", {}))
    event = events.history(case.id)[0]
    assert (event["actor"], event["for"], event["delegation"]) == ("clerk2", "clerk", row["_id"])
    walk(engine, case, (staff("deputy"), TODAY, "record_visit", VISIT))
    assert "for" not in events.history(case.id)[0]  # the deputy acts for nobody
    assert list(events.verify()) == []


VISIT = {"date": TODAY, "way": "visit", "respondent": "本人", "findings": "属实", "conclusion": "eligible", "surveyors": [
    {"name": "吴虚构", "unit": "社会事务办", "relative": False}, {"name": "龙虚构", "unit": "村委会", "relative": False}]}  # fmt: skip


def ready(staff, engine, case):
    """Bring a case to confirmation: accepted and proposed by `both`, who is clerk and head."""
    to_posting(engine, case)
    case.records = [{**record, "by": "both"} if record["kind"] in ("acceptance", "opinion") else record for record in case.records]
    case.accepted_by = case.opinion_by = case.owner = "both"
    walk(engine, case, (staff("clerk"), OVER, "end_posting", {"result": "none", "taken_down": OVER}))


def test_the_maker_cannot_confirm_through_a_deputy(staff, engine, case):
    ready(staff, engine, case)
    arrange(staff, "both", "head", "township_head", start=OVER, end=OVER, on=OVER)
    with pytest.raises(Invalid, match="把确认委托给了您"):
        walk(engine, case, (staff("head"), OVER, "confirm", {}))
    walk(engine, case, (staff("head2"), OVER, "confirm", {}))
    assert case.confirmed_by == "head2"


def test_one_may_decide_in_an_own_post_while_standing_in_for_the_clerk(staff, engine, case):
    """The clerk delegated a clerk's work, not the decision; and the record says so."""
    walk(engine, case, (staff("clerk"), TODAY, "submit", {}), (staff("clerk"), TODAY, "accept", {"relative": False}))
    case.state, case.decision, case.records = "confirm_ready", {"on": "2026-09-16"}, case.records
    arrange(staff, "clerk", "both", start=OVER, end=OVER, on=OVER)
    step = move(engine, case, staff("both"), OVER)
    assert step.persons("township_head") == {"both"} and step.stands_for("township_head") is None
    assert step.persons("township_clerk") == {"both", "clerk"} and step.stands_for("township_clerk")["from"] == "clerk"


def test_who_was_stood_in_for_made_it_too(staff, engine, case):
    to_posting(engine, case)
    walk(engine, case, (staff("clerk"), OVER, "end_posting", {"result": "none", "taken_down": OVER}))
    case.records = [{**record, "for": "head"} if record["kind"] == "opinion" else record for record in case.records]
    with pytest.raises(Invalid, match="不能同时确认"):
        walk(engine, case, (staff("head"), OVER, "confirm", {}))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pairs=st.lists(st.tuples(st.sampled_from(list(PEOPLE)), st.sampled_from(list(PEOPLE)), st.sampled_from(["township_clerk", "township_head"])), max_size=4),
    actors=st.lists(st.sampled_from(list(PEOPLE)), min_size=9, max_size=9),
)  # fmt: skip
def test_no_delegation_makes_one_person_maker_and_checker(staff, engine, case, pairs, actors):
    """Whoever is away and whoever tries each step: who made a case, or was stood in for, never decides on it."""
    connection.raw("delegations").delete_many({})
    for absentee, to, role in pairs:
        try:
            arrange(staff, absentee, to, role, end=OVER)
        except (Invalid, Forbidden, Conflict):
            continue
    again = reopened(engine, case)
    steps = [("submit", {}), ("accept", {"relative": False}), ("start_survey", {}), ("record_visit", VISIT), ("form_opinion", {}),
             ("give_opinion", {"proposal": "approve", "comment": "符合"}), ("post", {"start": TODAY, "place": "村务公开栏", "phone": "07433222222"}),
             ("end_posting", {"result": "none", "taken_down": OVER}), ("confirm", {})]  # fmt: skip
    for (action, data), username in zip(steps, actors, strict=True):
        day = OVER if action in ("end_posting", "confirm") else TODAY
        for who in (username, "clerk", "head2"):  # somebody of the post goes on where the drawn one may not
            try:
                with acting(staff(who)), dates.frozen(day):
                    perform(move(engine, again, staff(who), day, **data), action)
                break
            except (Invalid, Forbidden):
                again = reloaded(engine, again)
    if again.state != "confirmed":
        return
    made, event = makers(again, "acceptance", "opinion"), events.history(again.id)[0]
    deciding = {event["actor"], event.get("for", event["actor"])}
    deciding |= {row["from"] for row in delegation.held_by(staff(event["actor"]), OVER) if row["role"] == "township_head"}
    assert event["action"] == "confirm" and not made & deciding


def reopened(engine, case):
    """Return the draft as it was, under a new number."""
    connection.raw("events").delete_many({})
    connection.raw("cases").delete_many({"_id": {"$ne": case.id}})
    fresh = connection.raw("cases").find_one({"_id": case.id})
    fresh |= {"_id": connection.raw("cases").insert_one({**{k: v for k, v in fresh.items() if k != "_id"}, "number": "again"}).inserted_id}
    return type(case)._from_son(connection.raw("cases").find_one({"_id": fresh["_id"]}))


def reloaded(engine, case):
    return type(case)._from_son(connection.raw("cases").find_one({"_id": case.id}))
