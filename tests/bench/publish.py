"""A publication among 100 live types: what the next request of a worker pays."""

import time
from pathlib import Path

from adminapp import database, indexes, mongod
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.standards import read_file
from schemas.case import CaseBase

TYPES = 100
SOURCE = (Path(__file__).parents[2] / "schemas/relief_types/temporary.yaml").read_text("utf-8")


def run():
    with mongod.temporary() as (uri, home):
        engine, other = (Engine(read_settings({}, home=home, mongodb_uri=uri), CaseBase) for _ in range(2))
        engine.connect(check_indexes=False)
        indexes.upgrade(database.current())
        engine.standards_store.replace(read_file(), "bench")
        start = time.perf_counter()
        for number in range(TYPES):
            publish_copy(engine, f"t{number:03d}", f"T{number:03d}")
        publishing = time.perf_counter() - start
        start = time.perf_counter()
        other.registry.refresh()
        first = time.perf_counter() - start
        quiet = _time(other.registry.refresh)
        publish_copy(engine, "t100", "T100")
        start = time.perf_counter()
        other.registry.refresh()
        after = time.perf_counter() - start
        assert "t100" in other.registry.latest()
        database.close()
    return [
        (f"publish one of {TYPES} types, checks included", publishing / TYPES * 1000, "ms"),
        (f"first look of a new worker at {TYPES} types", first * 1000, "ms"),
        ("request with nothing new", quiet * 1000, "ms"),
        ("request right after a publication", after * 1000, "ms", "budget 50"),
    ]


def publish_copy(engine, key, code):
    """Publish 临时救助 once more under another key and code."""
    source = SOURCE.replace("key: temporary", f"key: {key}", 1).replace("code: LS", f"code: {code}", 1)
    engine.registry.publish(source, "bench", engine.standards.types() or engine.standards_store.refresh().types())


def _time(call, times=50):
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times
