"""A list of several states goes on behind the last row shown, over the end of a state, without losing or repeating one."""

import pytest

from adminapp import database as connection
from adminapp import indexes, paging
from adminapp.appraisal import meetings
from adminapp.visits import packs

WAYS = {"open": paging.UP, "closed": paging.DOWN}
ROWS = [
    *({"_id": f"a{n}", "state": "open", "day": f"2026-09-0{day}"} for n, day in enumerate((1, 1, 1, 2))),
    *({"_id": f"b{n}", "state": "closed", "day": f"2026-08-0{day}"} for n, day in enumerate((1, 2, 2, 2))),
    {"_id": "c", "state": "other", "day": "2026-09-01"},
]
ORDER = ["a0", "a1", "a2", "a3", "b3", "b2", "b1", "b0"]


@pytest.fixture
def table(database):
    database.paged.insert_many(ROWS)
    return database.paged


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_pages_of_any_size_together_are_the_list(table, size):
    found, after = [], ""
    while page := paging.by_state(table, WAYS, size, after):
        found, after = found + [row["_id"] for row in page], paging.mark_of(page[-1])
    assert found == ORDER


@pytest.mark.parametrize("after", ["", "x", "other~2026-09-01~c", "~~", "~"])
def test_a_mark_that_is_none_begins_at_the_beginning(table, after):
    assert [row["_id"] for row in paging.by_state(table, WAYS, 20, after)] == ORDER


@pytest.mark.parametrize("name", [packs.COLLECTION, meetings.COLLECTION])
@pytest.mark.parametrize("way", [paging.UP, paging.DOWN])
def test_an_index_serves_every_page(database, name, way):
    indexes.upgrade(database)
    for place in ({}, {"township": "433123109"}):
        query = place | {"state": "open"} | paging._behind(way, "2026-09-01", "a1")
        plan = str(connection.raw(name).find(query, sort=[("day", way), ("_id", way)]).explain()["queryPlanner"]["winningPlan"])
        assert "'indexName': 'work" in plan and "SORT" not in plan, plan
