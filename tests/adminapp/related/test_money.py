"""An official is kept off the money of a relative too: the line of a list, the account it is paid to, what is to be paid back."""

import pytest

from adminapp import database, dates
from adminapp.bank import accounts, verifying
from adminapp.errors import Invalid
from adminapp.ledger import steps
from adminapp.payments import adjustments, batches, lines
from adminapp.related.recusal import Recused
from adminapp.scope import ALL, Actor, acting
from tests.adminapp.related.filings import DAY, MOTHER

NEAR = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), ALL)
OTHER = Actor("reviewer2", "县级虚构", frozenset({"county_reviewer"}), ALL)


def adjust(case, actor):
    database.raw(batches.COLLECTION).insert_one({"_id": "all:2026-09", "rev": 1, "state": batches.DRAFT, "adjustments": []})
    line = {"_id": "all:2026-09/0000001", "batch": "all:2026-09", "award": case.id, "kind": "regular", "state": lines.PENDING, "amount": 50000}
    database.raw(lines.COLLECTION).insert_one(line)
    adjustments.add("all:2026-09", line["_id"], -100, "", actor, 1)


def account_of(case, **more):
    uses = [{"case": case.id, "by": "clerk", "number": case.number, "verified": ""}]
    database.raw(accounts.COLLECTION).insert_one({"_id": "a", "rev": 1, "township": case.township, "village": case.village, "uses": uses, **more})


def verify(case, actor):
    account_of(case, state=accounts.UNVERIFIED)
    verifying.verify("a", actor, 1, "", "")


def freeze(case, actor):
    account_of(case, state=accounts.VERIFIED)
    verifying.freeze("a", actor, 1, "")


def ask_again(case, actor):
    account_of(case, state=accounts.FROZEN)
    verifying.ask_again("a", actor, 1, "")


def deposit(case, actor):
    steps.take("deposit", {"_id": case.id, "open": 100, "pending": None}, actor, 1, "", amount="0")


@pytest.mark.parametrize("step", [adjust, verify, freeze, ask_again, deposit], ids=lambda step: step.__name__)
def test_the_money_of_a_relative_is_handled_by_others(engine, case, official, step):
    official(account=NEAR.id, relatives=[MOTHER])
    with acting(NEAR), dates.frozen(DAY), pytest.raises(Recused, match="近亲属"):
        step(case, NEAR)


@pytest.mark.parametrize("step", [adjust, verify, freeze, ask_again, deposit], ids=lambda step: step.__name__)
def test_who_is_near_to_nobody_gets_as_far_as_what_is_missing(engine, case, official, step):
    official(account=NEAR.id, relatives=[MOTHER])
    with acting(OTHER), dates.frozen(DAY), pytest.raises(Invalid):
        step(case, OTHER)
