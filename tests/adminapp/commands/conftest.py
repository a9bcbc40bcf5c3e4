import pytest
from click.testing import CliRunner

from adminapp import database as connection
from adminapp import indexes, sealing
from adminapp.cli import Program, main
from adminapp.engine import Engine
from adminapp.standards import read_file
from schemas.case import CaseBase


@pytest.fixture
def engine(database, settings):
    indexes.upgrade(database)
    engine = Engine(settings, CaseBase)
    sealing.use_keys(settings.home / "keys" / "fields.json")
    engine.standards_store.replace(read_file(), "test")
    return engine.refresh()


@pytest.fixture
def relief(engine, monkeypatch):
    """Run a command on the test's database; return click's result."""
    monkeypatch.setattr(Program, "engine", lambda self, check_indexes=True: engine)
    monkeypatch.setattr(connection, "close", lambda: None)

    def run(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return run
