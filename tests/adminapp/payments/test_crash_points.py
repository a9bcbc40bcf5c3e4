"""A runner is killed before and after each single write to the database, of the build and of the seal.

Whoever comes next finishes, and the list is the same as if nothing had happened.
"""

import threading

import pytest
from pymongo.collection import Collection

from adminapp import dates
from adminapp.jobs import model, runner
from adminapp.payments import abort, acts, batches, lines, opening, roster
from adminapp.payments.verify import verify
from tests.adminapp.payments.test_story import NAMES, lock
from tests.adminapp.payments.world import CHECKER, MAKER

WRITES = ("insert_one", "insert_many", "replace_one", "update_one", "update_many", "find_one_and_update", "delete_one", "bulk_write")


class Killed(BaseException):
    """Stands for `kill -9`: no code of the victim runs after it."""


class Failpoint:
    """Counts writes to the collections of jobs and payments, and kills at one of them, before or after it is done."""

    def __init__(self):
        self.count, self.at, self.after = 0, None, False

    def arm(self, at, after):
        self.count, self.at, self.after = 0, at, after

    def passes(self, write, table, args, options):
        if self.at is None or not table.name.startswith(("payment_", "jobs", "audit")):
            return write(table, *args, **options)
        self.count += 1
        if self.count == self.at and not self.after:
            raise Killed
        done = write(table, *args, **options)
        if self.count == self.at:
            raise Killed
        return done


@pytest.fixture
def failpoint(monkeypatch):
    point = Failpoint()
    for name in WRITES:
        write = getattr(Collection, name)
        monkeypatch.setattr(
            Collection, name, lambda table, *args, _w=write, **options: point.passes(_w, table, args, options)
        )
    monkeypatch.setattr(roster, "CHUNK", 3)
    monkeypatch.setattr(runner._Heartbeat, "_beat", lambda self: None)  # its thread would count too
    return point


def people(world):
    """Seven awards on three chunks, one of them held."""
    for number in range(6):
        world.award(number, amount=1000 * (number + 1))
    world.award(6, "tekun", person=world.documents(1)[0]["person"])


def settle(work, database):
    """Let everything that was left behind be taken up again, as the sweeper does once the lease is over."""
    database.jobs.update_many({"state": "RUNNING"}, {"$set": {"lease_until": dates.now().replace(year=2020)}})
    work()


def picture(batch):
    """Return what must be equal after any number of kills."""
    found = [
        (line["_id"], line["slot"], line["amount"], line["state"], line["hold"])
        for line in lines.of_batch(batch["_id"])
    ]
    sums = batch["seal"] or batch["totals"]
    return (
        found,
        batch["state"],
        batch["roster"],
        sums["digest"],
        sums["amount"],
        [note["action"] for note in batch["history"]],
    )


def start():
    return opening.start_build("all", "2026-09", NAMES, MAKER)


def killed_somewhere(failpoint, at, after, act):
    """Do `act` with a kill at the `at`-th write; return whether there was one."""
    failpoint.arm(at, after)
    try:
        act()
        return False
    except Killed:
        return True
    finally:
        failpoint.at = None


def every_point(failpoint, act, check):
    """Kill `act` at each of its writes, before and after; `check` runs after each. Return the number of points."""
    points = 0
    for after in (False, True):
        at = 1
        while killed_somewhere(failpoint, at, after, act):
            check()
            at += 1
        check()
        points += at - 1
    return points


def clear(database):
    for name in ("payment_batches", "payment_rosters", "payment_lines", "jobs", "audit"):
        database[name].delete_many({})


def test_build_survives_a_kill_at_every_write(world, work, database, failpoint):
    people(world)
    start()
    work()
    expected = picture(batches.get("all:2026-09"))
    assert len(expected[0]) == 7 and sum(line[3] == "HELD" for line in expected[0]) == 2
    clear(database)

    def build():
        start()
        work()

    def check():
        start()  # the person submits again
        settle(work, database)
        batch = batches.get("all:2026-09")
        assert picture(batch) == expected and verify(batch) == []
        clear(database)

    assert every_point(failpoint, build, check) > 40


def test_seal_survives_a_kill_at_every_write(world, work, database, failpoint):
    people(world)
    start()
    work()
    saved = {name: list(database[name].find()) for name in ("payment_batches", "payment_lines")}
    sealed = lock(work, batches.get("all:2026-09"))
    expected = picture(sealed)

    def back():
        for name, rows in saved.items():
            database[name].delete_many({})
            database[name].insert_many(rows)
        database.jobs.delete_many({})

    def seal():
        lock(work, batches.get("all:2026-09"))

    def check():
        settle(work, database)
        batch = batches.get("all:2026-09")
        batch = batch if batch["seal"] else lock(work, batch)
        assert picture(batch) == expected and verify(batch) == []
        back()

    back()
    assert every_point(failpoint, seal, check) > 10


def test_abort_survives_a_kill_at_every_write(world, work, database, failpoint):
    people(world)
    start()
    work()
    saved = {name: list(database[name].find()) for name in ("payment_batches", "payment_lines", "payment_rosters")}

    def act():
        acts.perform("all:2026-09", "abort", MAKER, batches.get("all:2026-09")["rev"], "选错月份")
        abort.clear("all:2026-09")

    def check():
        if batches.get("all:2026-09")["state"] != "ABORTED":
            act()
        abort.sweep()
        assert {line["state"] for line in lines.of_batch("all:2026-09")} == {"CANCELLED"}
        assert not database.payment_lines.count_documents({"slot": {"$not": {"$regex": "^-"}}})
        for name, rows in saved.items():
            database[name].delete_many({})
            database[name].insert_many(rows)

    assert every_point(failpoint, act, check) > 10


def test_many_runners_make_one_list(world, work, database, engine, monkeypatch):
    """Ten threads build at once, each certain that it is the only one, while awards change under them."""
    from adminapp.payments import build

    monkeypatch.setattr(roster, "CHUNK", 3)
    people(world)
    batch = start()
    job = database.jobs.find_one({"_id": batch["job"]})

    class Job(runner.JobContext):
        def _write(self, *_args, **_options):
            return {"artefacts": []}

    def run():
        with dates.frozen("2026-09-16"):
            build.run(Job(engine.refresh(), dict(job, fence=1)), job["args"])

    def change():
        for amount in range(40):
            database.awards.update_many({}, {"$set": {"spells.0.amount": 5000 + amount}})

    threads = [threading.Thread(target=run) for _ in range(10)] + [threading.Thread(target=change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch = batches.get("all:2026-09")
    assert batch["state"] == "DRAFT" and verify(batch) == []
    assert database.payment_lines.count_documents({}) == 7
    assert [note["action"] for note in batch["history"]] == ["build", "built"]
    batch = lock(work, batch)
    assert (
        batch["state"] == "LOCKED"
        and acts.perform(batch["_id"], "approve", CHECKER, batch["rev"])["state"] == "APPROVED"
    )


def test_abandoned_job_is_found_by_the_sweeper(world, work, database):
    people(world)
    start()
    [job_id] = model.waiting()
    model.claim(job_id, "dead worker")
    assert model.waiting() == []
    settle(work, database)
    assert batches.get("all:2026-09")["state"] == "DRAFT"
