"""Kernels are compiled on a small piece of the instance, whatever its size."""

from __future__ import annotations

import numpy as np

from allocator.read import read_instance
from allocator.warm import FEW_PEOPLE, FEW_ZONES, _few_zones, warm_up
from tests.factories import random_instance
from tests.rewritten import set_cells


def test_a_warm_up_walks_few_zones_with_few_people(tmp_path):
    """A thousand million people in every zone: the search alone would take hours over them."""
    folder = random_instance(np.random.default_rng(1), tmp_path / "i", zones=20, booked=False)
    instance = read_instance(set_cells(folder, "demand", people=10**9))
    few = _few_zones(instance)
    assert 1 <= len(few.zones.ids) <= FEW_ZONES < len(instance.zones.ids)
    assert few.demand.sum() <= FEW_ZONES * FEW_PEOPLE * few.demand.shape[1]
    assert few.demand.any(axis=1).all()
    warm_up(instance)


def test_distances_follow_their_zones(tmp_path):
    """Rows of `travel.csv` are kept for the zones kept, and point at them."""
    for seed in range(8):
        folder = random_instance(np.random.default_rng(seed), tmp_path / str(seed), zones=20)
        instance = read_instance(folder)
        few = _few_zones(instance)
        known = {
            (instance.zones.ids[z], j): km
            for z, j, km in zip(*(getattr(instance.travel, n) for n in ("zone", "centre", "km")),
                                strict=True)
        }  # fmt: skip
        for z, j, km in zip(few.travel.zone, few.travel.centre, few.travel.km, strict=True):
            assert known[few.zones.ids[z], j] == km
