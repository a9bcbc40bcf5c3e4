"""Death at any write of an import or of its undo: run again, no household is lost and none is there twice."""

from pymongo.errors import AutoReconnect

from adminapp import database, dates
from adminapp.imports import applying, batches, composing, opened, undoing
from adminapp.scope import acting
from adminapp.workflow import events
from tests.adminapp.imports.conftest import DAY, family
from tests.adminapp.imports.test_import import HOME, photograph, two_households
from tests.crash import Killed, killed_at
from tests.story import CLERK

NAMES = ("imports", "import_rows", "import_pairs", "import_cases", "cases", "events", "awards", "counters", "jobs", "audit")


class Job:
    """What a handler sees of its job, without the queue: a worker that dies is followed by another one with its cursor."""

    actor, id = CLERK, "job"

    def __init__(self, world, cursor=None):
        self.engine, self.cursor, self.done = world.engine, cursor, 0

    def progress(self, done, total=None, message=None):
        self.done = done

    def save_cursor(self, cursor, done=0):
        self.cursor = cursor


def run(handler, job, batch):
    with acting(CLERK), dates.frozen(DAY):
        handler(job, {"batch": batch["_id"]})


def step(batch, name):
    with acting(CLERK), dates.frozen(DAY):
        return batches.act(batch, name, CLERK, batch["rev"])


def die(handler, world, batch, point, after):
    """Run a handler until it dies at a write, then another worker from the cursor; return whether the first one died."""
    job, died = Job(world), False
    try:
        with killed_at(point, after):
            run(handler, job, batch)
    except Killed:
        died = True
    run(handler, Job(world, job.cursor), batch)
    return died


def three():
    return family(*([str(n), HOME, name, "", "1"] for n, name in enumerate(("龙甲虚构", "吴乙虚构", "石丙虚构"), 1)))


def whole():
    """Assert that the three cases are there once, with one event each and nothing that waits."""
    cases = list(database.raw("cases").find({}, sort=[("_id", 1)]))
    assert [case["name"] for case in cases] == ["龙甲虚构", "吴乙虚构", "石丙虚构"]
    assert len({case["number"] for case in cases}) == 3 and not any(case["outbox"] for case in cases)
    assert database.raw("events").count_documents({"action": "import"}) == 3 and list(events.verify()) == []


def test_an_import_survives_death_at_every_write(world, monkeypatch):
    monkeypatch.setattr(opened, "CHUNK", 2)
    monkeypatch.setattr(applying.uploads, "drop", lambda ident: None)  # the file is uploaded once for all the deaths
    checked = world.check(world.upload(three()), complete=False)
    kept = {name: list(database.raw(name).find()) for name in NAMES}
    point, died = 0, True
    while died:
        point += 1
        for after in (False, True):
            for name in NAMES:
                database.raw(name).delete_many({})
                if kept[name]:
                    database.raw(name).insert_many(kept[name])
            died = die(applying.run, world, step(checked, "apply"), point, after)
            whole()
    assert point > 8


def test_an_undo_survives_death_at_every_write(world):
    before, batch, point, died = photograph(), world.take(two_households()), 0, True
    while died:
        point += 1
        died = die(undoing.run, world, step(batch, "undo"), point, bool(point % 2))
        assert photograph() == before, point
        batch = world.take(two_households())
    assert point > 4


def test_no_household_comes_back_because_the_server_was_away(world, monkeypatch):
    """The job waits for the server and takes the household again; nobody is told to correct what was right."""
    finish, away = composing.opening.finish, [AutoReconnect("away")]

    def interrupted(*values, **named):
        if away:
            raise away.pop()
        return finish(*values, **named)

    monkeypatch.setattr(composing.opening, "finish", interrupted)
    batch = world.check(world.upload(three()), complete=False)
    assert batch["state"] == batches.CHECKING and not away
    batch = world.run(batch)
    assert (batch["state"], batch["counts"]["good"], batch["counts"]["bad"]) == (batches.CHECKED, 3, 0)
