"""Standards raised for all: tried first, approved by another person, award by award, never downwards, never for the stopped."""

from datetime import date
from types import SimpleNamespace

import pytest

from adminapp import awards, dates
from adminapp import database as connection
from adminapp.changes import raises, raising
from adminapp.changes.redecide import redecide
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.jobs import model as jobs
from adminapp.jobs.runner import run_job
from adminapp.scope import acting
from tests.running import APPROVER, CLERK, HEAD, REVIEWER, standards

DAY, RAISED = date(2026, 8, 12), date(2026, 7, 1)


@pytest.fixture
def raised(engine, settings):
    """Return the world on a day when the line is 800.00 instead of 740.00 since July, with jobs that can be run."""
    raising.register()
    engine.table = standards((RAISED.isoformat(), 80000))
    engine.engine = SimpleNamespace(registry=engine.registry, standards=engine.table, settings=settings, refresh=lambda: None)
    with dates.frozen(DAY):
        yield engine


def run(world, row):
    """Run the job of an order to its end and return the order."""
    assert run_job(world.engine, row["job"]) == jobs.DONE
    return raises.get(row["_id"])


def ordered(world, month="2026-07"):
    with acting(REVIEWER):
        return run(world, raises.order(world.engine, month, ["home"], "湘演示〔2026〕1号", REVIEWER))


def carried(world, month="2026-07"):
    row = ordered(world, month)
    with acting(APPROVER):
        return run(world, raises.approve(row["_id"], row["rev"], APPROVER))


def award(case):
    return connection.raw(awards.COLLECTION).find_one({"_id": case.pk})


def amounts(case, *months):
    return [awards.amount_in(award(case), month) for month in months]


def problems(row):
    return {item["item"]: item["text"] for item in jobs.get(row["job"])["problems"]}


def test_the_screen_offers_the_types_whose_standards_change(raised):
    relief_type = raised.registry.get("home").relief_type
    [found] = raises.changed(relief_type, raised.table, "2026-07")
    assert (found["before"], found["after"]) == ("740.00 元/月", "800.00 元/月")
    assert raises.changed(relief_type, raised.table, "2026-06") == []


def test_a_trial_sums_up_and_touches_nothing(granted, raised):
    before = award(granted), connection.raw("cases").find_one({"_id": granted.pk})
    row = ordered(raised)
    # 800 - 250 = 550 for each of three and 80 for the head of sixty, instead of 490 each.
    assert row["state"] == raises.CHECKED
    assert row["sums"] == {"home": {"raised": 1, "same": 0, "left": 0, "monthly": 26000, "back": 0}}
    assert before == (award(granted), connection.raw("cases").find_one({"_id": granted.pk}))


def test_what_was_approved_is_raised_back_to_its_month_with_a_decision(granted, raised):
    row = carried(raised)
    assert row["state"] == raises.DONE and row["sums"]["home"]["raised"] == 1
    assert amounts(granted, "2026-06", "2026-07", "2026-09") == [147000, 173000, 173000]
    spell = awards.spell_in(award(granted), "2026-07")
    assert (spell["cause"], spell["on"]) == ("standard", "2026-08-12")
    stored = connection.raw("cases").find_one({"_id": granted.pk})
    assert stored["amount"] == 173000 and stored["records"][-1]["kind"] == "change_decision"
    assert stored["state"] == "in_benefit"


def test_trial_and_work_agree_with_the_one_function(granted, raised):
    stored = connection.raw("cases").find_one({"_id": granted.pk})
    published = raised.registry.get("home")
    carried(raised)
    assert redecide(stored, published, RAISED, raised.table)["amount"] == amounts(granted, "2026-07")[0]


def test_who_orders_does_not_approve_and_nobody_else_orders(granted, raised):
    with pytest.raises(Forbidden):
        raises.order(raised.engine, "2026-07", ["home"], "x", CLERK)
    row = ordered(raised)
    both = type(APPROVER)(REVIEWER.id, "兼任虚构", APPROVER.roles | REVIEWER.roles, None)
    for actor in (both, HEAD):
        with pytest.raises(Forbidden):
            raises.approve(row["_id"], row["rev"], actor)


