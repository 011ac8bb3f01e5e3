"""An instance moved in time stays the same problem."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from allocator.read import read_instance
from scenarios.build import build_scenario
from scenarios.shift import begin_on

LATER = date(2026, 11, 30)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Give an instance, and the same one beginning on another Monday."""
    folder = tmp_path_factory.mktemp("shift") / "instance"
    build_scenario("bretagne", folder)
    before = read_instance(folder)
    begin_on(folder, LATER)
    return before, read_instance(folder)


def test_every_date_moves_by_the_same_days(both):
    """Start, openings, closings and rules; a date that is not there stays away."""
    before, after = both
    days = (LATER - before.start).days
    assert after.start == LATER
    for old, new in [
        (before.classes.opens_on, after.classes.opens_on),
        (before.centres.opens_on, after.centres.opens_on),
        (before.centres.closes_on, after.centres.closes_on),
        (before.eligibility.from_date, after.eligibility.from_date),
        (before.eligibility.to_date, after.eligibility.to_date),
    ]:
        assert np.array_equal(np.isnat(old), np.isnat(new))
        there = ~np.isnat(old)
        assert ((new - old)[there] == np.timedelta64(days, "D")).all()
    assert not np.isnat(after.classes.opens_on).any()


def test_nothing_else_changes(both):
    """Demand, capacity, deliveries and bookings are counted in weeks from the start."""
    before, after = both
    assert np.array_equal(before.deliveries.doses, after.deliveries.doses)
    assert np.array_equal(before.booked.week, after.booked.week)
    assert before.centres.ids == after.centres.ids
    assert (before.name, before.weeks, before.seed) == (after.name, after.weeks, after.seed)


def test_a_week_begins_on_a_monday(tmp_path):
    """Any other day would mix the days of two weeks."""
    with pytest.raises(ValueError, match="Must begin on a Monday"):
        begin_on(tmp_path, LATER + timedelta(days=1))
