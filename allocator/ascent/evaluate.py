"""One evaluation of the smoothed dual: its value, its gradient, and the soft plan behind it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np

from allocator.ascent import kernels
from allocator.ascent.lists import Lists
from allocator.ascent.model import BLOCKED, Model, Prices
from allocator.instance import Floats

R = TypeVar("R")
THREADS = 2
"""Fixed, so that sums are added in the same order on every machine."""


@dataclass(slots=True)
class SoftPlan:
    """What the priced rows would use; all arrays of expected people or doses.

    load
        Q x K people by pair and class.
    use
        J x W, pool_use P x W, stock_use S x W, firsts D x B first doses by block.
    week_share, block_share, second_share
        Shares that spread `load` over weeks and products (see kernels).
    """

    value: float
    load: Floats
    use: Floats
    pool_use: Floats
    stock_use: Floats
    firsts: Floats
    g: Floats
    block_share: Floats
    week_share: Floats
    second_share: Floats
    bundle: Floats


class Evaluator:
    """Evaluates prices on lists with two threads; a context manager."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._pool = ThreadPoolExecutor(THREADS)
        horizon = model.horizon
        self._J, self._W = horizon.room.shape
        self._P, self._K, self._T = horizon.first_allowed.shape
        self._B = len(model.block_start) - 1
        self._widest = int((horizon.hi - horizon.lo).max(initial=0)) + 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def reward(self, prices: Prices) -> Floats:
        """Fairness reward of a first dose, D x B, constant within a block (Phi in the ADR)."""
        model = self.model
        if not model.n_checkpoints:
            return np.zeros((len(model.people_d), self._B))
        net = prices.fairness - (prices.fairness @ model.floor_share)[:, None]
        later = np.array(
            [[c > start for c in model.instance.fairness.checkpoints]
             for start in model.block_start[:-1]]
        )  # fmt: skip
        return np.ascontiguousarray((later.astype(float) @ net).T)

    def priced_rows(self, prices: Prices) -> float:
        """Return the constant part of the dual: all people unserved, less the value of supply."""
        model = self.model
        open_rows = prices.capacity < BLOCKED
        return float(
            model.constant
            - (prices.capacity * model.room)[open_rows].sum()
            - (prices.pool * model.pool_net).sum()
            - (prices.stock * model.stock_net).sum()
            - (prices.fairness * model.waived).sum()
        )

    def price_centres(self, prices: Prices, tau: float) -> tuple[Floats, Floats, Floats, Floats]:
        """Bundle prices, second-dose shares, block costs and week shares of all centres."""
        J, P, K, T = self._J, self._P, self._K, self._T
        bundle, second = np.empty((J, P, T)), np.zeros((J, P, T, self._widest))
        block_cost, week_share = np.empty((J, K, self._B)), np.zeros((J, K, P, T))
        model, horizon = self.model, self.model.horizon

        def centres(first: int, last: int, _thread: int) -> None:
            kernels.price_bundles(
                prices.capacity, prices.pool, prices.stock, model.stock_row,
                horizon.second_allowed, horizon.two_dose, horizon.lo, horizon.hi, T, tau,
                first, last, bundle, second,
            )  # fmt: skip
            kernels.price_classes(
                bundle, model.class_cost, horizon.first_allowed, model.block_start, tau,
                first, last, block_cost, week_share,
            )  # fmt: skip

        self._in_threads(centres, self._halves(J))
        return bundle, second, block_cost, week_share

    def evaluate(self, prices: Prices, lists: Lists, tau: float) -> SoftPlan:
        """Return the smoothed dual value at these prices over these lists, with its soft plan."""
        model = self.model
        bundle, second, block_cost, week_share = self.price_centres(prices, tau)
        n_pairs = len(lists.pair_centre)
        g, block_share = np.empty((n_pairs, self._K)), np.empty((n_pairs, self._K, self._B))
        reward = self.reward(prices)

        def pairs(first: int, last: int, _thread: int) -> None:
            kernels.price_pairs(
                block_cost, reward, lists.pair_department, lists.pair_centre, tau,
                first, last, g, block_share,
            )  # fmt: skip

        self._in_threads(pairs, self._halves(n_pairs))
        loads = np.zeros((THREADS, n_pairs, self._K))

        def zones(first: int, last: int, thread: int) -> float:
            return kernels.assign_zones(
                lists.people, lists.start, lists.pair, lists.cost, g, tau,
                first, last, np.empty(lists.longest + 1), loads[thread],
            )  # fmt: skip

        minima = self._in_threads(zones, self._balanced(lists))
        load = loads.sum(axis=0)
        uses = [self._empty_use() for _ in range(THREADS)]

        def centres(first: int, last: int, thread: int) -> None:
            kernels.spread_load(
                load, block_share, week_share, second, lists.pair_start, lists.pair_department,
                model.stock_row, model.horizon.two_dose, model.horizon.lo, model.block_start,
                first, last, *uses[thread],
            )  # fmt: skip

        self._in_threads(centres, self._halves(self._J))
        use, pool_use, stock_use, firsts = (sum(parts) for parts in zip(*uses, strict=True))
        return SoftPlan(
            value=self.priced_rows(prices) + sum(minima),
            load=load, use=use, pool_use=pool_use, stock_use=stock_use, firsts=firsts, g=g,
            block_share=block_share, week_share=week_share, second_share=second, bundle=bundle,
        )  # fmt: skip

    def _empty_use(self) -> tuple[Floats, Floats, Floats, Floats]:
        return (
            np.zeros((self._J, self._W)),
            np.zeros((self._P, self._W)),
            np.zeros((len(self.model.stock_net), self._W)),
            np.zeros((len(self.model.people_d), self._B)),
        )

    @staticmethod
    def _halves(n: int) -> list[int]:
        return [n * i // THREADS for i in range(THREADS + 1)]

    @staticmethod
    def _balanced(lists: Lists) -> list[int]:
        """Cut the units where the entries halve."""
        targets = [len(lists.pair) * i // THREADS for i in range(1, THREADS)]
        inner = [int(np.searchsorted(lists.start, target)) for target in targets]
        return [0, *(min(cut, len(lists.people)) for cut in inner), len(lists.people)]

    def _in_threads(self, work: Callable[[int, int, int], R], cuts: list[int]) -> list[R]:
        futures = [self._pool.submit(work, cuts[i], cuts[i + 1], i) for i in range(THREADS)]
        return [future.result() for future in futures]
