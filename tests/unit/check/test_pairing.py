"""The greedy matching is a largest one: against scipy's, slot by slot."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from allocator.check.pairing import unpaired


def by_slots(first, second, low: int, high: int) -> int:
    """Match single slots with scipy; count the first doses left over."""
    firsts = np.repeat(np.arange(len(first)), first)
    seconds = np.repeat(np.arange(len(second)), second)
    if not len(firsts) or not len(seconds):
        return len(firsts)
    apart = seconds[None, :] - firsts[:, None]
    graph = csr_array((apart >= low) & (apart <= high))
    return int((maximum_bipartite_matching(graph, perm_type="column") < 0).sum())


@pytest.mark.parametrize("seed", range(40))
def test_a_largest_matching_leaves_as_many_as_scipys(seed):
    """Random slots at several centres, windows of every kind."""
    rng = np.random.default_rng(seed)
    low = int(rng.integers(0, 12))
    high = low + int(rng.integers(0, 10))
    first = rng.integers(0, 4, (3, 14)) * (rng.random((3, 14)) < 0.6)
    second = rng.integers(0, 4, (3, 28)) * (rng.random((3, 28)) < 0.6)
    expected = [by_slots(a, b, low, high) for a, b in zip(first, second, strict=True)]
    assert unpaired(first, second, low, high).tolist() == expected


def test_saturday_to_monday_of_the_third_week_is_16_days():
    """MODEL.md's example: with 21 days at least, no pair; with 16, all."""
    first, second = np.zeros((1, 7), dtype=np.int64), np.zeros((1, 28), dtype=np.int64)
    first[0, 5], second[0, 21] = 3, 3
    assert unpaired(first, second, 21, 28).tolist() == [3]
    assert unpaired(first, second, 16, 28).tolist() == [0]


def test_the_slots_given_are_left_as_they_are():
    """Counting does not use up the tables."""
    first = second = np.ones((1, 7), dtype=np.int64)
    unpaired(first, second, 0, 6)
    assert first.sum() == 7
