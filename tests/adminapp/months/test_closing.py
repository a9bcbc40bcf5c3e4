"""A month is closed when all its lists are done; its figures never move again, and opening it takes two persons."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from adminapp import dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.months import FIGURES, closing, figures, kinds
from adminapp.months.points import points
from adminapp.payments import batches, lines, opening
from adminapp.scope import ALL, Actor
from tests import plans
from tests.adminapp.payments.steps import NAMES, ONCE, Month
from tests.adminapp.payments.world import CHECKER, CLERK, MAKER, TREASURER
from tests.reported import freeze


@pytest.fixture
def month(engine, work):
    kinds.register()
    freeze("2026-07", "2026-08", "2026-09")
    return Month(engine, work)


def take(key, actor, reason="", month="2026-09"):
    return closing.take(month, key, actor, closing.get(month)["rev"], reason)


def money(batch):
    sums = figures.total(figures.measure(batch["month"])["rows"])
    return {name: sums[name] for name in ("due", "paid", "waiting", "unpaid")}


def three(world):
    for number in range(3):
        world.award(number, people=number + 1, amount=30000 + number)


def test_freezes_what_was_due_credited_and_is_still_owed(world, month):
    three(world)
    month.closed(fates={"虚构00001": ("002", 0), "虚构00002": ("001", 10000)})
    row = take("close", TREASURER)
    [closed] = row["closings"]
    sums = figures.total(closed["figures"]["rows"])
    assert (sums["households"], sums["people"], sums["due"]) == (3, 6, 90003)
    assert sums["paid"] == sum(lines.settled(line) for line in lines.of_batch("all:2026-09")) == sums["due"] - sums["unpaid"]
    assert sums["unpaid"] > 0 and sums["regular"] == sums["due"]
    assert closed["digest"] == figures.digest_of("2026-09", closed["figures"]) and closing.changed(row) == []


def test_only_what_the_bank_credited_counts_as_arrived(world, month):
    three(world)
    batch = month.lock(month.build())
    assert money(batch) == {"due": 90003, "paid": 0, "waiting": 90003, "unpaid": 0}
    batch = month.take(month.fund(batch), "send", TREASURER)
    assert money(batch) == {"due": 90003, "paid": 0, "waiting": 90003, "unpaid": 0}
    month.answered(batch, {"虚构00001": ("002", 0)})
    assert money(batch) == {"due": 90003, "paid": 60002, "waiting": 0, "unpaid": 30001}


def test_what_stands_in_the_way_is_named_with_where_to_see_to_it(world, month):
    assert [point.text for point in points("2026-09", set())] == ["2026-09 还没有发放名册。"]
    three(world)
    batch = month.sent()
    found = points("2026-09", set())
    assert "还有 3 行没有回盘" in found[0].text and (found[0].endpoint, found[0].args) == ("payments.show", {"batch_id": batch["_id"]})
    with pytest.raises(Invalid, match="没有回盘"):
        take("close", TREASURER)
    month.answered(batch)
    month.take(batch, "close", TREASURER)
    assert points("2026-09", set()) == [] and take("close", MAKER)["state"] == "CLOSED"


def test_money_that_was_asked_for_and_did_not_come_stands_in_the_way(world, month):
    from adminapp.funds import asking

    three(world)
    batch = month.take(month.lock(month.build()), "approve", CHECKER)
    asking.submit("2026-09", [batch["_id"]], MAKER)
    assert [point.endpoint for point in points("2026-09", set())] == ["payments.show", "funds.show"]


def test_months_are_closed_one_after_the_other(world, month):
    three(world)
    for place, name in enumerate(("2026-07", "2026-08", "2026-09")):
        world.award(10 + place, first=name)  # a file of other content: the bank's answers are told apart by it
        month.closed(name)
    take("close", TREASURER, month="2026-07")
    with pytest.raises(Invalid, match="2026-08"):
        take("close", TREASURER)
    take("close", TREASURER, month="2026-08")
    assert take("close", TREASURER)["state"] == "CLOSED"


def test_no_list_is_added_to_a_closed_month(world, month):
    three(world)
    month.closed()
    take("close", TREASURER)
    with dates.frozen("2026-09-25"), pytest.raises(Invalid, match="月结"):
        opening.start_build("all", "2026-09", NAMES, MAKER, supplement=True, reason="漏了", once=ONCE)
    take("ask", MAKER, "漏了一户")
    take("agree", CHECKER)
    assert opening.start_build("all", "2026-09", NAMES, MAKER, supplement=True, reason="漏了", once=ONCE)["state"] == batches.PROPOSED


def test_reopening_takes_two_persons_and_keeps_what_was_closed(world, month):
    three(world)
    month.closed()
    first = take("close", TREASURER)["closings"][0]
    with pytest.raises(Invalid, match="理由"):
        take("ask", TREASURER)
    take("ask", TREASURER, "户数有误")
    with pytest.raises(Forbidden, match="其他人"):
        take("agree", TREASURER)
    with pytest.raises(Forbidden):
        take("agree", MAKER)
    assert closing.is_closed("2026-09") and "agree" not in closing.offered(closing.get("2026-09"), TREASURER)
    assert take("agree", CHECKER)["state"] == "OPEN" and not closing.is_closed("2026-09")
    row = take("close", TREASURER)
    assert row["closings"][0] == first and row["closings"][1]["n"] == 2
    assert [note["action"] for note in row["history"]] == ["close", "ask", "agree", "close"]
    take("ask", MAKER, "再看")
    assert take("decline", CHECKER, "不必")["state"] == "CLOSED"


def test_a_line_paid_again_later_moves_no_figure_of_the_closed_month(world, month, database):
    three(world)
    month.closed("2026-08", {"虚构00001": ("002", 0)})
    row = take("close", TREASURER, month="2026-08")
    database.payment_lines.update_many({"state": "FAILED"}, {"$set": {"fixed": {"by": "maker"}}})
    month.closed("2026-09")
    assert database.payment_lines.count_documents({"batch": "all:2026-08", "state": "REISSUED"}) == 1
    assert closing.changed(row) == []


def test_a_line_changed_behind_the_back_is_named(world, month, database):
    three(world)
    month.closed()
    row = take("close", TREASURER)
    database.payment_lines.update_one({"batch": "all:2026-09", "amount": 30002}, {"$inc": {"amount": 500}})
    [said] = closing.changed(row)
    assert "应发 900.03 元 → 905.03 元" in said and "dibao_rural" in said
    database.month_closes.update_one({"_id": "2026-09"}, {"$inc": {"closings.0.figures.rows.0.due": 1}})
    assert closing.changed(closing.get("2026-09")) == ["月结数字与月结时的校验值不符。"]


def test_two_people_close_once_and_the_wrong_roles_never(world, month, database):
    three(world)
    month.closed()
    for actor in (CLERK, CHECKER, Actor("a", "审计", frozenset({"auditor"}), ALL)):
        with pytest.raises(Forbidden):
            take("close", actor)

    def close(number):
        try:
            return closing.take("2026-09", "close", TREASURER, 0)["state"]
        except Conflict:
            return "Conflict"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(close, range(16))) == ["CLOSED"] + ["Conflict"] * 15
    assert len(closing.get("2026-09")["closings"]) == 1


def test_figures_of_other_parts_are_frozen_with_the_month(world, month, monkeypatch):
    monkeypatch.setitem(FIGURES, "cases", lambda name: {"month": name, "new": 7})
    three(world)
    month.closed()
    assert take("close", TREASURER)["closings"][0]["figures"]["other"] == {
        "cases": {"month": "2026-09", "new": 7}, "report": {"digest": "digest-2026-09"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "today", "sentence", "endpoint"),
    [
        ("", "2026-10-09", "还没有统计", "reports.index"), ("open", "2026-10-09", "还没有冻结", "reports.show"),
        ("", "2026-09-28", "还没有结束", "reports.index"),
    ],
)  # fmt: skip
def test_it_is_closed_against_the_frozen_statistics_of_the_month(world, month, database, state, today, sentence, endpoint):
    three(world)
    month.closed()
    database.month_reports.delete_one({"_id": "2026-09"})
    if state:
        database.month_reports.insert_one({"_id": "2026-09", "state": state})
    with dates.frozen(today):
        [point] = points("2026-09", set())
        assert sentence in point.text and point.endpoint == endpoint
        with pytest.raises(Invalid, match=sentence):
            take("close", TREASURER)
        freeze("2026-09")
        assert take("close", TREASURER)["state"] == "CLOSED"


def test_closed_months_are_found_by_an_index(world, month):
    three(world)
    month.closed()
    take("close", TREASURER)
    assert "COLLSCAN" not in plans.of_find(closing.COLLECTION, {"state": {"$in": ["CLOSED", "ASKED"]}}, "state")
