"""The ascent itself: momentum steps in a diagonal metric, projected onto the valid prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from allocator.ascent.evaluate import Evaluator, SoftPlan
from allocator.ascent.lists import Lists
from allocator.ascent.model import BLOCKED, Model, Prices
from allocator.instance import Floats

REFRESH = 8
"""Steps between two choices of the active entries."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a schedule: temperature and step length (dimensionless)."""

    tau: float
    eta: float


def geometric(start: float, end: float, steps: int, eta: float) -> list[Step]:
    """Temperatures falling geometrically from start to end."""
    return [Step(start * (end / start) ** (i / max(1, steps - 1)), eta) for i in range(steps)]


def constant(tau: float, steps: int, eta: float) -> list[Step]:
    """Return the same step again and again."""
    return [Step(tau, eta)] * steps


class Climb:
    """A run of the ascent on fixed lists; prices and momentum live here between steps.

    The momentum is never restarted inside a run: a nearly neutral mode (capacity prices up, dose
    prices down) needs hundreds of uninterrupted steps to travel.
    """

    def __init__(self, evaluator: Evaluator, prices: Prices, lists: Lists, width: float) -> None:
        self._evaluator = evaluator
        self._lists = lists
        self._width = width
        self._before = prices.copy()
        self._age = 0
        self._active = lists
        self.prices = prices
        self.value = -np.inf

    def run(self, steps: Iterable[Step]) -> Iterable[float]:
        """Take the steps, yielding the smoothed dual value after each."""
        for step in steps:
            self._take(step)
            yield self.value

    def soft_plan(self, tau: float) -> SoftPlan:
        """Return the soft plan at the current prices over the whole lists."""
        return self._evaluator.evaluate(self.prices, self._lists, tau)

    def _take(self, step: Step) -> None:
        beta = self._age / (self._age + 3.0)
        ahead = Prices(
            *(now + beta * (now - before)
              for now, before in zip(self.prices.parts(), self._before.parts(), strict=True))
        )  # fmt: skip
        model = self._evaluator.model
        project(model, ahead, np.ones_like(ahead.pool), np.ones_like(ahead.stock))
        if self._age % REFRESH == 0:
            full = self._evaluator.evaluate(ahead, self._lists, step.tau)
            self._active = self._lists.active(full.g, 12.0 * step.tau + self._width)
        soft = self._evaluator.evaluate(ahead, self._active, step.tau)
        self.value = soft.value
        self._before, self.prices = self.prices, ascend(model, ahead, soft, step)
        self._age += 1


def ascend(model: Model, at: Prices, soft: SoftPlan, step: Step) -> Prices:
    """Return the prices one step up the gradient, each row scaled by what it carries."""
    length = step.eta * step.tau
    capacity = at.capacity + length * (soft.use - model.room) / np.maximum(
        np.maximum(soft.use, model.room), 1e-9
    )
    pool_use, stock_gap = _dose_gaps(model, at, soft)
    pool_weight = np.maximum(np.maximum(pool_use, np.abs(model.pool_net)), 1.0)
    pool = at.pool + length * (pool_use - model.pool_net) / pool_weight
    stock_weight = np.maximum(np.maximum(soft.stock_use, np.abs(model.stock_net)), 1.0)
    stock = at.stock + length * stock_gap / stock_weight
    fairness = at.fairness + length * _fairness_gap(model, soft)
    moved = Prices(capacity, pool, stock, fairness)
    project(model, moved, pool_weight, stock_weight)
    return moved


def _dose_gaps(model: Model, at: Prices, soft: SoftPlan) -> tuple[Floats, Floats]:
    """Doses drawn from the pool by week of use, and each earmarked centre's overdraft.

    An earmarked centre whose own price has reached the pool's draws on the pool.
    """
    pool_use = soft.pool_use.copy()
    gap = soft.stock_use - model.stock_net
    rows, products = np.nonzero(model.stock_row >= 0)
    for row, p in zip(model.stock_row[rows, products].tolist(), products.tolist(), strict=True):
        drawn = at.stock[row] >= at.pool[p] - 1e-12
        pool_use[p] += np.where(drawn, np.maximum(gap[row], 0.0), 0.0)
    return pool_use, gap


def _fairness_gap(model: Model, soft: SoftPlan) -> Floats:
    """Per person of the département, how far below the floor at each checkpoint (C x D)."""
    checkpoints = model.instance.fairness.checkpoints
    if not checkpoints:
        return np.zeros((0, len(model.people_d)))
    given = np.cumsum(soft.firsts, axis=1)
    last_block = np.searchsorted(model.block_start, checkpoints) - 1
    firsts = given[:, last_block].T
    required = firsts.sum(axis=1)[:, None] * model.floor_share[None, :]
    gap: Floats = (required - firsts - model.waived) / np.maximum(model.people_d, 1.0)
    return gap


def project(model: Model, prices: Prices, pool_weight: Floats, stock_weight: Floats) -> None:
    """Bring prices back to the cone, in place: signs, weekly monotony, the fairness limit."""
    np.maximum(prices.capacity, 0.0, out=prices.capacity)
    prices.capacity[model.room <= 0] = BLOCKED
    np.clip(prices.fairness, 0.0, model.instance.fairness.price, out=prices.fairness)
    for p in range(len(prices.pool)):
        prices.pool[p] = _falling(prices.pool[p], pool_weight[p])
    rows, products = np.nonzero(model.stock_row >= 0)
    for row, p in zip(model.stock_row[rows, products].tolist(), products.tolist(), strict=True):
        falling = _falling(prices.stock[row], stock_weight[row])
        prices.stock[row] = np.minimum(falling, prices.pool[p])


def _falling(values: Floats, weights: Floats) -> Floats:
    """Nearest non-increasing, non-negative sequence in the weighted metric."""
    if np.all(values[1:] <= values[:-1]):
        return np.maximum(values, 0.0)
    fitted: Floats = isotonic_regression(values, weights=weights, increasing=False).x
    return np.maximum(fitted, 0.0)
