"""An eleventh type, published from a file while two workers serve, is there at the next request of each of them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adminapp.auth import accounts
from seed.accounts import DEMO_PASSWORD
from tests.server import ROOT, Visitor, environment, serving

TYPES = ROOT / "schemas" / "relief_types"
NAME = "取暖救助"


def relief(settings, mongo_uri, *words):
    command = [sys.executable, "-m", "adminapp.cli", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings, mongo_uri), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def eleventh(tmp_path):
    """A declaration that no line of the program knows."""
    text = (TYPES / "temporary.yaml").read_text("utf-8")
    for old, new in (("key: temporary", "key: heating"), ("code: LS", "code: QN"), ("programme: temporary", "programme: heating")):
        text = text.replace(old, new, 1)
    path = tmp_path / "heating.yaml"
    path.write_text(text.replace("name: 临时救助", f"name: {NAME}", 1).replace("group: 临时救助", f"group: {NAME}", 1), "utf-8")
    return path


def workers_that_served(log: Path, path: str) -> set[str]:
    return {line.split()[0] for line in log.read_text().splitlines() if line.split()[1:] == ["200", path]}


def from_both(visitor, log, path):
    """Ask until both workers have answered with success; return every answer, so that a stale one shows."""
    answers = []
    with ThreadPoolExecutor(4) as pool:  # asked one by one, the same worker may always be the first to wake
        for _ in range(20):
            answers += pool.map(visitor.get, [path] * 8)
            if len(workers_that_served(log, path)) == 2:
                return answers
    raise AssertionError(f"only {workers_that_served(log, path)} answered {path}: {[status for status, _ in answers]}")


def test_both_workers_show_a_new_type_at_their_next_request(database, settings, mongo_uri, eleventh, tmp_path):
    relief(settings, mongo_uri, "db", "upgrade")
    relief(settings, mongo_uri, "types", "apply", TYPES)
    accounts.create_user("clerk.one", "经办虚构", ["township_clerk"], ["433123109"], password=DEMO_PASSWORD, demo=True)
    with serving(settings, mongo_uri, tmp_path) as (port, log):
        clerk = Visitor(port).sign_in("clerk.one", DEMO_PASSWORD)
        pages = from_both(clerk, log, "/cases/temporary/")  # both workers have seen the ten types
        assert all(status == 200 and NAME not in page for status, page in pages)
        assert clerk.get("/cases/heating/")[0] == 404

        relief(settings, mongo_uri, "types", "apply", eleventh)

        pages = from_both(clerk, log, "/cases/heating/")
        assert all(status == 200 and NAME in page for status, page in pages), [status for status, _ in pages]
        form = clerk.get("/cases/heating/new")[1]
        assert "x_applicant_name" in form and NAME in form
