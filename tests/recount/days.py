"""Pairs of slots, as a linear program of days: its vertices are whole."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.optimize import linprog

from tests.recount.campaign import Campaign


def unpaired(it: Campaign, sessions: Counter[tuple], j: str, p: str) -> int:
    """First-dose slots of a centre and product left over by a largest matching."""
    first, second = (
        {day: n for (c, q, r, day), n in sessions.items() if (c, q, r) == (j, p, rank)}
        for rank in (1, 2)
    )
    low, high = it.days_apart(p)
    pairs = [(x, y) for x in first for y in second if low <= y - x <= high]
    if not pairs:
        return sum(first.values())
    taken = [[pair[0] == x for pair in pairs] for x in first]
    taken += [[pair[1] == y for pair in pairs] for y in second]
    most = linprog(
        -np.ones(len(pairs)), A_ub=np.array(taken, dtype=float),
        b_ub=[*first.values(), *second.values()], method="highs-ds",
    )  # fmt: skip
    return sum(first.values()) - round(-most.fun)
