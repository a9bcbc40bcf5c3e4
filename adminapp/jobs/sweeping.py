"""What sweeps share: items are looked after one by one, and one that fails keeps no other from its turn."""

import logging
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)


def each(found: Iterable, do: Callable) -> int:
    """Do something with each item and return with how many it went well; what fails is logged and comes again with the next sweep."""
    done = 0
    for item in found:
        try:
            do(item)
            done += 1
        except Exception:
            log.exception("sweep failed at %s", item["_id"] if isinstance(item, dict) else item)
    return done
