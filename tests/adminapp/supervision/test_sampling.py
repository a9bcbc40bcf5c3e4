"""The draw: repeatable by hand, whatever the order of the list; later draws only add; nobody is drawn twice."""

import hashlib
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adminapp.supervision import sampling

NUMBERS = st.lists(st.integers(0, 99999), unique=True, max_size=40).map(lambda found: [f"433123109XX2026{n:05d}" for n in found])
SEEDS = st.text(min_size=1, max_size=10)
SHARES = st.fractions(min_value=Fraction(1, 100), max_value=1)


def test_it_is_repeated_with_nothing_but_sha256():
    numbers = ["433123109DBR202600001", "433123109DBR202600002", "433123109DBR202600003"]
    by_hand = sorted(numbers, key=lambda number: hashlib.sha256(f"1:春分:{number}".encode()).hexdigest())
    assert sampling.pick("春分", numbers, (), 2, 1) == by_hand[:2]
    assert sampling.digest_of(reversed(numbers)) == hashlib.sha256("\n".join(numbers).encode()).hexdigest()


def test_the_first_algorithm_never_changes():
    numbers = [f"433123109DBR2026{n:05d}" for n in range(1, 11)]
    assert [number[-2:] for number in sampling.ordered("2026-1", numbers, 1)] == ["07", "04", "01", "05", "08", "09", "02", "10", "03", "06"]


@pytest.mark.parametrize(("size", "count"), [(0, 0), (1, 1), (3, 1), (4, 2), (10, 3), (11, 4), (1000, 300)])
def test_thirty_per_cent_are_rounded_up(size, count):
    assert sampling.needed(Fraction(3, 10), size) == count


@settings(max_examples=40)
@given(SEEDS, NUMBERS, st.randoms())
def test_the_order_of_the_list_does_not_matter(seed, numbers, random):
    mixed = numbers[:]
    random.shuffle(mixed)
    assert sampling.ordered(seed, mixed, 1) == sampling.ordered(seed, numbers, 1)


@settings(max_examples=40)
@given(st.lists(st.tuples(NUMBERS, SEEDS), min_size=1, max_size=5), SHARES)
def test_every_further_draw_only_adds_and_comes_to_the_share_exactly(rounds, share):
    universe, drawn = set(), []
    for more, seed in rounds:
        universe |= set(more)
        count = max(0, sampling.needed(share, len(universe)) - len(drawn))
        new = sampling.pick(seed, universe, drawn, count, 1)
        assert not set(new) & set(drawn) and set(new) <= universe
        drawn += new
        assert len(drawn) == len(set(drawn)) == sampling.needed(share, len(universe))


@settings(max_examples=40)
@given(SEEDS, NUMBERS, st.integers(0, 80))
def test_a_shorter_draw_is_the_beginning_of_a_longer_one(seed, numbers, count):
    longer = sampling.pick(seed, numbers, (), count + 5, 1)
    assert sampling.pick(seed, numbers, (), count, 1) == longer[:count]
