"""What each rule of warnings finds, and what it leaves alone."""

from datetime import UTC, date, datetime

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.awards import deaths, entries
from adminapp.awards.store import applied, blank
from adminapp.scope import system
from adminapp.warnings import RULES
from tests.adminapp.warnings.conftest import HERE, THERE


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def case(number, state="in_benefit", **more):
    row = {"_id": number, "number": number, "type": "demo", "schema_version": 1, "township": HERE, "village": f"{HERE}001", "name": "龙虚构", "state": state}
    row |= {"records": [], "clocks": [], "flags": [], "people": [{"key": number, "name": "龙虚构"}], "decided_on": day("2026-09-01")}
    connection.raw("cases").insert_one(row | more)
    return number


def record(kind, **data):
    return {"kind": kind, "data": data, "on": "2026-09-01", "id": kind}


def award(number, people, months=("2026-01", None), programme="demo", amount=40000, place=HERE):
    about = {"number": number, "type": "demo", "programme": programme, "unit": "household", "cycle": "month", "person": people[0]}
    decided = {"entitled": amount, "components": [{"id": "a", "label": "a", "kind": "base", "amount": amount}], "decision": "d", "version": 1}
    decided |= {"people": people, "size": len(people), "name": "龙虚构"}
    row = applied(blank(number, about), "1", entries.opening(months[0], decided, {"township": place, "village": f"{place}001"}) | {"on": "2026-01-05"})
    if months[1]:
        row = applied(row, "2", entries.closing(months[1], "done") | {"on": "2026-06-01"})
    connection.raw("awards").insert_one(row)


def found(rule, held):
    with system("test"):
        return {item.subject: item.text for item in RULES[rule].find(held, dates.today())}


def test_late_steps(database, held):
    clock = {"label": "办结", "due": "2026-09-20", "stopped": None, "paused": None, "clause": ""}
    case("1", "surveying", due=day("2026-09-20"), clocks=[clock])
    case("2", "surveying", due=day("2026-09-28"), clocks=[clock | {"due": "2026-09-28"}])
    case("3", "refused", due=day("2026-09-20"))
    assert found("late_step", held) == {"1": "“办结”应于 2026-09-20 前办结，现为“调查核对中”"}


def test_decided_without_a_visit(database, held):
    case("1")
    case("2", records=[record("visit")])
    case("3", decided_on=day("2024-01-01"))
    case("4", "refused")
    assert found("unvisited", held) == {"1": "2026-09-01 确认，没有入户调查记录"}


@pytest.mark.parametrize(
    ("end", "down", "decided", "text"),
    [
        ("2026-08-20", "2026-08-21", "2026-08-25", None),
        ("2026-08-20", "2026-08-20", "2026-08-25", "公示应到 2026-08-20 结束，2026-08-20 已撤下"),
        ("2026-08-20", None, "2026-08-15", "公示应到 2026-08-20 结束，2026-08-15 已确认"),
    ],
)
def test_posted_for_less_than_the_declared_days(database, held, end, down, decided, text):
    records = [record("posting", start="2026-08-10", end=end), *([record("posting_result", taken_down=down)] if down else [])]
    case("1", records=records, decided_on=day(decided))
    assert found("short_posting", held).get("1") == text


def test_an_amount_other_than_computed(database, held):
    case("1", decision={"computed": 45000, "amount": 50000, "adjusted_by": "县级虚构"})
    case("2", decision={"amount": 50000})
    assert found("adjusted", held) == {"1": "按规则计算 450.00 元，县级虚构确认 500.00 元"}


def test_a_relative_who_was_filed_after_the_application(database, held):
    relation = {"unit": "沱江镇", "name": "吴虚构", "relation": "child", "on": "2026-08-20"}
    case("1", flags=["relative"], relations=[relation], applied_on=day("2026-08-01"))
    case("2", flags=["relative"], relations=[relation], applied_on=day("2026-08-20"))
    assert list(found("filed_late", held)) == ["1"]


def test_a_card_that_an_official_keeps(database, held):
    base = {"township": HERE, "name": "龙虚构", "number": "1", "visited_on": "2026-09-01", "card_kept": True}
    connection.raw("spot_checks").insert_many([
        {"_id": "2026:1", "case": "1", "state": "VISITED", **base},
        {"_id": "2026:2", "case": "2", "state": "CLOSED", **base},
    ])  # fmt: skip
    assert list(found("card_kept", held)) == ["2026:1"]


def line(number, award_id, period, state="PAID", amount=40000, people=2):
    row = {"_id": f"b/{number}", "slot": number, "batch": "b", "award": award_id, "period": period, "state": state, "amount": amount, "events": []}
    connection.raw("payment_lines").insert_one(row | {"people": people})


def test_paid_after_a_death_until_the_money_is_back(database, held):
    award("1", ["a", "b"])
    deaths.record("b", date(2026, 6, 20), "match")
    for number, month in enumerate(("2026-05", "2026-06", "2026-07", "2026-08")):
        line(number, "1", month)
    assert list(found("after_death", held).values()) == ["一名家庭成员 2026-06-20 死亡，之后 2 个月（2026-07 至 2026-08）仍发放 800.00 元"]
    connection.raw("payment_lines").update_many({"period": {"$gt": "2026-06"}}, {"$set": {"state": "RETURNED"}})
    assert found("after_death", held) == {}


def test_a_member_who_was_taken_off_in_time_is_not_paid(database, held):
    award("1", ["a", "b"])
    row = connection.raw("awards").find_one({"_id": "1"})
    alone = {"entitled": 20000, "components": [], "decision": "e", "version": 1, "people": ["a"], "size": 1, "name": "龙虚构"}
    changed = applied(row, "2", entries.paying("2026-07", alone, "member_remove") | {"on": "2026-06-25"})
    connection.raw("awards").replace_one({"_id": "1"}, changed | {"people": ["a", "b"]})
    deaths.record("b", date(2026, 6, 20), "match")
    line("7", "1", "2026-07", people=1)
    assert found("after_death", held) == {}


def test_one_person_in_two_awards_of_one_programme(database, held):
    award("1", ["a", "b"])
    award("2", ["b", "c"], place=THERE)
    award("3", ["d"], ("2026-01", "2026-05"))
    award("4", ["d"])
    assert list(found("doubled", held)) == ["1:2"]


def test_accounts_of_several_payees_and_in_a_strangers_name(database, held):
    use = {"case": "2", "number": "N2", "name": "吴虚构", "township": HERE, "village": f"{HERE}001"}
    flags = [{"key": "several", "case": "2", "text": "N2 吴虚构 与他人共用"}, {"key": "holder", "case": "2", "text": "N2：户名不是本户成员"}]
    connection.raw("bank_accounts").insert_many([
        {"_id": "k1", "state": "VERIFIED", "uses": [use], "flags": flags},
        {"_id": "k2", "state": "CLOSED", "uses": [use], "flags": flags},
    ])  # fmt: skip
    assert found("shared_account", held) == {"2": "吴虚构 与他人共用"}
    assert found("foreign_account", held) == {"2": "户名不是本户成员"}
