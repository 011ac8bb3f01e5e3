"""Where requests of a run go."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from loadtests.booking.hotspots import HotSpots, one_takes_all, tenth_takes_sixty

DRAWS = 20_000


def drawn(hot_spots):
    """Count the centres of many draws."""
    random = Random(5)
    return Counter(hot_spots.draw(random) for _ in range(DRAWS))


def test_a_tenth_of_the_centres_takes_sixty_percent():
    """Every centre is asked, and the hot ones share their part evenly."""
    counts = drawn(tenth_takes_sixty(50))
    assert set(counts) == set(range(1, 51))
    hot = [counts[centre] for centre in range(1, 6)]
    assert sum(hot) / DRAWS == pytest.approx(0.6, abs=0.02)
    assert max(hot) < 1.2 * min(hot)


def test_one_centre_takes_all():
    """The hardest case: every lock is asked for at one place."""
    assert set(drawn(one_takes_all(50))) == {1}


def test_a_single_centre_is_hot_whatever_is_asked():
    """There is nobody to share with."""
    assert set(drawn(tenth_takes_sixty(1))) == {1}


@pytest.mark.parametrize("wrong", [(5, 0, 60), (5, 6, 60), (5, 1, 101), (5, 5, 60)])
def test_impossible_hot_spots_are_refused(wrong):
    """The rule is the message."""
    with pytest.raises(ValueError, match="Must have"):
        HotSpots(*wrong)
