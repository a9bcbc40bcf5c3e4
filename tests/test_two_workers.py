"""An eleventh type, published from a file while two workers serve, is there at the next request of each of them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.auth import accounts
from adminapp.engine import Engine
from adminapp.identity import make_id
from adminapp.jobs import model, queue, runner
from adminapp.payments import kinds as payments
from adminapp.payments import timetable
from adminapp.scope import acting
from adminapp.workflow.opening import open_case
from schemas.case import CaseBase
from seed.accounts import DEMO_PASSWORD
from tests.exports.notices import faces as ready
from tests.server import ROOT, Visitor, environment, serving
from tests.story import CLERK, DECLARATION, HEAD, VILLAGE, to_posting, walk

TYPES = ROOT / "schemas" / "relief_types"
NAME = "取暖救助"


def relief(settings, mongo_uri, *words):
    command = [sys.executable, "-m", "adminapp.cli", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings, mongo_uri), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def eleventh(tmp_path):
    """The file of a declaration that no line of the program knows."""
    path = tmp_path / "heating.yaml"
    text = DECLARATION.replace("key: demo", "key: heating", 1).replace("programme: demo", "programme: heating", 1)
    path.write_text(text.replace("演示救助", NAME, 1).replace("group: 演示", f"group: {NAME}", 1), "utf-8")
    return path


def workers_that_served(log: Path, path: str) -> set[str]:
    return {line.split()[0] for line in log.read_text().splitlines() if line.split()[1:] == ["200", path]}


def kept_engine(settings):
    """Return an engine of this process on the served database; the kinds of jobs are registered as in the consumer."""
    engine = Engine(settings, CaseBase).connect()
    queue.use(settings)
    payments.register()
    return engine


def confirmed_case(settings, name="龙䶮虚构", born=date(1956, 3, 7), after=date(2026, 9, 29), *steps):
    """Walk one case of the new type to its confirmation and through `steps`, as people of the township would, before a cut-off day."""
    engine = kept_engine(settings)
    pair, published = (engine.registry, engine.standards), engine.registry.get("heating")
    day, number = date(2026, 9, 16), make_id("433123", born, 421)
    values = {
        "applicant_name": name, "applicant_id": number, "income": 90000, "members": [{"name": name, "relation": "self", "id_number": number}],
    }  # fmt: skip
    with acting(CLERK), dates.frozen(day):
        case = open_case(published, CLERK, VILLAGE, values, engine.standards)
    to_posting(pair, case)
    over = {"result": "none", "taken_down": after}
    return walk(pair, case, (CLERK, after, "end_posting", over), (HEAD, after, "confirm", {}), *((CLERK, after, step, {}) for step in steps))


def read(case):
    return connection.raw("cases").find_one({"_id": case.id})


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
    accounts.create_user("reviewer.one", "县级虚构", ["county_reviewer"], password=DEMO_PASSWORD, demo=True)
    ready.faces()
    (settings.home / "fonts").exists() or (settings.home / "fonts").symlink_to(ready.HOME / "fonts")
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

        case = confirmed_case(settings)
        address = f"/cases/heating/{case.id}"
        for status, page in from_both(clerk, log, address):
            assert status == 200 and "龙䶮虚构" in page and "纳入发放" in page  # its details and its workflow
        status, _ = clerk.post(f"{address}/notices/confirmation", record=case.last_record("confirmation")["id"])
        assert status == 303
        [notice] = connection.raw("notices").find({"case": case.id})
        assert clerk.get_bytes(f"/notices/{notice['_id']}.pdf").startswith(b"%PDF-")
        assert clerk.post(f"{address}/act/grant", rev=str(read(case)["rev"]), comment="")[0] in (302, 303)
        assert read(case)["state"] == "in_benefit"

        # What was granted today waits for the next cut-off day; what was granted in time stands in the newest list.
        confirmed_case(settings, "田虚丙", date(1957, 4, 8), date(2026, 9, 29), "grant")
        reviewer, month = Visitor(port).sign_in("reviewer.one", DEMO_PASSWORD), timetable.newest(dates.today())
        assert reviewer.post("/payments/new", scope="heating", month=month)[0] == 303
        engine = kept_engine(settings)
        for job in model.waiting():
            runner.run_job(engine, job)
        for status, page in from_both(reviewer, log, f"/payments/heating:{month}"):
            assert status == 200 and NAME in page
        for status, page in from_both(reviewer, log, f"/payments/heating:{month}/lines"):
            assert status == 200 and "田虚丙" in page and "龙䶮虚构" not in page
