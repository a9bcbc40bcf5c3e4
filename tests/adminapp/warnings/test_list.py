"""The list of warnings: what is found stays under one id, what is in order is put aside for a time, what is gone says so."""

from datetime import date, timedelta

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.errors import Forbidden, Invalid
from adminapp.scope import Actor, acting
from adminapp.warnings import RULES, Finding, Rule, store, sweep
from tests.adminapp.warnings.conftest import HERE, THERE
from tests.plans import of_find

REVIEWER = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), None)
CLERK = Actor("clerk", "经办虚构", frozenset({"township_clerk"}), frozenset({HERE}))
FINE = ("fine", "已入户核实", date(2026, 10, 20))


class Found:
    """A rule whose findings a test says."""

    def __init__(self):
        self.rows = []

    def __call__(self, engine, today):
        return iter(self.rows)

    def says(self, *rows):
        self.rows = [Finding(subject, {"_id": subject, "township": place, "name": "龙虚构"}, text, (text,)) for subject, place, text in rows]


@pytest.fixture
def found(monkeypatch):
    found = Found()
    monkeypatch.setitem(RULES, "a_test", Rule("a_test", "测试", "看看", found))
    return found


def run(found, *rows, on=None):
    found.says(*rows)
    with dates.frozen(on or dates.now() + timedelta(seconds=1)):
        return sweep.run(RULES["a_test"], None)


def row(subject):
    return connection.raw("warnings").find_one({"_id": f"a_test:{subject}"})


def test_what_stands_is_kept_and_what_is_gone_says_so(database, found):
    assert run(found, ("1", HERE, "晚 1 天"), ("2", THERE, "晚 2 天")) == 2
    first = row("1")
    assert (first["state"], first["since"], first["text"]) == ("open", "2026-09-28", "晚 1 天")
    run(found, ("1", HERE, "晚 1 天"), on="2026-10-09")
    assert (row("1")["since"], row("1")["rev"]) == ("2026-09-28", 0)
    assert row("2")["state"] == "gone" and row("2")["history"][-1]["what"] == "不再存在"
    run(found, ("1", HERE, "晚 1 天"), ("2", THERE, "晚 2 天"), on="2026-10-12")
    assert (row("2")["state"], row("2")["since"], row("2")["history"][-1]["what"]) == ("open", "2026-10-12", "再次出现")


def test_an_older_run_that_ends_later_takes_nothing_back(database, found):
    run(found, ("1", HERE, "晚"), on="2026-10-09")
    run(found, on="2026-10-08")
    assert row("1")["state"] == "open"


def test_who_looked_into_it_puts_it_aside_until_a_day(database, found):
    run(found, ("1", HERE, "晚"), ("2", HERE, "晚"))
    with acting(REVIEWER):
        assert store.dismiss(["a_test:1"], REVIEWER, *FINE) == 1
        assert store.by_rule() == {"a_test": 1} and store.by_rule(store.DISMISSED) == {"a_test": 1}
    run(found, ("1", HERE, "晚"), ("2", HERE, "晚"), on="2026-10-20")
    assert row("1")["state"] == "dismissed"
    run(found, ("1", HERE, "晚"), ("2", HERE, "晚"), on="2026-10-21")
    assert (row("1")["state"], row("1")["history"][-1]["what"]) == ("open", "排除到期")
    assert [line["by_name"] for line in row("1")["history"]] == ["县级虚构", "系统"]


def test_it_comes_back_at_once_when_the_facts_change(database, found):
    run(found, ("1", HERE, "多发 100 元"))
    with acting(REVIEWER):
        store.dismiss(["a_test:1"], REVIEWER, *FINE)
    run(found, ("1", HERE, "多发 200 元"))
    assert (row("1")["state"], row("1")["text"], row("1")["history"][-1]["what"]) == ("open", "多发 200 元", "情况有变化")


@pytest.mark.parametrize(
    ("code", "reason", "until", "sentence"),
    [
        ("", "已核实", date(2026, 10, 20), "请选择排除原因"),
        ("fine", " ", date(2026, 10, 20), "请写明核实情况"),
        ("fine", "已核实", None, "排除到期日应在明天至"),
        ("fine", "已核实", date(2026, 9, 28), "排除到期日应在明天至"),
        ("fine", "已核实", date(2036, 9, 28), "排除到期日应在明天至"),
    ],
)
def test_without_a_reason_and_a_day_it_stays(database, found, code, reason, until, sentence):
    run(found, ("1", HERE, "晚"))
    with acting(REVIEWER), pytest.raises(Invalid, match=sentence):
        store.dismiss(["a_test:1"], REVIEWER, code, reason, until)
    assert row("1")["state"] == "open"


def test_nothing_picked_is_nothing_dismissed(database, found):
    run(found, ("1", HERE, "晚"))
    with acting(REVIEWER), pytest.raises(Invalid, match="没有选中"):
        store.dismiss([], REVIEWER, *FINE)
    assert row("1")["state"] == "open"


def test_a_township_sees_its_own_and_dismisses_none(database, found):
    run(found, ("1", HERE, "晚"), ("2", THERE, "晚"))
    with acting(CLERK):
        assert store.by_rule() == {"a_test": 1} and [each["_id"] for each in store.listed("open", ["a_test"])] == ["a_test:1"]
        with pytest.raises(Forbidden):
            store.dismiss(["a_test:1"], CLERK, *FINE)
        with pytest.raises(Forbidden):
            store.restore(["a_test:1"], CLERK)


def test_pages_follow_each_other_over_rules(database, found, monkeypatch):
    monkeypatch.setitem(RULES, "a_tester", Rule("a_tester", "测试", "看看", found))
    found.says(("1", HERE, "晚"), ("2", THERE, "晚"))
    for key in ("a_test", "a_tester"):
        sweep.run(RULES[key], None)
    read, after = [], ""
    with acting(REVIEWER):
        while page := store.listed("open", ["a_test", "a_tester"], "", after, limit=1):
            after = page[-1]["_id"]
            read.append(after)
    assert read == ["a_test:1", "a_test:2", "a_tester:1", "a_tester:2"]


def test_a_rule_that_fails_keeps_no_other_from_its_turn(database, found, monkeypatch):
    def broken(engine, today):
        raise ValueError("no")

    monkeypatch.setattr(sweep, "RULES", {"broken": Rule("broken", "坏", "", broken), "a_test": RULES["a_test"]})
    found.says(("1", HERE, "晚"))
    assert sweep.sweep(None) == {"a_test": 1}
    assert sweep.sweep(None) == {}, "asked again only when its time has come, except what failed"
    with dates.frozen(dates.now() + timedelta(hours=7)):
        assert sweep.sweep(None) == {"a_test": 1}


def test_lists_and_counts_are_read_in_the_order_of_an_index(database):
    rule = {"$in": ["a_test", "b"]}
    assert "SORT" not in of_find("warnings", {"state": "open", "rule": rule}, "state", [("rule", 1), ("_id", 1)], 51)
    assert "SORT" not in of_find("warnings", {"state": "open", "township": HERE, "rule": rule}, "township", [("rule", 1), ("_id", 1)], 51)
    pipeline = [{"$match": {"state": "open"}}, {"$group": {"_id": "$township", "n": {"$sum": 1}}}]
    command = {"aggregate": "warnings", "pipeline": pipeline, "cursor": {}, "hint": "state"}
    plan = connection.current().command("explain", command, verbosity="queryPlanner")
    assert "FETCH" not in str(plan), "townships are counted over index entries alone"
