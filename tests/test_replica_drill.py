"""The primary of three real servers is killed while a month is paid: nothing is lost, nothing is paid twice.

Each drill pays one month after the other and kills at another write of the step it is about: as the write is sent, while the
server works on it, and right after it has answered. Then the killed server comes back, and the next month begins.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from pymongo import monitoring
from pymongo.errors import PyMongoError

from adminapp import database, parts
from adminapp.app import create_app
from adminapp.auth import accounts
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.errors import SetupError
from adminapp.jobs import model as jobs
from adminapp.jobs import queue, runner
from adminapp.payments import batches, lines, opening, release, roster, sending
from adminapp.payments.returns import model as returns
from adminapp.payments.verify import verify
from adminapp.standards import read_file
from schemas.case import CaseBase
from seed.accounts import DEMO_PASSWORD
from tests.adminapp.payments.steps import NAMES, TXT, Month
from tests.adminapp.payments.world import MAKER, ROOT, TREASURER, TYPES, World, publish
from tests.conftest import Browser, empty
from tests.replica import replica_set
from tests.server import environment

pytestmark = pytest.mark.slow
PEOPLE, CHUNK = 60, 7
DUE = sum(1000 + number for number in range(PEOPLE))
FATES = {"虚构00001": ("002", 0), "虚构00002": ("001", 1)}
"""What the bank says of two: one failed, one got a fen."""
SENT, WORKING, ANSWERED = "as it is sent", "while the server works", "after it has answered"
KILLS = ((0.1, SENT), (0.25, WORKING), (0.4, ANSWERED), (0.6, SENT), (0.75, WORKING), (0.9, ANSWERED))
"""Where in a step the server dies, as a share of its writes, and when."""
WRITES = frozenset({"insert", "update", "delete", "findAndModify"})
KEPT = ("audit", "jobs", "payment_rosters", "payment_lines", "payment_batches", "payment_returns", "payment_return_files", "payment_return_rows")
"""Collections of which nothing is ever deleted here."""


class Watch(monitoring.CommandListener):
    """Counts the writes of a client, kills the server that takes the `at`-th, and notes what the set has promised to keep.

    With `most`, another server dies too: the third is no majority and takes no writes.
    """

    def __init__(self):
        self.servers = self.at = self.moment = self.most = None
        self.writes, self.sent, self.promised = 0, {}, set()

    def arm(self, at=None, moment=SENT, most=False):
        self.writes, self.at, self.moment, self.most = 0, at, moment, most

    def started(self, event):
        if event.command_name not in WRITES:
            return
        self.writes += 1
        fatal, name = self.writes == self.at, event.command[event.command_name]
        self.sent[event.request_id] = fatal, [(name, row["_id"]) for row in event.command.get("documents", ()) if name in KEPT]
        if fatal and self.moment == SENT:
            self._kill(event)
        if fatal and self.moment == WORKING:
            threading.Timer(0.002, self._kill, [event]).start()

    def succeeded(self, event):
        fatal, documents = self.sent.pop(event.request_id, (False, ()))
        if not event.reply.get("writeErrors") and not event.reply.get("writeConcernError"):
            self.promised.update(documents)
        if fatal and self.moment == ANSWERED:
            self._kill(event)

    def failed(self, event):
        self.sent.pop(event.request_id, None)

    def _kill(self, event):
        primary = self.servers.at(event.connection_id[1])
        other = next(node for node in self.servers.nodes if node is not primary)
        for node in (primary, other) if self.most else (primary,):
            os.kill(node.process.pid, signal.SIGKILL)


class Drill(Month):
    """A month whose people try again when they are told that the database is away, and whose jobs run as the consumer runs them."""

    def __init__(self, engine, servers, watch):
        super().__init__(engine, self.run_jobs)
        self.servers, self.watch, self.months = servers, watch, iter(f"2026-{number:02d}" for number in range(1, 13))

    def run_jobs(self, seconds=60):
        """Run what waits until nothing does; a job whose worker lost the database is taken up again once its lease is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(PyMongoError):  # the consumer logs it and goes on
                for job_id in jobs.waiting():
                    runner.run_job(self.engine, job_id)
                if not database.raw("jobs").find_one({"state": {"$in": [jobs.QUEUED, jobs.RUNNING]}}):
                    failed = list(database.raw("jobs").find({"state": jobs.FAILED}, {"kind": 1, "message": 1, "problems": 1}))
                    assert not failed, failed
                    return
            time.sleep(0.1)
        raise AssertionError("a job is stuck")

    def again(self, step):
        """Take a step of a person; who reads “暂时连接不上数据库” tries once more."""
        for _ in range(10):
            try:
                return step()
            except PyMongoError:
                time.sleep(0.5)
        raise AssertionError("the database stayed away")

    def each_month(self, prepare, step, check):
        """Prepare a month and take a step whose primary is killed, at several places and moments; `check` what came of it."""
        made = prepare(next(self.months))
        self.watch.arm()
        step(made)
        writes = self.watch.writes
        check(made)
        for place, moment in KILLS:
            made = prepare(next(self.months))
            self.watch.arm(max(1, round(writes * place)), moment)
            self.again(lambda made=made: step(made))
            assert [node.lives() for node in self.servers.nodes].count(False) == 1, f"nobody was killed {moment}, at {place} of {writes} writes"
            self.watch.arm()
            self.again(lambda made=made: check(made))
            self.servers.wait_until_whole()

    def build_list(self, month):
        return self.again(lambda: self.build(month))

    def check_list(self, batch_id):
        """Return a list in which everybody stands once with what is due, and of which nothing differs from its roster."""
        batch = batches.get(batch_id)
        found = [line for line in lines.of_batch(batch_id) if line["kind"] == lines.REGULAR]
        assert len(found) == PEOPLE == len({line["award"] for line in found}) and sum(line["amount"] for line in found) == DUE
        assert verify(batch) == []
        return batch


