"""Moves of money between county and township: what a dead process confirmed only is booked, or waits again when the money is gone."""

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.errors import Invalid
from adminapp.reserve import book, moves
from adminapp.scope import acting
from tests.adminapp.reserve.conftest import DAY, DEPUTY, FINANCE, HOME, OTHER, REVIEWER, fund


@pytest.fixture(autouse=True)
def _day():
    with dates.frozen(DAY):
        yield


def given_back(yuan="400"):
    with acting(DEPUTY):
        return moves.propose(HOME, book.GIVEBACK, yuan, "年末上缴", DEPUTY)


def confirm(move):
    with acting(FINANCE):
        return moves.confirm(move, FINANCE, move["rev"], "缴 001", DAY)


def left_open(move, monkeypatch):
    """Confirm a move as a process does that dies before it is booked."""
    monkeypatch.setattr(moves, "follow", lambda *_: None)
    confirm(move)
    monkeypatch.undo()


def spend(yuan=90000):
    book.append(HOME, "x", book.PAYMENT, -yuan, DEPUTY, DAY)


def now(move):
    return connection.raw(moves.COLLECTION).find_one({"_id": move["_id"]})


def test_what_a_dead_process_confirmed_is_booked(monkeypatch):
    fund("1000")
    move = given_back()
    left_open(move, monkeypatch)
    moves.sweep()
    assert now(move)["state"] == moves.DONE and "open" not in now(move) and book.balance(HOME) == 60000


def test_what_cannot_be_booked_any_more_waits_again_and_keeps_no_other_from_its_turn(monkeypatch):
    fund("1000")
    back = given_back()
    with acting(REVIEWER):
        advance = moves.propose(OTHER, book.ADVANCE, "300", "补充备用金", REVIEWER)
    left_open(back, monkeypatch)
    left_open(advance, monkeypatch)
    spend()
    moves.sweep()
    again = now(back)
    assert again["state"] == moves.PROPOSED and again["holds"] == f"{HOME}:{book.GIVEBACK}" and "voucher" not in again and "open" not in again
    assert now(advance)["state"] == moves.DONE and book.balance(OTHER) == 30000
    with pytest.raises(Invalid, match="不够支付"):
        confirm(again)
    assert now(back)["state"] == moves.PROPOSED


def test_one_that_cannot_wait_again_beside_another_stays_for_the_next_sweep(monkeypatch):
    fund("1000")
    move = given_back()
    left_open(move, monkeypatch)
    given_back("50")
    spend()
    moves.sweep()
    assert now(move)["state"] == moves.DONE and now(move)["open"]
