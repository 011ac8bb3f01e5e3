"""One week of people asking, one cell after the other, at their nearest centres."""

from __future__ import annotations

import numpy as np

from allocator.baselines.ledger import Ledger, Rules, give, most_people
from allocator.baselines.queue import Queue
from allocator.instance import ANY, Bools, Ints
from allocator.jit import kernel

SERVED_COLUMNS = 6
"""Cell, centre, product, first week, second week (-1: none), people."""


@kernel
def serve_week(ledger: Ledger, rules: Rules, queue: Queue, centres: Ints, week: int) -> Ints:
    """Serve the queue in its order; each person takes the nearest centre with a whole offer.

    A first dose is given only together with its second: slot and dose reserved at the same
    centre, in the earliest week that has both. Products are offered in the instance's order.

    Parameters
    ----------
    centres
        Z x N nearest centres, ANY where one is not offered.

    Returns
    -------
    n x 6 rows: cell, centre, product, first week, second week (-1: none), people.
    """
    J, P, W = ledger.stock.shape
    # A row either ends a cell or exhausts a (centre, product, second week) for this week.
    served = np.empty((len(queue.zone) + J * P * (W + 1), SERVED_COLUMNS), dtype=np.int64)
    exhausted = np.zeros((J, P), dtype=np.bool_)
    for p in range(P):
        exhausted[:, p] = not rules.first_allowed[p, :, week].any()
    offers = ledger.room[:, week] > 0
    rows = 0
    for cell in range(len(queue.zone)):
        if queue.left[cell] == 0:
            continue
        for j in centres[queue.zone[cell]]:
            if j != ANY and offers[j]:
                rows = _serve_at(ledger, rules, queue, exhausted, served, rows, cell, j, week)
                offers[j] = ledger.room[j, week] > 0 and not exhausted[j].all()
            if queue.left[cell] == 0:
                break
    return served[:rows].copy()


@kernel
def _serve_at(
    ledger: Ledger,
    rules: Rules,
    queue: Queue,
    exhausted: Bools,
    served: Ints,
    rows: int,
    cell: int,
    j: int,
    week: int,
) -> int:
    """Serve what is left of a cell at one centre; return the number of rows served so far."""
    for p in range(len(rules.lo)):
        if exhausted[j, p] or not rules.first_allowed[p, queue.class_[cell], week]:
            continue
        first, last = -1, -1
        if rules.two_dose[p]:
            first = week + rules.lo[p]
            last = min(week + rules.hi[p], ledger.room.shape[1] - 1)
        for second in range(first, last + 1):
            if second >= 0 and not rules.second_allowed[p, second]:
                continue
            people = most_people(ledger, j, p, week, second, queue.left[cell])
            if people > 0:
                give(ledger, j, p, week, second, people)
                queue.left[cell] -= people
                served[rows] = (cell, j, p, week, second, people)
                rows += 1
            if queue.left[cell] == 0:
                return rows
        # Slots, stock and pool only shrink within a week: who comes later finds no more.
        exhausted[j, p] = True
    return rows
