"""When people come: an open model, on a clock that waits for nobody.

Arrivals are a Poisson process whose rate follows a curve. They are drawn before anything is asked,
so that a slow server cannot slow the load it gets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import NamedTuple

from loadtests.curves import Curve, Point

SECONDS_A_MINUTE = 60.0
LEAST_PLATEAU_S = 60.0
"""A figure a minute needs a whole minute at the top."""


class Knot(NamedTuple):
    """Rate at an instant of the run; it changes evenly until the next."""

    second: float
    per_s: float


@dataclass(frozen=True, slots=True)
class Load:
    """A curve as it is replayed: scaled, and in as many seconds as there are.

    plateau
        Its first and last second.
    """

    curve: Curve
    knots: tuple[Knot, ...]
    plateau: tuple[float, float]

    @property
    def seconds(self) -> float:
        """Length of the run."""
        return self.knots[-1].second

    @property
    def expected(self) -> float:
        """Arrivals to be expected."""
        return sum(_area(a, b) for a, b in pairwise(self.knots))

    def rate_per_s(self, second: float) -> float:
        """Give the rate at a second of the run; where it jumps, the one after the jump."""
        for a, b in reversed(list(pairwise(self.knots))):
            if a.second <= second <= b.second and a.second < b.second:
                return a.per_s + (b.per_s - a.per_s) * (second - a.second) / (b.second - a.second)
        return 0.0

    def arrivals(self, random: Random) -> Iterator[float]:
        """Draw the seconds at which somebody comes, in their order.

        A Poisson process of rate 1, read on the clock of the curve's sum.
        """
        drawn, before = random.expovariate(1.0), 0.0
        for a, b in pairwise(self.knots):
            area = _area(a, b)
            while drawn < before + area:
                yield a.second + _until(drawn - before, a, b)
                drawn += random.expovariate(1.0)
            before += area


def compressed(curve: Curve, *, minutes: float, scale: float) -> Load:
    """Replay a curve, or what lies around its top, in so many minutes, at a part of its rate.

    A minute or less is plateau only. In longer runs the plateau keeps its part of the time, but no
    less than a minute.

    Raises
    ------
    ValueError
        When there is no time, or nobody would come.
    """
    if not (0 < minutes < math.inf and 0 < scale < math.inf):
        raise ValueError("Must have more than no minutes and a scale above 0.")
    seconds, factor = minutes * SECONDS_A_MINUTE, scale * curve.offered / SECONDS_A_MINUTE
    first, last = curve.plateau
    points = _points(curve, seconds)
    outside = points[-1].minute - points[0].minute - (last - first)
    share = (last - first) / (last - first + outside)
    plateau_s = max(seconds * share, min(seconds, LEAST_PLATEAU_S))
    knots, second = [Knot(0.0, points[0].per_min * factor)], 0.0
    for a, b in pairwise(points):
        is_top = first <= a.minute and b.minute <= last
        pace = plateau_s / (last - first) if is_top else (seconds - plateau_s) / max(1, outside)
        second += (b.minute - a.minute) * pace
        knots.append(Knot(second, b.per_min * factor))
    begin = next(k.second for k, p in zip(knots, points, strict=True) if p.minute == first)
    return Load(curve, tuple(knots), (begin, begin + plateau_s))


def _points(curve: Curve, seconds: float) -> list[Point]:
    """Give what is replayed: the plateau, what lies around it, or, in its own time, everything."""
    first, last = curve.plateau
    if seconds <= LEAST_PLATEAU_S:
        return _without_jumps([p for p in curve.points if first <= p.minute <= last])
    whole_s = (curve.points[-1].minute - curve.points[0].minute) * SECONDS_A_MINUTE
    return list(curve.points if seconds >= whole_s else curve.around_top())


def _without_jumps(points: list[Point]) -> list[Point]:
    """Leave out what a plateau jumps from, or falls to."""
    kept = points[1:] if points[0].minute == points[1].minute else points
    return kept[:-1] if kept[-2].minute == kept[-1].minute else kept


def _area(a: Knot, b: Knot) -> float:
    return (b.second - a.second) * (a.per_s + b.per_s) / 2


def _until(area: float, a: Knot, b: Knot) -> float:
    """Seconds after `a` in which so many come: the root of rate * x + slope * x² / 2 = area."""
    slope = (b.per_s - a.per_s) / (b.second - a.second)
    root = math.sqrt(max(0.0, a.per_s**2 + 2 * slope * area))
    return 2 * area / (a.per_s + root)
