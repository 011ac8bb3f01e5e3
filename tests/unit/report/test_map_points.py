"""Maps as points, and coverage beside both rules: figures of the report, drawn elsewhere."""

from __future__ import annotations

import pytest

from scenarios.report.boundaries import Boundaries
from scenarios.report.equity import both_rules, coverage_beside_rules
from scenarios.report.frames import sheet_of
from scenarios.report.map import Canvas
from scenarios.report.map_points import map_points
from scenarios.report.palette import NOBODY
from scenarios.report.positions import decisions_of
from scenarios.report.tally import tally_of
from tests.unit.report.conftest import NASTY


@pytest.fixture(scope="module")
def tally(campaign):
    return tally_of(campaign.instance, decisions_of(campaign.instance, campaign.plan))


def test_each_layer_colours_each_place_by_its_value(campaign, tally):
    """Two communes with demand, two centres that vaccinate; the words say the values."""
    boundaries = Boundaries({}, {})
    canvas = Canvas(campaign.instance, boundaries, sheet_of(campaign.instance, boundaries))
    points = map_points(canvas, tally)
    assert points["places"]["name"] == ["Allineuc (22)", "Ajaccio (2A)"]
    assert set(points["layers"]) == {"coverage", "waiting", "distance"}
    for layer in points["layers"].values():
        assert len(layer["class"]) == len(layer["text"]) == 2
        assert layer["colours"][-1] == NOBODY
        assert max(layer["class"]) < len(layer["colours"]) - 1  # nobody goes without here
    values = 100 * tally.coverage()[campaign.instance.zones.department]
    texts = points["layers"]["coverage"]["text"]
    assert [float(t.removesuffix(" %").replace(",", ".")) for t in texts] == pytest.approx(
        values, abs=0.05
    )
    centres = points["centres"]
    assert NASTY in centres["name"]
    assert centres["r"] == sorted(centres["r"], reverse=True)


def test_coverage_stands_beside_both_rules(campaign, tally):
    """One row a département, one column for the plan and for each rule."""
    rules = both_rules(campaign.instance)
    shown = coverage_beside_rules(tally, rules, ["Côtes-d’Armor (22)", "Corse-du-Sud (2A)"])
    for name in ("Ce plan", "Répartition au prorata", "Premier arrivé, premier servi"):
        assert f'<th scope="col" class="n">{name}</th>' in shown
    assert shown.count('<th scope="row">') == 2
    assert "style=" not in shown  # pages with a strict policy show it, too
