"""The year's progress: by stratum and month, the share rounded up in each, none making up for another."""

from datetime import date
from fractions import Fraction

import pytest

from adminapp import database
from adminapp.supervision import checks, progress
from tests.adminapp.supervision.conftest import HERE, THERE

MAY = date(2026, 5, 20)


def visit(numbers, on, result="true"):
    state = checks.CONSISTENT if result == "true" else checks.DEVIATION
    changes = {"visited_on": on, "result": result, "state": state}
    database.raw(checks.COLLECTION).update_many({"number": {"$in": list(numbers)}}, {"$set": changes})


def drawn(**query):
    return [row["number"] for row in database.raw(checks.COLLECTION).find(query, sort=[("number", 1)])]


@pytest.fixture
def spring(opened, draw):
    """10 new in March and 1 in May in one township, 3 in the other; drawn in April; two visited in April, one in May."""
    opened(10, on="2026-03-10"), opened(3, on="2026-02-10", township=THERE)
    draw(date(2026, 4, 1))
    opened(1, on="2026-05-04")
    visit(drawn(origin=HERE)[:2], "2026-04-15")
    visit(drawn(origin=THERE), "2026-05-06", "amount")
    return progress.of_year(2026, MAY)


def test_the_deficit_month_by_month(spring):
    lines = {month: spring.line(month=month) for month in spring.months}
    assert list(lines) == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    assert [line.new for line in lines.values()] == [0, 3, 13, 13, 14]
    assert [line.target for line in lines.values()] == [0, 1, 4, 4, 5]
    assert [line.visited for line in lines.values()] == [0, 0, 0, 2, 3]
    assert [line.deficit for line in lines.values()] == [0, 1, 4, 2, 2]


def test_no_township_makes_up_for_another(spring):
    lines = {place: spring.line(strata) for place, strata in spring.by_township().items()}
    assert (lines[HERE].target, lines[HERE].visited, lines[HERE].deficit) == (4, 2, 2)
    assert (lines[THERE].target, lines[THERE].visited, lines[THERE].deficit) == (1, 1, 0)
    visit(drawn(origin=THERE), "2026-05-06")
    database.raw(checks.COLLECTION).insert_many(
        [{"_id": f"more{n}", "year": 2026, "number": f"more{n}", "origin": THERE, "type": "demo", "bases": ["random"], "state": "CONSISTENT",
          "visited_on": "2026-05-07", "result": "true"} for n in range(4)]
    )  # fmt: skip
    assert progress.of_year(2026, MAY).line().deficit == 2


def test_results_share_and_clause(spring):
    assert spring.results == {"true": 2, "amount": 1}
    assert spring.share == Fraction(3, 10) and "县方案" in spring.clause


def test_one_township_alone(spring):
    one = progress.of_year(2026, MAY, THERE)
    assert one.line().new == 3 and list(one.by_township()) == [THERE] and one.by_type().keys() == {"demo"}


def test_what_is_always_checked_counts_by_itself(spring, opened):
    database.raw(checks.COLLECTION).update_one({"origin": HERE, "visited_on": None}, {"$push": {"bases": "related"}})
    found = progress.of_year(2026, MAY)
    assert found.duties == {"related": {"DRAWN": 1}, "complaint": {}}
    assert found.line() == spring.line()


def test_a_replaced_household_counts_for_nothing(spring):
    database.raw(checks.COLLECTION).update_one({"origin": HERE, "visited_on": None}, {"$set": {"state": checks.SUBSTITUTED}})
    assert progress.of_year(2026, MAY).line().drawn == spring.line().drawn - 1
