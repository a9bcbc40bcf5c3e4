"""Public pages under load: gunicorn with two workers on loopback, many phones at once, and not one case or award read."""

import http.client
import random
import threading
import time
from pathlib import Path

from adminapp import database, dates, divisions, indexes, mongod
from adminapp.app import create_app
from adminapp.config import read_settings
from adminapp.postings import longterm, register
from adminapp.public import pages, refresh
from adminapp.standards import read_file
from tests.server import serving

TYPES = Path(__file__).parents[2] / "schemas" / "relief_types"
PHONES, SECONDS, HOUSEHOLDS, WARM = 16, 8, 60, 8


def run():
    with mongod.temporary() as (uri, home):
        settings = read_settings({}, home=home, mongodb_uri=uri)
        engine = create_app(settings).extensions["relief"]
        engine.connect(check_indexes=False)
        indexes.upgrade(database.current())
        engine.standards_store.replace(read_file(), "bench")
        for path in sorted(TYPES.glob("*.yaml")):
            engine.registry.publish(path.read_text("utf-8"), "bench", engine.standards.types())
        _hang(engine)
        start = time.perf_counter()
        made = refresh.everything(engine)
        making = time.perf_counter() - start
        start = time.perf_counter()
        assert refresh.everything(engine) == 0
        looking = time.perf_counter() - start
        paths = [f"/public/{address}" for address in pages.wanted(engine, dates.today())]
        with serving(settings, uri, home) as (port, _log):
            for path in paths[:WARM]:  # a worker compiles the types at its first request
                _ask(port, path, 120)
            before = _reads(settings)
            times, wrong = _load(port, paths)
        reads = {name: count - before.get(name, 0) for name, count in _reads(settings).items()}
        database.close()
    assert not wrong, wrong[:3]
    times.sort()
    return [
        (f"make {made} pages of a county", making, "s"),
        ("look for changes when there are none", looking * 1000, "ms"),
        (f"pages sent to {PHONES} phones at once", len(times) / SECONDS, "/s"),
        ("median", times[len(times) // 2] * 1000, "ms"),
        ("95 of 100 within", times[len(times) * 95 // 100] * 1000, "ms", "budget 800"),
        ("operations on cases and awards", reads.get("cases", 0) + reads.get("awards", 0), "", "budget 0"),
    ]


def _hang(engine):
    """Hang a long-term list in every village."""
    for township in divisions.townships():
        for village in divisions.villages(township.code):
            texts = {"name": "龙某虚构", "village": village.name, "household_size": "3", "amount": "450.00"}
            row = {"type_name": "农村低保", "number": "", "texts": texts, "web": texts | {"name": "龙**构"}, "state": register.UP, "note": ""}
            posting = longterm.document(village.code, township.code, dates.month_of(dates.today()), [row | {"village": village.code}] * HOUSEHOLDS)
            database.raw(register.COLLECTION).insert_one(posting)


def _reads(settings) -> dict[str, int]:
    """Return how often each collection was touched, as the server counts it."""
    totals = database.current().client.admin.command("top")["totals"]
    prefix = f"{settings.database}."
    return {name[len(prefix) :]: row["total"]["count"] for name, row in totals.items() if name.startswith(prefix)}


def _ask(port, path, seconds):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def _load(port, paths):
    times, wrong, end = [], [], time.perf_counter() + SECONDS

    def phone(seed):
        choose = random.Random(seed)
        while time.perf_counter() < end:
            start = time.perf_counter()
            answer = _ask(port, choose.choice(paths), 30)
            times.append(time.perf_counter() - start)
            if answer.status != 200 or answer.headers["Set-Cookie"]:
                wrong.append(answer.status)

    threads = [threading.Thread(target=phone, args=(seed,)) for seed in range(PHONES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, wrong
