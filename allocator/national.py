"""Large instances: climb the prices, round, search; again, finer, until the gap or the clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allocator.ascent.evaluate import Evaluator
from allocator.ascent.model import Model
from allocator.ascent.relax import Beat, Relaxer
from allocator.ascent.rows import row_prices
from allocator.baselines import first_come
from allocator.certificate import Prices
from allocator.decisions import Decisions
from allocator.integer.ledger import Ledger
from allocator.integer.whole import Relaxed, WholePlan, decisions_of
from allocator.result import Status
from allocator.warm import warm_up
from allocator.watch import Watch

SEARCH_SHARES = (1.0, 0.8, 0.8, 0.6, 0.6, 0.4, 0.4, 0.2, 0.2, 0.0)
"""Shares of the prices at which the rounds of a search are made."""
MOST_ROUNDS, SETTLINGS = 10, 2
LEAST_PROGRESS, PATIENCE = 0.97, 2
"""A round brings the gap below this share of the last one's; so many in a row may fail to."""
ROUNDING_S_PER_PAIR = 2.5e-7
"""Seconds kept for rounding and search, per (zone, centre) pair."""


@dataclass(slots=True)
class Incumbent:
    """The cheapest integer plan so far."""

    cost: float = float("inf")
    books: Ledger | None = None

    def gap(self, bound: float) -> float:
        """Certified gap of the plan at a proven bound."""
        return (self.cost - bound) / max(abs(self.cost), 1e-9)

    def offer(self, cost: float, books: Ledger) -> bool:
        """Keep these books if they are cheaper; they are copied, the search goes on in its own."""
        if cost >= self.cost:
            return False
        self.cost = cost
        self.books = books._replace(
            first=books.first.copy(), second=books.second.copy(), placed=books.placed.copy(),
            shipped=books.shipped.copy(), unserved=books.unserved.copy(),
        )  # fmt: skip
        return True


def solve_national(
    model: Model, gap: float, seed: int, watch: Watch
) -> tuple[Decisions, Prices, Status]:
    """Plan by price ascent; prices are those of the best bound."""
    incumbent = Incumbent()
    watch.tell("compiling kernels", 0.0)
    warm_up(model.instance)
    with Evaluator(model) as evaluator:
        relaxer = Relaxer(model, evaluator, lambda: watch.is_over(reserve_s(model)))
        follow(relaxer.first_prices(), relaxer, watch)
        if relaxer.lists is not None:
            follow(relaxer.climb(relaxer.main_schedule(), "prices"), relaxer, watch)
            rounds(relaxer, incumbent, gap, seed, watch)
        prices = row_prices(model, relaxer.best)
    plan = first_come(model.instance) if incumbent.books is None else decisions_of(incumbent.books)
    return plan, prices, status_of(watch, reserve_s(model))


def reserve_s(model: Model) -> float:
    """Seconds kept for rounding, search and what follows them."""
    return 2.0 + ROUNDING_S_PER_PAIR * len(model.people) * len(model.usable)


def status_of(watch: Watch, reserve: float) -> Status:
    """Why a search without the wanted gap ended."""
    if not watch.is_over(reserve):
        return Status.NO_BETTER_FOUND
    return Status.INTERRUPTED if watch.is_interrupted() else Status.TIME_LIMIT


def rounds(relaxer: Relaxer, incumbent: Incumbent, gap: float, seed: int, watch: Watch) -> None:
    """Settle, round and search anew, until the gap, the clock, or rounds that bring nothing."""
    before, stale = float("inf"), 0
    for number in range(MOST_ROUNDS):
        # Momentum started anew damps the swings that a long run leaves in the soft plan.
        for _ in range(SETTLINGS):
            follow(relaxer.climb(relaxer.settling(), f"prices, round {number + 1}"), relaxer, watch)
        follow(relaxer.sharpen(), relaxer, watch)
        _round(relaxer, incumbent, gap, seed + number, watch)
        reached = incumbent.gap(relaxer.bound)
        stale = stale + 1 if reached > LEAST_PROGRESS * before else 0
        if reached <= gap or stale == PATIENCE or watch.is_over(reserve_s(relaxer.model)):
            return
        before = reached


def follow(beats: Iterable[Beat], relaxer: Relaxer, watch: Watch) -> None:
    """Go through a phase of the ascent, telling of it."""
    for beat in beats:
        watch.bound = beat.bound
        watch.tell(beat.phase, beat.share)
    watch.bound = relaxer.bound


def _round(relaxer: Relaxer, incumbent: Incumbent, gap: float, seed: int, watch: Watch) -> None:
    """Round the soft plan two ways, search on the better one, until the gap is reached."""
    lists, tau = relaxer.lists, relaxer.fine_tau
    assert lists is not None
    soft = relaxer.soft_plan(tau)
    relaxed = Relaxed(lists, soft, relaxer.prices, tau)
    watch.tell("rounding", 0.0)
    plans = []
    for in_vials in (False, True):
        whole = WholePlan(relaxer.model, relaxed, seed, watch.is_over, in_vials=in_vials)
        whole.round()
        plans.append(whole)
    whole = min(plans, key=WholePlan.cost)
    incumbent.offer(whole.cost(), whole.books)
    watch.cost = incumbent.cost
    for number, cost in enumerate(whole.search(SEARCH_SHARES), 1):
        incumbent.offer(cost, whole.books)
        watch.cost = incumbent.cost
        watch.tell("search", number / len(SEARCH_SHARES))
        if incumbent.gap(relaxer.bound) <= gap:
            return
