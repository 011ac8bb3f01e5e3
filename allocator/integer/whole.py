"""Round, search, and keep the cheapest: the integer plan behind a relaxation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from allocator.ascent.evaluate import THREADS, SoftPlan
from allocator.ascent.lists import Lists
from allocator.ascent.model import BLOCKED, Model, Prices
from allocator.decisions import Decisions
from allocator.instance import Ints
from allocator.integer.ledger import Ledger, Tariff, count_fairness, open_ledger
from allocator.integer.resume import first_rows, place_flows, resume, second_offers
from allocator.integer.rounding import place_centres, refill, release, round_zones
from allocator.integer.search import dearest_all, offer, price_all, quote_all, relocate, shift

LEAST_SLACK_SHARE = 1e-4
"""Cumulative vials left, as a share of those delivered, above which their price is lowered."""

FULL_BOXES = np.array([810, 270, 90, 30])
"""Largest vials that a careful search moves together, before it looks at single people."""
MANY = 10**12
"""Vials, more than anybody could need."""
CROWD = 1_000_000
"""People of one zone, class and centre; more of them, which no commune has, move by tens, hundreds
and so on as well: one by one would take hours."""
LEAST_GAIN = 1e-3
"""What each person moved must gain of the cost; far below what anybody is worth."""
FLOOR_BAND = 5e-2
"""Share of a département's people whose lack moves the price of its floor across its range."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What rounding needs of a relaxation: the soft plan and the prices it was balanced at."""

    lists: Lists
    soft: SoftPlan
    prices: Prices
    tau: float


def tariff_of(model: Model, relaxed: Relaxed) -> Tariff:
    """Prices of slots and vials that guide the search."""
    pool = relaxed.prices.pool
    by_row = pool - np.concatenate([pool[:, 1:], np.zeros((len(pool), 1))], axis=1)
    vial = model.instance.products.doses_per_vial[:, None]
    capacity = np.where(relaxed.prices.capacity >= BLOCKED, 0.0, relaxed.prices.capacity)
    return Tariff(
        model.class_cost, capacity, by_row * vial, model.instance.fairness.price,
        relaxed.prices.fairness, np.maximum(FLOOR_BAND * model.people_d, 1.0), LEAST_GAIN,
    )  # fmt: skip


def part_of(tariff: Tariff, share: float) -> Tariff:
    """Return the tariff at a share of its prices: 1 as they are, 0 what the cost itself says."""
    return tariff._replace(
        capacity=share * tariff.capacity,
        vial=share * tariff.vial,
        fairness=share * tariff.fairness + (1.0 - share) * tariff.floor / 2.0,
        band=np.maximum(share * tariff.band, 1.0),
    )


