"""A fund request asks for sealed lists once, says why it differs from last month, and funds its lists when all the money is there."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.funds import asking, holding, requests, steps, table
from adminapp.payments import batches
from adminapp.scope import ALL, Actor
from tests import plans
from tests.adminapp.payments.steps import Month
from tests.adminapp.payments.test_crash_points import every_point, failpoint  # noqa: F401 (fixture)
from tests.adminapp.payments.world import CHECKER, MAKER, TREASURER

MONEY = {"date": "2026-09-16", "voucher": "虚构 001"}


@pytest.fixture
def month(engine, work):
    return Month(engine, work)


def approved(world, month, count=3, **options):
    for number in range(count):
        world.award(number, people=number + 1)
    world.award(50, "tekun", amount=110000)
    return month.take(month.lock(month.build(**options)), "approve", CHECKER)


def ask(batch):
    return asking.submit(batch["month"], [batch["_id"]], MAKER, "请拨付")


def take(request, key, actor, reason="", **typed):
    return steps.take(request["_id"], key, actor, requests.get(request["_id"])["rev"], reason, **typed)


def test_says_what_its_lists_say_by_type_and_township(world, month):
    batch = approved(world, month)
    request = ask(batch)
    assert {key: request[key] for key in ("people", "amount")} == {key: batch["seal"][key] for key in ("people", "amount")}
    by_type = {row["key"]: row for row in table.by(request["rows"], "type")}
    assert (by_type["dibao_rural"]["households"], by_type["dibao_rural"]["people"], by_type["dibao_rural"]["amount"]) == (3, 6, 90000)
    assert by_type["tekun"]["amount"] == 110000
    assert {row["key"]: row["amount"] for row in table.by(request["rows"], "township")} == {each["key"]: each["amount"] for each in batch["seal"]["townships"]}
    assert request["before"] == 0 and "上月没有名册" in table.told(by_type["tekun"])
    assert request["lists"][0]["digest"] == batch["seal"]["digest"]


def test_explains_the_difference_to_last_month_to_the_fen(world, month):
    for number in range(3):
        world.award(number, first="2026-08", last="2026-08" if number == 0 else None, people=2)
    month.closed("2026-08")
    world.award(9, first="2026-09", amount=41000)
    batch = month.take(month.lock(month.build()), "approve", CHECKER)
    request = ask(batch)
    [row] = table.by(request["rows"], "type")
    assert (row["amount"], row["before"]) == (101000, 90000)
    assert {each["key"]: (each["count"], each["amount"]) for each in row["reasons"]} == {"new": (1, 41000), "stopped": (1, -30000)}
    for each in request["rows"]:
        assert each["amount"] - each["before"] == sum(reason["amount"] for reason in each["reasons"])


def test_lines_that_are_not_what_was_sealed_are_not_asked_for(world, month, database):
    batch = approved(world, month)
    database.payment_lines.update_one({"batch": batch["_id"]}, {"$inc": {"amount": 100}})
    with pytest.raises(Invalid, match="不符"):
        ask(batch)
    assert database.fund_requests.count_documents({}) == 0


def test_a_list_is_asked_for_once_whoever_asks(world, month, database):
    batch = approved(world, month)
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda _: ask(batch)["_id"], range(20)))
    assert set(made) == {"2026-09"} and database.fund_requests.count_documents({}) == 1
    assert asking.askable("2026-09") == []


def test_only_an_approved_list_can_be_asked_for_and_not_while_it_stands_in_another_request(world, month):
    world.award(1)
    batch = month.lock(month.build(scope="dibao_rural"))
    with pytest.raises(Conflict):
        ask(batch)
    with pytest.raises(Invalid, match="选择"):
        asking.submit("2026-09", [], MAKER)
    for actor in (CHECKER, TREASURER):
        with pytest.raises(Forbidden):
            asking.submit("2026-09", [batch["_id"]], actor)
    first = ask(month.take(batch, "approve", CHECKER))
    world.award(2, "tekun")
    second = month.take(month.lock(month.build(scope="tekun")), "approve", CHECKER)
    with pytest.raises(Conflict):
        asking.submit("2026-09", [batch["_id"], second["_id"]], MAKER)
    assert ask(second)["_id"] == "2026-09:2" and first["_id"] == "2026-09"


def test_finance_approves_and_the_lists_are_funded_when_all_of_it_arrived(world, month):
    request = ask(batch := approved(world, month))
    request = take(request, "approve", TREASURER)
    assert request["state"] == "APPROVED" and batches.get(batch["_id"])["state"] == "APPROVED"
    request = take(request, "arrive", TREASURER, amount="1,000.00", date="2026-09-16", voucher="虚构 001")
    assert (request["state"], request["arrived"]) == ("APPROVED", 100000) and batches.get(batch["_id"])["state"] == "APPROVED"
    request = take(request, "arrive", TREASURER, amount="1000", date="2026-09-16", voucher="虚构 002")
    funded = batches.get(batch["_id"])
    assert (request["state"], funded["state"]) == ("ARRIVED", "FUNDED")
    assert funded["history"][-1]["actor"] == TREASURER.id and month.take(funded, "send", TREASURER)["state"] == "SENT"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "2000.01"}, "尚未到账的 2,000.00 元"),
        ({"amount": "0"}, "大于 0"),
        ({"amount": "很多"}, "不是金额"),
        ({"amount": "1", "date": "2026-09-17"}, "到账日期"),
        ({"amount": "1", "date": "2026-09-15"}, "到账日期"),
        ({"amount": "1", "voucher": " "}, "凭证号"),
    ],
)
def test_an_arrival_that_cannot_be_true_is_refused(world, month, typed, said):
    request = take(ask(approved(world, month)), "approve", TREASURER)
    with pytest.raises(Invalid, match=said):
        take(request, "arrive", TREASURER, **(MONEY | typed))
    take(request, "arrive", TREASURER, **MONEY, amount="1")
    with pytest.raises(Invalid, match="已经登记过"):
        take(request, "arrive", TREASURER, **MONEY, amount="1")
    assert requests.get(request["_id"])["arrived"] == 100


def test_a_request_sent_back_frees_its_lists(world, month):
    request = ask(batch := approved(world, month))
    with pytest.raises(Invalid, match="资金申请"):
        month.take(batch, "abort", CHECKER, "重编")
    with pytest.raises(Invalid, match="理由"):
        take(request, "return", TREASURER)
    assert take(request, "return", TREASURER, "上月差额没有说明")["state"] == "RETURNED"
    again = ask(batches.get(batch["_id"]))
    assert again["_id"] == "2026-09:2"
    take(again, "withdraw", MAKER, "名册作废")
    assert month.take(batch, "abort", CHECKER, "重编")["state"] == "ABORTED"


def test_who_made_the_list_or_the_request_does_not_approve_it(world, month):
    request = ask(approved(world, month))
    for maker in (MAKER, CHECKER):
        both = Actor(maker.id, maker.name, TREASURER.roles | maker.roles, ALL)
        with pytest.raises(Forbidden, match="其他人"):
            take(request, "approve", both)
        assert "approve" not in steps.offered(request, both)
    for actor in (MAKER, CHECKER):
        with pytest.raises(Forbidden):
            take(request, "approve", actor)


def test_a_list_that_moved_on_before_it_was_held_stops_the_approval(world, month, database):
    batch = approved(world, month)
    request = ask(batch)
    database.payment_batches.update_one({"_id": batch["_id"]}, {"$unset": {"request": ""}})  # killed before the list was held
    month.take(batch, "abort", CHECKER, "重编")
    with pytest.raises(Conflict, match="退回重新申请"):
        take(request, "approve", TREASURER)


def test_a_stale_page_takes_no_step(world, month):
    request = ask(approved(world, month))
    take(request, "approve", TREASURER)
    with pytest.raises(Conflict):
        steps.take(request["_id"], "return", TREASURER, request["rev"], "退回")


def test_an_arrival_survives_a_kill_at_every_write(world, month, database, failpoint):  # noqa: F811
    request = take(ask(batch := approved(world, month)), "approve", TREASURER)
    names = ("fund_requests", "payment_batches", "audit")
    saved = {name: list(database[name].find()) for name in names}

    def arrive():
        if requests.get(request["_id"])["state"] == "APPROVED":
            take(request, "arrive", TREASURER, **MONEY, amount="2000")

    def check():
        arrive()
        holding.sweep()
        assert requests.get(request["_id"])["arrived"] == 200000
        funded = batches.get(batch["_id"])
        assert funded["state"] == "FUNDED" and [note["action"] for note in funded["history"]].count("fund") == 1
        assert "settled" not in requests.get(request["_id"])
        for name in names:
            database[name].delete_many({})
            database[name].insert_many(saved[name])

    assert every_point(failpoint, arrive, check) >= 4


@pytest.mark.parametrize(
    ("query", "hint", "sort"),
    [({"holds": "all:2026-09"}, "holds", None), ({"month": {"$lt": "2026-10"}}, "month", [("month", -1), ("n", -1)]), ({"settled": "no"}, "unsettled", None)],
)
def test_what_pages_and_sweeps_ask_uses_an_index(world, month, query, hint, sort):
    ask(approved(world, month))
    assert plans.of_find(requests.COLLECTION, query, hint, sort) == {"IXSCAN", "FETCH"}
