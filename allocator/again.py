"""Planning anew from an earlier plan: repair, then search, then all rounds, as far as needed.

Each stage moves more slots than the one before and is entered only while the gap is not reached.
"""

from __future__ import annotations

from contextlib import suppress

from allocator.ascent import model as ascent
from allocator.ascent.evaluate import Evaluator
from allocator.ascent.model import Model
from allocator.ascent.relax import Relaxer
from allocator.ascent.rows import ascent_prices, row_prices
from allocator.carry import Earlier, carry_decisions, carry_prices
from allocator.certificate import Prices
from allocator.decisions import Decisions
from allocator.integer.whole import Relaxed, WholePlan, decisions_of
from allocator.lp import UnsolvedError, solve_relaxation
from allocator.national import Incumbent, follow, reserve_s, rounds, status_of
from allocator.result import Status
from allocator.small import INTEGER_LIMIT_S, SMALL_COLUMNS, TINY_COLUMNS, improved
from allocator.warm import warm_up
from allocator.watch import Watch

LEAST_GAINS = (1e-2, 1e-3)
"""What each person moved must bring, as a share of what one whom nobody serves costs."""
SEARCH_SHARES = (0.6, 0.3, 0.0)
"""Shares of the prices at which each search of an earlier plan is made."""


def plan_again(
    model: Model, earlier: Earlier, columns: int, gap: float, seed: int, watch: Watch
) -> tuple[Decisions, Prices, Status]:
    """Return the first plan within the gap, else the cheapest found; prices of the best bound."""
    watch.tell("compiling kernels", 0.0)
    warm_up(model.instance)
    with Evaluator(model) as evaluator:
        start = _start(model, earlier, columns)
        relaxer = Relaxer(model, evaluator, lambda: watch.is_over(reserve_s(model)), start)
        again = Again(relaxer, carry_decisions(earlier, model.instance), gap, seed, watch)
        again.run()
        prices = row_prices(model, relaxer.best)
    books = again.incumbent.books
    assert books is not None
    plan = decisions_of(books)
    if columns <= TINY_COLUMNS and not again.is_done():
        plan = improved(model, plan, INTEGER_LIMIT_S, watch)
    return plan, prices, status_of(watch, reserve_s(model))


def _start(model: Model, earlier: Earlier, columns: int) -> ascent.Prices:
    """Exact prices of a small instance, those of the earlier plan for any other."""
    if columns <= SMALL_COLUMNS:
        with suppress(UnsolvedError):
            return ascent_prices(model, solve_relaxation(model).prices)
    return carry_prices(earlier, model)


class Again:
    """Works on an earlier plan, stage by stage, until a plan within the gap is found."""

    def __init__(
        self, relaxer: Relaxer, earlier: Decisions, gap: float, seed: int, watch: Watch
    ) -> None:  # fmt: skip
        self.incumbent = Incumbent()
        self._relaxer = relaxer
        self._earlier = earlier
        self._gap = gap
        self._seed = seed
        self._watch = watch

    def run(self) -> None:
        """Repair and search at the earlier prices, then at new ones, then make other plans."""
        relaxer, flows = self._relaxer, self._earlier.flows
        relaxer.list_zones()
        relaxer.list_also(flows[:, 0], flows[:, 2])
        self._keep_to_plan()
        if not self.is_done():
            follow(relaxer.sharpen(), relaxer, self._watch)
        if not self.is_done():
            follow(relaxer.climb(relaxer.main_schedule(), "prices"), relaxer, self._watch)
            self._keep_to_plan()
        if not self.is_done():
            rounds(relaxer, self.incumbent, self._gap, self._seed, self._watch)

    def _keep_to_plan(self) -> None:
        whole = self._repaired()
        for least_gain in LEAST_GAINS:
            if not self.is_done():
                self._search(whole, least_gain)

    def _repaired(self) -> WholePlan:
        """Enter the earlier plan as far as it fits; what fell out of it goes where it pays."""
        self._watch.tell("repair", 0.0)
        whole = WholePlan(self._relaxer.model, self._relaxed(), self._seed, self._watch.is_over)
        whole.resume(self._earlier)
        self._offer(whole)
        return whole

    def _search(self, whole: WholePlan, least_gain: float) -> None:
        model = self._relaxer.model
        each = model.constant / float(model.people.sum())
        whole.be_careful(self._relaxed(), least_gain * each)
        for number, _ in enumerate(whole.search(SEARCH_SHARES), 1):
            self._watch.tell("search", number / len(SEARCH_SHARES))
            self._offer(whole)
            if self.is_done():
                return

    def _relaxed(self) -> Relaxed:
        relaxer = self._relaxer
        assert relaxer.lists is not None
        tau = relaxer.fine_tau
        return Relaxed(relaxer.lists, relaxer.soft_plan(tau), relaxer.prices, tau)

    def _offer(self, whole: WholePlan) -> None:
        self.incumbent.offer(whole.cost(), whole.books)
        self._watch.cost = self.incumbent.cost

    def is_done(self) -> bool:
        """Whether a plan within the gap is found, or the time is over."""
        reached = self.incumbent.gap(self._relaxer.bound) <= self._gap
        return reached or self._watch.is_over(reserve_s(self._relaxer.model))
