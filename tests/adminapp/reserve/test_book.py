"""The book of a reserve: balance = in − out whatever happens, never below zero, each thing booked once, in a month that is still open."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.reserve import book, proof
from adminapp.scope import acting
from tests.adminapp.reserve.conftest import CLERK, DAY, HOME, OTHER, STRANGER, fund


def put(amount, key, kind=book.ADVANCE, township=HOME):
    return book.append(township, key, kind, amount, CLERK, DAY)


STEP = st.tuples(st.sampled_from([HOME, OTHER]), st.integers(-90000, 90000).filter(bool), st.integers(0, 9))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=12))
def test_the_balance_is_what_came_in_less_what_went_out(database, steps):
    """Whatever is booked, twice or without money: what stands is what was accepted once, and no balance is below zero."""
    database[book.COLLECTION].delete_many({})
    known = {HOME: {}, OTHER: {}}
    for township, amount, key in steps:
        mine = known[township]
        if key in mine:
            assert put(amount, f"{township}{key}", township=township)["amount"] == mine[key]
        elif sum(mine.values()) + amount < 0:
            with pytest.raises(Invalid, match="不够支付"):
                put(amount, f"{township}{key}", township=township)
        else:
            put(amount, f"{township}{key}", township=township)
            mine[key] = amount
    for township, mine in known.items():
        rows = list(database[book.COLLECTION].find({"township": township}, sort=[("n", 1)]))
        assert [row["n"] for row in rows] == list(range(1, len(mine) + 1))
        assert book.balance(township) == sum(mine.values()) and all(row["balance"] >= 0 for row in rows)
    assert list(proof.sentences()) == []


def test_of_two_payments_of_the_last_money_one_is_refused(database):
    put(10000, "in")
    outcomes, ready = [], threading.Barrier(8)

    def spend(number):
        ready.wait()
        try:
            put(-6000, f"out{number}", book.PAYMENT)
            outcomes.append("paid")
        except Invalid:
            outcomes.append("refused")

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["paid"] + ["refused"] * 7 and book.balance(HOME) == 4000


def test_a_booking_goes_to_the_next_month_once_its_own_is_settled_or_closed(database, monkeypatch):
    put(10000, "in")
    book.append(HOME, book.settle_key(HOME, "2026-09"), book.SETTLE, 0, CLERK, DAY, "2026-09")
    assert put(100, "later")["month"] == "2026-10"
    monkeypatch.setitem(book.opening.SHUT, "test", lambda month: month in ("2026-09", "2026-10"))
    assert put(100, "last")["month"] == "2026-11" and put(100, "elsewhere", township=OTHER)["month"] == "2026-11"
    assert [book.balance_before(HOME, month) for month in ("2026-09", "2026-10", "2026-11", "2026-12")] == [0, 10000, 10100, 10200]


def test_a_township_sees_its_own_book_only(database):
    fund()
    with acting(STRANGER):
        assert book.of_month(HOME, "2026-09") == []
    with acting(CLERK):
        assert [entry["balance"] for entry in book.of_month(HOME, "2026-09")] == [500000]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"$set": {"amount": 1}}, "余额"),
        ({"$set": {"note": "改过"}}, "第 1 号被改动"),
        ({"$set": {"n": 7}}, "第 1 号缺失"),
    ],
)
def test_the_proof_names_what_was_changed(database, change, sentence):
    put(10000, "in")
    put(-100, "out")
    database[book.COLLECTION].update_one({"key": "in"}, change)
    assert any(sentence in found for found in proof.sentences())


def test_a_month_begins_with_what_the_one_before_left(database):
    with dates.frozen("2026-08-10"):
        put(70000, "in")
    put(-20000, "out")
    with acting(CLERK):
        _entries, sums = book.month_of(HOME, "2026-09")
    assert (sums["opening"], sums["advance"], sums["payment"], sums["closing"], sums["count"]) == (70000, -20000, 0, 50000, 1)
