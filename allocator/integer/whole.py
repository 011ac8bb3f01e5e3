"""Round, search, and keep the cheapest: the integer plan behind a relaxation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.ascent.evaluate import SoftPlan
from allocator.ascent.lists import Lists
from allocator.ascent.model import BLOCKED, Model, Prices
from allocator.decisions import Decisions
from allocator.instance import Floats, Ints
from allocator.integer.ledger import Ledger, Tariff, open_ledger
from allocator.integer.rounding import place_centres, refill, release, round_zones
from allocator.integer.search import offer, price_all, shift

LEAST_SLACK_SHARE = 1e-4
"""Cumulative vials left, as a share of those delivered, above which their price is lowered."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What rounding needs of a relaxation: the soft plan and the prices it was balanced at."""

    lists: Lists
    soft: SoftPlan
    prices: Prices
    reward: Floats
    tau: float


def tariff_of(model: Model, relaxed: Relaxed) -> Tariff:
    """Prices of slots and vials that guide the search."""
    pool = relaxed.prices.pool
    by_row = pool - np.concatenate([pool[:, 1:], np.zeros((len(pool), 1))], axis=1)
    vial = model.instance.products.doses_per_vial[:, None]
    capacity = np.where(relaxed.prices.capacity >= BLOCKED, 0.0, relaxed.prices.capacity)
    return Tariff(model.class_cost, capacity, by_row * vial, relaxed.reward)


def free(tariff: Tariff) -> Tariff:
    """Return the same tariff with slots and vials for nothing: what is left over may be used."""
    return Tariff(
        tariff.class_cost, np.zeros_like(tariff.capacity), np.zeros_like(tariff.vial), tariff.reward
    )


class WholePlan:
    """An integer plan in the making, from one rounding of a soft plan."""

    def __init__(self, model: Model, relaxed: Relaxed, seed: int, *, in_vials: bool) -> None:
        self.model = model
        self.books = open_ledger(model, relaxed.lists)
        self.tariff = tariff_of(model, relaxed)
        self._rng = np.random.default_rng(seed)
        self._by_cost = np.argsort(relaxed.lists.cost, kind="stable")
        self._cached = np.empty(relaxed.soft.load.shape)
        self._in_vials = in_vials
        self._relaxed = relaxed

    def round(self) -> None:
        """Whole people at whole weeks, then everybody left is offered every place."""
        soft, books = self._relaxed.soft, self.books
        round_zones(books, soft.g, self._relaxed.tau, self._zones(), np.zeros(soft.load.shape))
        load = self.load()
        place_centres(
            books, load, soft.block_share, soft.week_share, soft.second_share,
            self._centres(), self._in_vials,
        )  # fmt: skip
        refill(books, self.tariff, load, self._centres())
        release(books, load, self._by_cost)
        self.offer(self.tariff)

    def load(self) -> Ints:
        """People placed at each pair, by class."""
        load = np.zeros(self._relaxed.soft.load.shape, dtype=np.int64)
        np.add.at(load, self.books.pair, self.books.placed)
        return load

    def offer(self, tariff: Tariff) -> int:
        """Offer the unserved every place at this tariff."""
        price_all(self.books, tariff, self._cached)
        return offer(self.books, tariff, self._zones(), self._cached)

    def search(self, turns: Sequence[int], stop: Callable[[], bool]) -> Iterator[float]:
        """Shift and offer for some rounds, then use what is left over; yield the cost of each.

        The price of vials that stay unsold is lowered from round to round; at the end of a turn
        slots and vials are free: no better use was found for them.
        """
        factor = np.ones(len(self.tariff.vial))
        amounts = np.unique(np.concatenate([[1, 2, 3], self.books.vial]))
        supply = self.books.shipped.sum(axis=0) + self.books.vials_left
        worth = np.maximum((self.tariff.vial * supply).sum(axis=1), 1e-9)
        for rounds in turns:
            for _ in range(rounds):
                if stop():
                    break
                tariff = self.tariff._replace(vial=self.tariff.vial * factor[:, None])
                shift(self.books, tariff, self._centres(), amounts)
                self.offer(tariff)
                unsold = (self.tariff.vial * self.books.vials_left).sum(axis=1) / worth
                factor = np.where(
                    unsold > LEAST_SLACK_SHARE, factor * 0.95, np.minimum(1.05, factor * 1.02)
                )
                yield self.cost()
            self.offer(free(self.tariff))
            yield self.cost()

    def cost(self) -> float:
        """Cost of the plan as it stands (MODEL.md)."""
        return sum(cost_parts(self.model, self.books))

    def _zones(self) -> Ints:
        return self._rng.permutation(len(self.books.unserved))

    def _centres(self) -> Ints:
        return self._rng.permutation(len(self.books.room))


def cost_parts(model: Model, books: Ledger) -> tuple[float, float, float, float]:
    """Cost of unserved people, waiting, extra kilometres and fairness, recounted."""
    objective, fairness = model.instance.objective, model.instance.fairness
    T = books.first.shape[3]
    by_week = books.first.sum(axis=2)
    waits = (by_week * np.arange(T)).sum(axis=(0, 2))
    unserved = float((model.weight * objective.unserved * books.unserved.sum(axis=0)).sum())
    week = float((model.weight * objective.week * waits).sum())
    km = float((books.cost * books.placed.sum(axis=1)).sum())
    firsts = np.zeros((len(model.people_d), T))
    np.add.at(firsts, books.pair_department, by_week.sum(axis=1))
    given = np.cumsum(firsts, axis=1)
    missing = 0.0
    for checkpoint in fairness.checkpoints:
        required = model.floor_share * given[:, checkpoint - 1].sum()
        missing += float(np.maximum(0.0, required - given[:, checkpoint - 1]).sum())
    return unserved, week, km, fairness.price * missing


def decisions_of(books: Ledger) -> Decisions:
    """Write the books out as tables."""
    entry, k = np.nonzero(books.placed)
    zone = np.searchsorted(books.start, entry, side="right") - 1
    centre = books.pair_centre[books.pair[entry]]
    flows = np.column_stack([zone, k, centre, books.placed[entry, k]])
    q, k, p, t = np.nonzero(books.first)
    first = np.column_stack(
        [books.pair_department[q], k, books.pair_centre[q], p, t, books.first[q, k, p, t]]
    )
    j, p, t, i = np.nonzero(books.second)
    second = np.column_stack([j, p, t, t + books.lo[p] + i, books.second[j, p, t, i]])
    weekly = np.diff(books.shipped, axis=2, prepend=0)
    j, p, t = np.nonzero(weekly)
    shipments = np.column_stack([j, p, t, weekly[j, p, t]])
    return Decisions(*(table.astype(np.int64) for table in (flows, first, second, shipments)))
