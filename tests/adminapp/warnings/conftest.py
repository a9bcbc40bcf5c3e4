from types import SimpleNamespace

import pytest

from adminapp import dates
from adminapp.warnings import casework, paying  # noqa: F401 - rules, and the indexes they need
from tests.story import database, engine, story_settings  # noqa: F401 - fixtures

HERE, THERE = "433123109", "433123101"


@pytest.fixture(autouse=True)
def _today():
    with dates.frozen("2026-09-28"):
        yield


@pytest.fixture
def held(engine):  # noqa: F811
    """Return what a rule reads of the program."""
    registry, table = engine
    return SimpleNamespace(registry=registry, standards=table)
