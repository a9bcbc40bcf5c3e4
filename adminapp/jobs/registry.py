"""The kinds of jobs: which function does the work, and which roles besides its owner may see a job and its files."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`handler` is ``def run(job: JobContext, args: dict) -> dict | None``: what it returns is the job's `result`.

    It may be run again from the start after any crash: every effect needs a natural key, or a cursor to go on from.
    `readers` are county roles that see jobs of this kind and fetch their files, whoever started them.
    """

    handler: Callable
    readers: frozenset[str] = frozenset()


KINDS: dict[str, Kind] = {}


def register(kind: str, handler: Callable, readers=()):
    """Add a kind of job; naming one twice for different functions raises ValueError."""
    if kind in KINDS and KINDS[kind].handler is not handler:
        raise ValueError(f"kind of job {kind!r} is registered twice")
    KINDS[kind] = Kind(handler, frozenset(readers))
