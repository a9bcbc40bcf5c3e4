import pytest
from pymongo import IndexModel

from adminapp import database as connection
from adminapp import dates, indexes, sealing
from adminapp.engine import Engine
from adminapp.funds import requests  # noqa: F401 (its indexes)
from adminapp.jobs import model, runner
from adminapp.months import closing  # noqa: F401 (its indexes)
from adminapp.payments import kinds
from adminapp.standards import read_file
from exports import payment_list
from schemas.case import CaseBase
from tests.adminapp.payments.world import ROOT, World, publish

COLLECTIONS = (
    "payment_batches", "payment_rosters", "payment_lines", "payment_returns", "payment_return_rows", "payment_return_files",
    "payment_variances", "fund_requests", "month_closes", "bank_accounts", "bank_profiles", "jobs", "awards", "audit",
)  # fmt: skip
PUBLISHED = {}
"""Reading the declarations takes longer than a test: one registry serves them all."""


@pytest.fixture
def engine(database, settings):
    for name in COLLECTIONS:  # all of them take a second, for each test
        declared = [index for index in indexes.INDEXES.values() if index.collection == name]
        database[name].create_indexes(
            [IndexModel(list(each.keys), name=each.name, **dict(each.options)) for each in declared]
        )
    sealing.use_keys(settings.home / "keys" / "fields.json")
    kinds.register()
    payment_list.register()
    engine = Engine(settings, CaseBase)
    if not PUBLISHED:
        publish(engine.registry, read_file(ROOT / "schemas/standards.yaml"))
        PUBLISHED.update(registry=engine.registry, rows=list(database.relief_types.find()))
    else:
        database.relief_types.insert_many(PUBLISHED["rows"])
        engine.registry = PUBLISHED["registry"]
    with dates.frozen("2026-09-16"):
        yield engine


@pytest.fixture
def world(engine, database):
    return World(database)


@pytest.fixture
def work(engine):
    """Return a function that runs all waiting jobs, as the consumer would, and returns their states."""
    return lambda: [runner.run_job(engine, job_id) for job_id in model.waiting()]


@pytest.fixture
def raw():
    return connection.raw
