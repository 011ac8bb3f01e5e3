"""People of an age range out of INSEE's bands."""

from __future__ import annotations

import pytest

from scenarios.ages import BANDS, cuts_open_band, people_of

BY_BAND = {0: 2000.0, 20: 4000.0, 40: 6000.0, 60: 3000.0, 75: 900.0}


@pytest.mark.parametrize(
    ("ages", "people"),
    [
        ((0, 120), 15_900),
        ((75, 120), 900),
        ((60, 74), 3000),
        ((60, 120), 3900),
        ((20, 59), 10_000),
        ((50, 59), 3000),  # half of the band of 40 to 59
        ((18, 49), 200 + 4000 + 3000),  # two years of twenty, all, ten of twenty
        ((74, 74), 200),
    ],
)
def test_ages_are_spread_evenly_inside_a_band(ages, people):
    """Each band gives the part of its years that the range covers."""
    assert people_of(ages, BY_BAND) == pytest.approx(people)


def test_the_parts_of_a_range_add_up():
    """Single years, and the open band."""
    years = sum(people_of((age, age), BY_BAND) for age in range(75))
    assert years + people_of((75, 120), BY_BAND) == pytest.approx(sum(BY_BAND.values()))


@pytest.mark.parametrize("ages", [(80, 120), (60, 80), (76, 76), (75, 99)])
def test_the_band_of_75_and_over_cannot_be_cut(ages):
    """No single ages are known of it."""
    assert cuts_open_band(ages)
    with pytest.raises(ValueError, match="cut the band of 75 and over"):
        people_of(ages, BY_BAND)


@pytest.mark.parametrize("ages", [(75, 120), (75, 100), (0, 74), (0, 120)])
def test_other_ranges_are_whole(ages):
    """The open band is in or out."""
    assert not cuts_open_band(ages)
    assert list(BANDS) == sorted(BANDS)
