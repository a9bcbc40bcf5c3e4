"""What one award asks for: within its declared cycle, in each period, at each age. Facts only; nothing is stored."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminapp import dates
from adminapp.declaration.model import Birthday, Ongoing, Review, ReviewRule
from adminapp.ongoing import wishes

THIS = "2026-09"
MONTHS = st.builds(dates.add_months, st.just("2024-01"), st.integers(0, 60))


def of(months=12, by=(), **ongoing):
    return SimpleNamespace(review=Review(months=months, by=tuple(by)), ongoing=Ongoing(**ongoing))


def never(_formula):
    return False


def test_the_first_review_may_fall_anywhere_within_the_cycle():
    found = wishes.review(of(6), never, "2026-09", None, THIS)
    assert found.window == ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03") and found.key == "2026-09"


def test_a_later_review_is_put_forward_by_a_third_of_the_cycle_at_most():
    assert wishes.review(of(12), never, "2024-01", "2026-08", THIS).window == ("2027-04", "2027-05", "2027-06", "2027-07", "2027-08")


def test_the_cycle_is_the_first_declared_one_that_holds():
    relief_type = of(12, [ReviewRule(months=6, when="works", label="有劳动能力"), ReviewRule(months=1, when="x")])
    found = wishes.review(relief_type, lambda formula: formula == "works", "2026-09", None, THIS)
    assert (found.window[-1], found.label) == ("2027-03", "有劳动能力")


def test_recipients_from_before_are_spread_over_one_cycle():
    assert wishes.review(of(6), never, "2019-03", None, THIS).window == tuple(dates.month_range("2026-09", "2027-02"))


def test_a_review_that_was_missed_is_due_now():
    assert wishes.review(of(6), never, "2019-03", "2025-12", THIS).window == ("2026-09",)


@given(st.integers(1, 24), MONTHS, st.one_of(st.none(), MONTHS), MONTHS)
def test_no_review_is_planned_later_than_its_cycle_or_into_the_past(cycle, begun, last, this):
    found = wishes.review(of(cycle), never, begun, last, this)
    assert list(found.window) == sorted(set(found.window)) and found.window[0] >= this
    limit = dates.add_months(last or begun, cycle)
    assert found.window[-1] <= max(limit, this if last else dates.add_months(this, cycle - 1))


def test_life_is_certified_in_each_half_of_the_year():
    found = list(wishes.life(2, "2020-01", frozenset(), THIS))
    assert [(wish.key, wish.window[0], wish.due) for wish in found] == [
        ("2026-07", "2026-09", date(2026, 12, 31)), ("2027-01", "2027-01", date(2027, 6, 30)), ("2027-07", "2027-07", date(2027, 12, 31)),
    ]  # fmt: skip


def test_who_was_granted_or_seen_within_a_half_is_not_certified_again_in_it():
    assert [wish.key for wish in wishes.life(2, "2026-08", frozenset({"2027-02"}), THIS)] == ["2027-07"]


def test_a_type_without_proofs_of_life_asks_for_none():
    assert list(wishes.life(0, "2020-01", frozenset(), THIS)) == []


@pytest.mark.parametrize(
    ("birth", "start", "month", "counts"),
    [
        (date(1966, 12, 31), "next_month", "2026-12", "2027-01"),
        (date(1966, 12, 31), "birthday_month", "2026-11", "2026-12"),
        (date(1966, 9, 1), "birthday_month", "2026-09", "2026-09"),
        (date(1967, 2, 28), "next_month", "2027-02", "2027-03"),
    ],
)
def test_an_age_is_planned_for_the_month_before_it_counts(monkeypatch, birth, start, month, counts):
    monkeypatch.setattr(wishes, "born", lambda values: [("k" * 64, "龙虚构", birth), ("other", "外人", birth)])
    [wish] = wishes.birthdays(of(birthdays=(Birthday(age=60, start=start, label="满六十"),)), None, {"k" * 64}, THIS)
    assert wish.window == (month,) and wish.label == f"满六十（{counts} 起）" and wish.person == "龙虚构"


def test_who_is_born_on_29_february_reaches_an_age_on_the_28th():
    assert wishes._reached(date(1964, 2, 29), 63) == date(2027, 2, 28)
    assert wishes._reached(date(1964, 2, 29), 64) == date(2028, 2, 29)
    assert dates.age(date(1964, 2, 29), date(2027, 2, 28)) == 63
