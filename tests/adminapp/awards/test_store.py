"""Where awards lie: entries are added once, under any number of hands; decisions can be made anew years later."""

import threading
from datetime import date

import pytest
from bson import ObjectId

from adminapp import awards, contents, dates, decisions
from adminapp.awards import entries
from adminapp.errors import Invalid
from adminapp.scope import acting
from adminapp.workflow import events
from tests.story import CLERK, HEAD, to_posting, walk


@pytest.fixture
def granted(engine, case):
    """Return a case that is paid from October 2026."""
    after = date(2026, 9, 29)
    to_posting(engine, case)
    return walk(
        engine, case, (CLERK, after, "end_posting", {"result": "none", "taken_down": after}), (HEAD, after, "confirm", {}), (CLERK, after, "grant", {})
    )


def test_the_award_says_who_how_much_and_why(granted, database):
    award = database.awards.find_one({"_id": granted.id})
    [spell] = award["spells"]
    assert (spell["from"], spell["amount"], spell["cause"], spell["state"]) == ("2026-10", granted.amount, "open", "active")
    assert sum(part["amount"] for part in spell["components"]) == granted.amount
    assert award["people"] == [granted.people[0]["key"]] and award["township"] == granted.township
    assert award["entries"][0]["by_name"] == CLERK.name


def test_the_same_change_twice_is_one_entry(granted, database):
    change = {**entries.suspension("2026-12"), "on": "2026-11-20", "at": dates.now(), "by": "x", "by_name": "x", "reason": ""}
    for _ in range(2):
        awards.apply(granted.id, "natural-key", change)
    award = database.awards.find_one({"_id": granted.id})
    assert len(award["entries"]) == 2 and award["rev"] == 2


def test_ten_hands_at_once_lose_no_entry(granted, database):
    def change(number):
        entry = entries.moving(f"2027-{number + 1:02d}", "433123109", f"43312310900{number}")
        awards.apply(granted.id, f"k{number}", {**entry, "on": "2026-11-20", "at": dates.now(), "by": "x", "by_name": "x", "reason": ""})

    threads = [threading.Thread(target=change, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    award = database.awards.find_one({"_id": granted.id})
    assert {entry["key"] for entry in award["entries"][1:]} == {f"k{number}" for number in range(10)}
    assert award["spells"] == awards.derive(award["entries"]) and award["rev"] == 11


def test_a_decision_is_made_anew_to_the_fen(engine, granted, database):
    row = decisions.get(awards.spell_in(database.awards.find_one({"_id": granted.id}), "2026-10")["decision"])
    again = decisions.Recomputer(*engine).recompute(row)
    assert again["amount"] == row["decision"]["amount"] == granted.amount
    assert [term["value"] for term in again["terms"]] == [term["value"] for term in row["decision"]["terms"]]
    # The event of the action carries its digest, so the chain proves the decision too.
    assert [event["data"]["decision_digest"] for event in events.history(granted.id) if event["action"] == "grant"] == [row["digest"]]


@pytest.mark.parametrize("change", [{"decision.amount": 1}, {"month": "2026-01"}, {"version": 9}])
def test_a_changed_decision_is_found(engine, granted, database, change):
    database.decisions.update_one({"case": granted.id}, {"$set": change})
    with pytest.raises(Invalid, match="被改动"):
        decisions.Recomputer(*engine).recompute(database.decisions.find_one({"case": granted.id}))


def test_what_was_decided_on_is_found_after_the_case_changed(engine, granted, database):
    registry, _ = engine
    row = database.decisions.find_one({"case": granted.id})
    document = database.cases.find_one({"_id": granted.id})
    kept = contents.keep(document, registry.of(granted).relief_type)
    assert kept == row["content"]
    database.cases.update_one({"_id": granted.id}, {"$set": {"x_income": 1}})
    assert decisions.Recomputer(*engine).recompute(row)["amount"] == granted.amount
    database.case_contents.delete_many({})
    with pytest.raises(Invalid, match="不存在"):
        decisions.Recomputer(*engine).recompute(row)


def test_registers_of_many_cases_are_read_at_once(engine, granted, database):
    with acting(CLERK):
        found = awards.registers([granted], date(2026, 10, 1))
    assert found[granted.pk].held == []  # its own award is none that it holds besides
    other = {**database.awards.find_one({"_id": granted.id}), "_id": ObjectId(), "programme": "dibao"}
    database.awards.insert_one(other)
    found = awards.registers([granted], date(2026, 10, 1))[granted.pk]
    assert found.holds("dibao") and found.monthly("dibao") == granted.amount
    assert not awards.Register(granted, date(2026, 10, 1), known="2026-09-28").holds("dibao")
