"""The plan: complete, even, the same however often it is made; what happens on a case closes its tasks."""

from collections import Counter
from datetime import date

import pytest

from adminapp import database as connection
from adminapp import dates, warnings, worklist
from adminapp.errors import Forbidden, Invalid
from adminapp.ongoing import course, planning, tasks, work
from adminapp.scope import Actor, acting
from tests import plans
from tests.running import APPROVER, CLERK, DEPUTY, GRANTED, HEAD, IDS, REVIEWER
from tests.story import STRANGER

ASSISTANT = Actor("assistant", "协理虚构", frozenset({"village_assistant"}), frozenset({"433123109"}), frozenset({"433123109001"}))
LIFE = {"way": "home", "seen_by": "协理员吴虚构"}
REVIEW = {"way": "visit", "findings": "入户核实"}


@pytest.fixture
def old(plan, engine):
    """Return a household with proofs of life that is paid from February 2026."""
    return engine.grant(engine.new("spouse", "child", key="alive"))


def test_everything_an_award_needs_is_planned_once(plan, old):
    assert plan.run("2026-02-10")[0] == 4
    kinds = Counter(row["kind"] for row in plan.of(old))
    assert kinds == {"review": 1, "life": 2, "birthday": 1}, "life of the first half is known from the grant"
    [birthday] = plan.of(old, "birthday")
    assert (birthday["month"], birthday["person"]) == ("2026-06", "龙一虚构"), "the head is sixty on 2026-06-10, from July on"
    assert plan.run("2026-02-10")[0] == plan.run("2026-02-20")[0] == 0
    assert plan.run("2026-08-01")[0] == 1, "the half year that has come into sight"


def test_relief_paid_once_is_not_planned(plan, engine):
    text = plan.world.registry.get("home").relief_type
    assert text.payment.cycle == "month"
    connection.raw("awards").insert_one({"_id": "once", "type": "home", "township": "433123109", "spells": [], "people": []})
    assert plan.run("2026-02-10")[0] == 0, "an award that pays nothing asks for nothing"


def test_reviews_come_out_even(plan, engine):
    """Forty awards of one day: no month of the year has more than one review more than another."""
    case = engine.grant(engine.new("spouse"))
    award = connection.raw("awards").find_one({"_id": case.pk})
    stored = connection.raw("cases").find_one({"_id": case.pk})
    for number in range(39):
        ident = f"copy{number:02d}"
        connection.raw("awards").insert_one(award | {"_id": ident, "number": ident})
        connection.raw("cases").insert_one(stored | {"_id": ident, "number": ident})
    plan.run("2026-02-10")
    months = Counter(row["month"] for row in connection.raw(tasks.COLLECTION).find({"kind": "review"}))
    assert sum(months.values()) == 40 and len(months) == 12 and max(months.values()) - min(months.values()) <= 1


def test_the_month_hands_its_tasks_to_officers_evenly(plan, engine, clerks):
    engine.grant(engine.new("spouse"))
    rows = [
        {"_id": f"review:{number}:x", "kind": "review", "township": "433123109", "village": "433123109001", "month": "2026-03", "state": "planned", "rev": 0}
        for number in range(6)
    ]
    connection.raw(tasks.COLLECTION).insert_many([row | {"owner": "", "due": "2026-03-31", "award": row["_id"], "name": ""} for row in rows])
    with dates.frozen("2026-03-02"):
        assert planning.open_month("2026-02") == 0
        assert planning.open_month("2026-03") == 6 and planning.open_month("2026-03") == 0
    owners = Counter(row["owner"] for row in connection.raw(tasks.COLLECTION).find({"state": "open"}))
    assert owners == {"clerk": 3, "clerk2": 3}


