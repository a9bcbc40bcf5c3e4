"""Relief paid out of the township's reserve: at once, by somebody else than who confirmed it, up to the declared limit, once and never again by a list."""

from datetime import date

import pytest

from adminapp import awards as stored_awards
from adminapp import database as connection
from adminapp import dates, ledger, standards
from adminapp.errors import Conflict, Forbidden, Invalid, ReliefError
from adminapp.months import figures
from adminapp.payments import batches, lines
from adminapp.payments.proof import Proof
from adminapp.payments.returns import queue
from adminapp.payments.verify import verify
from adminapp.reserve import book, paying, proof
from adminapp.scope import acting
from tests.adminapp.payments.steps import Month
from tests.adminapp.reserve.conftest import CLERK, DAY, DEPUTY, HEAD, HOME, PAID, STRANGER, fund
from tests.crash import Killed, count_writes, killed_at


def pay(engine, case, actor=CLERK, **about):
    with acting(actor):
        return paying.pay(engine, case, actor, **PAID | about)


def refused(engine, case, actor=CLERK, **about):
    with pytest.raises(Invalid) as error:
        pay(engine, case, actor, **about)
    return "；".join(map(str, error.value.problems))


def proved(engine):
    return list(proof.sentences(Proof(engine.registry, engine.standards)))


def line(award):
    return connection.raw(lines.COLLECTION).find_one({"award": award["_id"], "batch": {"$regex": "^reserve:"}})


@pytest.fixture
def month(engine, work):
    return Month(engine, work)


def test_a_payment_takes_the_money_out_and_stands_in_the_lines(engine, grant):
    award, case = grant()
    fund("5000")
    entry = pay(engine, case)
    assert (entry["balance"], entry["receiver"], entry["voucher"]) == (410000, "本人", "收 001")
    made = line(award)
    assert (made["state"], made["amount"], made["batch"], made["period"]) == ("PAID", 90000, f"reserve:{HOME}:2026-09", "2026-09")
    account = ledger.of(connection.raw("awards").find_one({"_id": award["_id"]}))
    assert (account.owed, account.paid, account.balance) == (90000, 90000, 0)
    assert proved(engine) == []


def test_no_list_pays_it_again(engine, grant, month):
    award, case = grant()
    other, _case = grant(2)
    fund()
    pay(engine, case)
    batch = month.closed("2026-09", scope="temporary")
    assert [each["award"] for each in lines.of_batch(batch["_id"])] == [other["_id"]] and verify(batch) == []


def test_what_a_list_pays_the_reserve_does_not(engine, grant, month):
    _award, case = grant()
    fund()
    batch = month.build("2026-09", scope="temporary")
    assert "已经由2026-09 名册发放（待发放）" in refused(engine, case)
    month.take(batch, "abort", month_maker(), "改由备用金支付")
    assert pay(engine, case)["balance"] == 410000


def month_maker():
    from tests.adminapp.payments.world import MAKER

    return MAKER


def test_a_list_that_froze_it_before_gives_way(engine, grant, month, monkeypatch):
    """The roster names the award already; its line is not written yet when the reserve pays."""
    award, case = grant()
    grant(2)
    fund()
    write = month_module().write_lines

    def late(job, batch):
        pay(engine, case)
        write(job, batch)

    monkeypatch.setattr(month_module(), "write_lines", late)
    batch = month.lock(month.build("2026-09", scope="temporary"))
    states = {each["award"]: each["state"] for each in lines.of_batch(batch["_id"])}
    assert states[award["_id"]] == "CANCELLED" and batch["seal"]["count"] == 1 and verify(batch) == [] and proved(engine) == []


def month_module():
    from adminapp.payments import build

    return build


