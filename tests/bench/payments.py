"""A payment run of 30,000 lines: built, sealed, exported as XLSX, CSV and two bank files, with the memory it took."""

import resource
import tempfile
import time
from pathlib import Path

from adminapp import database, indexes, mongod
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.jobs import model, runner
from adminapp.payments import acts, batches, kinds, opening, release
from adminapp.payments.verify import verify
from adminapp.standards import read_file
from exports import payment_list
from schemas.case import CaseBase
from tests.adminapp.payments.world import CHECKER, MAKER, TREASURER, TYPES, World, publish

LINES = 30_000
ROOT = Path(__file__).parents[2]


def run(scale: float = 1):
    """Return rows (label, value, unit, note) for LINES × scale lines. Memory is the peak of this whole process."""
    count, steps = int(LINES * scale), {}

    def work(label, start):
        begun = time.perf_counter()
        start()
        for job_id in model.waiting():
            assert runner.run_job(engine, job_id) == "DONE", model.get(job_id)
        steps[label] = time.perf_counter() - begun

    with tempfile.TemporaryDirectory() as name, mongod.embedded(Path(name)) as uri:
        folder = Path(name)
        engine = Engine(read_settings({}, home=folder, mongodb_uri=uri), CaseBase).connect(check_indexes=False)
        indexes.upgrade(database.current())
        publish(engine.registry, read_file(ROOT / "schemas/standards.yaml"))
        kinds.register()
        payment_list.register()
        world = World(database.current())
        keys = [key for key in TYPES if key != "temporary"]
        for first in range(0, count, 1000):
            made = [
                world.documents(number, keys[number % 3], people=2) for number in range(first, min(first + 1000, count))
            ]
            database.raw("awards").insert_many([award for award, _ in made])
            database.raw("cases").insert_many([case for _, case in made])
            world.register_many([case for _, case in made])
        month = "2026-09"
        work("build", lambda: opening.start_build("all", month, {key: key for key in TYPES}, MAKER))
        batch_id = f"all:{month}"
        work("seal", lambda: opening.start_seal(batch_id, batches.get(batch_id)["rev"], MAKER))
        batch = acts.perform(batch_id, "approve", CHECKER, batches.get(batch_id)["rev"])
        assert batch["seal"]["count"] == count
        work("XLSX", lambda: release.start(batch_id, ["xlsx"], TREASURER))
        work(
            "CSV and two bank files",
            lambda: release.start(batch_id, ["csv", "bank:generic_csv@1", "bank:txt_gbk@1"], TREASURER),
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        assert verify(batches.get(batch_id)) == []
        database.close()
    total, budget = sum(steps.values()), 30 * max(1, scale)
    return [
        *((f"payment run, {count:,} lines: {label}", seconds, "s") for label, seconds in steps.items()),
        (f"payment run, {count:,} lines: all", total, "s", f"budget {budget:g}"),
        ("payment run: memory of the worker", memory, "MB", "budget 256"),
    ]
