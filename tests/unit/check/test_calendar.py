"""Weeks, tail, openings and supplies as MODEL.md derives them, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.check.calendar import calendar_of
from allocator.instance import ANY
from allocator.read import read_instance
from tests.factories import random_instance
from tests.instances import centre, delivery, one_dose, two_doses, weekly
from tests.unit.check.plans import TABLES, campaign
from tests.unit.check.reference import Witness


def test_the_tail_is_as_long_as_the_longest_interval(instance):
    """28 days are four weeks after the four of the plan."""
    calendar = calendar_of(instance)
    assert (calendar.first_weeks, calendar.weeks) == (4, 8)
    assert (calendar.lo.tolist(), calendar.hi.tolist()) == ([3, 0], [4, 0])


def test_without_a_two_dose_product_there_is_no_tail(tmp_path):
    """L is 0, and so is every interval."""
    products = [one_dose("pfizer", 6), one_dose("janssen", 5)]
    calendar = calendar_of(campaign(tmp_path / "i", products=products))
    assert calendar.weeks == 4
    assert not calendar.second_allowed.any()


def test_intervals_are_counted_in_whole_weeks(tmp_path):
    """17 to 34 days hold the weeks 3 (17/7 rounded up) and 4 (34/7 rounded down)."""
    products = [two_doses("pfizer", 6, (17, 34)), one_dose("janssen", 5)]
    calendar = calendar_of(campaign(tmp_path / "i", products=products))
    assert (calendar.lo[0], calendar.hi[0]) == (3, 4)


def test_the_tail_has_the_mean_of_the_last_four_weeks_rounded_down(tmp_path):
    """Capacity (9+9+9+8)/4 = 8; pool (12+0+24+0)/4 = 9; earmarked 3/4 = 0; week 0 is too old."""
    deliveries = [
        delivery(0, "pfizer", 99),
        delivery(1, "pfizer", 12),
        delivery(3, "pfizer", 24),
        delivery(2, "pfizer", 3, "y"),
    ]
    capacity = [*weekly("x", 99, 9, 9, 9, 8), *weekly("y", 1, 1, 1, 1, 1)]
    calendar = calendar_of(
        campaign(tmp_path / "i", settings={"weeks": 5}, capacity=capacity, deliveries=deliveries)
    )
    assert calendar.injections[0].tolist() == [99, 9, 9, 9, 8, 8, 8, 8, 8]
    assert calendar.pool[0].tolist() == [99, 12, 0, 24, 0, 9, 9, 9, 9]
    assert calendar.earmarked[1, 0].tolist() == [0, 0, 3, 0, 0, 0, 0, 0, 0]


def test_a_short_horizon_takes_the_mean_of_all_its_weeks(tmp_path):
    """Two weeks: the mean of both, (15 + 4) / 2 rounded down."""
    calendar = calendar_of(
        campaign(
            tmp_path / "i",
            settings={"weeks": 2},
            capacity=weekly("x", 15, 4),
            deliveries=[delivery(0, "pfizer", 25)],
        )
    )
    assert calendar.injections[0].tolist() == [15, 4, 9, 9, 9, 9]
    assert calendar.pool[0].tolist() == [25, 0, 12, 12, 12, 12]


def test_a_centre_is_open_from_the_week_of_its_opening_to_that_of_its_closing(tmp_path):
    """It opens on the Sunday of week 1 and closes on the Monday of week 5, in the tail.

    Week 0 counts as 0 in the mean of the tail too: 45 / 4 = 11.
    """
    dates = {"opens_on": "2021-06-13", "closes_on": "2021-07-05"}
    calendar = calendar_of(
        campaign(tmp_path / "i", centres=[{**centre("x"), **dates}, centre("y")])
    )
    assert calendar.is_open[0].tolist() == [False, True, True, True, True, True, False, False]
    assert calendar.injections[0].tolist() == [0, 15, 15, 15, 11, 11, 0, 0]


def test_a_centre_that_opens_after_the_horizon_is_not_usable(tmp_path):
    """Capacity in closed weeks is none, so nobody can be sent there."""
    late = {**centre("x"), "opens_on": "2021-06-28"}
    calendar = calendar_of(campaign(tmp_path / "i", centres=[late, centre("y")]))
    assert calendar.usable.tolist() == [False, True]


def test_first_doses_follow_class_and_rule_from_monday_to_monday(tmp_path):
    """A rule ending on the Monday of week 2 still covers week 2; one from a Tuesday starts late."""
    rules = [{**TABLES["eligibility"][0], "from_date": "2021-06-01", "to_date": "2021-06-14"},
             *TABLES["eligibility"][1:]]  # fmt: skip
    calendar = calendar_of(campaign(tmp_path / "i", eligibility=rules))
    assert calendar.first_allowed[0, 0].tolist() == [False, True, True, *[False] * 5]


@pytest.mark.parametrize(
    ("dates", "tail"),
    [({"to_date": "2021-06-21"}, True), ({"from_date": "2021-06-22"}, False)],
)
def test_second_doses_in_the_tail_are_allowed_as_in_the_last_week(tmp_path, dates, tail):
    """A rule ending on the Monday of week 3 holds in all the tail; one from its Tuesday never."""
    rules = [*TABLES["eligibility"][:2], {**TABLES["eligibility"][2], **dates}]
    calendar = calendar_of(campaign(tmp_path / "i", eligibility=rules))
    assert calendar.second_allowed[0, 3:].tolist() == [tail] * 5


@pytest.mark.parametrize("seed", range(12))
def test_the_calendar_agrees_with_a_second_derivation(tmp_path, seed):
    """Random instances, week by week, against plain loops over dates."""
    instance = read_instance(random_instance(np.random.default_rng(seed), tmp_path / "i"))
    calendar, it = calendar_of(instance), Witness(instance)
    assert calendar.weeks == it.W
    for j in range(len(instance.centres.ids)):
        for week in range(it.W):
            assert calendar.injections[j, week] == it.injections(j, week)
            for p in range(len(instance.products.ids)):
                assert calendar.earmarked[j, p, week] == it.delivered(p, j, week)
                assert calendar.booked[j, p, week] == it.booked(j, p, week)
    for p, two_dose in enumerate(it.two):
        for week in range(it.W):
            assert calendar.pool[p, week] == it.delivered(p, ANY, week)
            second = two_dose and it.allowed(p, ANY, 2, week)
            assert calendar.second_allowed[p, week] == second
            for k in range(len(instance.classes.ids)):
                first = week < it.T and it.allowed(p, k, 1, week)
                assert calendar.first_allowed[k, p, week] == first
    assert np.flatnonzero(calendar.usable).tolist() == it.usable()
