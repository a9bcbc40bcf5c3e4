"""The consumer is a process of its own; killing it loses and repeats nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from adminapp import dates
from adminapp.jobs import consumer, model, queue, start
from tests.adminapp.jobs.conftest import OWNER

PROGRAM = """
import sys, time
from datetime import timedelta
from pathlib import Path
from adminapp import database
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.jobs import consumer, model, register
from schemas.case import CaseBase

def slow(job, args):
    for number in range(job.cursor or 0, 60):
        database.raw("items").update_one({"_id": number}, {"$inc": {"times": 1}}, upsert=True)
        job.save_cursor(number + 1, done=number + 1)
        time.sleep(0.02)

uri, name, home = sys.argv[1:]
model.LEASE = timedelta(seconds=1)
consumer.SWEEP_SECONDS = 0.3
register("demo", slow)
settings = read_settings({}, mongodb_uri=uri, database=name, home=Path(home))
consumer.run(Engine(settings, CaseBase).connect(check_indexes=False))
"""


def consume(settings):
    command = [sys.executable, "-c", PROGRAM, settings.mongodb_uri, settings.database, str(settings.home)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONPATH": "."})


def wait_for(check, seconds=20):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def test_consumer_survives_kill_and_stops_in_order(engine, kind, settings, database):
    queue.use(settings)
    job_id = start(kind(lambda job, args: None), "六十件", {}, OWNER)
    first = consume(settings)
    wait_for(lambda: model.get(job_id)["done"] >= 10)
    assert os.getpriority(os.PRIO_PROCESS, first.pid) == os.getpriority(os.PRIO_PROCESS, 0) + consumer.NICE  # pages go first
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = consume(settings)
    wait_for(lambda: model.get(job_id)["fence"] == 2 and model.get(job_id)["done"] >= 40)
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    assert model.get(job_id)["state"] == "QUEUED"  # given back at once, no waiting for the lease
    third = consume(settings)
    wait_for(lambda: model.get(job_id)["state"] == "DONE")
    third.send_signal(signal.SIGTERM)
    third.wait(20)
    times = [row["times"] for row in database.items.find()]
    assert len(times) == 60 and sum(times) <= 61  # at most the one item between a kill and its cursor
    assert model.get(job_id)["finished"] <= dates.now()
