"""The four cost terms of the hand-made plan, and each rule of the fairness term."""

from __future__ import annotations

import pytest

from allocator.check.verdict import gap_of, judge
from tests.unit.check.plans import ROWS, campaign, changed, plan_of, priced_at_zero

NOTHING = {name: [] for name in ROWS}


def test_the_cost_of_the_plan_made_by_hand(instance):
    """Unserved: 3 x 4 x 100 + 10 x 1 x 100. Waiting: 5 x 4 + 8 x 1. Km: 2 x 0.2 x (12 - 2).

    Fairness: 12 of 38 people had a dose by week 1, none of the 8 in 29: 0.95 x 12/38 x 8 = 2.4
    are missing, at 20 each.
    """
    verdict = judge(instance, plan_of())
    assert verdict.cost_parts == pytest.approx(
        {"unserved": 2200, "week": 28, "km": 4, "fairness": 48}
    )
    assert verdict.cost == pytest.approx(2280)


def test_nobody_served_costs_everybody_unserved(instance):
    """18 x 4 x 100 + 20 x 1 x 100; no coverage is no unfair one."""
    verdict = judge(instance, plan_of(**NOTHING))
    assert verdict.cost_parts == {"unserved": 9200, "week": 0, "km": 0, "fairness": 0}


def test_only_doses_before_the_checkpoint_count_for_the_floor(tmp_path):
    """At week 2 every dose is given: 25 of 38; 29 has 5 of the 0.95 x 25/38 x 8 = 5.0 needed."""
    fair = {"fairness": {"checkpoints": [2]}}
    assert judge(campaign(tmp_path / "i", settings=fair), plan_of()).cost_parts[
        "fairness"
    ] == pytest.approx(0, abs=1e-9)


def test_every_checkpoint_is_paid_for(tmp_path):
    """Checkpoints 1 and 2, floor 1: 12/38 x 8 missing, then 25/38 x 8 - 5."""
    fair = {"fairness": {"checkpoints": [1, 2], "floor": 1.0}}
    parts = judge(campaign(tmp_path / "i", settings=fair), plan_of()).cost_parts
    assert parts["fairness"] == pytest.approx(20 * (8 * 12 / 38 + 8 * 25 / 38 - 5))


def test_without_checkpoints_fairness_costs_nothing(tmp_path):
    """The list may be empty."""
    fair = {"fairness": {"checkpoints": []}}
    assert judge(campaign(tmp_path / "i", settings=fair), plan_of()).cost_parts["fairness"] == 0


def test_kilometres_are_counted_from_the_nearest_usable_centre(tmp_path):
    """Without injections at x, the nearest to a is y at 12 km; km are counted from there."""
    rows = [{"centre": "y", "week": w, "injections": 50} for w in range(4)]
    instance = campaign(tmp_path / "i", capacity=rows)
    assert judge(instance, plan_of()).cost_parts["km"] == pytest.approx(18 * 0.2 * (2 - 12))


def test_second_doses_and_booked_people_cost_nothing(tmp_path, instance):
    """Neither is a term of the cost."""
    booked = [{"centre": "y", "week": 3, "product": "janssen", "dose_rank": 1, "people": 1}]
    with_booked = campaign(tmp_path / "booked", booked=booked)
    later = changed("second_doses", ("x", "pfizer", 0, 3, 6), ("x", "pfizer", 0, 4, 6))
    cost = judge(instance, plan_of()).cost
    assert judge(with_booked, plan_of()).cost == cost
    assert judge(instance, plan_of(**later)).cost == cost


def test_the_gap_is_relative_to_the_cost(instance):
    """Prices of zero promise at best to serve all for nothing: the bound is 0, the gap is 1."""
    verdict = judge(instance, plan_of(certificate=priced_at_zero(instance)))
    assert (verdict.bound, verdict.gap) == (0, 1)
    assert verdict.gap_km_per_person == pytest.approx(2280 / (0.2 * 25))


def test_a_plan_without_a_certificate_has_no_bound(instance):
    """Baselines prove nothing and claim nothing."""
    verdict = judge(instance, plan_of())
    assert (verdict.bound, verdict.gap, verdict.gap_km_per_person) == (None, None, None)


def test_a_gap_of_a_plan_that_costs_nothing_is_zero_when_its_bound_is(instance):
    """Nothing to divide by: 0 of 0 is no gap, anything else has no value."""
    assert gap_of(0.0, 0.0) == 0
    assert gap_of(0.0, 5.0) is None
    assert gap_of(10.0, None) is None
    assert gap_of(10.0, 9.0) == pytest.approx(0.1)


@pytest.mark.parametrize("km", [0, 0.2])
def test_the_gap_in_kilometres_needs_a_price_and_a_person(tmp_path, km):
    """Without km price, or without first doses, there is no such figure."""
    instance = campaign(tmp_path / "i", settings={"objective": {"km": km}})
    rows = {} if km == 0 else NOTHING
    verdict = judge(instance, plan_of(**rows, certificate=priced_at_zero(instance)))
    assert verdict.gap is not None
    assert verdict.gap_km_per_person is None
