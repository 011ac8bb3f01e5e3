"""Doses by vaccine and day become first doses of the weeks before, and the largest week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import VACSI_VACCINES
from scenarios.official.injections import injections
from tests.unit.scenarios.official.planted import source

START = date(2021, 5, 31)


def given(tmp_path, first_day=-21, days=42):
    """Doses of Pfizer: 1 first and 2 second a day, 10 boosters a day from week 1 on."""
    rows = []
    for n in range(first_day, first_day + days):
        doses = {"n_dose1": 1, "n_dose2": 2, "n_dose3": 10 if n >= 7 else 0, "n_dose4": 0}
        day = START + timedelta(days=n)
        rows += [{"vaccin": vaccine, "jour": day, **doses} for vaccine in ("1", "0")]
    return injections(source(tmp_path, VACSI_VACCINES, rows))


def test_first_doses_are_summed_by_week_before_the_start(tmp_path):
    """Second doses and boosters are none, and weeks before the first day had none."""
    assert given(tmp_path).first_doses_before("1", START, 3) == (7, 7, 7)
    assert given(tmp_path).first_doses_before("1", START, 4) == (0, 7, 7, 7)


def test_the_peak_is_the_fullest_week_of_all_vaccines_and_ranks(tmp_path):
    """Code 0 has all vaccines; the weeks from the start on are looked at, no others."""
    assert given(tmp_path).peak(START, 1) == 7 * 3
    assert given(tmp_path).peak(START, 3) == 7 * 13


def test_doses_before_the_start_are_those_of_every_rank(tmp_path):
    """They all came out of the deliveries."""
    assert given(tmp_path).before("1", START) == 21 * 3


def test_a_file_that_ends_too_early_is_refused(tmp_path):
    """Neither the weeks before nor the horizon may be cut."""
    with pytest.raises(InputError, match="ends on 2021-06-20, before 2021-06-27"):
        given(tmp_path).peak(START, 4)
    with pytest.raises(InputError, match="ends on 2021-05-29, before 2021-05-30"):
        given(tmp_path, -21, 20).first_doses_before("1", START, 2)


def test_an_unknown_vaccine_is_refused(tmp_path):
    """A wrong code would mean that nobody waits for a second dose."""
    with pytest.raises(InputError, match="vaccin '9' does not appear"):
        given(tmp_path).first_doses_before("9", START, 2)
