"""Numbers beside the entries of the menu: bounded counts, each asked at most once a minute and person.

A number in a menu need not be of this second; counting it for every page would cost more than the page.
"""

import time
from collections.abc import Callable

SECONDS = 60
MOST = 5000
"""Remembered numbers; above that all are forgotten, which costs one count each."""

_remembered: dict[tuple, tuple[float, object]] = {}


def once_a_minute(key: tuple, count: Callable[[], object]):
    """Return what `count()` gave for the key within the last minute, or gives now. The key names whose eyes see it."""
    now = time.monotonic()
    found = _remembered.get(key)
    if found is None or found[0] <= now:
        if len(_remembered) >= MOST:
            _remembered.clear()
        found = _remembered[key] = now + SECONDS, count()
    return found[1]


def forget():
    """Forget every number."""
    _remembered.clear()


def shown(number: int, most: int) -> str:
    """Return a bounded count as it is shown: 1000+ when there are more."""
    return f"{most}+" if number > most else str(number)