def relief(settings, servers, *words):
    """Run a command as an operator does; it has to end well."""
    command = [sys.executable, "-m", "adminapp.cli", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings, servers.uri), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def watch():
    return Watch()


@pytest.fixture(scope="module")
def county(tmp_path_factory, watch):
    """Return (settings, servers): a set of three with the indexes of the product."""
    folder = tmp_path_factory.mktemp("replica")
    with replica_set(folder) as servers, pytest.MonkeyPatch.context() as patch:
        watch.servers = servers
        patch.setitem(database.OPTIONS, "event_listeners", [watch])
        patch.setattr(jobs, "LEASE", timedelta(seconds=3))
        patch.setattr(roster, "CHUNK", CHUNK)
        patch.setattr(returns, "CHUNK", CHUNK)
        parts.register()
        settings = read_settings({}, mongodb_uri=servers.uri, database="drill", home=folder / "home", insecure_cookies=True)
        relief(settings, servers, "db", "upgrade")
        yield settings, servers
        database.close()


@pytest.fixture
def drill(county, watch):
    settings, servers = county
    empty(database.connect(settings))
    watch.arm()
    watch.promised.clear()
    queue.use(None)  # no consumer listens
    engine = Engine(settings, CaseBase).connect(check_indexes=False)
    publish(engine.registry, read_file(), TYPES)
    world = World(database.current())
    for number in range(PEOPLE):
        world.award(number, amount=1000 + number)
    yield Drill(engine, servers, watch)
    prove(settings, servers, watch)


def prove(settings, servers, watch):
    """Ask the commands an operator has, and hold the database against every insertion it confirmed."""
    relief(settings, servers, "payments", "verify")
    relief(settings, servers, "audit", "verify")
    assert len(watch.promised) > PEOPLE
    for name in KEPT:
        promised = {ident for collection, ident in watch.promised if collection == name}
        assert promised <= set(database.raw(name).distinct("_id")), name


def test_build_goes_on_at_the_new_primary(drill):
    def check(month):
        batch = drill.check_list(f"all:{month}")
        assert batch["state"] == batches.DRAFT and [note["action"] for note in batch["history"]] == ["build", "built"]

    drill.each_month(lambda month: month, drill.build_list, check)


def test_lock_goes_on_at_the_new_primary(drill):
    def lock(batch):
        if not batches.get(batch["_id"])["seal"]:
            drill.lock(batch)

    def check(batch):
        batch = drill.check_list(batch["_id"])
        assert batch["state"] == batches.LOCKED and (batch["seal"]["count"], batch["seal"]["amount"]) == (PEOPLE, DUE)
        assert [note["action"] for note in batch["history"]] == ["build", "built", "lock"]

    drill.each_month(drill.build_list, lock, check)


