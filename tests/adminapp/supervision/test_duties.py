"""Relatives of officials and complaints are always checked; the county's visit before the decision counts."""

from datetime import date

import pytest

from adminapp import database
from adminapp.supervision import checks, duties

TODAY = date(2026, 10, 8)


def flag(number, name="relative", **more):
    record = {"id": f"{number}-{name}", "kind": name, "on": "2026-10-02", "by": "system", "data": {}}
    update = {"$addToSet": {"flags": name}, "$push": {"records": record}, "$set": more}
    database.raw("cases").update_one({"number": number}, update)


def stored():
    return list(database.raw(checks.COLLECTION).find({}, sort=[("_id", 1)]))


@pytest.mark.parametrize(("name", "basis"), [("relative", checks.RELATED), ("complaint", checks.COMPLAINT)])
def test_a_flag_that_comes_after_the_award_makes_a_check_once(opened, name, basis):
    number = opened(2)[0]
    flag(number, name)
    assert [duties.sweep(TODAY), duties.sweep(TODAY)] == [1, 0]
    [row] = stored()
    assert (row["number"], row["bases"], row["stage"], row["year"]) == (number, [basis], checks.ASSIGN, 2026)


def test_the_visit_before_the_decision_counts(opened):
    good, bad = opened(2)
    for number, result in ((good, "true"), (bad, "amount")):
        flag(number)
        visit = {"id": f"v{number}", "kind": "county_visit", "on": "2026-03-05", "by": "reviewer", "data": {"date": "2026-03-04", "result": result}}
        database.raw("cases").update_one({"number": number}, {"$push": {"records": visit}})
    assert duties.sweep(TODAY) == 2
    assert [(row["state"], row["visited_on"], row["stage"]) for row in sorted(stored(), key=lambda row: row["number"])] == [
        (checks.CONSISTENT, "2026-03-04", ""), (checks.CLOSED, "2026-03-04", ""),
    ]  # fmt: skip


def test_a_case_that_was_never_granted_needs_none(opened):
    number = opened(1)[0]
    flag(number, state="refused")
    assert duties.sweep(TODAY) == 0


def test_one_visit_serves_the_draw_and_the_relative(opened, draw):
    number = opened(1)[0]
    draw(date(2026, 4, 1))
    flag(number)
    duties.sweep(TODAY)
    [row] = stored()
    assert row["bases"] == [checks.RANDOM, checks.RELATED] and len(row["history"]) == 2


def test_a_replaced_household_is_visited_once_it_is_complained_of(opened, draw):
    number = opened(1)[0]
    draw(date(2026, 4, 1))
    database.raw(checks.COLLECTION).update_one({}, {"$set": {"state": checks.SUBSTITUTED, "stage": "", "due": None}})
    flag(number, "complaint")
    duties.sweep(TODAY)
    assert (stored()[0]["state"], stored()[0]["stage"]) == (checks.DRAWN, checks.ASSIGN)


def test_more_cases_than_one_reading_takes(opened, monkeypatch):
    monkeypatch.setattr(duties, "BATCH", 2)
    for number in opened(5):
        flag(number)
    assert [duties.sweep(TODAY), duties.sweep(TODAY)] == [5, 0]
