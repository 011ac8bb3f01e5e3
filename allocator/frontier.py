"""The price of fairness: the same instance planned under rising floors of coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from allocator.carry import Earlier
from allocator.errors import InputError
from allocator.instance import Instance
from allocator.replan import replan
from allocator.result import Result
from allocator.solve import solve
from allocator.watch import Progress

FLOORS = (0.0, 0.8, 0.9, 0.95, 0.98, 1.0)
FINEST = 5e-3
"""Width to which the smallest floor that is fair enough is narrowed down."""


@dataclass(frozen=True, slots=True)
class Point:
    """One floor and the certified plan under it.

    people_lost, km_added
        People served fewer, and kilometres beyond the nearest centre more, than without a floor.
    spread
        Highest coverage of a département over the lowest; None when one gets nothing.
    missing
        People still missing from the floor, summed over checkpoints: it is priced, not enforced.
    """

    floor: float
    people: int
    people_lost: int
    km_added: float
    coverage_min: float
    coverage_max: float
    spread: float | None
    missing: float
    cost: float
    bound: float | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class Frontier:
    """Points by floor, and the smallest floor found that reaches the spread asked for."""

    points: tuple[Point, ...]
    spread: float
    smallest: Point | None


def frontier(
    instance: Instance,
    *,
    floors: Sequence[float] = FLOORS,
    price: float | None = None,
    spread: float = 1.05,
    gap: float = 1e-3,
    progress: Callable[[Progress], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Frontier:
    """Plan under each floor, and between them until the smallest that is fair enough is known.

    Parameters
    ----------
    instance
        Its own floor counts for nothing; its checkpoints do.
    floors
        Shares of the national coverage, in any order; 0, to compare with, is always among them.
    price
        Per person missing from the floor; the instance's own when None.
    spread
        Highest coverage over the lowest that is fair enough.
    gap
        Certified gap of each plan.
    progress, interrupted
        As for `solve`.

    Raises
    ------
    InputError
        When the instance has no checkpoint, where floors would count.
    """
    if not instance.fairness.checkpoints:
        raise InputError("instance.toml", "fairness.checkpoints is empty, so no floor counts")
    priced = replace(instance.fairness, price=instance.fairness.price if price is None else price)
    walk = _Walk(replace(instance, fairness=priced), gap, progress, interrupted)
    for floor in sorted({0.0, *floors}):
        walk.plan(floor)
    smallest = walk.narrow(spread)
    return Frontier(tuple(sorted(walk.points, key=lambda point: point.floor)), spread, smallest)


class _Walk:
    """Plans floor after floor, each from the plan before."""

    def __init__(
        self, instance: Instance, gap: float, progress: Callable[[Progress], None],
        interrupted: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._instance = instance
        self._gap = gap
        self._progress = progress
        self._interrupted = interrupted
        self._last: Earlier | None = None
        self.points: list[Point] = []

    def plan(self, floor: float) -> Point:
        """Plan under a floor, unless interrupted before a first plan is there to go on from."""
        fairness = replace(self._instance.fairness, floor=floor)
        instance = replace(self._instance, fairness=fairness)
        result = self._result(instance, floor)
        assert result.plan is not None
        self._last = Earlier(instance, result.plan)
        point = self._point(floor, result)
        self.points.append(point)
        return point

    def narrow(self, spread: float) -> Point | None:
        """Halve the way from the last floor that is not fair enough to the first that is."""
        fair = [p for p in self.points if p.spread is not None and p.spread <= spread]
        if not fair:
            return None
        best = min(fair, key=lambda point: point.floor)
        below = max((p.floor for p in self.points if p.floor < best.floor), default=best.floor)
        while best.floor - below > FINEST and not self._interrupted():
            middle = self.plan((best.floor + below) / 2)
            if middle.spread is not None and middle.spread <= spread:
                best = middle
            else:
                below = middle.floor
        return best

    def _result(self, instance: Instance, floor: float) -> Result:
        def listen(news: Progress) -> None:
            self._progress(replace(news, phase=f"floor {floor:.3f}, {news.phase}"))

        if self._last is None:
            return solve(instance, gap=self._gap, progress=listen, interrupted=self._interrupted)
        return replan(
            instance, self._last, gap=self._gap, progress=listen, interrupted=self._interrupted
        ).result

    def _point(self, floor: float, result: Result) -> Point:
        verdict = result.verdict
        assert verdict is not None
        kpis, objective = verdict.kpis, self._instance.objective
        people = int(kpis["first_doses"] or 0)
        km = verdict.cost_parts["km"] / objective.km if objective.km else 0.0
        price = self._instance.fairness.price
        first = self.points[0] if self.points else None
        spread = kpis["coverage_spread"]
        if first is None:
            self._km = km
        return Point(
            floor=floor, people=people,
            people_lost=0 if first is None else first.people - people,
            km_added=km - self._km,
            coverage_min=float(kpis["coverage_min"] or 0.0),
            coverage_max=float(kpis["coverage_max"] or 0.0),
            spread=None if spread is None else float(spread),
            missing=verdict.cost_parts["fairness"] / price if price else 0.0,
            cost=verdict.cost, bound=verdict.bound, gap=verdict.gap,
        )  # fmt: skip
