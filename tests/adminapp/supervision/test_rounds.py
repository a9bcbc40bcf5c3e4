"""Drawing the year's sample: by stratum, rounded up, only ever added to, provable, and safe to kill anywhere."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import database, dates
from adminapp.errors import Conflict, Invalid
from adminapp.jobs import model as jobs
from adminapp.scope import acting
from adminapp.supervision import checks, kinds, proof, rounds, sampling
from tests import plans
from tests.adminapp.supervision.conftest import HERE, THERE

APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)


def stored(**query):
    return list(database.raw(checks.COLLECTION).find(query, sort=[("number", 1)]))


def test_thirty_per_cent_of_every_township_and_type_are_drawn(opened, draw):
    opened(10), opened(3, township=THERE), opened(4, kind="other")
    fixed = draw()
    assert (fixed["drawn"], fixed["strata"], fixed["state"]) == (3 + 1 + 2, 3, rounds.DONE)
    assert {(row["origin"], row["type"]) for row in stored()} == {(HERE, "demo"), (THERE, "demo"), (HERE, "other")}
    assert len(stored(origin=HERE, type="demo")) == 3
    check = stored(origin=THERE)[0]
    assert (check["state"], check["stage"], check["shown"], check["bases"]) == (checks.DRAWN, checks.ASSIGN, False, ["random"])
    assert check["due"] == "2026-04-30"  # 20 working days from 1 April, with the holidays of 4–6 April
    assert list(proof.findings(2026)) == []


def test_only_the_awards_of_the_year_before_the_day_of_the_draw_count(opened, draw):
    opened(10, on="2025-12-31"), opened(10, on="2026-04-01"), opened(1, on="2026-03-31")
    assert draw(APRIL)["drawn"] == 1
    assert draw(JULY)["drawn"] == 3


def test_a_later_round_only_adds(opened, draw):
    opened(10)
    draw(APRIL)
    first = {row["number"] for row in stored()}
    opened(11, on="2026-05-04")
    assert draw(JULY)["drawn"] == 7 - 3
    assert first < {row["number"] for row in stored()} and len(stored()) == 7
    assert draw(date(2026, 7, 2))["drawn"] == 0
    assert list(proof.findings(2026)) == []


def test_what_a_witness_says_is_part_of_the_seed(opened, draw):
    opened(40)
    fixed = draw(witness="李虚构报数 27")
    row = rounds.draws_of("2026-1")[0]
    assert row["seed"] == f"{fixed['seed']}|李虚构报数 27"
    assert row["picked"] == sampling.pick(row["seed"], row["universe"], (), 12, 1)


def test_a_round_killed_anywhere_comes_to_the_same(opened, staff, monkeypatch):
    opened(20), opened(20, township=THERE), opened(20, kind="other")
    reviewer = staff("reviewer")
    with dates.frozen(APRIL), acting(reviewer):
        fixed = rounds.begin(2026, reviewer)
        for limit in range(1, 24, 2):  # die at the 1st, 2nd, … write, each time after all that was written before
            with monkeypatch.context() as patch:
                _die_after(patch, limit)
                with pytest.raises(KeyboardInterrupt):
                    rounds.draw(fixed)
        rounds.draw(fixed)
    assert len(stored()) == 18 and rounds.get("2026-1")["drawn"] == 18
    assert list(proof.findings(2026)) == []


def _die_after(patch, limit):
    real, left = database.raw, [limit]

    class Table:
        def __init__(self, name):
            self.table = real(name)

        def __getattr__(self, name):
            method = getattr(self.table, name)
            if name not in ("insert_one", "update_one"):
                return method

            def write(*args, **options):
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
                return method(*args, **options)

            return write

    patch.setattr(database, "raw", Table)


def test_two_people_cannot_draw_at_once(opened, staff):
    opened(5)
    reviewer = staff("reviewer")
    with dates.frozen(APRIL), acting(reviewer):
        rounds.begin(2026, reviewer)
        with pytest.raises(Conflict, match="第 1 次抽取还没有完成"):
            rounds.begin(2026, reviewer)


@pytest.mark.parametrize("ended", ["", jobs.CANCELLED, jobs.FAILED])
def test_a_round_whose_job_ended_without_it_goes_on_as_it_was_fixed(opened, staff, ended):
    opened(5)
    kinds.register()
    reviewer = staff("reviewer")
    with dates.frozen(APRIL), acting(reviewer):
        fixed = rounds.begin(2026, reviewer, "李虚构报数 27")
        if ended:
            first = rounds.wake(fixed, reviewer)
            with pytest.raises(Conflict):
                rounds.start(2026, reviewer)
            database.raw(jobs.COLLECTION).update_one({"_id": first}, {"$set": {"state": ended, "finished": dates.now()}})
        job = rounds.start(2026, reviewer)
        assert jobs.get(job)["state"] == jobs.QUEUED and rounds.get("2026-1")["job"] == job
    assert [row["seed"] for row in rounds.of_year(2026)] == [fixed["seed"]]


@pytest.mark.parametrize("ended", ["", jobs.FAILED])
def test_a_round_that_lies_is_taken_up_by_the_sweep(opened, staff, ended):
    opened(5)
    kinds.register()
    reviewer = staff("reviewer")
    with dates.frozen(APRIL), acting(reviewer):
        fixed = rounds.begin(2026, reviewer)
        if ended:
            rounds.wake(fixed, reviewer)
            database.raw(jobs.COLLECTION).update_one({}, {"$set": {"state": ended, "finished": dates.now()}})
        assert rounds.sweep() == 0, "it may be starting this moment"
    with dates.frozen(JULY):
        assert rounds.sweep() == 1 and rounds.sweep() == 0
    assert jobs.unfinished(rounds.get("2026-1")["job"])


def test_a_year_that_has_not_begun_and_a_time_without_the_rule_are_refused(staff):
    reviewer = staff("reviewer")
    with dates.frozen(APRIL), acting(reviewer):
        with pytest.raises(Invalid, match="2027 年还没有可抽取"):
            rounds.begin(2027, reviewer)
        with pytest.raises(Invalid, match="没有入户核查比例"):
            rounds.begin(2020, reviewer)


def test_who_goes_on_with_an_earlier_award_is_not_new(database):
    from adminapp import awards

    entry = awards.store.blank("a", {"number": "n", "previous": "b"})
    opening = {"state": "active", "entitled": 1, "township": HERE}
    change = {"on": "2026-03-01", "at": dates.now(), "cause": "open", "from": "2026-04", "to": None, "set": opening}
    assert "opened" not in awards.applied(entry, "k", change)
    new = awards.applied({**entry, "previous": None}, "k", change)
    assert (new["opened"], new["origin"]) == ("2026-03-01", HERE)
    moved = awards.applied(new, "k2", {**change, "on": "2026-05-01", "cause": "move", "set": {"township": THERE}})
    assert (moved["origin"], moved["township"]) == (HERE, THERE)


# What the proof finds


@pytest.mark.parametrize(
    ("collection", "update", "found"),
    [
        ("spot_draws", {"$set": {"seed": "abc"}}, "种子与本次抽取的不同"),
        ("spot_draws", {"$pop": {"picked": 1}}, "按种子重新抽取的结果不同"),
        ("spot_draws", {"$pop": {"universe": 1}}, "总体摘要不符"),
        ("spot_draws", {"$set": {"held": 1}}, "应抽 2 件，登记为 3 件"),
        ("spot_rounds", {"$set": {"seed": "abc"}}, "种子与审计日志记载的不同"),
        ("spot_rounds", {"$set": {"n": 2}}, "抽取次数不连续"),
        ("awards", {"$set": {"opened": "2025-01-01"}}, "现在查不到 1 件"),
        ("spot_checks", {"$set": {"bases": ["related"]}}, "没有核查登记"),
    ],
)
def test_whatever_is_changed_afterwards_is_found(opened, draw, collection, update, found):
    opened(10)
    draw()
    database.raw(collection).update_one({}, update)
    assert any(found in sentence for sentence in proof.findings(2026)), list(proof.findings(2026))


def test_the_universe_and_the_year_are_read_from_index_entries_alone(opened):
    opened(3)
    query = {"opened": {"$gte": "2026-01-01", "$lte": "2026-12-31"}}
    command = {"find": "awards", "filter": query, "projection": {"_id": 0, "opened": 1, "origin": 1, "type": 1, "number": 1}, "hint": "new"}
    plan = database.current().command("explain", command)["queryPlanner"]["winningPlan"]
    assert set(plans.stages(plan)) == {"PROJECTION_COVERED", "IXSCAN"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=st.lists(st.integers(0, 13), min_size=1, max_size=5))
def test_after_any_rounds_each_stratum_has_its_share_and_the_proof_holds(database, opened, draw, months):
    for name in ("awards", "cases", "spot_checks", "spot_rounds", "spot_draws", "audit", "users"):
        database[name].delete_many({})
    from tests.story import PEOPLE

    for username, (roles, township) in PEOPLE.items():
        database.users.insert_one({"_id": username, "name": username, "roles": roles, "townships": [township] if township else [], "villages": [],
                                   "active": True, "must_change": False, "epoch": 0, "created": dates.now()})  # fmt: skip
    total = 0
    for month, count in enumerate(months, 1):
        total += len(opened(count, on=f"2026-{month:02d}-05"))
        draw(date(2026, month, 20))
        assert len(stored()) == -(-total * 3 // 10)
    assert list(proof.findings(2026)) == []
