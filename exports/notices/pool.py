"""Notices rendered in processes of their own, each with a time and a memory limit.

Not multiprocessing: its fork copies a job runner's threads and locks, its spawn runs the caller's main module again.
"""

import os
import selectors
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from exports.notices.content import BATCH, NoticeContent, Rendered
from exports.notices.worker import HEAD, rendered_of, request_of, write_message

SECONDS = 60
FACES_SECONDS = 300
MEMORY = 1_500_000_000


class Stopped(Exception):
    """A worker took too long or ended without an answer."""


class RenderPool:
    """Renders on `processes` workers; use it in a `with` block.

    `seconds`: how long one batch may take; `memory`: bytes of address space of each worker.
    """

    def __init__(self, home: Path, processes: int = 2, seconds: float = SECONDS, memory: int = MEMORY):
        self.home, self.processes, self.seconds, self.memory = Path(home), processes, seconds, memory
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self) -> None:
        with self._lock:
            workers, self._all, self._idle = self._all, set(), []
        for worker in workers:
            worker.end()

    def render(self, contents: Sequence[NoticeContent]) -> Rendered:
        """Return one PDF of `contents`.

        If it cannot be made in time, each notice is tried alone and the bad are named.
        """
        try:
            return self._ask(contents)
        except Stopped as stopped:
            if len(contents) == 1:
                return Rendered(b"", [None], {0: str(stopped)})
        failures = {}
        for position, content in enumerate(contents):
            alone = self.render([content])
            if alone.failures:
                failures[position] = alone.failures[0]
        rest = [position for position in range(len(contents)) if position not in failures]
        pages = [None] * len(contents)
        together = self._ask([contents[position] for position in rest]) if rest else Rendered(b"", [])
        for position, pair in zip(rest, together.pages, strict=True):
            pages[position] = pair
        return Rendered(together.pdf, pages, failures)

    def render_many(self, contents: Iterable[NoticeContent], batch: int = BATCH) -> Iterator[Rendered]:
        """Yield a PDF for each `batch` of `contents`, in their order; `contents` is read only a few batches ahead."""
        source, waiting = iter(contents), deque()
        threads = ThreadPoolExecutor(self.processes, "notices")
        try:
            while True:
                while len(waiting) < self.processes + 1 and (part := list(islice(source, batch))):
                    waiting.append(threads.submit(self.render, part))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            threads.shutdown(cancel_futures=True)

    def _ask(self, contents) -> Rendered:
        worker = self._take()
        try:
            answer = worker.ask(contents, self.seconds)
        except BaseException:
            with self._lock:
                self._all.discard(worker)
            worker.end()
            raise
        with self._lock:
            self._idle.append(worker)
        return answer

    def _take(self):
        with self._lock:
            if self._idle:
                return self._idle.pop()
            worker = _Worker(self.home, self.memory)
            self._all.add(worker)
            return worker


class _Worker:
    def __init__(self, home, memory):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-m", "exports.notices.worker", str(home), str(memory)]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )

    def ask(self, contents, seconds) -> Rendered:
        try:
            write_message(self.process.stdin, request_of(contents))
            # The faces count apart, or a first start would look like a slow notice.
            self._message(time.monotonic() + FACES_SECONDS)
            limit = time.monotonic() + seconds
            return rendered_of(self._message(limit), self._message(limit))
        except BrokenPipeError as error:
            raise Stopped("文书排版进程意外结束，可能超出内存限制。") from error

    def _message(self, limit) -> bytes:
        return self._read(*HEAD.unpack(self._read(HEAD.size, limit)), limit)

    def _read(self, count, limit) -> bytes:
        parts = []
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while count:
                if not selector.select(max(0, limit - time.monotonic())):
                    raise Stopped("文书排版超过时间限制。")
                part = self.process.stdout.read(min(count, 1 << 20))
                if not part:
                    raise Stopped("文书排版进程意外结束，可能超出内存限制。")
                parts.append(part)
                count -= len(part)
        return b"".join(parts)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
