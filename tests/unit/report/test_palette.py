"""Scales that cut values into classes."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.report.palette import SEQUENTIAL, Scale, even_breaks, scale_of


def test_a_break_belongs_to_the_class_above_it():
    """`moins de 5`, then `5 à 10`."""
    assert scale_of((5.0, 10.0)).classes(np.array([4.9, 5.0, 9.9, 10.0])).tolist() == [0, 1, 1, 2]


def test_colours_run_from_the_lightest_to_the_darkest():
    """However few the classes are."""
    colours = scale_of((5.0,)).colours
    assert (colours[0], colours[-1]) == (SEQUENTIAL[0], SEQUENTIAL[-1])


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 11.0), (4.1, 4.9), (0.0, 1e-3), (3.0, 3000.0), (-2.0, 2.0)]
)
def test_even_breaks_are_few_even_and_inside(low, high):
    """At most five of them, of one width, strictly inside the span."""
    breaks = even_breaks(low, high)
    assert 1 <= len(breaks) < len(SEQUENTIAL)
    assert low < breaks[0] <= breaks[-1] < high
    assert np.allclose(np.diff(breaks), np.diff(breaks)[:1])


def test_no_break_cuts_a_span_of_nothing():
    """All values the same: one class."""
    assert even_breaks(3.0, 3.0) == ()
    assert len(scale_of(()).colours) == 1


def test_a_scale_with_too_few_colours_is_refused():
    """One more colour than breaks, and no more breaks than the colours allow."""
    with pytest.raises(ValueError, match="one more colour"):
        Scale((1.0, 2.0), ("#000", "#fff"))
    with pytest.raises(ValueError, match="at most 5 breaks"):
        scale_of((1.0, 2.0, 3.0, 4.0, 5.0, 6.0))
