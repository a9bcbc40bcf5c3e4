"""A recovery that is set off goes through real lists: a lower transfer, its reason everywhere, and given back when the bank returns it."""

import csv
import io
from datetime import date

import pytest

from adminapp import database as connection
from adminapp import dates, ledger
from adminapp.errors import Invalid
from adminapp.jobs import artefacts, model
from adminapp.ledger import joining, recovery, steps
from adminapp.payments import adjustments, batches, lines, release
from adminapp.payments.proof import Proof
from adminapp.payments.verify import verify
from adminapp.scope import ALL, Actor, acting
from tests.adminapp.payments.steps import Month
from tests.adminapp.payments.world import MAKER, TREASURER

CLERK = Actor("clerk", "乡镇虚构", frozenset({"township_clerk"}), ALL)
HEAD = Actor("head", "乡镇长虚构", frozenset({"township_head"}), ALL)
DUE, LESS, MONTHLY = 50000, 30000, 12000


@pytest.fixture
def month(engine, work):
    joining.register()
    return Month(engine, work)


def spell(first, amount, on, last=None):
    return {"from": first, "to": last, "amount": amount, "cause": "amount", "key": f"k{first}", "on": on}


@pytest.fixture
def award(world, month):
    """Return a household paid 500.00 in August, of which 300.00 were due: 120.00 a month are kept back from September on."""
    award = world.award(1, spells=[spell("2026-06", DUE, "2026-05-20")])
    with dates.frozen("2026-08-25"):
        month.closed("2026-08")
    world.respell(award, [spell("2026-06", DUE, "2026-05-20", "2026-07"), spell("2026-08", LESS, "2026-09-01")])
    recovery.refresh([award["_id"]])
    terms = {"way": "setoff", "monthly": "120", "from_month": "2026-09", "heard": "2026-09-10"}
    with acting(CLERK):
        row = steps.take("agree", row_of(award), CLERK, 1, "从九月起抵扣", **terms)
    with acting(HEAD):
        steps.take("confirm_agreement", row, HEAD, row["rev"], "同意")
    return award


def row_of(award):
    return connection.raw(recovery.COLLECTION).find_one({"_id": award["_id"]})


def account_of(award):
    return ledger.of(connection.raw("awards").find_one({"_id": award["_id"]}))


def listed(batch):
    return [(line["kind"], line["amount"]) for line in lines.payable(batch["_id"])]


def proved(month, batch):
    batch = batches.get(batch["_id"])
    return [*verify(batch), *Proof(month.engine.registry, month.engine.standards).of_batch(batch)]


def test_the_payee_gets_less_and_the_list_says_why(award, month, work, settings):
    batch = month.lock(month.build())
    assert listed(batch) == [("regular", LESS), ("setoff", -MONTHLY)]
    assert (batch["seal"]["count"], batch["seal"]["amount"]) == (1, LESS - MONTHLY) and proved(month, batch) == []
    assert batch["variance"]["unexplained"] == 0 and batch["variance"]["amount"] == LESS - MONTHLY - DUE
    told = {row["key"]: (row["cause"], row["amount"]) for row in connection.raw("payment_variances").find({"batch": batch["_id"]})}
    assert told["late"] == ("抵扣 2026-09：抵扣以前多发", -MONTHLY) and told["lowered"][1] == LESS - DUE
    month.fund(batch)
    job = model.get(release.start(batch["_id"], ["csv"], TREASURER))
    work()
    path, _ = artefacts.path_of(settings, model.get(job["_id"]), 0)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert any(cells[-1] == "抵扣：抵扣以前多发" and "-120.00" in cells for cells in rows)
    [transfer] = month.transfers(batch)
    assert transfer["amount"] == LESS - MONTHLY and len(transfer["lines"]) == 2


def test_what_was_kept_back_is_taken_until_all_of_it_came_back(award, month):
    for place, (name, taken) in enumerate([("2026-09", MONTHLY), ("2026-10", DUE - LESS - MONTHLY), ("2026-11", 0)]):
        with dates.frozen(date(2026, 9 + place, 21)):
            batch = month.closed(name)
        assert listed(batch) == [("regular", LESS), *([("setoff", -taken)] if taken else [])] and proved(month, batch) == []
        account = account_of(award)
        assert account.balance == account.owed - account.paid == account.arrears - account.overpaid + account.taken
    row, account = row_of(award), account_of(award)
    assert (row["open"], row["taken"], row["state"]) == (0, DUE - LESS, "SETTLED") and account.balance == 0


@pytest.mark.parametrize(("fate", "taken"), [(("002", 0), 0), (("001", 5000), MONTHLY)])
def test_a_transfer_that_comes_back_gives_its_instalment_back(award, month, fate, taken):
    batch = month.sent()
    month.answered(batch, {award["name"]: fate})
    row, account = row_of(award), account_of(award)
    assert (row["taken"], row["open"]) == (taken, DUE - LESS - taken)
    assert account.balance == account.owed - account.paid and proved(month, batch) == []


def test_an_aborted_list_takes_nothing(award, month):
    batch = month.build()
    assert row_of(award)["taken"] == MONTHLY
    month.take(batch, "abort", MAKER, "重新编制")
    assert row_of(award)["taken"] == 0
    assert ("setoff", -MONTHLY) in listed(month.build())


def test_a_correction_leaves_something_to_pay_beside_a_set_off(award, month):
    batch = month.build()
    line = next(line for line in lines.payable(batch["_id"]) if line["kind"] == "regular")
    with pytest.raises(Invalid, match="现为 180.00 元（已抵扣 120.00 元）"):
        adjustments.add(batch["_id"], line["_id"], -18000, "多算", MAKER, batch["rev"])
    batch = month.lock(adjustments.add(batch["_id"], line["_id"], -17900, "多算", MAKER, batch["rev"]))
    assert batch["seal"]["amount"] == 100 and [each["amount"] for each in month.transfers(batch)] == [100]
