"""Quantiles of measured times."""

from __future__ import annotations

import pytest

from loadtests.quantile import quantile


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_the_quantile_is_a_value_that_was_measured(share, expected):
    """Of 1 to 100 in any order: 99 % are at most 99."""
    assert quantile([*range(51, 101), *range(1, 51)], share) == expected


def test_of_nothing_there_is_no_quantile():
    """A run without bookings has no p99 to be proud of."""
    with pytest.raises(ValueError, match="Must have a value"):
        quantile([], 0.99)
