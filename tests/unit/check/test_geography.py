"""Distances of MODEL.md, and minima over all centres that no pruning may miss."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from allocator.check.geography import BLOCK_ZONES, geography_of
from allocator.instance import Centres, Instance, Travel, Zones
from tests.unit.check.plans import campaign
from tests.unit.check.reference import Witness

ONE_DEGREE_KM = 1.3 * 6371.0088 * math.pi / 180


def spread(
    instance: Instance, n_zones: int, n_centres: int, n_listed: int, reach_deg: float
) -> Instance:
    """Scatter many zones and centres, with some listed distances."""
    rng = np.random.default_rng(n_zones + n_centres + n_listed)
    lat, lon = rng.uniform(44, 44 + reach_deg, 5000), rng.uniform(0, reach_deg, 5000)
    names = tuple(f"z{i}" for i in range(n_zones))
    zones = Zones(
        names, names, np.arange(n_zones) % 2, names, lat[:n_zones], lon[:n_zones],
        np.ones(n_zones, dtype=np.int64),
    )  # fmt: skip
    of = np.zeros(n_centres, dtype=np.int64)
    old = instance.centres
    centres = Centres(
        tuple(f"c{i}" for i in range(n_centres)), names, of, lat[-n_centres:], lon[-n_centres:],
        old.opens_on[of], old.closes_on[of], old.open_days[of],
    )  # fmt: skip
    pairs = rng.choice(n_zones * n_centres, n_listed, replace=False)
    travel = Travel(pairs // n_centres, pairs % n_centres, rng.uniform(0, 900, n_listed))
    return replace(instance, zones=zones, centres=centres, travel=travel)


def every_km(instance: Instance) -> np.ndarray:
    """Return the whole matrix of distances, pair by pair."""
    it = Witness(instance)
    n_zones, n_centres = len(instance.zones.ids), len(instance.centres.ids)
    return np.array([[it.km(z, j) for j in range(n_centres)] for z in range(n_zones)])


def test_a_degree_of_the_equator_is_144_and_a_half_kilometres_of_road(tmp_path):
    """Great circle on a sphere of 6371.0088 km, times 1.3."""
    instance = campaign(tmp_path / "i", travel=None)
    km = geography_of(instance).km(np.array([0, 1]), np.array([1, 1]))
    assert km == pytest.approx([ONE_DEGREE_KM, 0])
    assert km[0] == pytest.approx(144.554, abs=1e-3)


def test_antipodes_are_half_a_great_circle_apart(tmp_path):
    """Rounding never takes the root of more than one."""
    instance = campaign(tmp_path / "i", travel=None)
    far = replace(instance.centres, lon=np.array([180.0, 180.0]))
    km = geography_of(replace(instance, centres=far)).km(np.array([0]), np.array([0]))
    assert km[0] == pytest.approx(180 * ONE_DEGREE_KM)


def test_listed_distances_replace_the_great_circle_for_their_pairs_only(tmp_path):
    """One pair is listed; its neighbours in the matrix are not."""
    instance = campaign(tmp_path / "i", travel=[{"zone": "a", "centre": "y", "km": 7}])
    geography = geography_of(instance)
    km = geography.km(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert km == pytest.approx([0, 7, ONE_DEGREE_KM, 0])


def test_a_centre_listed_far_away_does_not_hide_its_neighbours(tmp_path):
    """Centre x stands in a, but the road to it takes 900 km: y is nearer."""
    instance = campaign(tmp_path / "i", travel=[{"zone": "a", "centre": "x", "km": 900}])
    nearest = geography_of(instance).nearest_km(np.array([True, True]))
    assert nearest == pytest.approx([ONE_DEGREE_KM, 0])


def test_the_nearest_centre_is_a_usable_one(instance):
    """Without x, the nearest to a is y at 12 km; b keeps y at 5 km."""
    nearest = geography_of(instance).nearest_km(np.array([False, True]))
    assert nearest.tolist() == [12, 5]


@pytest.mark.parametrize("n_listed", [0, 60, 3000])
@pytest.mark.parametrize("price", [0.0, 0.2, 5.0])
def test_the_pruned_minimum_is_that_over_all_centres(instance, n_listed, price):
    """More zones than a block holds, listed distances nearer and farther, forbidden centres."""
    n_zones, n_centres = 16 * BLOCK_ZONES, 60
    large = spread(instance, n_zones, n_centres, n_listed, reach_deg=3)
    rng = np.random.default_rng(5)
    addend = rng.normal(0, 40, (2, 3, n_centres))
    addend[rng.random(addend.shape) < 0.2] = np.inf
    addend[1, 2] = np.inf
    all_of_them = price * every_km(large)[:, None, :] + addend[large.zones.department]
    least = geography_of(large).least(price, addend)
    np.testing.assert_allclose(least, all_of_them.min(axis=2), rtol=1e-12, atol=1e-9)
    assert np.isinf(least[large.zones.department == 1, 2]).all()


def test_most_centres_are_left_out_where_nothing_is_listed(instance):
    """The scan is a pruned one: the control that the tests above test something."""
    large = spread(instance, 16 * BLOCK_ZONES, 60, 0, reach_deg=3)
    geography = geography_of(large)
    kept = [len(geography._candidates(b, 1.0, np.zeros((1, 60)))) for b in geography.blocks]
    assert max(kept) < 60
    assert np.mean(kept) < 40
