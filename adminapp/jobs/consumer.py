"""The process in which jobs run: `relief consume`, started by `relief serve` next to the web workers.

On SIGTERM running jobs go back into the queue and the process ends. After a `kill -9` the sweeper takes their jobs up
again once the lease has ended.
"""

import logging
import os
import signal
import threading

from huey.consumer import Consumer

from adminapp import anchors, figures, uploads
from adminapp.jobs import model, queue, runner
from adminapp.workflow import events

log = logging.getLogger(__name__)
SWEEPS = {
    "jobs": lambda engine: model.sweep(),
    "events": lambda engine: events.sweep(),
    "figures": figures.sweep,
    "anchors": anchors.sweep,
    "uploads": lambda engine: uploads.sweep(),
}
"""What is looked after at start and once a minute: ``function(engine)`` by name, each safe to run twice at once."""
SWEEP_SECONDS = 60
NICE = 5
"""Behind the web workers of the same machine when both want the processor: a page has somebody waiting for it."""


class _Consumer(Consumer):
    def _handle_signal(self, signum, frame):
        runner.stopping.set()
        super()._handle_signal(signum, frame)


def run(engine, workers: int = 1):
    """Work until SIGTERM or SIGINT. The kinds of jobs must be registered before."""
    os.nice(NICE)
    runner.stopping.clear()
    queue.use(engine.settings, lambda job_id: runner.run_job(engine, job_id))
    consumer = _Consumer(queue.huey(), workers=workers, periodic=False, max_delay=1.0, graceful_signal="TERM")
    ended = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=(engine, ended), daemon=True, name="sweeper")
    sweeper.start()
    try:
        consumer.run()
    finally:
        ended.set()
        runner.stopping.set()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def sweep(engine):
    """Do every sweep once; one that fails keeps no other from its turn."""
    for name, function in SWEEPS.items():
        try:
            function(engine)
        except Exception:
            log.exception("sweep %s failed", name)


def _sweep(engine, ended):
    while True:
        sweep(engine)
        if ended.wait(SWEEP_SECONDS):
            return
