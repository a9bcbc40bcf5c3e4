"""An engine on the test database, and kinds of jobs made for one test."""

import pytest

from adminapp import indexes
from adminapp.engine import Engine
from adminapp.jobs import queue, registry
from adminapp.scope import Actor
from schemas.case import CaseBase

OWNER = Actor("owner", "经办虚构", frozenset({"township_clerk"}), frozenset({"433123109"}))
OTHER = Actor("other", "外乡虚构", frozenset({"township_clerk"}), frozenset({"433123101"}))


@pytest.fixture
def engine(database, settings):
    indexes.upgrade(database)
    return Engine(settings, CaseBase)


@pytest.fixture
def kind(monkeypatch):
    """Return a function that registers a handler for this test; afterwards the kinds are those of the product again."""

    def add(handler, name="demo", readers=()):
        monkeypatch.setitem(registry.KINDS, name, registry.Kind(handler, frozenset(readers)))
        return name

    yield add
    queue.use(None)
