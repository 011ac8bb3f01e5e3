"""Pairs of slots, counted slot by slot."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from tests.recount.campaign import Campaign


def unpaired(it: Campaign, sessions: Counter[tuple], j: str, p: str) -> int:
    """First-dose slots of a centre and product left over by a largest matching."""
    first, second = (
        [day for (c, q, r, day), n in sessions.items() if (c, q, r) == (j, p, rank)
         for _ in range(n)]
        for rank in (1, 2)
    )  # fmt: skip
    if not first or not second:
        return len(first)
    apart = np.array(second)[None, :] - np.array(first)[:, None]
    low, high = it.days_apart(p)
    graph = csr_array(((apart >= low) & (apart <= high)).astype(np.int64))
    return int((maximum_bipartite_matching(graph, perm_type="column") < 0).sum())
