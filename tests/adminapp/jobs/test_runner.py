"""A job is done once and whole, whoever dies, doubles or comes late."""

import threading
from datetime import timedelta

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.jobs import artefacts, model, runner, start
from adminapp.jobs.runner import JobContext, run_job
from adminapp.scope import ALL, Actor, current
from tests.adminapp.jobs.conftest import OTHER, OWNER
from tests.reads import reads_of

FINANCE = Actor("finance", "财务虚构", frozenset({"finance"}), ALL)


class Killed(BaseException):
    """Stands for `kill -9`: nothing after it runs."""


def items(database):
    """Return a handler that upserts ten items by their number, and the list of numbers it worked on."""
    worked = []

    def handler(job, args):
        for number in range((job.cursor or 0), 10):
            worked.append(number)
            if number == args.get("bad"):
                job.problem(number, "这一件不行")
            else:
                database.items.update_one({"_id": number}, {"$set": {"by": current().id}}, upsert=True)
            if args.get("kill_at") == number and not database.kills.find_one():
                database.kills.insert_one({})
                raise Killed
            job.progress(number + 1, 10)
            job.save_cursor(number + 1)
        return {"items": 10}

    return handler, worked


def expire(database, job_id):
    database.jobs.update_one({"_id": job_id}, {"$set": {"lease_until": dates.now() - timedelta(seconds=1)}})


def test_job_runs_with_the_rights_of_its_owner(engine, kind, database):
    handler, _ = items(database)
    job_id = start(kind(handler), "十件", {}, OWNER)
    assert run_job(engine, job_id) == "DONE"
    job = model.get(job_id)
    assert (job["done"], job["total"], job["result"], job["failed"]) == (10, 10, {"items": 10}, 0)
    assert {row["by"] for row in database.items.find()} == {"owner"}


def test_a_job_reads_behind_what_it_wrote(engine, kind, database, settings):
    def handler(job, args):
        items = connection.raw("items")
        items.insert_one({"_id": 1})
        items.find_one({"_id": 1})

    with reads_of("items", settings) as reads:
        assert run_job(engine, start(kind(handler), "演示", {}, OWNER)) == model.DONE
    assert len(reads) == 1 and None not in reads