def test_a_review_closes_its_task_and_the_next_one_is_planned(plan, engine, old):
    plan.run("2026-02-10")
    month = plan.one(old, "review")["month"]
    day = dates.first_day(month)
    plan.run(day)
    engine.take(old, CLERK, "record_review", day, date=day, result="same", **REVIEW)
    [row] = plan.of(old, "review")
    assert (row["state"], row["done_on"], row["done_by_name"]) == ("done", day.isoformat(), CLERK.name)
    plan.run(day)
    assert plan.one(old, "review")["month"] > dates.add_months(month, 7)


@pytest.mark.parametrize("days", [(3, 20), (3, 3)])
def test_two_reviews_in_one_month_leave_the_next_one_planned(plan, engine, old, days):
    plan.run("2026-02-10")
    for day in (date(2026, 9, number) for number in days):
        engine.take(old, CLERK, "record_review", day, date=day, result="same", **REVIEW)
        plan.run(day)
    plan.run("2026-09-21")
    assert plan.one(old, "review")["month"] >= "2027-05"


def test_a_review_of_the_first_month_leaves_the_next_one_planned(plan, engine, old):
    plan.run("2026-02-10")
    engine.take(old, CLERK, "record_review", date(2026, 2, 20), date=date(2026, 2, 20), result="same", **REVIEW)
    plan.run("2026-02-21")
    assert plan.one(old, "review")["month"] >= "2026-10"


def test_an_award_that_cannot_be_planned_keeps_no_other_from_its_turn(plan, engine, old, monkeypatch):
    other, real = engine.grant(engine.new(head="aunt", income=100, key="alive")), planning.asked
    monkeypatch.setattr(planning, "asked", lambda award, *rest: [][1] if award["_id"] == old.pk else real(award, *rest))
    plan.run("2026-02-10")
    assert plan.of(other) and not plan.of(old)


def test_the_same_entry_of_the_outbox_closes_one_task(plan, engine, old):
    plan.run("2026-02-10")
    engine.take(old, CLERK, "record_review", date(2026, 2, 20), date=date(2026, 2, 20), result="same", **REVIEW)
    plan.run("2026-02-21")
    [done] = [row for row in plan.of(old, "review") if row["state"] == "done"]
    data = {"task": "review", "record": done["record"], "result": "same", "on": "2026-02-20", "by_name": "x", "times": 2}
    course.carry({"_id": old.pk}, {"key": done["key"], "data": data})
    assert [row["state"] for row in plan.of(old, "review")].count("done") == 1


def test_who_was_not_found_stays_until_the_lawful_step_is_taken(plan, engine, old):
    """Not found is no reason to stop by itself: a leader pauses the award, with reason and first month."""
    day = date(2026, 8, 12)
    plan.run(day)
    with pytest.raises(Invalid, match="找过几次"):
        engine.take(old, ASSISTANT, "record_life", day, date=day, result="absent", **LIFE)
    engine.take(old, ASSISTANT, "record_life", day, date=day, result="absent", note="三次上门未遇，邻居称外出", **LIFE)
    found = plan.one(old, "life")
    assert found["state"] == "follow" and connection.raw("cases").find_one({"_id": old.pk})["state"] == "in_benefit"
    assert course.settle() == 0
    engine.take(old, DEPUTY, "suspend", day, code="life", from_month="2026-09", reason="未联系到本人")
    assert course.settle() == 1 and next(row for row in plan.of(old, "life") if row["_id"] == found["_id"])["state"] == "done"


def test_who_turns_up_again_is_certified(plan, engine, old):
    day = date(2026, 8, 12)
    plan.run(day)
    engine.take(old, CLERK, "record_life", day, date=day, result="absent", note="未遇", **LIFE)
    engine.take(old, CLERK, "record_life", date(2026, 8, 20), date=date(2026, 8, 20), result="alive", **LIFE)
    course.settle()
    assert [row["state"] for row in plan.of(old, "life")][0] == "done"
    assert next(row for row in plan.of(old, "life") if row["month"] >= "2027")["state"] == "planned", "the next half is not answered by it"