def test_an_order_is_approved_once(granted, raised):
    row = ordered(raised)
    raises.approve(row["_id"], row["rev"], APPROVER)
    with pytest.raises(Conflict):
        raises.approve(row["_id"], row["rev"], APPROVER)


@pytest.mark.parametrize(("types", "reason", "sentence"), [([], "x", "选择要调整"), (["home"], " ", "调整依据"), (["other"], "x", "选择要调整")])
def test_an_order_without_types_or_reason_is_refused(raised, types, reason, sentence):
    with pytest.raises(Invalid) as error:
        raises.order(raised.engine, "2026-07", types, reason, REVIEWER)
    assert sentence in str(error.value.problems)


def test_the_stopped_is_never_revived_and_the_paused_stays_paused(engine, granted, raised):
    paused = engine.grant(engine.new(head="aunt", income=100))
    engine.take(paused, HEAD.__class__("deputy", "分管虚构", frozenset({"township_deputy"}), HEAD.townships), "suspend", DAY,
                code="contact", from_month="2026-08", reason="联系不上")  # fmt: skip
    engine.take(granted, CLERK, "propose_termination", DAY, code="voluntary", last_month="2026-06", reason="自愿")
    engine.hear(granted, DAY)
    engine.take(granted, HEAD, "terminate", DAY, clause="第三十二条")
    row = carried(raised)
    assert amounts(granted, "2026-07", "2026-09") == [0, 0]
    assert amounts(paused, "2026-08", "2026-09") == [0, 0] and awards.spell_in(award(paused), "2026-08")["state"] == "suspended"
    assert amounts(paused, "2026-07") == [80000]
    assert row["sums"]["home"] == {"raised": 1, "same": 0, "left": 0, "monthly": 0, "back": 0}


def test_what_waits_or_would_get_less_is_left_to_a_person(engine, granted, raised):
    engine.take(granted, CLERK, "change_content", DAY, kind="income", from_month="2026-09", changes={"income": 600000}, reason="测试")
    row = carried(raised)
    assert row["sums"]["home"]["left"] == 1 and "变更待办" in problems(row)[granted.number]
    assert amounts(granted, "2026-07") == [147000]


def test_a_standard_that_falls_takes_nothing_away(engine, granted, settings):
    raising.register()
    engine.table = standards((RAISED.isoformat(), 70000))
    engine.engine = SimpleNamespace(registry=engine.registry, standards=engine.table, settings=settings, refresh=lambda: None)
    with dates.frozen(DAY):
        row = carried(engine)
    assert "听取意见" in problems(row)[granted.number] and amounts(granted, "2026-07") == [147000]


def test_a_second_order_for_the_same_month_finds_nothing_to_raise(granted, raised):
    carried(raised)
    assert carried(raised)["sums"]["home"] == {"raised": 0, "same": 1, "left": 0, "monthly": 0, "back": 0}
    assert len(award(granted)["entries"]) == 2


def test_a_job_that_died_behind_an_award_counts_it_once(granted, raised, monkeypatch):
    """The worker dies after the first award, before it saved its cursor: the next one finds what it did."""
    row = ordered(raised)
    with acting(APPROVER):
        row = raises.approve(row["_id"], row["rev"], APPROVER)

    class Killed(BaseException):
        pass

    def dies(*_):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr("adminapp.jobs.runner.JobContext.save_cursor", dies)
        with pytest.raises(Killed):
            run_job(raised.engine, row["job"])
    connection.raw("jobs").update_one({"_id": row["job"]}, {"$set": {"lease_until": dates.now().replace(year=2000), "state": jobs.RUNNING}})
    row = run(raised, row)
    assert row["sums"]["home"] == {"raised": 1, "same": 0, "left": 0, "monthly": 26000, "back": 0}
    assert len(award(granted)["entries"]) == 2
