"""Whether the days of a plan can be sold in pairs: largest matchings, centre by centre."""

from __future__ import annotations

import numpy as np

from allocator.instance import Ints


def unpaired(first: Ints, second: Ints, min_days: int, max_days: int) -> Ints:
    """First-dose slots left over by a largest matching with second-dose slots.

    Both ends of the window of a first dose move forward with its day, so giving every first dose,
    day by day, the earliest second doses still free in its window is a largest matching.

    Parameters
    ----------
    first, second
        n x days slots of one product; each row is a centre of its own.
    min_days, max_days
        Days from first to second dose, both included.

    Returns
    -------
    Ints
        n slots without a second dose.
    """
    # Days first, so that what is compared lies together in memory.
    left, free = first.T.copy(), second.T.copy()
    days = len(free)
    offered = np.flatnonzero(free.any(axis=1))
    for day in np.flatnonzero(left.any(axis=1)).tolist():
        opens = np.searchsorted(offered, day + min_days)
        closes = np.searchsorted(offered, min(day + max_days, days - 1), side="right")
        for other in offered[opens:closes].tolist():
            paired = np.minimum(left[day], free[other])
            left[day] -= paired
            free[other] -= paired
    still: Ints = np.sum(left, axis=0)
    return still
