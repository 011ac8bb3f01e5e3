"""Plans are as good as when they were last looked at (`just baselines` freezes them anew)."""

from __future__ import annotations

import json

import pytest

from tests.integration.frozen import FROZEN, drifts, measure

OPTIMAL, RULE = 1e-3, 1e-6
"""An optimal plan stops at a gap of 0.1 %; the baselines follow a rule, to the last person, and the
relaxation is solved exactly."""


def test_plans_have_not_drifted(tmp_path):
    """A region, three random instances and those solved by hand, by every method."""
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))
    assert drifts(frozen, measure(tmp_path), OPTIMAL, RULE) == []


@pytest.mark.parametrize(
    ("measured", "drift"),
    [
        ({"cost": 100.0, "bound": 99.0}, None),
        ({"cost": 90.0, "bound": 99.5}, None),
        ({"cost": 100.2, "bound": 99.0}, "i, optimal: cost was 100.00, is 100.20"),
        ({"cost": 100.0, "bound": 98.8}, "i, optimal: bound was 99.00, is 98.80"),
        ({"cost": 100.0}, "i, optimal: bound was 99.00, is nan"),
    ],
)
def test_an_optimal_plan_drifts_only_to_the_worse(measured, drift):
    """Cheaper or better proven is welcome; dearer, proven less or not at all is told."""
    frozen = {"i, optimal": {"cost": 100.0, "bound": 99.0}}
    found = drifts(frozen, {"i, optimal": measured}, OPTIMAL, RULE)
    assert found == ([] if drift is None else [drift])


@pytest.mark.parametrize("cost", [99.0, 101.0])
def test_a_baseline_drifts_either_way(cost):
    """It follows a rule: any other cost means that the rule is another one."""
    frozen, measured = {"i, pro-rata": {"cost": 100.0}}, {"i, pro-rata": {"cost": cost}}
    assert drifts(frozen, measured, OPTIMAL, RULE) == [
        f"i, pro-rata: cost was 100.00, is {cost:.2f}"
    ]


def test_a_plan_that_is_not_measured_is_told():
    """Nothing frozen goes unlooked at, and nothing measured goes unfrozen."""
    found = drifts({"i, optimal": {}}, {"j, optimal": {}}, OPTIMAL, RULE)
    assert found == [f"{name}, optimal is measured or frozen only" for name in "ij"]
