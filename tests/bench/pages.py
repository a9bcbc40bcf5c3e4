"""Pages of lists while a payment run is built, sealed and exported, beside the same pages in quiet: `python -m tests.bench pages`.

As the product runs: gunicorn with two workers, jobs in a process of their own, and a person who opens one page after the other.
"""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import cycle

from adminapp import database, mongod, parts
from adminapp.auth import accounts
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.jobs import model, queue
from adminapp.payments import batches, opening, release
from adminapp.standards import read_file
from schemas.case import CaseBase
from seed.accounts import DEMO_PASSWORD
from tests.adminapp.payments.world import MAKER, TREASURER, TYPES, publish
from tests.bench.payments import LINES, settle
from tests.server import ROOT, Visitor, environment, serving

EARLIER, MONTH = "2026-08", "2026-09"
PAGES = ("/payments/", f"/payments/all:{EARLIER}", f"/payments/all:{EARLIER}/lines", "/cases/dibao_rural/", "/work/", "/jobs/")
QUIET, WARM, BUDGET = 300, 40, 1.5


def run(scale: float = 1):
    """Return rows (label, value, unit, note) for LINES × scale lines."""
    count = int(LINES * scale)
    with mongod.temporary() as (uri, home):
        settings = read_settings({}, home=home, mongodb_uri=uri, insecure_cookies=True)
        engine = Engine(settings, CaseBase).connect(check_indexes=False)
        parts.register()
        queue.use(settings)
        subprocess.run([sys.executable, "-m", "adminapp.cli", "db", "upgrade"], cwd=ROOT, env=environment(settings, uri), check=True, stdout=subprocess.DEVNULL)
        publish(engine.registry, read_file(), TYPES)
        accounts.create_user("reviewer", "县级虚构", ["county_reviewer"], password=DEMO_PASSWORD, demo=True)
        settle(count)
        with consuming(settings, uri), serving(settings, uri, home) as (port, _log):
            wait_for(build(EARLIER))
            visitor, pages = Visitor(port).sign_in("reviewer", DEMO_PASSWORD), cycle(PAGES)
            for _ in range(WARM):  # a worker compiles the types at its first request
                ask(visitor, pages)
            quiet = [ask(visitor, pages) for _ in range(QUIET)]
            busy, seconds = while_paying(visitor, pages)
            again = [ask(visitor, pages) for _ in range(QUIET)]
        queue.use(None)
        database.close()
    before, during = p95([*quiet, *again]), p95(busy)
    return [
        (f"pages of lists in quiet, 95 of 100 within ({2 * QUIET} asked)", before, "ms"),
        (f"the same while {count:,} lines are paid ({len(busy)} asked)", during, "ms"),
        ("ratio", during / before, "x", f"budget {BUDGET}"),
        ("median in quiet", middle([*quiet, *again]), "ms"),
        ("median meanwhile", middle(busy), "ms"),
        ("build, seal and export beside the pages", seconds, "s"),
        ("load of this machine", os.getloadavg()[0], ""),
    ]


@contextmanager
def consuming(settings, uri):
    process = subprocess.Popen([sys.executable, "-m", "adminapp.cli", "consume"], cwd=ROOT, env=environment(settings, uri), stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def build(month) -> str:
    return opening.start_build("all", month, {key: key for key in TYPES}, MAKER)["job"]


def steps():
    """Start the jobs of a list one after the other; yield the id of each."""
    batch_id = f"all:{MONTH}"
    yield build(MONTH)
    yield opening.start_seal(batch_id, batches.get(batch_id)["rev"], MAKER)
    yield release.start(batch_id, ["csv", "xlsx"], TREASURER)


def while_paying(visitor, pages):
    """Return the times of the pages asked for while a list is made, and the seconds that took."""
    times, begun = [], time.perf_counter()
    for job_id in steps():
        while not is_done(job_id):
            times.append(ask(visitor, pages))
    return times, time.perf_counter() - begun


def is_done(job_id) -> bool:
    job = model.get(job_id)
    assert job["state"] not in (model.FAILED, model.CANCELLED), job
    return job["state"] == model.DONE


def wait_for(job_id):
    while not is_done(job_id):
        time.sleep(0.2)


def ask(visitor, pages) -> float:
    """Return the milliseconds of the next page."""
    page, begun = next(pages), time.perf_counter()
    status, text = visitor.get(page)
    taken = (time.perf_counter() - begun) * 1000
    assert status == 200, (page, status, text[:500])
    return taken


def p95(times) -> float:
    return sorted(times)[len(times) * 95 // 100]


def middle(times) -> float:
    return sorted(times)[len(times) // 2]
