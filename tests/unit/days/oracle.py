"""Pairs counted slot by slot, and the fewest leftovers pair by pair: slow, unlike the product."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.optimize import LinearConstraint, milp
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


def fewest_unpaired(instance: Instance, weekly: Ints, limit: Ints, j: int) -> int:
    """Fewest first doses of a centre that any split of its weeks into days leaves over.

    An integer program with a variable for every pair of days that a first and a second dose may
    have, and one for every day of a dose alone; `weekly` and `limit` as in `pair_days`.
    """
    columns: list[int] = []
    rows: dict[tuple[object, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for p, rank_days, is_unpaired in _places(instance, weekly[:, j], limit[j]):
        for rank, day in rank_days:
            rows["week", rank, p, day // 7][len(columns)] = 1
            rows["day", day][len(columns)] += 1
        columns.append(is_unpaired)
    if not columns:
        return 0
    cells = [(i, c, n) for i, row in enumerate(rows.values()) for c, n in row.items()]
    row, column, value = zip(*cells, strict=True)
    most = [limit[j, key[1]] if key[0] == "day" else weekly[key[1], j, *key[2:]] for key in rows]
    least = [0 if key[0] == "day" else n for key, n in zip(rows, most, strict=True)]
    matrix = csr_array((value, (row, column)), shape=(len(rows), len(columns)))
    found = milp(
        columns,
        integrality=1,
        constraints=LinearConstraint(matrix, least, most),
        options={"presolve": False},
    )
    assert found.status == 0, found.message
    return round(found.fun)


def _places(instance: Instance, weekly: Ints, limit: Ints):
    """Yield product, ((rank, day), ...) and whether it is a first dose that misses its second."""
    products = instance.products
    open_ = np.repeat(weekly > 0, 7, axis=2) & (limit > 0)
    for p in range(len(products.ids)):
        firsts, seconds = (np.flatnonzero(open_[rank, p]).tolist() for rank in (0, 1))
        two = products.doses_needed[p] == 2
        low, high = products.interval_min_days[p], products.interval_max_days[p]
        for x in firsts:
            yield p, ((0, x),), int(two)
            yield from ((p, ((0, x), (1, y)), 0) for y in seconds if two and low <= y - x <= high)
        yield from ((p, ((1, y),), 0) for y in seconds)
