"""Runs one job under its lease: claims it, keeps the lease alive, writes progress, and ends it in one of three ways.

A killed worker's job is claimed again once the lease ends and goes on from the saved cursor.
"""

import logging
import os
import secrets
import socket
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from time import monotonic

from pymongo.errors import PyMongoError

from adminapp import database, dates
from adminapp.errors import ReliefError
from adminapp.jobs import artefacts, model
from adminapp.jobs.registry import KINDS
from adminapp.scope import acting

log = logging.getLogger(__name__)
WRITE_SECONDS = 0.5
"""Progress is stored at most this often."""
stopping = threading.Event()
"""Set when the process should end: running jobs go back to the queue at their next step."""


class Cancelled(BaseException):
    """The owner cancelled the job. No handler should catch it by accident, so it is no Exception."""


class Lost(BaseException):
    """Another worker has taken the job over: this one must not touch anything any more."""


class Stopped(BaseException):
    """The process is about to end."""


class JobContext:
    """What a handler sees of its job. Every method may raise Cancelled, Lost or Stopped: let them pass."""

    def __init__(self, engine, job: dict):
        self.engine, self.id, self.fence = engine, job["_id"], job["fence"]
        self.title, self.args, self.actor = job["title"], job["args"], model.actor_of(job)
        self.cursor = job["cursor"]
        self.done, self.total, self.failed = job["done"], job["total"], job["failed"]
        self.cancelled, self.lost = job["cancel"], False
        self._problems, self._written = [], 0.0

    @cached_property
    def folder(self) -> Path:
        """The folder for the job's files. Write beside and move into place, or let `attach` do it."""
        folder = artefacts.folder_of(self.engine.settings, self.id)
        artefacts.clean(folder)
        return folder

    def progress(self, done: int, total: int | None = None, message: str | None = None):
        """Tell how far the work is; call it as often as you like."""
        self.done, self.total = done, total if total is not None else self.total
        self.check()
        if message is not None or monotonic() - self._written >= WRITE_SECONDS:
            self._write({} if message is None else {"message": message})

    def problem(self, item, sentence: str):
        """Note one bad item and go on. It is stored with the next cursor, so a resumed job notes it once."""
        self._problems.append({"item": str(item), "text": sentence})

    def save_cursor(self, cursor, done: int | None = None):
        """Store where to go on after a crash, with progress and problems, in one write; at least every 500 items."""
        self.cursor, self.done = cursor, self.done if done is None else done
        self._write({"cursor": cursor}, with_problems=True)
        self.check()

    def attach(self, path: Path, name: str, **about):
        """Add a finished file to the job under the name people see; a file of the same name is replaced."""
        entry = {"name": name, **artefacts.keep(Path(path), self.folder), **about}
        kept = [item for item in self._write({})["artefacts"] if item["name"] != name]
        self._write({"artefacts": [*kept, entry]})
        return entry

    def check(self):
        """Raise when the job should not go on."""
        if self.lost:
            raise Lost
        if self.cancelled:
            raise Cancelled
        if stopping.is_set():
            raise Stopped

    def beat(self):
        """Keep the lease, and hear of a cancellation."""
        job = model.write(self.id, self.fence, {"$set": {"lease_until": dates.now() + model.LEASE}})
        if job is None:
            self.lost = True
        else:
            self.cancelled = job["cancel"]

    def _write(self, changes: dict, with_problems=False):
        update = {"$set": {**changes, "done": self.done, "total": self.total, "lease_until": dates.now() + model.LEASE}}
        if with_problems:
            update["$set"]["failed"] = self.failed + len(self._problems)
            update["$push"] = {"problems": {"$each": self._problems, "$slice": model.MOST_PROBLEMS}}
        job = model.write(self.id, self.fence, update)
        if job is None:
            self.lost = True
            raise Lost
        if with_problems:
            self.failed, self._problems = update["$set"]["failed"], []
        self.cancelled, self._written = job["cancel"], monotonic()
        return job

    def finish(self, state: str, message: str = "", result=None):
        """End the job; raise Lost when another worker has it. A job that did not get through keeps what it had done."""
        self.failed += len(self._problems)
        if state == model.DONE and self.total is not None:
            self.done = self.total
        changes = {
            "state": state, "message": message, "result": result,
            "done": self.done, "total": self.total, "failed": self.failed,
            "finished": dates.now(), "lease_owner": None, "lease_until": None,
        }  # fmt: skip
        push = {"problems": {"$each": self._problems, "$slice": model.MOST_PROBLEMS}}
        if model.write(self.id, self.fence, {"$set": changes, "$push": push}) is None:
            raise Lost

    def give_back(self):
        """Put the job back into the queue for another worker, at the saved cursor."""
        model.write(self.id, self.fence, {"$set": {"state": model.QUEUED, "lease_owner": None, "lease_until": None}})


def run_job(engine, job_id: str) -> str | None:
    """Run a job to its end and return its state; None when there was nothing to take."""
    with database.in_order():
        job = model.claim(job_id, f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
        if job is None:
            return None
        context = JobContext(engine, job)
        kind = KINDS.get(job["kind"])
        with _Heartbeat(context), acting(context.actor):
            try:
                return _work(kind, context)
            except Lost:
                log.warning("job %s was taken over by another worker", context.id)
                return None


def _work(kind, context):
    if kind is None or context.fence > model.MOST_CLAIMS:
        sentence = "没有程序能办理这类任务。" if kind is None else "任务多次中断，已停止，请联系管理员。"
        context.finish(model.FAILED, sentence)
        return model.FAILED
    try:
        context.check()
        context.engine.refresh()
        context.finish(model.DONE, result=kind.handler(context, context.args))
        return model.DONE
    except Cancelled:
        context.finish(model.CANCELLED, "已取消，完成的部分保留。")
        return model.CANCELLED
    except Stopped:
        context.give_back()
        return model.QUEUED
    except ReliefError as error:
        context.finish(model.FAILED, str(error))
        return model.FAILED
    except PyMongoError:
        # The database was away: another try later goes on from the cursor; claims are counted, so not for ever.
        log.exception("job %s lost the database", context.id)
        with suppress(PyMongoError):
            context.give_back()
        return model.QUEUED
    except Exception:
        incident = secrets.token_hex(8)
        log.exception("job %s failed, incident %s", context.id, incident)
        context.finish(model.FAILED, f"程序出错，任务没有完成。请把编号 {incident} 告诉管理员。")
        return model.FAILED


class _Heartbeat:
    """A thread that keeps the lease while the handler works without telling progress."""

    def __init__(self, context):
        self.context, self.over = context, threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True, name=f"heartbeat {context.id}")

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _beat(self):
        while not self.over.wait(model.LEASE.total_seconds() / 3):
            with suppress(PyMongoError):
                self.context.beat()
