"""What machines ask: is the process alive (`/health`), and can it work (`/ready`). Neither says anything about the county."""

import logging

from flask import current_app

from adminapp import database
from adminapp.jobs import model, queue

log = logging.getLogger(__name__)
OK, FAILS = "ok", "fails"


def alive():
    """Answer a load balancer without touching the database."""
    return {"status": OK}


def ready():
    """Answer 200 when the database answers, the queue can be read and no job has been left waiting; 503 names what fails."""
    found = {"database": _says(_database)}
    # Jobs stand in the database: without it there is nothing to ask.
    found |= {"queue": _says(_queue), "jobs": _says(_jobs)} if found["database"] == OK else {}
    whole = all(word == OK for word in found.values())
    return {"status": OK if whole else FAILS, **found}, 200 if whole else 503


def _says(probe):
    try:
        return OK if probe() else FAILS
    except Exception:  # whatever a driver raises means the same to whoever watches; the log has the cause
        log.warning("not ready: %s", probe.__name__.strip("_"), exc_info=True)
        return FAILS


def _database():
    current_app.extensions["relief_connect"]()
    return database.current().command("ping")["ok"] == 1


def _queue():
    return queue.pending() >= 0


def _jobs():
    return not model.neglected()
