"""How long the demo county takes to load, by the command itself: `python -m tests.bench seed`."""

import os
import subprocess
import sys
import time

from adminapp import database, mongod
from adminapp.config import read_settings

BUDGET, SMALL, SMALL_BUDGET = 300, 0.02, 20


def run(scale: float = 1):
    """Return rows (label, value, unit, note): seconds for a county of this scale and for the small one of the demo."""
    large, found = _load(scale)
    small, _ = _load(SMALL)
    lines = found["payment_lines"] / 12
    return [
        (f"county at scale {scale:g}: {found['cases']:,} cases", large, "s", f"budget {BUDGET * scale:g}"),
        ("a case with its history, award and payments", large / found["cases"] * 1000, "ms"),
        ("payment lines a month", lines, ""),
        ("events", found["events"], ""),
        (f"demo at scale {SMALL}", small, "s", f"budget {SMALL_BUDGET}"),
    ]


def _load(scale):
    """Return the seconds of `relief seed` on an empty database, and {collection: documents}."""
    with mongod.temporary() as (uri, home):
        environment = {**os.environ, "RELIEF_HOME": str(home), "RELIEF_MONGODB_URI": uri}
        relief = [sys.executable, "-m", "adminapp.cli"]
        subprocess.run([*relief, "db", "upgrade"], env=environment, check=True, stdout=subprocess.DEVNULL)
        begun = time.perf_counter()
        subprocess.run([*relief, "seed", "--scale", str(scale)], env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - begun
        db = database.connect(read_settings({}, home=home, mongodb_uri=uri))
        found = {key: db[key].estimated_document_count() for key in ("cases", "events", "payment_lines")}
        database.close()
    return seconds, found
