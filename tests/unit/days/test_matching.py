"""The largest matching, against maximum flow and by hand."""

import numpy as np
import pytest

from allocator.days.matching import all_leftovers, leftovers
from tests.unit.days.oracle import unpaired_by_flow


def matched(firsts: list[int], seconds: list[int], low: int, high: int):
    """Leftovers of both ranks by day."""
    left1, left2 = np.zeros(len(firsts), np.int64), np.zeros(len(firsts), np.int64)
    count = leftovers(np.array(firsts), np.array(seconds), low, high, left1, left2)
    assert count == left1.sum()
    return left1.tolist(), left2.tolist()


def test_slots_too_close_and_too_far_stay_over():
    """Two days are too close and five too far for an interval of three to four days."""
    too_close = matched([1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], 3, 4)
    assert too_close == ([1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0])
    assert matched([1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1], 3, 4)[0] == [1, 0, 0, 0, 0, 0]
    assert matched([1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0], 3, 4)[0] == [0] * 6


def test_the_same_day_counts_when_the_interval_starts_at_zero():
    """With no days apart required, first and second doses of one day pair."""
    assert matched([2], [3], 0, 0) == ([0], [1])


def test_a_missed_second_dose_serves_a_later_first_one():
    """The first dose of day 0 finds none; that of day 2 takes the second dose of day 5."""
    assert matched([1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1], 3, 4)[0] == [1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(40))
def test_the_count_is_that_of_a_maximum_flow(seed):
    """On random slots, windows of any length."""
    rng = np.random.default_rng(seed)
    firsts, seconds = rng.integers(0, 4, (2, 15)) * rng.integers(0, 2, (2, 15))
    low = int(rng.integers(0, 8))
    high = low + int(rng.integers(0, 6))
    left1, _ = matched(firsts.tolist(), seconds.tolist(), low, high)
    assert sum(left1) == unpaired_by_flow(firsts, seconds, low, high)


def test_one_dose_products_leave_nothing_over():
    """Only products with two doses are matched."""
    firsts, seconds = np.ones((1, 2, 3), np.int64), np.zeros((1, 2, 3), np.int64)
    left1, left2 = np.zeros_like(firsts), np.zeros_like(firsts)
    ends = np.zeros(2, np.int64)
    count = all_leftovers(firsts, seconds, np.array([1, 0]), ends, ends, left1, left2)
    assert count.tolist() == [[3, 0]]
    assert left1[0].tolist() == [[1, 1, 1], [0, 0, 0]]
