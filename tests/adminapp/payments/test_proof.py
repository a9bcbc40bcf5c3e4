"""Each row of a list comes out again from the entries of its award; what was put in by hand is named."""

import pytest

from adminapp import dates
from adminapp.payments import batches, lines, roster
from adminapp.payments.proof import Proof
from tests.adminapp.payments.steps import Month
from tests.adminapp.payments.test_story import spell


@pytest.fixture
def month(engine, work):
    return Month(engine, work)


@pytest.fixture
def prove(engine):
    return lambda batch: list(Proof(engine.registry, engine.standards).of_batch(batches.get(batch["_id"])))


@pytest.fixture
def september(world, month):
    """Return two lists: one award was raised late, one ended late, one came back from the bank."""
    raised, ended, back = world.award(1), world.award(2), world.award(3)
    month.closed("2026-08", {back["name"]: ("002", 0)})
    first = raised["spells"][0]
    world.respell(raised, [{**first, "to": "2026-07"}, spell("2026-08", 34000, "2026-08-01")])
    world.respell(ended, [{**ended["spells"][0], "to": "2026-08"}])
    return month.lock(month.build("2026-09"))


def test_lists_come_out_again(september, prove):
    assert {line["kind"] for line in lines.of_batch(september["_id"])} == {"regular", "arrears", "reissue"}
    assert prove({"_id": "all:2026-08"}) == [] and prove(september) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rows.0.amount": 99999}, "应发"),
        ({"rows.0.basis.0.amount": 1}, "没有决定"),
        ({"rows.0.basis.0.key": "other"}, "没有决定"),
        ({"rows.0.before": 5}, "应发"),
        ({"rows.0.award": "nobody"}, "没有待遇记录"),
        ({"rows.0.basis.0.decision": "d1"}, "没有决定"),
    ],
)
def test_a_changed_row_is_named_even_when_its_digests_fit(september, prove, raw, change, sentence):
    """Somebody with the database changes a row, and all digests after it."""
    chunk_id = f"{september['_id']}/00000"
    raw("payment_rosters").update_one({"_id": chunk_id}, {"$set": change})
    rows = raw("payment_rosters").find_one({"_id": chunk_id})["rows"]
    raw("payment_rosters").update_one({"_id": chunk_id}, {"$set": {"digest": roster.digest_of(rows)}})
    found = prove(september)
    assert found and "第 1 行" in found[0] and any(sentence in each for each in found), found


def test_an_award_that_was_changed_after_the_list_still_gives_its_rows(world, september, prove):
    award = world.database.awards.find_one({"name": "虚构00001"})
    entry = {**award["entries"][-1], "key": "later", "from": "2026-09", "on": "2026-09-18", "set": {**award["entries"][-1]["set"], "entitled": 1}}
    world.database.awards.update_one({"_id": award["_id"]}, {"$push": {"entries": entry}})
    with dates.frozen("2026-10-21"):
        assert prove(september) == []


def test_an_amount_without_an_entry_is_named(world, september, prove):
    world.database.awards.update_one({"name": "虚构00003"}, {"$set": {"entries.0.set.entitled": 1}})
    assert any("没有决定" in sentence for sentence in prove(september))
