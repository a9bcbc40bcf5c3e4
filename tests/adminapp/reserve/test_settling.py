"""A month of a book is settled by the rule that offers it: begun, with bookings, within reach, checked by somebody else."""

import pytest

from adminapp import dates
from adminapp.errors import Conflict, Forbidden
from adminapp.reserve import book, settling
from adminapp.scope import ALL, Actor, acting
from tests.adminapp.reserve.conftest import CLERK, DAY, DEPUTY, HOME, OTHER, REVIEWER, fund

ELSEWHERE = Actor("away", "外乡虚构", frozenset({"township_deputy"}), frozenset({OTHER}))


@pytest.fixture
def settled():
    """Return a month that was handed in, behind which something was booked already."""
    fund()
    found = take("2026-09", "submit", DEPUTY)
    with dates.frozen(DAY):
        book.append(HOME, "later", book.PAYMENT, -100, CLERK, DAY)
    return found


def take(month, key, actor, rev=0, reason=""):
    with acting(actor), dates.frozen(DAY):
        return settling.take(HOME, month, key, actor, rev, reason)


def test_a_month_that_has_not_begun_is_not_settled_nor_one_without_bookings(settled):
    assert book.months(HOME) == ["2026-10", "2026-09"]
    for month in ("2026-10", "2026-08"):
        with pytest.raises(Forbidden):
            take(month, "submit", DEPUTY)
    assert settling.get(HOME, "2026-10")["state"] == settling.OPEN


def test_who_does_not_reach_the_township_settles_nothing():
    fund()
    with pytest.raises(Forbidden):
        take("2026-09", "submit", ELSEWHERE)


def test_the_county_checks_what_another_handed_in(settled):
    both = Actor(DEPUTY.id, DEPUTY.name, DEPUTY.roles | REVIEWER.roles, ALL)
    for actor, key in ((DEPUTY, "approve"), (both, "approve"), (REVIEWER, "submit"), (REVIEWER, "x")):
        with pytest.raises(Forbidden):
            take("2026-09", key, actor, settled["rev"])
    with pytest.raises(Conflict):
        take("2026-09", "approve", REVIEWER, 0)
    assert take("2026-09", "approve", REVIEWER, settled["rev"])["state"] == settling.APPROVED
