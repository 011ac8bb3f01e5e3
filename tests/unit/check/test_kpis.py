"""Key figures counted by hand."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from allocator.check.kpis import gini
from allocator.check.verdict import judge
from tests.instances import centre, zone
from tests.unit.check.plans import ROWS, campaign, changed, plan_of, priced_at_zero

KEYS = {
    "people", "first_doses", "unserved", "second_doses_on_time", "km_median", "km_p90",
    "coverage_min", "coverage_max", "coverage_spread", "coverage_gini", "vials", "doses_wasted",
    "slots_unpaired",
}  # fmt: skip


def test_the_figures_of_the_plan_made_by_hand(instance):
    """18 people drive 2 km, 5 drive 5 km, 2 drive 12 km; 20 of 30 are covered in 22, 5 of 8 in 29.

    Gini: 2 x 30 x 8 x (2/3 - 5/8) over 2 x 25 x 38. Left in open vials, by centre and Monday:
    2, 2, 3, 1 of first doses and 0, 2, 1 of second doses.
    """
    kpis = judge(instance, plan_of()).kpis
    assert set(kpis) == KEYS
    assert kpis == pytest.approx(
        {
            "people": 38, "first_doses": 25, "unserved": 13, "second_doses_on_time": 1,
            "km_median": 2, "km_p90": 5, "coverage_min": 5 / 8, "coverage_max": 2 / 3,
            "coverage_spread": (2 / 3) / (5 / 8), "coverage_gini": 20 / 1900, "vials": 8,
            "doses_wasted": 11, "slots_unpaired": 0,
        }
    )  # fmt: skip


def test_an_empty_plan_has_null_where_nothing_can_be_said(instance):
    """No distances, and no ratio to a coverage of zero; JSON takes every value."""
    rows = {name: [] for name in ROWS}
    verdict = judge(instance, plan_of(**rows, certificate=priced_at_zero(instance)))
    kpis = verdict.kpis
    nothing = [key for key in sorted(KEYS) if kpis[key] is None]
    assert nothing == ["coverage_spread", "km_median", "km_p90"]
    assert (kpis["coverage_gini"], kpis["second_doses_on_time"]) == (0, 1)
    json.dumps(asdict(verdict), allow_nan=False)


def test_late_and_missing_second_doses_are_not_on_time(instance):
    """Of fifteen first doses of pfizer, four have a second too late and one has none."""
    rows = [("x", "pfizer", 0, 3, 6), ("x", "pfizer", 0, 5, 4), ("y", "pfizer", 1, 4, 4)]
    kpis = judge(instance, plan_of(second_doses=rows)).kpis
    assert kpis["second_doses_on_time"] == pytest.approx(10 / 15)


def test_second_doses_too_many_do_not_make_up_for_missing_ones(instance):
    """Ten of x are all complete, twice even; none of the five of y is."""
    rows = [("x", "pfizer", 0, 3, 10), ("x", "pfizer", 0, 4, 10)]
    kpis = judge(instance, plan_of(second_doses=rows)).kpis
    assert kpis["second_doses_on_time"] == pytest.approx(10 / 15)


def test_a_departement_where_nobody_lives_has_no_coverage(tmp_path):
    """Département 56 has a centre and a zone, but no demand."""
    centres = [centre("x", "22"), centre("y", "29", lon=1), centre("w", "56")]
    zones = [zone("a", "22"), zone("b", "29", lon=1), zone("c", "56")]
    instance = campaign(tmp_path / "i", centres=centres, zones=zones)
    assert judge(instance, plan_of()).kpis["coverage_min"] == pytest.approx(5 / 8)


def test_first_doses_in_the_tail_cover_nobody(instance):
    """Coverage is taken at the end of the horizon: eight of twenty doses in week 4 are too late."""
    rows = changed(
        "first_doses", ("22", "18", "x", "janssen", 1, 8), ("22", "18", "x", "janssen", 4, 8)
    )
    assert judge(instance, plan_of(**rows)).kpis["coverage_min"] == pytest.approx(12 / 30)


def test_the_median_weighs_people_not_rows(instance):
    """One row of one person and one of nine: nine tenths drive 2 km."""
    rows = [("a", "75", "x", 9), ("a", "75", "y", 1)]
    kpis = judge(instance, plan_of(flows=rows)).kpis
    assert (kpis["km_median"], kpis["km_p90"]) == (2, 2)


def test_vials_and_leftovers_of_both_ranks_share_a_day(instance):
    """Ten first and two second doses of pfizer on one day open two full vials of six."""
    rows = changed(
        "sessions",
        ("x", "2021-05-31", "pfizer", 1, 10),
        ("x", "2021-05-31", "pfizer", 1, 10),
        ("x", "2021-05-31", "pfizer", 2, 2),
    )
    assert judge(instance, plan_of(**rows)).kpis["doses_wasted"] == 11 - 2


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        ([1, 1, 1], [5, 1, 2], 0.0),
        ([0, 1], [1, 1], 0.5),
        ([0, 1], [3, 1], 0.75),
        ([0, 0], [1, 2], 0),
    ],
)
def test_the_gini_index_of_known_cases(values, weights, expected):
    """Equal shares, one of two, one of four people, nobody."""
    assert gini(np.array(values, float), np.array(weights, float)) == pytest.approx(expected)