def test_a_list_that_was_faster_makes_the_book_take_the_money_back(engine, grant, month, monkeypatch):
    _award, case = grant()
    fund()
    append = book.append

    def slow(*args, **about):
        entry = append(*args, **about)
        if entry["kind"] == book.PAYMENT:
            month.build("2026-09", scope="temporary")
        return entry

    monkeypatch.setattr(book, "append", slow)
    with pytest.raises(Conflict, match="已经冲销"):
        pay(engine, case)
    kinds = [(entry["kind"], entry["balance"]) for entry in connection.raw(book.COLLECTION).find(sort=[("n", 1)])]
    assert kinds == [("advance", 500000), ("payment", 410000), ("void", 500000)] and proved(engine) == []


def test_paid_twice_it_is_paid_once(engine, grant):
    _award, case = grant()
    fund()
    first = pay(engine, case)
    assert "已经由2026-09 备用金发放" in refused(engine, case)
    assert book.balance(HOME) == first["balance"]


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"amount": 200100}, "超过备用金每笔限额 2,000.00 元"),
        ({"first": "2026-10"}, "2026-10 起发放，还没有到"),
    ],
)
def test_what_the_declaration_does_not_allow_is_refused(engine, grant, about, sentence):
    _award, case = grant(**about)
    fund()
    assert sentence in refused(engine, case)


def test_a_monthly_type_is_never_paid_out_of_it(engine, world):
    from tests.adminapp.reserve.conftest import case_of

    award = world.award(5, "dibao_rural", village=f"{HOME}001")
    fund()
    assert refused(engine, case_of(engine, award)) == "这类救助不能由备用金支付。"