def test_export_goes_on_at_the_new_primary(drill):
    files = ["bank:txt_gbk@1", "csv", "xlsx"]

    def export(batch):
        release.start(batch["_id"], files, TREASURER, request=batch["_id"])
        drill.run_jobs()

    def check(batch):
        first = drill.check_list(batch["_id"])["files"]
        assert sorted(first) == files
        release.start(batch["_id"], files, TREASURER)
        drill.run_jobs()  # raises when a file is another one than before
        found = [[item["digest"] for item in job["artefacts"]] for job in database.raw("jobs").find({"args.batch": batch["_id"], "kind": batches.RELEASE})]
        assert len(found) == 2 and sorted(found[0]) == sorted(found[1]) == sorted(file["digest"] for file in first.values())

    drill.each_month(lambda month: drill.fund(drill.lock(drill.build_list(month))), export, check)


def test_sending_goes_on_at_the_new_primary(drill):
    def send(batch):
        if batches.get(batch["_id"])["state"] == batches.FUNDED:
            drill.take(batch, "send", TREASURER)
        sending.sweep()

    def check(batch):
        batch = drill.check_list(batch["_id"])
        assert batch["state"] == batches.SENT and {line["state"] for line in lines.of_batch(batch["_id"])} == {lines.SENT}

    drill.each_month(lambda month: drill.fund(drill.lock(drill.build_list(month))), send, check)


def test_return_file_goes_on_at_the_new_primary(drill):
    def bring(made):
        batch, content = made
        found = drill.upload(batch, content, TXT)
        if found["state"] == returns.CHECKED:
            drill.apply(found)

    def prepare(month):
        batch = drill.sent(month)
        return batch, drill.content(batch, FATES)

    def check(made):
        batch = drill.check_list(made[0]["_id"])
        assert batch["returning"] is None and database.raw("payment_returns").distinct("state", {"batch": batch["_id"]}) == [returns.APPLIED]
        for line in lines.of_batch(batch["_id"]):
            assert line["name"] in FATES or (line["state"] == lines.PAID and len(line["events"]) == 1), line["_id"]

    drill.each_month(prepare, bring, check)


def test_a_job_waits_for_a_majority_and_goes_on(drill):
    """Two of three are down: the program says so in words, and the job is done once they are back."""
    opening.start_build("all", "2026-01", NAMES, MAKER)
    [job_id] = jobs.waiting()
    drill.watch.arm(at=12, most=True)
    assert runner.run_job(drill.engine, job_id) == jobs.QUEUED
    with pytest.raises(SetupError, match="没有主节点"):
        database.check_server(database.current().client)
    drill.servers.wait_until_whole()
    assert batches.get("all:2026-01")["state"] == batches.BUILDING
    drill.run_jobs()
    assert drill.check_list("all:2026-01")["state"] == batches.DRAFT


def test_pages_say_that_the_database_is_away_and_come_back(drill, county):
    app = create_app(county[0])
    app.testing = True
    accounts.create_user("reviewer", "县级虚构", ["county_reviewer"], password=DEMO_PASSWORD, demo=True)
    visitor = Browser(app)
    assert visitor.post("/login", {"username": "reviewer", "password": DEMO_PASSWORD}).status_code == 303
    drill.build_list("2026-01")
    pages = ["/payments/", "/payments/all:2026-01/lines"]
    assert [visitor.get(page).status_code for page in pages] == [200, 200]

    drill.servers.kill_primary()
    assert [visitor.get(page).status_code for page in pages] == [200, 200]  # the driver waits for the new primary

    drill.servers.kill_primary()
    answers = [visitor.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [503, 503] and all("暂时连接不上数据库" in answer.text for answer in answers)
    assert visitor.post("/payments/new", {"scope": "all", "month": "2026-02"}).status_code == 503

    drill.servers.wait_until_whole()
    assert [visitor.get(page).status_code for page in pages] == [200, 200]
    assert visitor.post("/payments/new", {"scope": "all", "month": "2026-02"}).status_code == 303
    drill.run_jobs()