def test_a_birthday_is_answered_by_the_adjustment_that_it_brings(plan, engine, old):
    day = date(2026, 6, 12)
    plan.run(day)
    assert plan.one(old, "birthday")["state"] == "open"
    with pytest.raises(Invalid, match="金额没有变化"):
        engine.take(old, CLERK, "adjust_birthday", day, from_month="2026-06", reason="x")
    before = connection.raw("cases").find_one({"_id": old.pk})["amount"]
    engine.change(old, "adjust_birthday", day, from_month="2026-07")
    assert connection.raw("cases").find_one({"_id": old.pk})["amount"] == before + 7400
    assert course.settle() == 1 and [row["state"] for row in plan.of(old, "birthday")] == ["done"]


def test_tasks_of_an_award_that_ended_are_dropped(plan, engine, old):
    plan.run("2026-02-10")
    engine.take(old, CLERK, "propose_termination", date(2026, 3, 3), code="voluntary", last_month="2026-03", reason="自愿")
    engine.take(old, HEAD, "terminate", date(2026, 3, 5), clause="x")
    assert plan.run("2026-04-02") == (0, 4, 0)
    assert {row["state"] for row in plan.of(old)} == {"dropped"}


def test_tasks_follow_an_award_that_moves(plan, engine, old):
    plan.run("2026-02-10")
    engine.change(old, "change_place", date(2026, 3, 3), confirm=False, village="433123101001", from_month="2026-04")
    engine.take(old, APPROVER, "apply_change", date(2026, 3, 4))
    plan.run("2026-03-05")
    assert {row["township"] for row in plan.of(old)} == {"433123101"}
    with acting(CLERK):
        assert tasks.counts() == []
    with acting(STRANGER):
        assert sum(row["n"] for row in tasks.counts()) == 4


def test_what_is_written_down_fits_the_case(engine, plan, old):
    early = {"date": GRANTED.replace(day=1), "result": "same"}
    with pytest.raises(Invalid, match="早于确认日期"):
        engine.take(old, CLERK, "record_review", date(2026, 3, 3), **early, **REVIEW)
    plain = engine.grant(engine.new(head="aunt", income=100))
    with pytest.raises(Forbidden):
        engine.take(plain, CLERK, "record_life", date(2026, 3, 3), date=date(2026, 3, 3), result="alive", **LIFE)
    with pytest.raises(Forbidden):
        engine.take(old, REVIEWER, "record_review", date(2026, 3, 3), date=date(2026, 3, 3), result="same", **REVIEW)


def test_overdue_tasks_are_work_and_a_warning(plan, old, clerks):
    work.register()
    plan.run("2026-06-01")
    today = date(2026, 7, 2)
    with dates.frozen(today), acting(CLERK):
        found = worklist.rows(worklist.Asked(CLERK, show="late", everybody=True, today=today))
        assert [(item.what, item.title) for item in found if item.source == "ongoing"] == [("到龄核实", "龙一虚构")]
        assert [row["kind"] for row in tasks.listed(tasks.LATE)] == ["birthday"]
        assert sum(row["late"] for row in tasks.counts()) == 1
    [finding] = warnings.RULES["ongoing_late"].find(None, today)
    assert "2026-06-30" in finding.text and IDS["head"] not in finding.text


def test_every_read_of_the_plan_has_its_index(plan, old):
    plan.run("2026-02-10")
    for actor in (CLERK, REVIEWER, ASSISTANT):
        with acting(actor):
            for show in (*tasks.STATES, tasks.LATE):
                for township in ("", "433123109"):
                    query, on = tasks.query_of(show, township) | actor.filter(), "due" if show == tasks.LATE else "month"
                    stages = plans.of_find(tasks.COLLECTION, query, tasks.hint_of(show, township), {on: 1, "_id": 1}, 50)
                    assert not {"COLLSCAN", "SORT"} & stages, (actor.id, show, township)
