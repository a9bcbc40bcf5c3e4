"""The cut-off day decides what is in a list; supplements need a second person; one-off relief is paid at any time."""

from datetime import date

import pytest

from adminapp import dates
from adminapp.errors import Forbidden, Invalid
from adminapp.payments import batches, lines, opening, timetable
from adminapp.payments.verify import verify
from tests.adminapp.payments.steps import NAMES, Month
from tests.adminapp.payments.test_story import amounts, spell
from tests.adminapp.payments.world import CHECKER, MAKER


@pytest.fixture
def month(engine, work):
    return Month(engine, work)


@pytest.mark.parametrize(
    ("today", "newest"),
    [(date(2026, 9, 20), "2026-09"), (date(2026, 9, 21), "2026-10"), (date(2026, 12, 21), "2027-01"), (date(2027, 1, 1), "2027-01")],
)
def test_list_can_be_built_from_the_day_after_its_cut_off(today, newest):
    assert timetable.newest(today) == newest
    assert timetable.cutoff("2026-10") == date(2026, 9, 20) and timetable.paid_by("2026-10") == date(2026, 10, 10)


def test_what_is_decided_after_the_cut_off_waits_and_is_paid_back(world, month):
    world.award(1, on="2026-08-20")
    world.award(2, first="2026-09", on="2026-08-21")
    first = month.lock(month.build("2026-09"))
    assert set(amounts(first)) == {("虚构00001", "2026-09", "regular")}
    with dates.frozen("2026-09-22"):
        second = month.build("2026-10")
    assert set(amounts(second)) == {
        ("虚构00001", "2026-10", "regular"),
        ("虚构00002", "2026-10", "regular"),
        ("虚构00002", "2026-09", "arrears"),
    }


def test_raise_decided_after_the_cut_off_waits_and_a_cut_counts_at_once(world, month):
    raised, cut, ended = (world.award(number) for number in (1, 2, 3))
    first = raised["spells"][0]
    world.respell(raised, [{**first, "to": "2026-08"}, spell("2026-09", 34000, "2026-09-02")])
    world.respell(cut, [{**first, "to": "2026-08"}, spell("2026-09", 10000, "2026-09-02")])
    world.respell(ended, [{**first, "to": "2026-08", "on": "2026-09-02"}])
    batch = month.lock(month.build("2026-09"))
    assert amounts(batch) == {("虚构00001", "2026-09", "regular"): 30000, ("虚构00002", "2026-09", "regular"): 10000}
    assert verify(batch) == []
    with dates.frozen("2026-09-22"):
        assert amounts(month.build("2026-10")) == {
            ("虚构00001", "2026-10", "regular"): 34000,
            ("虚构00001", "2026-09", "arrears"): 4000,
            ("虚构00002", "2026-10", "regular"): 10000,
        }


def test_line_says_which_entry_it_pays_and_what_was_paid_before(world, month):
    award = world.award(1)
    month.lock(month.build("2026-08"))
    world.respell(award, [{**award["spells"][0], "to": "2026-07"}, spell("2026-08", 34000, "2026-08-20")])
    rows = {(line["period"], line["kind"]): line for line in lines.payable(month.build("2026-09")["_id"])}
    late = rows["2026-08", "arrears"]
    assert late["basis"] == [{"month": "2026-08", "amount": 34000, "key": "k2026-08", "decision": ""}]
    assert (late["before"], late["amount"]) == (30000, 4000) and rows["2026-09", "regular"]["before"] == 0


def test_supplement_is_built_only_with_a_reason_and_a_second_person_s_consent(world, month, work):
    world.award(1)
    month.lock(month.build("2026-09"))
    world.award(2, first="2026-09", on="2026-09-15")
    with pytest.raises(Invalid, match="为什么"):
        opening.start_build("all", "2026-09", NAMES, MAKER, supplement=True)
    batch = opening.start_build("all", "2026-09", NAMES, MAKER, supplement=True, reason="沱江镇漏报")
    work()
    assert batch["state"] == "PROPOSED" and list(lines.of_batch(batch["_id"])) == []
    again = opening.start_build("all", "2026-09", NAMES, MAKER, supplement=True, reason="再来一次")
    assert again["_id"] == batch["_id"] and batches.collection().count_documents({}) == 2
    with pytest.raises(Forbidden, match="同意编制"):
        month.take(batch, "consent", MAKER)
    month.take(batch, "consent", CHECKER)
    work()
    batch = month.lock(batch)
    assert set(amounts(batch)) == {("虚构00002", "2026-09", "regular")}
    assert batch["history"][0]["reason"] == "沱江镇漏报"
    assert month.take(batch, "approve", CHECKER)["state"] == "APPROVED", "who consented has not made the list"


def test_proposed_supplement_can_be_given_up(world, month, work):
    world.award(1)
    month.lock(month.build("2026-09"))
    batch = opening.start_build("all", "2026-09", NAMES, MAKER, supplement=True, reason="漏报")
    assert month.take(batch, "abort", MAKER, "不需要了")["state"] == "ABORTED"
    work()
    assert verify(batches.get(batch["_id"])) == []


def test_one_off_relief_is_paid_at_any_time_and_each_grant_once(world, month):
    world.award(1, "temporary", first="2026-09", on="2026-09-15")
    first = month.build("2026-09", scope="temporary")
    assert set(amounts(first)) == {("虚构00001", "2026-09", "regular")}
    world.award(2, "temporary", first="2026-09", on="2026-09-16")
    assert month.build("2026-09", scope="temporary")["_id"] == first["_id"], "the first is still open"
    month.lock(first)
    second = month.build("2026-09", scope="temporary")
    assert batches.title_of(second) == "2026 年 9 月临时救助发放名册（第 2 批）".replace("临时救助", "temporary")
    assert set(amounts(second)) == {("虚构00002", "2026-09", "regular")}
    month.lock(second)
    assert amounts(month.build("2026-09")) == {}, "the monthly list of all types finds nothing left"
    with dates.frozen("2026-09-22"):
        assert amounts(month.build("2026-10")) == {}


def test_one_off_relief_granted_late_in_a_month_is_paid_in_the_next(world, month):
    world.award(1)
    month.lock(month.build("2026-09"))
    with dates.frozen("2026-09-28"):
        world.award(2, "temporary", first="2026-09", on="2026-09-28")
        assert ("虚构00002", "2026-09", "arrears") in amounts(month.build("2026-10"))
