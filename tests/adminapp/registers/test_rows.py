"""The rows of every register come from an index, within the span that was asked for."""

from datetime import UTC, datetime

import pytest

from adminapp import database
from adminapp.registers import model, rows
from adminapp.scope import Actor, acting
from tests.conftest import HERE
from tests.plans import stages

COUNTY = Actor("r", "县级", frozenset({"county_reviewer"}), None)
CLERK = Actor("c", "经办", frozenset({"township_clerk"}), frozenset({HERE}))


@pytest.mark.parametrize("actor", [COUNTY, CLERK], ids=["county", "township"])
@pytest.mark.parametrize("key", [item.key for item in model.registers().values()])
def test_a_register_reads_an_index(app, key, actor):
    item = model.registers()[key]
    with acting(actor):
        query = rows.match_of(item, rows.Asked("2026-01", "2026-12"), actor)
        scoped = {"$and": [scope, query]} if (scope := actor.filter()) else query
    plan = database.current().command("explain", {"find": item.collection, "filter": scoped}, verbosity="queryPlanner")
    assert "IXSCAN" in set(stages(plan["queryPlanner"]["winningPlan"])), query


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (model.DAY, {"$gte": "2026-02-01", "$lt": "2026-03-01"}),
        (model.MONTH, {"$gte": "2026-02", "$lte": "2026-02"}),
        (model.YEAR, {"$gte": 2026, "$lte": 2026}),
        (model.MOMENT, {"$gte": datetime(2026, 1, 31, 16, tzinfo=UTC), "$lt": datetime(2026, 2, 28, 16, tzinfo=UTC)}),
    ],
)
def test_a_month_ends_at_midnight_in_china(span, expected):
    assert rows.bounds(span, "2026-02", "2026-02") == expected


def store(number, *records, township=HERE):
    row = {"number": number, "name": "虚构", "type": "demo", "township": township, "village": f"{township}001", "people": [{}, {}], "amount": 100}
    database.raw("cases").insert_one(row | {"records": [{"id": f"{number}{n}", **record} for n, record in enumerate(records)]})


def end(on, code="death"):
    return {"kind": "termination", "action": "terminate", "on": on, "by_name": "某", "data": {"code": code, "stop": on[:7]}}


def test_one_row_for_each_record_of_the_span_newest_first(app):
    store("A", end("2026-03-05"), {"kind": "visit", "on": "2026-03-06", "data": {}}, end("2026-04-01", "moved"))
    store("B", end("2025-12-31"))
    store("C", end("2026-03-31"), township="433123199")
    item, asked = model.registers()["terminations"], rows.Asked("2026-01", "2026-12")
    with acting(COUNTY):
        assert [(row["number"], row["records"]["on"]) for row in rows.rows(item, asked, COUNTY)] == [
            ("A", "2026-04-01"), ("C", "2026-03-31"), ("A", "2026-03-05"),
        ]  # fmt: skip
        assert rows.sums(item, asked, COUNTY) == rows.Sums(3, {"people": 6})
        march = rows.Asked("2026-03", "2026-03", codes={"code": "death"}, q="A")
        assert [row["records"]["on"] for row in rows.rows(item, march, COUNTY)] == ["2026-03-05"]
    with acting(CLERK):
        assert rows.count(item, asked, CLERK) == 2
