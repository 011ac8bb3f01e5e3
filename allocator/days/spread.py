"""The even split: every product on every open day, seconds inside the window of the firsts.

Firsts and seconds of a product, both in order of time, can be paired one to one exactly when the
i-th pairs with the i-th; with cumulative counts A of firsts and B of seconds, on every day x
`A(x - interval_max) <= B(x) <= A(x - interval_min)`. Weeks are filled in order, so the bounds on
the seconds of a day are known when it is filled.
"""

from __future__ import annotations

import numpy as np

from allocator.instance import Ints
from allocator.jit import kernel


@kernel
def upto(cumulative: Ints, day: int) -> int:
    """Count up to and including a day, which may lie before or after the horizon."""
    if day < 0:
        return 0
    return int(cumulative[min(day, len(cumulative) - 1)])


@kernel
def spread_centres(
    weekly1: Ints, weekly2: Ints, limit: Ints, low: Ints, high: Ints, firsts: Ints, seconds: Ints
) -> None:
    """Fill `firsts` and `seconds` (J x P x X slots) from the weekly doses (J x P x W).

    Weekly sums and day limits (J x X) always hold; pairing holds wherever this simple rule finds
    a way.
    """
    for j in range(len(weekly1)):
        _spread(weekly1[j], weekly2[j], limit[j], low, high, firsts[j], seconds[j])


@kernel
def _spread(
    weekly1: Ints, weekly2: Ints, limit: Ints, low: Ints, high: Ints, firsts: Ints, seconds: Ints
) -> None:
    P, X = firsts.shape
    A, B = np.zeros((P, X), np.int64), np.zeros((P, X), np.int64)
    left, give = np.zeros(2 * P, np.int64), np.zeros(2 * P, np.int64)
    least, most = np.zeros(2 * P, np.int64), np.zeros(2 * P, np.int64)
    for x in range(X):
        if x % 7 == 0:
            days_left = 0
            for day in range(x, x + 7):
                days_left += limit[day] > 0
        following = x + 1
        while following < X and limit[following] == 0:
            following += 1
        for p in range(P):
            if x % 7 == 0:
                left[p], left[P + p] = weekly1[p, x // 7], weekly2[p, x // 7]
            if x > 0:
                A[p, x], B[p, x] = A[p, x - 1], B[p, x - 1]
            most[p] = left[p]
            least[P + p] = upto(A[p], following - 1 - high[p]) - B[p, x]
            most[P + p] = min(upto(A[p], x - low[p]) - B[p, x], left[P + p])
        if limit[x] > 0:
            _fill_day(left, least, most, days_left, limit[x], give)
            days_left -= 1
            for p in range(P):
                firsts[p, x], seconds[p, x] = give[p], give[P + p]
                A[p, x] += give[p]
                B[p, x] += give[P + p]
                left[p] -= give[p]
                left[P + p] -= give[P + p]


@kernel
def _fill_day(left: Ints, least: Ints, most: Ints, days_left: int, limit: int, give: Ints) -> None:
    """Choose the slots of one day: forced seconds first, then whatever lags most behind even."""
    total, given = 0, 0
    for c in range(len(left)):
        give[c] = max(min(least[c], left[c], limit - given), 0)
        given += give[c]
        total += left[c]
    wanted = max(given, -(-total // days_left))
    given = _top_up(left, most, days_left, wanted, given, give)
    # The week's sum is a rule, pairing an aim: when seconds must wait but the days run out, they
    # are given all the same and counted as unpaired.
    _top_up(left, left, days_left, total - limit * (days_left - 1), given, give)


@kernel
def _top_up(left: Ints, most: Ints, days_left: int, wanted: int, given: int, give: Ints) -> int:
    """Raise `give` to a total of `wanted`, within `most`, evening out what is left."""
    for c in range(len(left)):
        share = max(min(left[c] // days_left, most[c]) - give[c], 0)
        share = min(share, max(wanted - given, 0))
        give[c] += share
        given += share
    while given < wanted:
        best, best_lag = -1, 0
        for c in range(len(left)):
            lag = left[c] - give[c] * days_left
            if give[c] < most[c] and (best < 0 or lag > best_lag):
                best, best_lag = c, lag
        if best < 0:
            break
        give[best] += 1
        given += 1
    return given
