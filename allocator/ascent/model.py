"""The relaxation as arrays the kernels read, in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.horizon import Horizon, horizon_of
from allocator.instance import Bools, Floats, Instance, Ints
from allocator.travel import Distances

BLOCKED = 1e15
"""Price of a week without room: its row is worth nothing, so any price is free."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything about an instance that does not change while prices do.

    room
        J x W slots left after bookings, as floats, never negative.
    stock_row
        J x P, row of the centre's own stock price, -1 where the national price serves.
    stock_net
        S x W earmarked doses less booked ones.
    pool_net
        P x W national doses less those booked at centres without a stock row.
    block_start
        B + 1 weeks; the fairness reward is constant inside a block.
    floor_share
        D, people of the département / all people, times the floor.
    waived
        C x D people the floor does not ask for after all: 0, save when a price is confirmed.
    """

    instance: Instance
    horizon: Horizon
    distances: Distances
    near: Floats
    km_price: float
    weight: Floats
    constant: float
    class_cost: Floats
    room: Floats
    stock_row: Ints
    stock_net: Floats
    pool_net: Floats
    block_start: Ints
    people_d: Floats
    floor_share: Floats
    waived: Floats
    usable: Ints

    @property
    def people(self) -> Ints:
        """Z x K people who want a first dose."""
        return self.instance.demand

    @property
    def n_checkpoints(self) -> int:
        """Fairness checkpoints."""
        return len(self.instance.fairness.checkpoints)


def model_of(instance: Instance, horizon: Horizon | None = None) -> Model:
    """Derive the solver's arrays of an instance, or of a horizon that differs from its own."""
    horizon = horizon_of(instance) if horizon is None else horizon
    distances = Distances(instance)
    objective, weight = instance.objective, instance.classes.weight
    stock_row, stock_net, pool_net = _stock(horizon)
    by_department = np.zeros(len(instance.departments))
    np.add.at(by_department, instance.zones.department, instance.demand.sum(axis=1))
    weeks = np.arange(horizon.T)
    return Model(
        instance=instance,
        horizon=horizon,
        distances=distances,
        near=distances.near(horizon.usable),
        km_price=objective.km,
        weight=weight,
        constant=float((weight * objective.unserved * instance.demand.sum(axis=0)).sum()),
        class_cost=weight[:, None] * (objective.week * weeks - objective.unserved),
        room=np.maximum(horizon.room, 0).astype(float),
        stock_row=stock_row,
        stock_net=stock_net,
        pool_net=pool_net,
        block_start=_blocks(instance.fairness.checkpoints, horizon.T),
        people_d=by_department,
        floor_share=instance.fairness.floor * by_department / by_department.sum(),
        waived=np.zeros((len(instance.fairness.checkpoints), len(by_department))),
        usable=np.flatnonzero(horizon.usable),
    )


def _stock(horizon: Horizon) -> tuple[Ints, Floats, Floats]:
    """Give each earmarked (centre, product) a stock row; all others live on the pool."""
    has_row: Bools = np.asarray(horizon.earmarked.any(axis=2))
    stock_row = np.full(has_row.shape, -1, dtype=np.int64)
    stock_row[has_row] = np.arange(has_row.sum())
    net = (horizon.earmarked - horizon.booked_doses).astype(float)
    pool_net = horizon.pool + np.where(has_row[:, :, None], 0, net).sum(axis=0)
    return stock_row, net[has_row], pool_net


def _blocks(checkpoints: tuple[int, ...], weeks: int) -> Ints:
    inner = [c for c in checkpoints if c < weeks]
    return np.array([0, *inner, weeks], dtype=np.int64)


@dataclass(slots=True)
class Prices:
    """Row prices in the cone of valid ones: see `project`.

    capacity
        J x W per slot.
    pool
        P x W per dose used in the week, non-increasing in the week (the sum of later row duals).
    stock
        S x W per dose at an earmarked centre, non-increasing, never over the pool's.
    fairness
        C x D per person missing, up to the fairness price.
    """

    capacity: Floats
    pool: Floats
    stock: Floats
    fairness: Floats

    def parts(self) -> tuple[Floats, Floats, Floats, Floats]:
        """All four arrays, in a fixed order."""
        return self.capacity, self.pool, self.stock, self.fairness

    def copy(self) -> Prices:
        """Return an independent copy."""
        return Prices(*(part.copy() for part in self.parts()))
