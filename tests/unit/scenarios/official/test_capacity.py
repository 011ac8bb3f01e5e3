"""A centre's week is measured or estimated, and all weeks are brought to the nation's scale."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from allocator.errors import InputError
from scenarios.official.capacity import estimate, scaled, with_time_enough
from scenarios.official.centres import Centre
from scenarios.sites import Site

SITE = Site("1", "Gymnase", "22", "53", 48.5, -2.8, date(2021, 1, 18))


def centre(id_: str, hours: float | None, town_people: int = 8_000, *, large: bool = False):
    """Return a centre with these opening hours in a town of this size."""
    return Centre(replace(SITE, id=id_), town_people, large, hours)


def test_a_measured_centre_keeps_its_week():
    """Whatever its hours say."""
    guess = estimate([centre("1", 10), centre("2", 40), centre("3", None)], {"1": 500, "3": 70})
    assert guess.injections[[0, 2]].tolist() == [500, 70]
    assert guess.measured == 2


def test_others_work_at_the_median_rate_of_towns_of_their_size():
    """Injections an hour: 10, 20 and 90 in towns of 5,000 to 10,000, 50 in a city."""
    known = [centre("1", 10), centre("2", 10), centre("3", 10), centre("4", 10, 90_000)]
    unknown = [centre("5", 30, 9_999), centre("6", 30, 50_000)]
    guess = estimate([*known, *unknown], {"1": 100, "2": 200, "3": 900, "4": 500})
    assert guess.injections[4:].tolist() == [30 * 20, 30 * 50]


def test_large_centres_are_a_size_of_their_own():
    """A hall for thousands may stand in a small town."""
    known = [centre("1", 10), centre("2", 10, large=True)]
    guess = estimate([*known, centre("3", 20, large=True)], {"1": 100, "2": 3000})
    assert guess.injections[2] == 20 * 300


def test_a_size_without_a_measured_centre_takes_the_median_of_all():
    """No village was measured here."""
    known = [centre("1", 10), centre("2", 10, 30_000), centre("3", 10, 90_000)]
    guess = estimate([*known, centre("4", 10, 500)], {"1": 100, "2": 200, "3": 900})
    assert guess.injections[3] == 200


def test_hours_that_are_not_known_are_the_median_of_those_that_are():
    """10, 20 and 60 hours are known."""
    known = [centre("1", 10), centre("2", 20), centre("3", 60)]
    guess = estimate([*known, centre("4", None)], {"1": 100, "2": 200, "3": 600})
    assert guess.injections[3] == 20 * 10


@pytest.mark.parametrize("hours", [10, None])
def test_two_lists_that_share_no_centre_are_refused(hours):
    """Without a measured centre there is nothing to estimate the others from."""
    with pytest.raises(InputError, match="no centre with opening hours appears in the allocations"):
        estimate([centre("1", hours)], {"2": 100} if hours else {"1": 100})


def test_the_fullest_week_adds_up_to_the_peak_exactly():
    """Week 1 has all three centres: 1,000 doses, of which each gives 120 whatever its share."""
    is_open = np.array([[True, True], [True, True], [False, True]])
    weekly = scaled(np.array([10.0, 20.0, 30.0]), is_open, 1000)
    assert weekly.sum() == 1000
    assert weekly.tolist() == [120 + 107, 120 + 213, 120 + 320]


def test_a_centre_closed_in_the_fullest_week_is_scaled_alike():
    """The second centre gives twice the first one's share in its own weeks."""
    is_open = np.array([[True, True], [False, True], [True, False]])
    weekly = scaled(np.array([10.0, 20.0, 50.0]), is_open, 840)
    assert weekly.tolist() == [120 + 100, 120 + 200, 120 + 500]


def test_a_small_peak_is_shared_all_the_same():
    """The first weeks of January had fewer doses than two mornings of every centre."""
    weekly = scaled(np.array([1.0, 3.0]), np.ones((2, 4), dtype=bool), 100)
    assert weekly.tolist() == [50, 50]


def test_hours_too_short_for_the_doses_become_the_usual_ones():
    """Forty lines give 240 doses an hour: 2,400 in ten hours are believed, 2,401 are not."""
    short = replace(SITE, hours=10.0, open_days="2", opens_at="10:00", closes_at="20:00")
    long = replace(SITE, hours=60.0)
    fitted, changed = with_time_enough([short, short, long], np.array([2400, 2401, 99_999]))
    assert (fitted[0], fitted[2], changed) == (short, long, 1)
    assert (fitted[1].open_days, fitted[1].hours) == ("1-6", 54.0)
    assert (fitted[1].opens_at, fitted[1].closes_at) == ("09:00", "18:00")
