"""A small county with cases in every state, made once; each test gets it as it was made."""

from datetime import date

import pytest

from adminapp import database as connection
from adminapp import dates, indexes
from adminapp.engine import Engine
from adminapp.jobs import model as jobs
from adminapp.jobs import registry as job_registry
from adminapp.jobs import runner
from adminapp.recipes import moving
from adminapp.recipes import store as recipes
from adminapp.scope import Actor
from adminapp.simulation import ordering, store, work
from schemas.case import CaseBase
from seed import county

TODAY = date(2026, 9, 16)
ADMIN = Actor("policy", "政策虚构", frozenset({"policy_admin"}), None)
SCALE = 0.004


@pytest.fixture(scope="session")
def made(settings):
    """Return (settings, rows by collection) of the county."""
    told = settings.replaced(database=f"{settings.database}_county")
    db = connection.connect(told)
    indexes.upgrade(db)
    engine = Engine(told, CaseBase).connect(check_indexes=False)
    county.build(engine, SCALE, 1, on=TODAY)
    kept = {name: list(db[name].find()) for name in db.list_collection_names() if not name.startswith(("system.", "payment", "fs"))}
    yield told, kept
    connection.connect(told).client.drop_database(told.database)


@pytest.fixture
def place(made):
    """Return the engine on the county as it was made, on its day."""
    told, kept = made
    db = connection.connect(told)
    for name in db.list_collection_names():
        if not name.startswith(("system.", "payment", "fs")):
            db[name].delete_many({})
            if kept.get(name):
                db[name].insert_many(kept[name])
    job_registry.register(store.JOB, work.run)
    job_registry.register(recipes.MOVE, moving.run)
    job_registry.register(recipes.UNDO, moving.undo)
    with dates.frozen(TODAY):
        yield Engine(told, CaseBase).connect(check_indexes=False)


def type_item(engine, key, *replacements, recipe=()):
    """Return the pinned draft of a published type with some texts replaced."""
    published = engine.registry.get(key)
    text = published.source
    for old, new in replacements:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return {"kind": "type", "key": key, "draft": "d", "title": published.name, "text": text, "golden": "", "digest": store.digest_of(text),
            "base": published.version, "parent": published.digest, "editors": ["policy"], "recipe": list(recipe)}  # fmt: skip


def standards_item(engine, **values):
    """Return the pinned draft of the table with one more value from 2026-09-01 for each key (``dibao__urban="800.00"``)."""
    from adminapp.standards import to_text

    table = engine.standards
    for key, value in values.items():
        table = table.with_value(key.replace("__", "."), date(2026, 9, 1), value, "演示提标")
    text = to_text(table)
    return {"kind": "standards", "key": "standards", "draft": "s", "title": "标准表", "text": text, "golden": "",
            "digest": store.digest_of(text), "base": engine.standards_store.rev, "parent": "", "editors": ["policy"], "recipe": []}  # fmt: skip


def simulate(engine, *items, over="live", on=None):
    """Run a simulation to its end and return (it, its rows)."""
    row = ordering.order(engine, list(items), over, on, ADMIN)
    job_id = store.start(row, ADMIN)
    runner.run_job(engine, job_id)
    job = jobs.get(job_id)
    assert job["state"] == jobs.DONE, job["message"]
    found = store.get(row["_id"])
    return found, list(connection.raw(store.ROWS).find({"simulation": row["_id"]}, sort=[("_id", 1)]))
