"""How a sample is drawn (抽取): by the order of digests, so that anybody with the seed and the list can repeat it by hand.

Algorithm 1: each number of the list gets the SHA-256 of ``1:<seed>:<number>`` (UTF-8, hexadecimal). The numbers are
sorted by it; those drawn before are passed over, and as many as are needed are taken from the front. An algorithm
that was used once stays here for ever under its number.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from math import ceil


def needed(share: Fraction, size: int) -> int:
    """Return how many of `size` must be checked: the share, rounded up."""
    return ceil(share * size)


def digest_of(numbers: Iterable[str]) -> str:
    """Return the SHA-256 of a list: its numbers sorted, one a line, without a line end behind the last."""
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()


def ordered(seed: str, numbers: Iterable[str], algorithm: int) -> list[str]:
    """Return the numbers in the order in which they are drawn. Raise KeyError for an algorithm that there is not."""
    key = ALGORITHMS[algorithm]
    return sorted(set(numbers), key=lambda number: (key(seed, number), number))


def pick(seed: str, numbers: Iterable[str], taken: Collection[str], count: int, algorithm: int) -> list[str]:
    """Return the next `count` numbers that are not taken, fewer when there are no more."""
    taken = set(taken)
    free = (number for number in ordered(seed, numbers, algorithm) if number not in taken)
    return [number for number, _ in zip(free, range(count), strict=False)]


def _first(seed, number):
    return hashlib.sha256(f"1:{seed}:{number}".encode()).hexdigest()


ALGORITHMS: dict[int, Callable[[str, str], str]] = {1: _first}
NEWEST = max(ALGORITHMS)
