"""The queue that wakes workers: Huey on SQLite in RELIEF_HOME, or on Redis when several machines work.

A message is a job id and nothing else. When it cannot be sent the job still stands in the database, where the sweeper
finds it within a minute.
"""

import logging
import os

from huey import RedisHuey, SqliteHuey

from adminapp.config import private_folder

log = logging.getLogger(__name__)
NAME = "relief"


class _Held:
    settings = huey = run = pid = None


def use(settings, run=None):
    """Send wake-ups to the queue of these settings from now on; `run(job_id)` is what a consumer does with one."""
    _Held.settings, _Held.run, _Held.huey = settings, run, None


def huey():
    """Return this process's Huey with its task `wake`; None before `use`. A forked child opens its own."""
    if _Held.settings is None:
        return None
    if _Held.huey is None or _Held.pid != os.getpid():
        opened = open_huey(_Held.settings)
        opened.wake = opened.task(name="wake")(_run)
        _Held.huey, _Held.pid = opened, os.getpid()
    return _Held.huey


def open_huey(settings):
    """Return the queue of the settings."""
    if settings.redis_url:
        return RedisHuey(NAME, url=settings.redis_url, results=False)
    return SqliteHuey(NAME, filename=str(private_folder(settings.home) / "jobs.sqlite"), results=False, fsync=True)


def wake(job_id: str) -> bool:
    """Ask for a worker; return whether the message went out."""
    try:
        opened = huey()
        if opened is not None:
            opened.wake(job_id)
        return opened is not None
    except Exception:  # whatever the queue's storage raises: the job is stored, the sweeper wakes it
        log.warning("job %s could not be queued, the sweeper will wake it", job_id, exc_info=True)
        return False


def pending() -> int:
    """Return the number of messages nobody has taken yet."""
    opened = huey()
    return opened.pending_count() if opened is not None else 0


def _run(job_id):
    _Held.run(job_id)
