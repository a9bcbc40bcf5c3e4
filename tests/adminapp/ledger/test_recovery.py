"""What was paid too much: found by itself, arranged by two persons, set off in lists, paid in once a receipt, given up by the county."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import database as connection
from adminapp import dates, ledger
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.ledger import recovery, setoff, steps
from adminapp.payments import lines
from adminapp.scope import ALL, Actor, acting
from tests.paid import pay
from tests.running import APPROVER, CLERK, DEPUTY, HEAD, REVIEWER

DAY = date(2026, 8, 12)
FINANCE = Actor("finance", "财务虚构", frozenset({"finance"}), ALL)
TERMS = {"way": "setoff", "monthly": "200", "from_month": "2026-09", "heard": "2026-08-10"}


@pytest.fixture
def overpaid(engine, granted):
    """Return a household whose income rose in June, told in August: 750.00 too much in each of June and July."""
    with dates.frozen(DAY):
        for month in ("2026-05", "2026-06", "2026-07"):
            pay(granted, month)
        engine.change(granted, "change_content", DAY, hear=True, kind="income", from_month="2026-06", changes={"income": 1800000})
        yield granted


def row_of(case):
    return connection.raw(recovery.COLLECTION).find_one({"_id": case.pk})


def take(case, key, actor, reason="", **asked):
    with acting(actor):
        row = row_of(case)
        return steps.take(key, row, actor, row["rev"], reason, **asked)


def refused(case, key, actor=CLERK, reason="", **asked):
    with pytest.raises(Invalid) as error:
        take(case, key, actor, reason, **asked)
    return "；".join(map(str, error.value.problems or [error.value]))


def agreed(case, **changes):
    take(case, "agree", CLERK, "从九月起抵扣", **TERMS | changes)
    return take(case, "confirm_agreement", HEAD)


def test_a_change_backwards_is_found_by_itself(overpaid):
    row = row_of(overpaid)
    # 1,470.00 was paid; 740 - 500 for each of three are due.
    assert (row["overpaid"], row["open"], row["state"], row["waiting"]) == (2 * (147000 - 72000), 150000, "OPEN", "agree")


def test_who_never_got_too_much_has_no_recovery(engine, granted):
    pay(granted, "2026-05")
    engine.change(granted, "change_content", date(2026, 5, 10), kind="income", from_month="2026-06", changes={"income": 600000})
    assert row_of(granted) is None


def test_an_arrangement_is_made_by_two_persons(overpaid):
    row = take(overpaid, "agree", CLERK, "约定", **TERMS)
    assert row["state"] == "OPEN" and row["waiting"] == "confirm_agreement" and setoff.take([overpaid.pk], "2026-09") == {}
    both = Actor(CLERK.id, "兼任虚构", frozenset({"township_head"}), HEAD.townships)
    with pytest.raises(Forbidden):
        take(overpaid, "confirm_agreement", both)
    row = take(overpaid, "confirm_agreement", HEAD)
    assert row["state"] == "AGREED" and row["agreement"]["monthly"] == 20000 and row["entries"][-1]["proposed_by"] == CLERK.id


def test_a_list_keeps_back_what_was_agreed_and_no_more(overpaid):
    agreed(overpaid)
    assert setoff.take([overpaid.pk], "2026-08") == {}
    [item] = setoff.take([overpaid.pk], "2026-09")[overpaid.pk]
    assert item["amount"] == 20000
    pay(overpaid, "2026-09")
    pay(overpaid, "2026-09", kind=lines.SETOFF, amount=-20000, ledger=item["id"])
    row = row_of(overpaid)
    assert (row["taken"], row["open"]) == (20000, 130000)
    assert setoff.take([overpaid.pk], "2026-09") == {}, "a second list of the month takes nothing more"
    assert setoff.take([overpaid.pk], "2026-10")[overpaid.pk][0]["amount"] == 20000


def test_a_setoff_never_takes_more_than_the_share_of_the_month(overpaid):
    agreed(overpaid, monthly="1000")
    assert setoff.take([overpaid.pk], "2026-09")[overpaid.pk][0]["amount"] == 72000 // 2


def test_a_line_that_fails_is_open_again(overpaid):
    agreed(overpaid)
    pay(overpaid, "2026-09", kind=lines.SETOFF, amount=-20000)
    connection.raw(lines.COLLECTION).update_one({"kind": lines.SETOFF}, {"$set": {"state": "FAILED", "events": []}})
    lines.changed([overpaid.pk])
    assert row_of(overpaid)["open"] == 150000


def test_more_that_comes_up_later_needs_a_new_arrangement(engine, overpaid):
    agreed(overpaid)
    engine.change(overpaid, "change_content", DAY, hear=True, kind="income", from_month="2026-05", changes={"income": 1900000})
    assert row_of(overpaid)["state"] == "OPEN" and setoff.take([overpaid.pk], "2026-09") == {}


def test_money_that_comes_back_counts_once_a_receipt(overpaid):
    paid_in = {"amount": "352", "date": "2026-08-11", "receipt": "NO.1"}
    row = take(overpaid, "deposit", FINANCE, "现金", **paid_in)
    assert (row["returned"], row["open"]) == (35200, 114800)
    assert "已登记过" in refused(overpaid, "deposit", FINANCE, **paid_in)
    row = take(overpaid, "deposit", CLERK, **paid_in | {"amount": "1148", "receipt": "NO.2"})
    assert (row["open"], row["state"], row["waiting"]) == (0, "SETTLED", "")


def test_a_receipt_of_another_household_is_refused(engine, overpaid):
    other = engine.grant(engine.new(head="aunt", income=100))
    pay(other, "2026-07", amount=900000)
    recovery.refresh([other.pk])
    take(other, "deposit", CLERK, amount="1", date="2026-08-11", receipt="NO.1")
    assert "另一件" in refused(overpaid, "deposit", CLERK, amount="1", date="2026-08-11", receipt="NO.1")


def test_only_the_county_gives_up_and_never_who_proposed_it(overpaid):
    take(overpaid, "write_off", DEPUTY, "户主去世，无遗产", amount="1500")
    with pytest.raises(Forbidden):
        take(overpaid, "confirm_write_off", HEAD)
    row = take(overpaid, "confirm_write_off", APPROVER)
    assert (row["written"], row["open"], row["state"]) == (150000, 0, "SETTLED")
    assert ledger.of(connection.raw("awards").find_one({"_id": overpaid.pk})).overpaid == 150000, "what was paid stays what was paid"


@pytest.mark.parametrize(
    ("key", "asked", "sentence"),
    [
        ("agree", TERMS | {"way": "x"}, "归还方式"),
        ("agree", TERMS | {"monthly": "2000"}, "不能超过未归还"),
        ("agree", TERMS | {"monthly": "0"}, "大于 0"),
        ("agree", TERMS | {"heard": "2026-08-13"}, "不能晚于今天"),
        ("agree", TERMS | {"from_month": "2026-07"}, "不能早于本月"),
        ("agree", TERMS | {"from_month": "九月"}, "九月"),
        ("deposit", {"amount": "1501", "date": "2026-08-11", "receipt": "1"}, "不能超过"),
        ("deposit", {"amount": "1", "date": "2026-08-13", "receipt": "1"}, "不能晚于今天"),
        ("deposit", {"amount": "1", "date": "2026-08-11", "receipt": " "}, "凭证号"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(overpaid, key, asked, sentence):
    assert sentence in refused(overpaid, key, **asked)
    assert row_of(overpaid)["pending"] is None and row_of(overpaid)["returned"] == 0


def test_what_was_seen_too_long_ago_changes_nothing(overpaid):
    row = row_of(overpaid)
    take(overpaid, "agree", CLERK, **TERMS)
    with acting(CLERK), pytest.raises(Conflict):
        steps.deposit(row, CLERK, row["rev"], "", amount="1", date="2026-08-11", receipt="1")


def test_a_proposal_is_sent_back_with_a_reason(overpaid):
    take(overpaid, "agree", CLERK, **TERMS)
    assert "理由" in refused(overpaid, "reject", HEAD)
    assert take(overpaid, "reject", HEAD, "金额太高")["waiting"] == "agree"
    assert steps.offered(row_of(overpaid), REVIEWER).keys() == {"agree", "deposit", "write_off"}


LINE = st.tuples(
    st.sampled_from(["2026-05", "2026-06", "2026-07"]), st.sampled_from([lines.REGULAR, lines.ARREARS, lines.ADJUST, lines.SETOFF]),
    st.integers(0, 300000), st.sampled_from(["PENDING", "SENT", "PAID", "HELD", "CANCELLED", "FAILED", "RETURNED", "PARTIAL"]), st.integers(0, 300000),
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, max_size=8))
def test_the_balance_is_what_is_owed_less_what_was_paid(granted, made):
    """Whatever the lines and their states: balance = owed − paid, and what is open adds up."""
    connection.raw(lines.COLLECTION).delete_many({})
    connection.raw(recovery.COLLECTION).delete_many({})
    for month, kind, amount, state, part in made:
        amount, sign = max(1, amount), -1 if kind == lines.SETOFF else 1
        events = [{"paid": sign * min(part, amount)}] if state == "PARTIAL" else []
        pay(granted, month, state=state, kind=kind, amount=sign * amount, events=events)
    recovery.refresh([granted.pk])
    held, row = ledger.of(connection.raw("awards").find_one({"_id": granted.pk})), row_of(granted)
    received = sum(lines.settled(line) for line in connection.raw(lines.COLLECTION).find({"state": {"$ne": "CANCELLED"}}))
    assert held.paid == received
    assert held.balance == held.owed - held.paid == held.arrears - held.overpaid + held.taken
    if row:
        assert row["open"] == row["overpaid"] - row["taken"] - row["returned"] - row["written"]
        assert (row["state"] == "SETTLED") == (row["open"] <= 0)
    else:
        assert held.overpaid == 0
