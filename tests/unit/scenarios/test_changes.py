"""Late deliveries, closed centres and stopped first doses, week by week."""

from __future__ import annotations

from datetime import date

import numpy as np

from scenarios.changes import delayed, open_weeks, stopped_weeks
from scenarios.sites import Site
from tests.unit.scenarios.tiny import tiny

DELAY = '\n[[changes]]\nkind = "delay"\nproduct = "janssen"\nweeks = {}\nby_weeks = {}\n'
STOP = '\n[[changes]]\nkind = "first doses stopped"\nregions = ["94"]\nweeks = [1, 2]\n'


def site(region: str, **dates: date) -> Site:
    """Return a centre of a region, open since January unless told."""
    return Site("1", "x", "2A", region, 0, 0, **({"opens_on": date(2021, 1, 18)} | dates))


def arriving(folder, weeks, by_weeks) -> list[int]:
    """Janssen's doses by week when some of 1, 2, 4 and 8 are late."""
    scenario = tiny(folder, more=DELAY.format(weeks, by_weeks))
    return delayed(scenario, np.array([[9, 9, 9, 9], [1, 2, 4, 8]]))[1].tolist()


def test_a_late_delivery_comes_with_a_later_one(tmp_path):
    """Two weeks later."""
    assert arriving(tmp_path, [1], 2) == [1, 0, 4, 10]


def test_deliveries_that_are_late_together_each_move_once(tmp_path):
    """The second is not moved again for having got the first."""
    assert arriving(tmp_path, [1, 2], 1) == [1, 0, 2, 12]


def test_a_delivery_later_than_the_last_week_is_lost(tmp_path):
    """The plan cannot count on it."""
    assert arriving(tmp_path, [2, 3], 2) == [1, 2, 0, 0]


def test_other_products_come_as_announced(tmp_path):
    """And so does everything when nothing changes."""
    deliveries = np.array([[9, 9, 9, 9], [1, 2, 4, 8]])
    late = delayed(tiny(tmp_path, more=DELAY.format([1], 1)), deliveries)
    assert late[0].tolist() == [9, 9, 9, 9]
    assert delayed(tiny(tmp_path), deliveries).tolist() == deliveries.tolist()


def test_centres_are_open_from_opening_to_closing_in_the_tail_too(tmp_path):
    """Four weeks and five of the tail, from 31 May on."""
    sites = [
        site("94"),
        site("94", opens_on=date(2021, 6, 13)),
        site("94", closes_on=date(2021, 7, 5)),
    ]
    is_open = open_weeks(tiny(tmp_path), sites)
    assert is_open.tolist() == [[True] * 9, [False] + [True] * 8, [True] * 6 + [False] * 3]


def test_first_doses_stop_in_the_regions_named(tmp_path):
    """In the weeks named; never in the tail."""
    scenario = tiny(tmp_path, more=STOP)
    stopped = stopped_weeks(scenario, [site("94"), site("11")])
    assert stopped.tolist() == [[False, True, True, False], [False] * 4]
    assert not stopped_weeks(tiny(tmp_path), [site("94")]).any()
