"""A payment run of 30,000 lines: built, sealed, exported, sent, and the bank's answer taken in; `SCALE=3.34` is 100,000.

Beside it the same documents written by pymongo alone, in chunks of the same size: what the run costs beyond its writes.
"""

import os
import resource
import time
from itertools import islice
from pathlib import Path

from pymongo import UpdateOne

from adminapp import database, indexes, mongod
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.jobs import model, runner
from adminapp.payments import acts, batches, kinds, lines, opening, release, roster
from adminapp.payments.returns import model as returns
from adminapp.payments.verify import verify
from adminapp.standards import read_file
from exports import payment_list
from schemas.case import CaseBase
from tests.adminapp.payments.steps import TXT, Month
from tests.adminapp.payments.world import CHECKER, MAKER, TREASURER, TYPES, World, publish

LINES, BUDGET, RETURN_BUDGET, MEMORY_BUDGET = 30_000, 30, 30, 256
MONTH = "2026-09"
FAILED_EVERY = 100
"""One in so many comes back from the bank."""
ROOT = Path(__file__).parents[2]


def run(scale: float = 1):
    """Return rows (label, value, unit, note) for LINES × scale lines. Memory is the peak of this whole process."""
    count = int(LINES * scale)
    with mongod.temporary() as (uri, home):
        engine = Engine(read_settings({}, home=home, mongodb_uri=uri), CaseBase).connect(check_indexes=False)
        indexes.upgrade(database.current())
        publish(engine.registry, read_file(ROOT / "schemas/standards.yaml"))
        kinds.register()
        payment_list.register()
        settle(count)
        pay, memory = _pay(engine, count)
        answer, after = _answer(engine)
        assert verify(batches.get(f"all:{MONTH}")) == []
        bare_lines, bare_answer = _bare()
        database.close()
    total, taken, larger = sum(pay.values()), sum(answer.values()), max(1, scale)
    about = f"{count:,} lines"
    return [
        *((f"payment run, {about}: {label}", seconds, "s") for label, seconds in pay.items()),
        (f"payment run, {about}: all", total, "s", f"budget {BUDGET * larger:g}"),
        ("its roster and lines written by pymongo alone", bare_lines, "s"),
        ("build / bare writes", pay["build"] / bare_lines, "x"),
        ("payment run: memory of the worker", memory, "MB", f"budget {MEMORY_BUDGET}" if scale <= 1 else ""),
        *((f"return file, {about}: {label}", seconds, "s") for label, seconds in answer.items()),
        (f"return file, {about}: all", taken, "s", f"budget {RETURN_BUDGET * larger:g}"),
        ("its outcomes written by pymongo alone", bare_answer, "s"),
        ("return file / bare writes", taken / bare_answer, "x"),
        ("return file: memory of the worker", after, "MB", f"budget {MEMORY_BUDGET}" if scale <= 1 else ""),
        ("load of this machine", os.getloadavg()[0], ""),
    ]


def settle(count: int):
    """Store awards of three types with their cases and accounts."""
    world, keys = World(database.current()), [key for key in TYPES if key != "temporary"]
    for first in range(0, count, 1000):
        made = [world.documents(number, keys[number % 3], people=2) for number in range(first, min(first + 1000, count))]
        database.raw("awards").insert_many([award for award, _ in made])
        database.raw("cases").insert_many([case for _, case in made])
        world.register_many([case for _, case in made])


def _work(engine, steps, label, start):
    begun = time.perf_counter()
    start()
    for job_id in model.waiting():
        assert runner.run_job(engine, job_id) == "DONE", model.get(job_id)
    steps[label] = steps.get(label, 0) + time.perf_counter() - begun


def _pay(engine, count):
    """Return seconds by step from the build to the files, and the MB it took."""
    steps, batch_id = {}, f"all:{MONTH}"
    _work(engine, steps, "build", lambda: opening.start_build("all", MONTH, {key: key for key in TYPES}, MAKER))
    _work(engine, steps, "seal", lambda: opening.start_seal(batch_id, batches.get(batch_id)["rev"], MAKER))
    batch = acts.perform(batch_id, "approve", CHECKER, batches.get(batch_id)["rev"])
    assert batch["seal"]["count"] == count
    _work(engine, steps, "XLSX", lambda: release.start(batch_id, ["xlsx"], TREASURER))
    files = ["csv", "bank:generic_csv@1", f"bank:{TXT}"]
    _work(engine, steps, "CSV and two bank files", lambda: release.start(batch_id, files, TREASURER))
    return steps, _peak()


def _answer(engine):
    """Send the list and take in the bank's answer; return seconds by step, and the MB it took."""
    steps, month, batch_id = {}, Month(engine, lambda: None), f"all:{MONTH}"
    batch = month.take(month.funded(batches.get(batch_id)), "send", TREASURER)
    sent = month.transfers(batch)
    fates = {row["name"]: ("002", 0) for row in sent[::FAILED_EVERY]}
    del sent
    content = month.content(batch, fates)
    _work(engine, steps, "upload and check", lambda: returns.upload(batch_id, TXT, "回盘.txt", content, TREASURER))
    [found] = returns.listed(batch_id)
    assert found["state"] == returns.CHECKED, found
    _work(engine, steps, "apply", lambda: returns.start_apply(found["_id"], found["rev"], TREASURER))
    assert batches.get(batch_id)["results"][lines.FAILED]["count"] == len(fates)
    return steps, _peak()


def _bare():
    """Return the seconds pymongo alone needs for the same documents: roster and lines inserted, outcomes written."""
    batch_id, bare = f"all:{MONTH}", database.raw("bench_lines")
    inserted = sum(_seconds(database.raw("bench_rosters").insert_one, chunk) for chunk in roster.chunks(batch_id))
    written, made = 0, lines.of_batch(batch_id)
    while chunk := list(islice(made, returns.CHUNK)):
        new = [{key: value for key, value in line.items() if key not in ("events", "state")} | {"state": lines.PENDING} for line in chunk]
        inserted += _seconds(bare.insert_many, new, ordered=False)
        told = [UpdateOne({"_id": line["_id"]}, {"$set": {"state": line["state"]}, "$push": {"events": line["events"][-1]}}) for line in chunk]
        written += _seconds(bare.bulk_write, told, ordered=False)
    return inserted, written


def _seconds(write, *args, **options):
    begun = time.perf_counter()
    write(*args, **options)
    return time.perf_counter() - begun


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
