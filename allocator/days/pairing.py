"""A split of all centres into days that leaves as few first doses without a second as it can."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.days.bound import least_unpaired
from allocator.days.matching import all_leftovers
from allocator.days.repair import repair_centre
from allocator.days.spread import spread_centres
from allocator.instance import Bools, Ints, Products

MAX_REPAIRS = 60
"""Centres solved exactly (about 0.1 s each), those with most first doses left over first."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Slots by rank, 2 x J x P x X; `loose` of them find no pair.

    `is_proven` (J): no other split of the centre's weeks leaves fewer first doses over.
    """

    slots: Ints
    loose: Ints
    is_proven: Bools

    @property
    def unpaired(self) -> Ints:
        """First doses without a second, J x P."""
        count: Ints = self.loose[0].sum(axis=-1)
        return count


def pair_days(weekly: Ints, limit: Ints, products: Products) -> Pairing:
    """Split weeks into days: evenly, from either end of time, exactly where that is not enough.

    Parameters
    ----------
    weekly
        2 x J x P x W doses by rank.
    limit
        J x 7W slots a day.
    products
        Their intervals.
    """
    best = _forwards(weekly, limit, products)
    doubtful = np.flatnonzero(best.unpaired.any(axis=1))
    if len(doubtful) == 0:
        return best
    other = _backwards(weekly[:, doubtful], limit[doubtful], products)
    fewer = other.unpaired.sum(axis=1) < best.unpaired[doubtful].sum(axis=1)
    best.slots[:, doubtful[fewer]] = other.slots[:, fewer]
    best.loose[:, doubtful[fewer]] = other.loose[:, fewer]
    two_dose = products.doses_needed == 2
    low, high = products.interval_min_days, products.interval_max_days
    for j in doubtful:
        bound = least_unpaired(weekly[:, j], limit[j], low, high)[two_dose].sum()
        best.is_proven[j] = best.unpaired[j].sum() <= bound
    doubtful = np.flatnonzero(~best.is_proven)
    worst_first = doubtful[np.argsort(-best.unpaired[doubtful].sum(axis=1), kind="stable")]
    for j in worst_first[:MAX_REPAIRS]:
        repaired = repair_centre(weekly[:, j], limit[j], two_dose, low, high)
        if repaired is not None and repaired.loose[0].sum() <= best.unpaired[j].sum():
            best.slots[:, j], best.loose[:, j] = repaired.slots, repaired.loose
            best.is_proven[j] = repaired.is_proven
    return best


def _forwards(weekly: Ints, limit: Ints, products: Products) -> Pairing:
    """Spread evenly in order of time."""
    low, high = products.interval_min_days, products.interval_max_days
    slots = np.zeros((*weekly.shape[:3], limit.shape[1]), dtype=np.int64)
    first, second = np.ascontiguousarray(weekly)
    spread_centres(first, second, np.ascontiguousarray(limit), low, high, slots[0], slots[1])
    loose = np.zeros_like(slots)
    two_dose = (products.doses_needed == 2).astype(np.int64)
    unpaired = all_leftovers(slots[0], slots[1], two_dose, low, high, loose[0], loose[1])
    is_proven: Bools = (unpaired == 0).all(axis=1)
    return Pairing(slots, loose, is_proven)


def _backwards(weekly: Ints, limit: Ints, products: Products) -> Pairing:
    """Spread evenly from the last day to the first, where second doses come before first ones.

    A centre that closes inside a week then looks like one that opens inside a week, which the
    even split handles well.
    """
    two_dose = products.doses_needed == 2
    return _mirror(_forwards(_mirror_rank(weekly, two_dose), limit[:, ::-1], products), two_dose)


def _mirror(pairing: Pairing, two_dose: Bools) -> Pairing:
    return Pairing(
        _mirror_rank(pairing.slots, two_dose),
        _mirror_rank(pairing.loose, two_dose),
        pairing.is_proven,
    )


def _mirror_rank(slots: Ints, two_dose: Bools) -> Ints:
    """Reverse time and swap the ranks of two-dose products (2 x J x P x time)."""
    swapped = np.where(two_dose[:, None], slots[::-1], slots)
    return np.ascontiguousarray(swapped[..., ::-1])
