"""Every zone against every usable centre: candidate lists by reduced cost, and the full bound."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from allocator.ascent.evaluate import THREADS, Evaluator
from allocator.ascent.lists import Lists, lists_from_entries
from allocator.ascent.model import Model, Prices
from allocator.instance import Floats, Ints
from allocator.jit import kernel
from allocator.travel import DETOUR, EARTH_RADIUS_KM

R = TypeVar("R")
LEAST, MOST = 6, 96
"""Bounds on the length of a candidate list."""
_ROAD_RADIUS = DETOUR * EARTH_RADIUS_KM


@kernel
def _regrets(
    zone: Floats, centres: Floats, near: float, km_price: float, override_centre: Ints,
    override_km: Floats, regret: Floats,
) -> None:  # fmt: skip
    """Price of the extra kilometres from one zone to every usable centre."""
    for j in range(len(centres)):
        dx, dy, dz = zone[0] - centres[j, 0], zone[1] - centres[j, 1], zone[2] - centres[j, 2]
        half = min(1.0, 0.5 * math.sqrt(dx * dx + dy * dy + dz * dz))
        regret[j] = km_price * (2.0 * _ROAD_RADIUS * math.asin(half) - near)
    for i in range(len(override_centre)):
        if override_centre[i] >= 0:
            regret[override_centre[i]] = km_price * (override_km[i] - near)


@kernel
def _sum_minima(
    zones: Floats, centres: Floats, near: Floats, km_price: float, override_start: Ints,
    override_centre: Ints, override_km: Floats, department: Ints, people: Floats, g: Floats,
    first: int, last: int,
) -> float:  # fmt: skip
    """Sum over people of the least of 0 and regret + g over all usable centres."""
    J, K = g.shape[1], g.shape[2]
    regret, least = np.empty(J), np.empty(K)
    value = 0.0
    for z in range(first, last):
        a, b = override_start[z], override_start[z + 1]
        _regrets(
            zones[z], centres, near[z], km_price, override_centre[a:b], override_km[a:b], regret
        )
        least[:] = 0.0
        d = department[z]
        for j in range(J):
            for k in range(K):
                v = regret[j] + g[d, j, k]
                least[k] = min(least[k], v)
        for k in range(K):
            value += people[z, k] * least[k]
    return value


@kernel
def _candidates(
    zones: Floats, centres: Floats, near: Floats, km_price: float, override_start: Ints,
    override_centre: Ints, override_km: Floats, department: Ints, people: Floats, g: Floats,
    width: float, first: int, last: int, count: Ints, found: Ints, cost: Floats,
) -> None:  # fmt: skip
    """Per zone, the centres within `width` of the best for some class, LEAST to MOST of them."""
    J, K = g.shape[1], g.shape[2]
    regret, gap = np.empty(J), np.empty(J)
    least = np.empty(K)
    for z in range(first, last):
        a, b = override_start[z], override_start[z + 1]
        _regrets(
            zones[z], centres, near[z], km_price, override_centre[a:b], override_km[a:b], regret
        )
        d = department[z]
        least[:] = 0.0
        for j in range(J):
            for k in range(K):
                least[k] = min(least[k], regret[j] + g[d, j, k])
        within = 0
        for j in range(J):
            gap[j] = math.inf
            for k in range(K):
                if people[z, k] > 0.0:
                    gap[j] = min(gap[j], regret[j] + g[d, j, k] - least[k])
            if gap[j] <= width:
                within += 1
        limit = width
        wanted = min(J, max(LEAST, min(MOST, within)))
        if wanted != within:
            limit = np.partition(gap, wanted - 1)[wanted - 1]
        n = 0
        for j in range(J):
            if gap[j] <= limit and gap[j] < math.inf and n < wanted:
                found[z - first, n] = j
                cost[z - first, n] = regret[j]
                n += 1
        count[z - first] = n


class Scanner:
    """Scans all zones against all usable centres, in threads, a chunk of zones at a time."""

    def __init__(self, model: Model) -> None:
        self.model = model
        distances = model.distances
        place = np.full(len(distances.centres), -1, dtype=np.int64)
        place[model.usable] = np.arange(len(model.usable))
        self._people = model.people.astype(float)
        self._geometry = (
            distances.zones, np.ascontiguousarray(distances.centres[model.usable]), model.near,
            model.km_price, distances.override_start, place[distances.override_centre],
            distances.override_km, model.instance.zones.department, self._people,
        )  # fmt: skip

    def bound(self, prices: Prices, evaluator: Evaluator) -> float:
        """Lower bound at these prices over all centres (the checker computes its own)."""
        g = self._pair_costs(prices, evaluator)
        minima = self._in_chunks(lambda a, b: _sum_minima(*self._geometry, g, a, b))
        return evaluator.priced_rows(prices) + sum(minima)

    def lists(self, prices: Prices, evaluator: Evaluator, width: float) -> Lists:
        """Candidate lists of all zones at these prices."""
        g = self._pair_costs(prices, evaluator)
        most = min(MOST, max(LEAST, len(self.model.usable)))

        def chunk(a: int, b: int) -> tuple[Ints, Ints, Floats]:
            count = np.zeros(b - a, dtype=np.int64)
            found = np.zeros((b - a, most), dtype=np.int64)
            cost = np.zeros((b - a, most))
            _candidates(*self._geometry, g, width, a, b, count, found, cost)
            listed = np.arange(most) < count[:, None]
            return count, found[listed], cost[listed]

        counts, founds, costs = zip(*self._in_chunks(chunk), strict=True)
        unit = np.repeat(np.arange(len(self._people)), np.concatenate(counts))
        return lists_from_entries(
            self.model, self._people, unit, self.model.instance.zones.department[unit],
            self.model.usable[np.concatenate(founds)], np.concatenate(costs),
        )  # fmt: skip

    def _pair_costs(self, prices: Prices, evaluator: Evaluator) -> Floats:
        """Exact g for every département, usable centre and class: D x J x K."""
        _, _, block_cost, _ = evaluator.price_centres(prices, 0.0)
        reward = evaluator.reward(prices)
        by_block = block_cost[self.model.usable][None] - reward[:, None, None, :]
        g: Floats = np.ascontiguousarray(by_block.min(axis=3))
        return g

    def _in_chunks(self, work: Callable[[int, int], R]) -> list[R]:
        n = len(self._people)
        cuts = [*range(0, n, 2048), n]
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(work, cuts[:-1], cuts[1:]))
