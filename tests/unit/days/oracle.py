"""Pairs counted by maximum flow, slot by slot: slow, and unlike anything in the product."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from allocator.instance import Instance, Ints


def unpaired_by_flow(firsts: Ints, seconds: Ints, low: int, high: int) -> int:
    """First-dose slots left over by a largest matching of one centre and product."""
    first_day = np.repeat(np.arange(len(firsts)), firsts)
    second_day = np.repeat(np.arange(len(seconds)), seconds)
    if len(first_day) == 0 or len(second_day) == 0:
        return len(first_day)
    apart = second_day[None, :] - first_day[:, None]
    graph = csr_array(((apart >= low) & (apart <= high)).astype(np.int64))
    return int((maximum_bipartite_matching(graph, perm_type="column") < 0).sum())


def all_unpaired(instance: Instance, slots: Ints) -> dict[tuple[int, int], int]:
    """Leftovers above zero by centre and two-dose product; `slots` is 2 x J x P x days."""
    products = instance.products
    found = {}
    for j in range(slots.shape[1]):
        for p in np.flatnonzero(products.doses_needed == 2).tolist():
            low, high = int(products.interval_min_days[p]), int(products.interval_max_days[p])
            left = unpaired_by_flow(slots[0, j, p], slots[1, j, p], low, high)
            if left:
                found[j, p] = left
    return found