class WholePlan:
    """An integer plan in the making, from one rounding of a soft plan.

    The plan is feasible at every moment; `stop` is asked often, and what is done by then stays.
    """

    def __init__(
        self, model: Model, relaxed: Relaxed, seed: int, stop: Callable[[], bool],
        *, in_vials: bool = False,
    ) -> None:  # fmt: skip
        self.model = model
        self._stop = stop
        self.books = open_ledger(model, relaxed.lists)
        self.tariff = tariff_of(model, relaxed)
        self._rng = np.random.default_rng(seed)
        self._by_cost = np.argsort(relaxed.lists.cost, kind="stable")
        self._cached = np.empty(relaxed.soft.load.shape)
        self._in_vials = in_vials
        self._relaxed = relaxed
        self._careful = False

    def be_careful(self, relaxed: Relaxed, least_gain: float) -> None:
        """Search from here on by fewer and larger moves, each worth it for everybody in it.

        Parameters
        ----------
        relaxed
            Prices to go by, on the same lists.
        least_gain
            What each person moved must bring.
        """
        self._careful = True
        self.tariff = tariff_of(self.model, relaxed)._replace(least_gain=least_gain)

    def round(self) -> None:
        """Whole people at whole weeks, then everybody left is offered every place."""
        soft, books = self._relaxed.soft, self.books
        round_zones(books, soft.g, self._relaxed.tau, self._zones(), np.zeros(soft.load.shape))
        load = self.load()
        place_centres(
            books, load, soft.block_share, soft.week_share, soft.second_share,
            self._centres(), self._in_vials,
        )  # fmt: skip
        count_fairness(books)
        for centres in self._pieces(self._centres(), 64):
            refill(books, self.tariff, load, centres)
        release(books, load, self._by_cost)
        self.offer(self.tariff)

    def resume(self, earlier: Decisions) -> None:
        """Start from an earlier plan: what no longer fits finds another week, or is let go.

        Those worth most keep their place first; equals in random order, so that no centre bears
        all of a cut.
        """
        books, lists = self.books, self._relaxed.lists
        place_flows(books, lists, earlier.flows)
        load = self.load()
        rows = self._rng.permutation(first_rows(books, lists, earlier.first_doses))
        rows = rows[np.argsort(self.tariff.class_cost[rows[:, 1], rows[:, 3]], kind="stable")]
        resume(books, rows, second_offers(books, earlier.second_doses), load)
        count_fairness(books)
        refill(books, self.tariff, load, np.flatnonzero(books.room.any(axis=1)))
        release(books, load, self._by_cost)
        self.offer(self.tariff)

    def load(self) -> Ints:
        """People placed at each pair, by class."""
        load = np.zeros(self._relaxed.soft.load.shape, dtype=np.int64)
        np.add.at(load, self.books.pair, self.books.placed)
        return load

    def offer(self, tariff: Tariff) -> None:
        """Offer the unserved every place at this tariff."""
        price_all(self.books, tariff, self._cached)
        for zones in self._pieces(self._zones(), 1024):
            offer(self.books, tariff, zones, self._cached)

    def shift(self, tariff: Tariff) -> None:
        """Move people to cheaper weeks of their own centre, in threads.

        Centres share nothing but the pool's vials: each thread may use its part of those left.
        """
        amounts = np.unique(np.concatenate([[1, 2, 3], self.books.vial]))
        if self._careful:
            amounts = np.concatenate([FULL_BOXES * self.books.vial.max(), amounts[::-1]])
        left = self.books.vials_left
        parts = [left // THREADS for _ in range(THREADS - 1)]
        parts.append(left - sum(parts))

        def work(vials_left: Ints, centres: Ints) -> None:
            books = self._private(vials_left)
            for piece in self._pieces(centres, 32):
                shift(books, tariff, piece, amounts, self._careful)

        shares = np.array_split(self._centres(), THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            for move in [pool.submit(work, *one) for one in zip(parts, shares, strict=True)]:
                move.result()
        left[:] = sum(parts)
        count_fairness(self.books)

    def relocate(self, tariff: Tariff) -> None:
        """Send people to other centres of their lists where they cost less at this tariff."""
        amounts, boundless = self._amounts(), self.books
        if self._careful:
            boundless = self.books._replace(vials_left=np.full_like(self.books.vials_left, MANY))
        quote_all(boundless, tariff, amounts, self._cached)
        dearest = np.empty_like(self._cached)
        dearest_all(self.books, tariff, dearest)
        for zones in self._pieces(self._zones(), 1024):
            relocate(
                self.books, boundless, tariff, zones, amounts, self._careful, self._cached, dearest
            )

    def _amounts(self) -> Ints:
        """Give numbers of people who may move together, the most first; 1 is among them."""
        amounts = [np.ones(1, dtype=np.int64)]
        if self._careful:
            amounts.append(self.books.vial)
        most = int(self.books.placed.max(initial=0))
        if most > CROWD:
            amounts.append(10 ** np.arange(len(str(most)), dtype=np.int64))
        return np.unique(np.concatenate(amounts))[::-1].copy()

    def _pieces(self, order: Ints, size: int) -> Iterator[Ints]:
        """Cut an order of work into pieces, until it is time to stop."""
        for first in range(0, len(order), size):
            if self._stop():
                return
            yield order[first : first + size]

    def _private(self, vials_left: Ints) -> Ledger:
        """Books of one thread: its own part of the vials, its own view of the floor."""
        return self.books._replace(
            vials_left=vials_left, given=self.books.given.copy(), total=self.books.total.copy(),
            floor_value=self.books.floor_value.copy(),
        )  # fmt: skip

    def search(self, shares: Sequence[float]) -> Iterator[float]:
        """Improve the plan at falling shares of the prices; yield the cost after each round.

        At full prices people keep to the relaxation's plan; at none, what is left over is used
        by whoever gains. Going there in steps keeps the guidance while slots run out. The price
        of vials that stay unsold is lowered from round to round.
        """
        factor = np.ones(len(self.tariff.vial))
        supply = self.books.shipped.sum(axis=0) + self.books.vials_left
        worth = np.maximum((self.tariff.vial * supply).sum(axis=1), 1e-9)
        for share in shares:
            if self._stop():
                return
            tariff = part_of(self.tariff, share)
            tariff = tariff._replace(vial=tariff.vial * factor[:, None])
            self.shift(tariff)
            self.offer(tariff)
            self.relocate(tariff)
            unsold = (self.tariff.vial * self.books.vials_left).sum(axis=1) / worth
            falling = unsold > LEAST_SLACK_SHARE
            factor = np.where(falling, factor * 0.95, np.minimum(1.05, factor * 1.02))
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
    count_fairness(books)
    required = books.floor_share[:, None] * books.total
    missing = float(np.maximum(0.0, required - books.given).sum())
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
