"""Whatever the curve, as many come as it says, when it says."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.arrivals import compressed
from loadtests.curves import Curve, Point

MINUTES = st.lists(st.integers(0, 1439), min_size=2, max_size=8, unique=True).map(sorted)


@st.composite
def curves(draw):
    """Draw a curve of a few points, some of them jumps."""
    minutes = draw(MINUTES)
    rates = st.floats(0, 500)
    points = []
    for minute in minutes:
        clock = f"{minute // 60:02}:{minute % 60:02}"
        points += [Point(clock, draw(rates)) for _ in range(draw(st.integers(1, 2)))]
    clocks = sorted({point.clock for point in points})
    first = draw(st.integers(0, len(clocks) - 2))
    last = draw(st.integers(first + 1, len(clocks) - 1))
    return Curve("drawn", tuple(points), (clocks[first], clocks[last]), 1, "drawn")


@given(curves(), st.floats(0.1, 20), st.floats(0.01, 1), st.integers(0, 2**32))
def test_arrivals_are_in_the_run_and_in_order(curve, minutes, scale, seed):
    """Nobody comes before the beginning or after the end."""
    load = compressed(curve, minutes=minutes, scale=scale)
    times = list(load.arrivals(Random(seed)))
    assert all(a <= b for a, b in pairwise(times))
    assert all(-1e-9 <= t <= load.seconds + 1e-6 for t in times)
    assert abs(len(times) - load.expected) <= 6 * max(9.0, load.expected) ** 0.5


@given(curves(), st.floats(0.1, 20), st.floats(0.01, 1))
def test_the_scale_is_of_rates_and_not_of_time(curve, minutes, scale):
    """Twice the scale is twice as many, in the same time."""
    one, two = (compressed(curve, minutes=minutes, scale=s) for s in (scale, 2 * scale))
    assert two.expected == pytest.approx(2 * one.expected)
    assert two.seconds == pytest.approx(one.seconds) == pytest.approx(60 * minutes)
    assert two.plateau == one.plateau


@given(curves(), st.integers(0, 2**32))
def test_each_part_of_the_run_has_its_share(curve, seed):
    """Half of the expected sum lies before the instant that halves the area, whatever the form."""
    load = compressed(curve, minutes=5, scale=10)
    times = list(load.arrivals(Random(seed)))
    middle = load.seconds / 2
    steps = 4000
    before = sum(load.rate_per_s(middle * (i + 0.5) / steps) for i in range(steps)) * middle / steps
    came = sum(t < middle for t in times)
    assert abs(came - before) <= 6 * max(9.0, before) ** 0.5 + 0.01 * before