def test_double_submission_is_one_job(engine, kind, database):
    handler, worked = items(database)
    name = kind(handler)
    ids = []

    def submit():
        ids.append(start(name, "十件", {"a": 1}, OWNER, key="form-1"))

    threads = [threading.Thread(target=submit) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1 and database.jobs.count_documents({}) == 1
    with pytest.raises(Conflict):
        start(name, "十件", {"a": 2}, OWNER, key="form-1")
    assert start(name, "十件", {"a": 2}, OTHER, key="form-1") != ids[0]


def test_two_runners_do_it_once(engine, kind, database):
    handler, worked = items(database)
    job_id = start(kind(handler), "十件", {}, OWNER)
    threads = [threading.Thread(target=run_job, args=(engine, job_id)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worked == list(range(10)) and model.get(job_id)["state"] == "DONE"


@pytest.mark.parametrize("kill_at", [0, 4, 9])
def test_killed_job_goes_on_from_its_cursor(engine, kind, database, kill_at):
    handler, worked = items(database)
    job_id = start(kind(handler), "十件", {"kill_at": kill_at, "bad": 2}, OWNER)
    with pytest.raises(Killed):
        run_job(engine, job_id)
    assert run_job(engine, job_id) is None  # its lease still holds
    expire(database, job_id)
    assert model.waiting() == [job_id]
    assert run_job(engine, job_id) == "DONE"
    assert sorted(worked) == sorted([*range(10), kill_at])
    job = model.get(job_id)
    assert (job["done"], job["failed"], [item["item"] for item in job["problems"]]) == (10, 1, ["2"])


def test_late_worker_with_an_old_fence_changes_nothing(engine, kind, database):
    job_id = start(kind(lambda job, args: None), "x", {}, OWNER)
    late = JobContext(engine, model.claim(job_id, "late"))
    expire(database, job_id)
    JobContext(engine, model.claim(job_id, "new")).save_cursor(7, done=7)
    before = model.get(job_id)
    late.done = 3
    for attempt in (lambda: late.save_cursor(3), lambda: late.finish("DONE"), lambda: late.check()):
        with pytest.raises(runner.Lost):
            attempt()
    late.give_back()
    assert model.get(job_id) == before


def test_cancelled_job_stops_at_its_next_step(engine, kind, database):
    def handler(job, args):
        model.cancel(job.id, OWNER)
        job.save_cursor(1)
        database.items.insert_one({})

    job_id = start(kind(handler), "x", {}, OWNER)
    assert run_job(engine, job_id) == "CANCELLED"
    assert not database.items.count_documents({})
    assert run_job(engine, job_id) is None


def test_waiting_job_is_cancelled_at_once(engine, kind):
    job_id = start(kind(lambda job, args: None), "x", {}, OWNER)
    with pytest.raises(NotFound):
        model.cancel(job_id, OTHER)
    assert model.cancel(job_id, OWNER)["state"] == "CANCELLED"
    assert run_job(engine, job_id) is None


@pytest.mark.parametrize(
    ("error", "said"), [(Invalid("没有这样的名册"), "没有这样的"), (KeyError("secret"), "程序出错")]
)
def test_failure_is_said_in_words(engine, kind, error, said):
    def handler(job, args):
        raise error

    job_id = start(kind(handler), "x", {}, OWNER)
    assert run_job(engine, job_id) == "FAILED"
    assert said in model.get(job_id)["message"] and "secret" not in model.get(job_id)["message"]


def test_job_that_kills_its_worker_again_and_again_is_given_up(engine, kind, database, monkeypatch):
    monkeypatch.setattr(model, "MOST_CLAIMS", 2)

    def handler(job, args):
        raise Killed

    job_id = start(kind(handler), "x", {}, OWNER)
    for _ in range(2):
        with pytest.raises(Killed):
            run_job(engine, job_id)
        expire(database, job_id)
    assert run_job(engine, job_id) == "FAILED"


def test_process_that_ends_gives_its_job_back(engine, kind, database):
    def handler(job, args):
        if not job.cursor:
            runner.stopping.set()
        job.save_cursor(5)

    job_id = start(kind(handler), "x", {}, OWNER)
    try:
        assert run_job(engine, job_id) == "QUEUED"
    finally:
        runner.stopping.clear()
    assert run_job(engine, job_id) == "DONE"


def test_heartbeat_keeps_a_silent_job(engine, kind, monkeypatch):
    monkeypatch.setattr(model, "LEASE", timedelta(seconds=0.3))

    def handler(job, args):
        threading.Event().wait(0.9)
        return model.waiting()

    job_id = start(kind(handler), "x", {}, OWNER)
    run_job(engine, job_id)
    assert model.get(job_id)["result"] == []


def make_file(job, args):
    path = job.folder / "list.csv"
    path.write_text("名册")
    job.attach(path, "9月名册.csv")
    path.write_text("名册")
    job.attach(path, "9月名册.csv")


def test_artefact_reaches_owner_and_readers_only(engine, kind, settings):
    job_id = start(kind(make_file, readers={"finance"}), "x", {}, OWNER)
    run_job(engine, job_id)
    job = model.get(job_id)
    path, entry = artefacts.path_of(settings, job, 0)
    assert path.read_text() == "名册" and entry["name"] == "9月名册.csv" and len(job["artefacts"]) == 1
    assert model.may_read(job, OWNER) and model.may_read(job, FINANCE) and not model.may_read(job, OTHER)
    moved = Actor("owner", "经办虚构", OWNER.roles, OTHER.townships)
    retired = Actor("owner", "经办虚构", frozenset({"auditor"}), ALL)
    assert not model.may_read(job, moved) and not model.may_read(job, retired)
    path.write_text("改过")
    with pytest.raises(artefacts.Damaged):
        artefacts.path_of(settings, job, 0)
    with pytest.raises(NotFound):
        artefacts.path_of(settings, job, 1)
