"""The rows behind a number come from an index, for the county and for a township."""

import pytest

from adminapp import database
from adminapp.reports import store
from tests.conftest import HERE
from tests.plans import stages


@pytest.mark.parametrize("scope", [{}, {"township": HERE}], ids=["county", "township"])
@pytest.mark.parametrize("wanted", [{"marks": "closing"}, {"marks": "added", "type": "t"}, {"marks": {"$in": ["closing", "granted"]}, "male": {"$gt": 0}}])
def test_rows_are_read_from_an_index(app, scope, wanted):
    query = {"$and": [scope, {"month": "2026-07"} | wanted]}
    plan = database.current().command("explain", {"find": store.ROWS, "filter": query}, verbosity="queryPlanner")
    assert "IXSCAN" in set(stages(plan["queryPlanner"]["winningPlan"]))
