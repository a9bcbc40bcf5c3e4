"""What a condition of an exclusion does to a line when it cannot be evaluated."""

import pytest
from pymongo.errors import AutoReconnect

from adminapp.conflicts import Finding
from adminapp.payments import roster


@pytest.fixture
def rows(world, engine, monkeypatch):
    """Return a function that makes the rows of an award whose exclusion meets `error` when its condition is evaluated."""
    award = world.award(1)

    def excluded(award, relief_type, beside, month, when):
        return [Finding("no", "other", "", "正在享受其他救助")] if when("condition") else []

    def make(error):
        def fail(*_, **__):
            raise error

        monkeypatch.setattr(roster.conflicts, "on_list", excluded)
        monkeypatch.setattr(roster, "values_of", fail)
        return roster.rows_now(engine.registry, award, "2026-09")

    return make


def test_a_condition_that_cannot_be_evaluated_holds_the_line(rows):
    [row] = rows(ValueError("no such field"))
    assert row["hold"] == ["正在享受其他救助"]


def test_a_server_that_is_away_stops_the_list_instead_of_holding_the_line(rows):
    with pytest.raises(AutoReconnect):
        rows(AutoReconnect("not primary"))
