"""Figures of `result.json` are checked before they are shown."""

from __future__ import annotations

import pytest

from allocator.errors import InputError
from scenarios.report.printed import read_printed


def test_the_figures_of_a_plan_are_taken_as_printed(campaign):
    """Cost, parts, bound, gap and key figures, unchanged."""
    printed = read_printed("result.json", campaign.result)
    assert printed.cost == campaign.result["cost"]
    assert dict(printed.kpis) == campaign.result["kpis"]
    assert sum(printed.cost_parts.values()) == pytest.approx(printed.cost)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": None}, "cost is not a number: None"),
        ({"cost": True}, "cost is not a number: True"),
        ({"cost": float("nan")}, "cost is not a number: nan"),
        ({"method": 3}, "method is not a text: 3"),
        ({"kpis": []}, "kpis is not an object"),
        ({"kpis": {}}, "key 'kpis.people' is missing"),
        ({"cost_parts": {"unserved": 1}}, "key 'cost_parts.week' is missing"),
    ],
)
def test_a_figure_that_is_none_is_named(change, message, campaign):
    """The file and the key, so that a reader finds it."""
    with pytest.raises(InputError, match=f"^result.json: {message}$"):
        read_printed("result.json", {**campaign.result, **change})


def test_a_missing_key_is_named(campaign):
    """An older or foreign result.json is not half read."""
    result = {key: value for key, value in campaign.result.items() if key != "bound"}
    with pytest.raises(InputError, match="key 'bound' is missing"):
        read_printed("result.json", result)


def test_a_baseline_may_have_no_bound(campaign):
    """MODEL.md lets baselines leave bound and gap null."""
    result = {**campaign.result, "bound": None, "gap": None, "gap_km_per_person": None}
    assert read_printed("result.json", result).gap is None
