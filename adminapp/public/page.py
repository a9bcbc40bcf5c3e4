"""A public page to be: what it is made from, and on which days it may be seen."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """`make` gives the values of the template, and is asked only when `inputs` is new. Days are ISO text, None is no limit."""

    template: str
    inputs: str
    make: Callable[[], dict]
    since: str | None = None
    until: str | None = None


def digest_of(values) -> str:
    """Return a short digest of plain values."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:20]
