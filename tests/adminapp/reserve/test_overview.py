"""How all books stand, asked at once, is what each book says of itself."""

import pytest
from pymongo.collection import Collection

from adminapp import dates
from adminapp.reserve import book, moves, settling
from adminapp.reserve.overview import Standing, standings
from adminapp.scope import acting
from tests.adminapp.reserve.conftest import CLERK, DAY, DEPUTY, HOME, OTHER, REVIEWER, fund

EARLIER = "2026-08-20"


def pay(amount, key, kind=book.PAYMENT, **about):
    with dates.frozen(DAY):
        return book.append(HOME, key, kind, amount, CLERK, DAY, **about)


@pytest.fixture
def books(database):
    """Return what the books of two townships come to: one with money of two months, one that has just begun."""
    fund("5000", day=EARLIER)
    with acting(DEPUTY), dates.frozen(EARLIER):
        settled = settling.take(HOME, "2026-08", "submit", DEPUTY, 0)
    pay(-90000, "first", wants=HOME)
    pay(-20000, "second")
    pay(20000, "back", book.REFUND)
    fund("100", OTHER)
    with acting(REVIEWER):
        moves.propose(OTHER, book.ADVANCE, "300", "补充备用金", REVIEWER)
    return {HOME: Standing(410000, 90000, 1, 0, settled), OTHER: Standing(10000, 0, 0, 1, None)}


def test_each_book_stands_as_it_says_itself(books):
    assert standings([HOME, OTHER], "2026-09") == books
    assert [each.balance for each in books.values()] == [book.balance(HOME), book.balance(OTHER)]


def test_a_month_nobody_settled_is_open(books, database):
    database[settling.COLLECTION].delete_many({})
    assert standings([HOME], "2026-09")[HOME].settled == settling.get(HOME, "2026-08") | {"state": settling.OPEN}


def test_only_the_asked_townships_are_told_and_one_without_a_book_is_blank(books):
    assert standings(["433123102"], "2026-09") == {"433123102": Standing()}


def test_more_townships_are_no_more_questions(books, monkeypatch):
    asked = []
    for name in ("find", "find_one", "aggregate", "distinct", "count_documents"):
        plain = getattr(Collection, name)
        monkeypatch.setattr(Collection, name, lambda self, *args, _plain=plain, **more: asked.append(1) or _plain(self, *args, **more))
    standings([HOME], "2026-09")
    one = len(asked)
    standings([HOME, OTHER, "433123102", "433123103"], "2026-09")
    assert len(asked) == 2 * one == 12
