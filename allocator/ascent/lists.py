"""Who may go where: candidate centres of each demand unit, and the pairs they use.

A unit is a zone, or a cluster of zones in the coarse phase. Lists are chosen by reduced cost at
the current prices, never by distance: a centre that no list reaches would lose its price, and the
bound over all centres would collapse (docs/adr/0002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.ascent.model import Model
from allocator.instance import Floats, Ints


@dataclass(frozen=True, slots=True)
class Lists:
    """Units with their candidates (CSR) and the (département, centre) pairs behind them.

    people
        U x K.
    start, pair, cost
        CSR over units: pair of the entry, price of its regret.
    pair_department, pair_centre, pair_start
        Q pairs sorted by centre; `pair_start` is CSR over centres.
    """

    people: Floats
    start: Ints
    pair: Ints
    cost: Floats
    pair_department: Ints
    pair_centre: Ints
    pair_start: Ints

    @property
    def longest(self) -> int:
        """Longest list."""
        return int(np.diff(self.start).max(initial=0))

    def keep(self, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Lists:
        """Return the same units and pairs with only these entries."""
        kept = np.concatenate([[0], np.cumsum(wanted)])[self.start]
        return Lists(
            self.people, kept, self.pair[wanted], self.cost[wanted],
            self.pair_department, self.pair_centre, self.pair_start,
        )  # fmt: skip

    def reduced(self, g: Floats) -> Floats:
        """By entry: how far from the best of its unit for the class it suits most."""
        value = self.cost[:, None] + g[self.pair]
        counts = np.diff(self.start)
        filled = counts > 0
        least = np.zeros((len(counts), value.shape[1]))
        least[filled] = np.minimum.reduceat(value, self.start[:-1][filled], axis=0)
        least = np.minimum(least, 0.0)
        with np.errstate(invalid="ignore"):
            gap = value - np.repeat(least, counts, axis=0)
        gap[np.isnan(gap)] = np.inf
        gap[np.repeat(self.people, counts, axis=0) == 0] = np.inf
        best: Floats = gap.min(axis=1)
        return best

    def active(self, g: Floats, width: float) -> Lists:
        """Entries within `width` of the best of their unit."""
        return self.keep(self.reduced(g) <= width)


def lists_from_entries(
    model: Model, people: Floats, unit: Ints, department: Ints, centre: Ints, cost: Floats
) -> Lists:
    """Build lists from entries sorted by unit; `department` is that of each entry's unit."""
    J, D = len(model.instance.centres.ids), len(model.instance.departments)
    key = centre * D + department
    known, pair = np.unique(key, return_inverse=True)
    pair_centre, pair_department = known // D, known % D
    return Lists(
        people=people,
        start=np.searchsorted(unit, np.arange(len(people) + 1)),
        pair=pair.astype(np.int64),
        cost=cost,
        pair_department=pair_department,
        pair_centre=pair_centre,
        pair_start=np.searchsorted(pair_centre, np.arange(J + 1)),
    )


def with_entries(model: Model, lists: Lists, zone: Ints, centre: Ints) -> Lists:
    """Return the lists of zones, each by centre, with these entries as far as they are usable."""
    J = len(model.instance.centres.ids)
    listed_zone = np.repeat(np.arange(len(lists.people)), np.diff(lists.start))
    listed = listed_zone * J + lists.pair_centre[lists.pair]
    asked = np.unique((zone * J + centre)[model.horizon.usable[centre]])
    at = np.minimum(np.searchsorted(listed, asked), max(len(listed) - 1, 0))
    new = asked[listed[at] != asked] if len(listed) else asked
    if len(new) == 0:
        return lists
    new_zone, new_centre = new // J, new % J
    extra_km = model.distances.pairs(new_zone, new_centre) - model.near[new_zone]
    key = np.concatenate([listed, new])
    order = np.argsort(key, kind="stable")
    unit = (key // J)[order]
    return lists_from_entries(
        model, lists.people, unit, model.instance.zones.department[unit], (key % J)[order],
        np.concatenate([lists.cost, model.km_price * extra_km])[order],
    )  # fmt: skip
