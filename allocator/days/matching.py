"""Largest matching of first-dose slots to second-dose slots, days apart inside the interval."""

from __future__ import annotations

import numpy as np

from allocator.instance import Ints
from allocator.jit import kernel


@kernel
def leftovers(firsts: Ints, seconds: Ints, low: int, high: int, left1: Ints, left2: Ints) -> int:
    """Match earliest to earliest and return the first doses left over.

    All windows have the same length, so serving the earliest first dose with the earliest second
    dose that it can take yields a largest matching.

    Parameters
    ----------
    firsts, seconds
        Slots by day, each of length X.
    low, high
        Days apart, both allowed.
    left1, left2
        Length X, overwritten with the slots left over on each day.
    """
    X = len(firsts)
    for x in range(X):
        left1[x], left2[x] = firsts[x], seconds[x]
    y, count = 0, 0
    for x in range(X):
        y = max(y, min(x + low, X))
        z = y
        while left1[x] > 0 and z < X and z <= x + high:
            pairs = min(left1[x], left2[z])
            left1[x] -= pairs
            left2[z] -= pairs
            if left2[z] == 0:
                z += 1
        y = z
        count += left1[x]
    return count


@kernel
def all_leftovers(
    firsts: Ints, seconds: Ints, two_dose: Ints, low: Ints, high: Ints, left1: Ints, left2: Ints
) -> Ints:
    """Leftovers of every centre and two-dose product, J x P; arrays of slots are J x P x X."""
    J, P, _ = firsts.shape
    count = np.zeros((J, P), dtype=np.int64)
    for j in range(J):
        for p in range(P):
            if two_dose[p] > 0:
                count[j, p] = leftovers(
                    firsts[j, p], seconds[j, p], low[p], high[p], left1[j, p], left2[j, p]
                )
    return count
