"""Compiling the kernels on a handful of zones, so that the first run's wait has a name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocator.ascent.climb import constant
from allocator.ascent.evaluate import Evaluator
from allocator.ascent.model import model_of
from allocator.ascent.relax import Relaxer
from allocator.days import split_into_days
from allocator.instance import Instance
from allocator.integer.whole import Relaxed, WholePlan, decisions_of

FEW_ZONES, FEW_PEOPLE = 8, 20


def warm_up(instance: Instance) -> None:
    """Walk the whole way of a national solve on a few zones: a moment once all is compiled."""
    few = _few_zones(instance)
    model = model_of(few)
    with Evaluator(model) as evaluator:
        relaxer = Relaxer(model, evaluator, lambda: False)
        for _ in relaxer.first_prices():
            pass
        for _ in relaxer.climb(constant(relaxer.fine_tau, 2, 0.1), ""):
            pass
        assert relaxer.lists is not None
        soft, tau = relaxer.soft_plan(relaxer.fine_tau), relaxer.fine_tau
        relaxed = Relaxed(relaxer.lists, soft, relaxer.prices, tau)
        whole = WholePlan(model, relaxed, instance.seed, lambda: False, in_vials=True)
        whole.round()
        for _ in whole.search((1.0,)):
            pass
    split_into_days(few, decisions_of(whole.books))


def _few_zones(instance: Instance) -> Instance:
    """Return the instance with only the first zones that have demand, and few people in them.

    The search takes longer the more people a zone has, and nothing stops a warm-up.
    """
    kept = np.flatnonzero(instance.demand.sum(axis=1) > 0)[:FEW_ZONES]
    zones, travel = instance.zones, instance.travel
    place = np.full(len(zones.ids), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    listed = place[travel.zone] >= 0
    return replace(
        instance,
        zones=replace(
            zones,
            ids=tuple(zones.ids[z] for z in kept),
            names=tuple(zones.names[z] for z in kept),
            department=zones.department[kept],
            regions=tuple(zones.regions[z] for z in kept),
            lat=zones.lat[kept],
            lon=zones.lon[kept],
            population=zones.population[kept],
        ),
        demand=np.minimum(instance.demand[kept], FEW_PEOPLE),
        travel=replace(
            travel,
            zone=place[travel.zone[listed]],
            centre=travel.centre[listed],
            km=travel.km[listed],
        ),
    )
