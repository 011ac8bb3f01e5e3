"""The relaxation from nothing: pooled start, clusters, zone lists, one long run (ADR 0002)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from allocator.ascent.climb import Climb, Step, constant, geometric
from allocator.ascent.clusters import cluster_lists
from allocator.ascent.evaluate import Evaluator, SoftPlan
from allocator.ascent.lists import Lists, with_entries
from allocator.ascent.model import Model, Prices
from allocator.ascent.pooled import pooled_prices
from allocator.ascent.scan import Scanner
from allocator.instance import Ints

COST_PER_PERSON, PRICE_PER_PERSON = 80.0, 260.0
"""Cost of the plan, and of serving nobody, per person where the temperatures were tuned."""
STEPS_PER_DECADE, SETTLING_STEPS = 300, 150
COARSE_PHASES = (
    (4.0, 40, 0.25), (2.0, 60, 0.25), (1.0, 250, 0.4), (0.5, 150, 0.4), (0.25, 150, 0.4),
)  # fmt: skip
"""Temperature, steps and step length on the clusters."""
SHARP, SHARP_STEPS = 0.15, 120
"""Part of the fine temperature at which the bound is proven in the end, and the way there."""
NEARBY, NEARBY_STEPS = 40.0, 150
"""Times the fine temperature at which a climb from good prices starts, and its steps."""
LIST_KM = 60.0
"""Zone lists reach this many kilometres beyond the best centre."""
SMALL_ENTRIES = 400_000
"""Up to here every zone lists every centre, and no clusters are needed."""


@dataclass(slots=True)
class Relaxation:
    """Prices with the bound they prove, and the lists they were climbed on."""

    prices: Prices
    bound: float
    lists: Lists
    unit: float


@dataclass(frozen=True, slots=True)
class Beat:
    """One sign of life: phase, share of the phase done, best proven bound so far."""

    phase: str
    share: float
    bound: float


class Relaxer:
    """Carries the ascent through its phases; `stop` is asked between steps.

    Without prices to start from it starts at those of the nation as one centre.
    """

    def __init__(
        self, model: Model, evaluator: Evaluator, stop: Callable[[], bool],
        start: Prices | None = None,
    ) -> None:  # fmt: skip
        self.model = model
        self._evaluator = evaluator
        self._scanner = Scanner(model)
        self._stop = stop
        self.prices = pooled_prices(model) if start is None else start
        self.bound = self._scanner.bound(self.prices, evaluator)
        self.best = self.prices.copy()
        people = float(model.people.sum())
        cost = max(self.bound, 1e-3 * model.constant, model.km_price * people) / people
        self.unit = max(cost / COST_PER_PERSON, 1e-9)
        self.height = max(model.constant / people / PRICE_PER_PERSON, self.unit)
        self.reach = LIST_KM * model.km_price
        self.lists: Lists | None = None

    def first_prices(self) -> Iterator[Beat]:
        """Large movements: clusters where the instance is large; then the zone lists."""
        entries = len(self.model.people) * len(self.model.usable)
        if entries > SMALL_ENTRIES:
            yield from self._coarse()
        yield Beat("lists", 0.0, self.bound)
        self.list_zones()
        self._prove(self.prices)

    def list_zones(self) -> None:
        """Give each zone its candidates at the current prices; where all is small, everything."""
        entries = len(self.model.people) * len(self.model.usable)
        width = self.reach if entries > SMALL_ENTRIES else float("inf")
        self.lists = self._scanner.lists(self.prices, self._evaluator, width)

    def list_also(self, zone: Ints, centre: Ints) -> None:
        """Add these (zone, centre) pairs to the lists, where the centre is usable."""
        assert self.lists is not None
        self.lists = with_entries(self.model, self.lists, zone, centre)

    def _coarse(self) -> Iterator[Beat]:
        lists = cluster_lists(self.model)
        total = sum(steps for _, steps, _ in COARSE_PHASES)
        done = 0
        for tau, steps, eta in COARSE_PHASES:
            climb = Climb(self._evaluator, self.prices, lists, 5.0 * self.height)
            for _ in climb.run(constant(tau * self.height, steps, eta)):
                done += 1
                self.prices = climb.prices
                if self._stop():
                    return
                if done % 10 == 0:
                    yield Beat("clusters", done / total, self.bound)
            lists = lists.active(
                climb.soft_plan(tau * self.height).g, 12.0 * tau * self.height + self.reach
            )
        self._prove(self.prices)

    def climb(self, schedule: list[Step], phase: str) -> Iterator[Beat]:
        """Go on climbing on the zone lists, with fresh momentum."""
        for prices, beat in self._steps(self.prices, schedule, phase):
            self.prices = prices
            yield beat
        self._prove(self.prices)

    def sharpen(self) -> Iterator[Beat]:
        """Raise the bound at lower temperatures; the prices that plans are made from stay."""
        reached = self.prices
        steps = geometric(self.fine_tau, SHARP * self.fine_tau, SHARP_STEPS, 0.35)
        for prices, beat in self._steps(self.prices.copy(), steps, "bound"):
            reached = prices
            yield beat
        self._prove(reached)

    def _steps(
        self, start: Prices, schedule: list[Step], phase: str
    ) -> Iterator[tuple[Prices, Beat]]:
        """Prices after each step from `start`, until the schedule ends or it is time to stop."""
        assert self.lists is not None
        climb = Climb(self._evaluator, start, self.lists, 5.0 * self.unit)
        for done, _ in enumerate(climb.run(schedule), 1):
            yield climb.prices, Beat(phase, done / len(schedule), self.bound)
            if self._stop():
                return

    @property
    def fine_tau(self) -> float:
        """Temperature at which the soft plan is rounded."""
        return 0.025 * self.unit

    def main_schedule(self) -> list[Step]:
        """Temperatures from what the coarse phase reached down to a fine one."""
        coarse = len(self.model.people) * len(self.model.usable) > SMALL_ENTRIES
        start, end = (0.25 if coarse else 4.0) * self.height, self.fine_tau
        steps = int(STEPS_PER_DECADE * math.log10(start / end))
        return [*geometric(start, end, steps, 0.35), *self.settling()]

    def nearby_schedule(self) -> list[Step]:
        """Temperatures for prices that are good all but in a few places."""
        return geometric(NEARBY * self.fine_tau, self.fine_tau, NEARBY_STEPS, 0.35)

    def settling(self) -> list[Step]:
        """Return steps at the fine temperature: the soft plan comes to fit its capacities."""
        return constant(self.fine_tau, SETTLING_STEPS, 0.35)

    def _prove(self, prices: Prices) -> None:
        """Prove the bound of these prices over all centres; keep the best."""
        bound = self._scanner.bound(prices, self._evaluator)
        if bound > self.bound:
            self.bound, self.best = bound, prices.copy()

    def soft_plan(self, tau: float) -> SoftPlan:
        """Return the soft plan of the current prices on the zone lists."""
        assert self.lists is not None
        return self._evaluator.evaluate(self.prices, self.lists, tau)