def test_the_limit_is_dated(engine, grant, tmp_path):
    _award, case = grant(amount=120000)
    fund()
    text = standards.FILE.read_text("utf-8")
    later = "  - {from: 2026-09-20, value: 1000.00, source: 虚构}\n- key: temporary.township_limit"
    (tmp_path / "later.yaml").write_text(text.replace("- key: temporary.township_limit", later), "utf-8")
    engine.standards_store.replace(standards.read_file(tmp_path / "later.yaml"), "test")
    with dates.frozen("2026-09-20"):
        assert "每笔限额 1,000.00 元" in refused(engine, case)
    assert pay(engine, case)["amount"] == -120000


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"receiver": " "}, "领款人"), ({"voucher": ""}, "凭证号"), ({"on": "2026-09-17"}, "不能晚于今天"), ({"on": "昨天"}, "昨天"),
        ({"way": "gold"}, "支付方式"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_sentence(engine, grant, typed, sentence):
    _award, case = grant()
    fund()
    assert sentence in refused(engine, case, **typed) and book.balance(HOME) == 500000


def test_without_money_nothing_is_paid(engine, grant):
    award, case = grant()
    fund("899.99")
    assert "余额 899.99 元，不够支付 900.00 元" in refused(engine, case)
    assert line(award) is None


def test_who_confirmed_it_does_not_pay_it(engine, grant):
    _award, case = grant()
    case.confirmed_by = DEPUTY.id
    fund()
    assert "请由其他人支付" in refused(engine, case, DEPUTY)
    assert pay(engine, case, CLERK)["by"] == CLERK.id


def test_other_roles_and_other_townships_cannot_pay(engine, grant):
    _award, case = grant()
    fund()
    with pytest.raises(Forbidden):
        pay(engine, case, HEAD)
    with pytest.raises(ReliefError):
        pay(engine, case, STRANGER)
    assert book.balance(HOME) == 500000


def test_a_death_holds_it(engine, grant):
    award, case = grant()
    fund()
    stored_awards.deaths.record(award["person"], date(2026, 8, 1), "test", award["_id"])
    assert "死亡" in refused(engine, case)


def test_what_was_not_collected_comes_back_and_is_paid_once_more(engine, grant, month):
    award, case = grant()
    fund()
    entry = pay(engine, case)
    with acting(CLERK):
        made = paying.refund(entry, CLERK, "900", "本人外出，没有领取")
        with pytest.raises(Conflict):
            paying.refund(entry, CLERK, "900", "再退")
    assert made["balance"] == 500000 and line(award)["state"] == "RETURNED" and proved(engine) == []
    assert "退汇待核实" in refused(engine, case)
    with acting(CLERK):
        queue.settle(line(award)["_id"], CLERK, True, "已联系上")
    again = pay(engine, case)
    first, second = connection.raw(lines.COLLECTION).find({"award": award["_id"]}, sort=[("_id", 1)])
    assert again["balance"] == 410000 and first["state"] == "REISSUED" and (second["kind"], second["state"]) == ("reissue", "PAID")
    account = ledger.of(connection.raw("awards").find_one({"_id": award["_id"]}))
    assert account.balance == 0 and proved(engine) == []


def test_a_part_that_came_back_is_paid_by_the_next_list(engine, grant, month):
    award, case = grant()
    fund()
    entry = pay(engine, case)
    with acting(CLERK):
        paying.refund(entry, CLERK, "300", "多付退回")
        queue.settle(line(award)["_id"], CLERK, True, "应当补付")
    batch = month.closed("2026-09", scope="temporary")
    assert [(each["kind"], each["amount"]) for each in lines.payable(batch["_id"])] == [("reissue", 30000)] and verify(batch) == []
    assert proved(engine) == [] and line(award)["state"] == "REISSUED"
    account = ledger.of(connection.raw("awards").find_one({"_id": award["_id"]}))
    assert account.balance == 0 and book.balance(HOME) == 440000


def test_it_counts_in_the_figures_of_the_month(engine, grant, month):
    _award, case = grant()
    grant(2, amount=50000)
    fund()
    pay(engine, case)
    month.closed("2026-09", scope="temporary")
    measured = figures.measure("2026-09")
    assert figures.total(measured["rows"])["paid"] == 140000
    assert [(each["id"], each["paid"]) for each in measured["lists"]] == [("temporary:2026-09", 50000), (f"reserve:{HOME}:2026-09", 90000)]
    assert batches.short_name(f"reserve:{HOME}:2026-09") == "2026-09 备用金"


def test_killed_anywhere_it_is_paid_once_and_the_book_fits(engine, grant, database):
    """Kill at every write of payment and refund, before and after it: the sweep makes it whole."""
    with acting(CLERK):
        number, made = 1, grant(1)
        fund("900")

        def flow():
            paying.refund(paying.pay(engine, made[1], CLERK, **PAID), CLERK, "900", "没有领取")

        writes = count_writes(flow)
        for point in range(1, writes + 1):
            for after in (False, True):
                number += 1
                made = grant(number)
                fund("900")
                with killed_at(point, after), pytest.raises(Killed):
                    flow()
                paying.sweep()
                assert proved(engine) == [], (point, after)
                kinds = [entry["kind"] for entry in database[book.COLLECTION].find({"case": made[0]["_id"]}, sort=[("n", 1)])]
                assert kinds in ([], ["payment"], ["payment", "refund"]) and (line(made[0]) is not None) == bool(kinds), (point, after)
    assert writes >= 8 and database[book.COLLECTION].count_documents({"open": True}) == 0


def test_the_proof_names_a_payment_without_line_and_a_line_without_payment(engine, grant):
    award, case = grant()
    fund()
    pay(engine, case)
    kept = line(award)
    table = connection.raw(lines.COLLECTION)
    table.delete_one({"_id": kept["_id"]})
    assert any("没有发放明细" in each for each in proved(engine))
    table.insert_one(kept | {"amount": 1})
    assert any("与发放明细不符" in each for each in proved(engine))
    table.replace_one({"_id": kept["_id"]}, kept)
    table.insert_one(kept | {"_id": f"reserve:{HOME}:2026-09/0000099", "slot": "x"})
    assert any("没有账页" in each for each in proved(engine))


def test_a_late_payment_keeps_its_own_day(engine, grant):
    _award, case = grant(first="2026-08")
    fund()
    with dates.frozen("2026-09-20"):
        entry = pay(engine, case, on=DAY)
    assert (entry["on"], entry["month"]) == (DAY, "2026-09")
