"""Whole shares of a whole total."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.apportion import apportion, apportion_within


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (10, [1, 1, 2], [3, 2, 5]),  # 2.5, 2.5 and 5: the tie goes to the first
        (3, [1, 1], [2, 1]),
        (7, [0, 5, 0], [0, 7, 0]),
        (1, [0.1, 0.2, 0.1], [0, 1, 0]),
        (0, [1, 2], [0, 0]),
        (-4, [1, 2], [0, 0]),
        (5, [0, 0], [0, 0]),
        (5, [], []),
    ],
)
def test_largest_remainders_get_what_is_left(total, weights, shares):
    """Worked out by hand."""
    assert apportion(total, weights).tolist() == shares


def test_nobody_gets_more_than_their_room():
    """The first has room for one of its four; the rest is shared among the others."""
    assert apportion_within(8, [2, 1, 1], np.array([1, 9, 9])).tolist() == [1, 4, 3]


def test_what_fits_nowhere_is_left():
    """Room for five, and a place without weight gets none."""
    assert apportion_within(100, [1, 1, 0], np.array([2, 3, 50])).tolist() == [2, 3, 0]
    assert apportion_within(0, [1], np.array([5])).tolist() == [0]
