"""The quarter: flows are summed, who receives is as at the end, and it is frozen exactly when its three months are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import database
from adminapp.errors import NotFound
from adminapp.reports import figures, quarters, store
from adminapp.reports.rows import ADDED, CLOSING, GRANTED, OPENING, STOPPED
from tests.conftest import HERE

MONTHS = ["2026-07", "2026-08", "2026-09"]


def month(opening, added, stopped, due=0, **more):
    counted = {OPENING: opening, ADDED: added, STOPPED: stopped, CLOSING: opening + added - stopped}
    values = {f"{mark}_{unit}": number for mark, number in counted.items() for unit in quarters.UNITS}
    part = {"a": {"households": values["closing_households"], "persons": values["closing_persons"], "due": due}}
    return figures.empty() | values | {"due": due, "paid": due, "male": values["closing_persons"], "classes": part} | more


def store_month(name, state=store.FROZEN, **by_type):
    report = {"_id": name, "state": state, "figures": {HERE: by_type}, "digest": f"d{name}", "at": None}
    database.raw(store.COLLECTION).insert_one(report)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 10**9)), min_size=3, max_size=3), st.integers(60, 500))
def test_the_quarter_adds_up_whatever_the_months_were(flows, opening):
    found, people = {}, opening
    for name, (added, gone, due) in zip(MONTHS, flows, strict=True):
        stopped = min(gone, people)
        found[name] = {"figures": {HERE: {"t": month(people, added, stopped, due)}}}
        people += added - stopped
    total = quarters.join(MONTHS, found, set())[HERE]["t"]
    for unit in quarters.UNITS:
        assert total[f"opening_{unit}"] == opening and total[f"closing_{unit}"] == people == total["male"]
        assert total[f"opening_{unit}"] + total[f"added_{unit}"] - total[f"stopped_{unit}"] == total[f"closing_{unit}"]
    assert total["due"] == total["paid"] == total["classes"]["a"]["due"] == sum(due for _added, _gone, due in flows)
    assert total["classes"]["a"]["persons"] == people


def test_grants_of_one_time_are_counted_each():
    counted = {f"{GRANTED}_persons": 2, "male": 2, "classes": {"a": {"households": 1, "persons": 2, "due": 5}}}
    found = {name: {"figures": {HERE: {"once": figures.empty() | counted}}} for name in MONTHS[:2]}
    total = quarters.join(MONTHS, found, {"once"})[HERE]["once"]
    assert (total[f"{GRANTED}_persons"], total["male"], total["classes"]["a"]["due"]) == (4, 4, 10)


def test_frozen_with_its_months_and_open_or_missing_ones_are_named(app):
    with pytest.raises(NotFound):
        quarters.get("2026Q3", ())
    store_month("2026-07", t=month(5, 1, 0))
    store_month("2026-08", store.OPEN, t=month(6, 0, 2))
    report = quarters.get("2026Q3", ())
    assert [each["state"] for each in report["months"]] == ["frozen", "open", ""] and report["state"] == store.OPEN and not report["digest"]
    assert report["figures"][HERE]["t"]["closing_households"] == 4
    database.raw(store.COLLECTION).update_one({"_id": "2026-08"}, {"$set": {"state": store.FROZEN}})
    store_month("2026-09", t=month(4, 3, 0))
    report = quarters.get("2026Q3", ())
    assert report["state"] == store.FROZEN and len(report["digest"]) == 64
    assert (report["figures"][HERE]["t"]["opening_households"], report["figures"][HERE]["t"]["closing_households"]) == (5, 7)
    database.raw(store.COLLECTION).update_one({"_id": "2026-08"}, {"$set": {"digest": "another"}})
    assert quarters.get("2026Q3", ())["digest"] != report["digest"]


@pytest.mark.parametrize(("mark", "months"), [(OPENING, MONTHS[:1]), (CLOSING, MONTHS[2:]), ("suspended", MONTHS[2:]), ("", MONTHS[2:]), (ADDED, MONTHS)])
def test_a_number_opens_the_rows_of_the_months_it_counts(mark, months):
    report = {"months": [{"month": month, "state": store.OPEN} for month in MONTHS]}
    assert quarters.months_behind(report, mark) == months
    report["months"][2]["state"] = report["months"][0]["state"] = ""
    assert quarters.months_behind(report, mark) == ["2026-08"]
