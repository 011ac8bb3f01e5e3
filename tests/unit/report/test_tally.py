"""Sums of a plan, counted by hand on an instance whose best plan is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocator.errors import InputError
from allocator.plan import Plan
from scenarios.report.figures import figures_of
from scenarios.report.positions import decisions_of
from scenarios.report.tally import tally_of, weighted_quantile
from tests import instances
from tests.planned import planned


@pytest.fixture(scope="module")
def detour(tmp_path_factory):
    """Ten people: four go 5 km, six go 15 km, all in week 0 (`two_centres_one_zone`)."""
    root = tmp_path_factory.mktemp("detour")
    return planned(instances.two_centres_one_zone(root / "instance").folder, root / "plan")


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """35 people: ten first doses in each of weeks 0, 1 and 2 (`second_doses_need_a_slot`)."""
    root = tmp_path_factory.mktemp("waiting")
    return planned(instances.second_doses_need_a_slot(root / "instance").folder, root / "plan")


def tally(case):
    """Add a case up."""
    return tally_of(case.instance, decisions_of(case.instance, case.plan))


def test_distances_of_the_travel_table_stand_in_for_the_great_circle(detour):
    """The mean way of the commune is (4 x 5 + 6 x 15) / 10 = 11 km."""
    sums = tally(detour)
    assert sums.zone_km.tolist() == [11.0]
    assert dict(zip(sums.flow_km, sums.flow_people, strict=True)) == {5.0: 4, 15.0: 6}


def test_key_figures_follow_from_the_sums(detour):
    """Four of ten go 5 km, so both the median and the ninth decile are 15 km."""
    figures = figures_of(tally(detour))
    assert (figures.people, figures.served, figures.mean_week) == (10, 10, 0.0)
    assert (figures.km_median, figures.km_p90) == (15.0, 15.0)
    assert (figures.coverage_min, figures.coverage_spread) == (1.0, 1.0)


def test_coverage_grows_week_by_week(waiting):
    """Ten, twenty and thirty of 35."""
    sums = tally(waiting)
    assert [float(sums.coverage(t)[0] * 35) for t in (1, 2, 3, 4)] == [10, 20, 30, 30]
    assert sums.zone_week.tolist() == [1.0]


def test_second_doses_and_slots_reach_into_the_tail(waiting):
    """First doses of weeks 0 to 2, their seconds three weeks later, ten slots a week."""
    sums = tally(waiting)
    assert sums.first_doses.sum(axis=(0, 1)).tolist() == [10, 10, 10, 0, 0, 0, 0]
    assert sums.second_doses.sum(axis=(0, 1)).tolist() == [0, 0, 0, 10, 10, 10, 0]
    assert sums.injections.tolist() == [[10] * 7]


def test_the_figures_agree_with_those_of_the_independent_checker(campaign):
    """What the page counts from the tables is what `result.json` printed."""
    figures, kpis = figures_of(tally(campaign)), campaign.result["kpis"]
    assert (figures.people, figures.served) == (kpis["people"], kpis["first_doses"])
    assert figures.vials == kpis["vials"]
    for mine, theirs in (
        (figures.km_median, kpis["km_median"]),
        (figures.km_p90, kpis["km_p90"]),
        (figures.coverage_min, kpis["coverage_min"]),
        (figures.coverage_spread, kpis["coverage_spread"]),
    ):
        assert mine == pytest.approx(theirs)


def test_a_quantile_counts_people_not_rows():
    """One row of nine people outweighs one of one."""
    values, people = np.array([1.0, 50.0]), np.array([9, 1])
    assert weighted_quantile(values, people, 0.9) == 1.0
    assert weighted_quantile(values, people, 0.91) == 50.0
    assert weighted_quantile(values, np.zeros(2, dtype=int), 0.5) is None


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("flows", "zone", "99999", "flows:2: zone 99999 is not in the instance"),
        ("first_doses", "week", 4, "first_doses:2: week 4 is not in the instance"),
        ("second_doses", "week", 99, "second_doses:2: week 99 is not in the instance"),
        ("shipments", "product", "x", "shipments:2: product x is not in the instance"),
    ],
)
def test_a_plan_of_another_instance_is_refused(table, column, value, message, campaign):
    """An unknown id or week is named with its table and line."""
    frame = campaign.plan[table].copy()
    frame.loc[0, column] = value
    plan = replace(campaign.plan, tables={**campaign.plan.tables, table: frame})
    assert isinstance(plan, Plan)
    with pytest.raises(InputError, match=message):
        decisions_of(campaign.instance, plan)
