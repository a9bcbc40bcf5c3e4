import pytest
from pymongo import IndexModel

from adminapp import database as connection
from adminapp import dates, indexes, standards
from adminapp.reserve import book, moves, settling
from adminapp.scope import ALL, Actor, acting
from tests.adminapp.payments.conftest import engine, raw, work, world  # noqa: F401 - fixtures

HOME, OTHER = "433123109", "433123101"
CLERK = Actor("clerk", "经办虚构", frozenset({"township_clerk"}), frozenset({HOME}))
DEPUTY = Actor("deputy", "分管虚构", frozenset({"township_deputy"}), frozenset({HOME}))
HEAD = Actor("head", "乡镇长虚构", frozenset({"township_head"}), frozenset({HOME}))
STRANGER = Actor("other", "外乡虚构", frozenset({"township_clerk"}), frozenset({OTHER}))
REVIEWER = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), ALL)
FINANCE = Actor("finance", "财务虚构", frozenset({"finance"}), ALL)
DAY = "2026-09-16"
PAID = {"on": DAY, "receiver": "本人", "voucher": "收 001"}


@pytest.fixture(autouse=True)
def _indexes(engine, database):  # noqa: F811
    for name in (book.COLLECTION, moves.COLLECTION, settling.COLLECTION):
        declared = [index for index in indexes.INDEXES.values() if index.collection == name]
        database[name].create_indexes([IndexModel(list(each.keys), name=each.name, **dict(each.options)) for each in declared])
    engine.standards_store.replace(standards.read_file(), "test")


def fund(yuan="5000", township=HOME, day=DAY):
    """Let the county advance money to a township, and return the entry."""
    with dates.frozen(day):
        with acting(REVIEWER):
            move = moves.propose(township, book.ADVANCE, yuan, "年初备用金", REVIEWER)
        with acting(FINANCE):
            return moves.confirm(move, FINANCE, move["rev"], f"拨 {move['_id']}", day)


def case_of(engine, award):  # noqa: F811
    published = engine.registry.get(award["type"], award["version"])
    return published.model._from_son(connection.raw("cases").find_one({"_id": award["_id"]}))


@pytest.fixture
def grant(world, engine):  # noqa: F811
    """Return a function that grants temporary relief in the township and returns (award, case)."""

    def make(number=1, amount=90000, first="2026-09", village=f"{HOME}001", **about):
        award = world.award(number, "temporary", amount=amount, first=first, on="2026-09-15", village=village, **about)
        return award, case_of(engine, award)

    return make
