"""Kills a flow at each of its database writes, before and after it: what remains must be whole or be made whole.

    for point in points(flow): ...
"""

from contextlib import contextmanager

from pymongo.collection import Collection

WRITES = ("insert_one", "insert_many", "update_one", "update_many", "replace_one", "find_one_and_update", "delete_one", "delete_many", "bulk_write")


class Killed(BaseException):
    """Not an Exception: no handler of the program may swallow the death of its process."""


@contextmanager
def killed_at(point: int, after: bool):
    """Raise Killed at the `point`-th write (from 1), before it happens or after it has happened unacknowledged."""
    originals = {name: getattr(Collection, name) for name in WRITES}
    seen = {"writes": 0}

    def wrapped(name):
        def call(self, *args, **options):
            seen["writes"] += 1
            if seen["writes"] == point and not after:
                raise Killed
            result = originals[name](self, *args, **options)
            if seen["writes"] == point and after:
                raise Killed
            return result

        return call

    for name in WRITES:
        setattr(Collection, name, wrapped(name))
    try:
        yield seen
    finally:
        for name, method in originals.items():
            setattr(Collection, name, method)


def count_writes(flow) -> int:
    """Run `flow` unharmed and return how many writes it makes."""
    with killed_at(0, False) as seen:
        flow()
    return seen["writes"]
