"""From the log of people served to the decisions of a plan."""

from __future__ import annotations

import numpy as np

from allocator.baselines.ledger import Ledger
from allocator.baselines.queue import Queue
from allocator.decisions import Decisions
from allocator.horizon import Horizon
from allocator.instance import Instance, Ints


def decisions_of(
    instance: Instance, horizon: Horizon, queue: Queue, ledger: Ledger, served: Ints
) -> Decisions:
    """Sum the people served into flows, first and second doses; list the vials sent."""
    cell, centre, product, week, second, people = served.T
    zone, class_ = queue.zone[cell], queue.class_[cell]
    department = instance.zones.department[zone]
    paired = second >= 0
    J, P, W = ledger.stock.shape
    K, D = len(instance.classes.ids), len(instance.departments)
    sent = np.argwhere(ledger.sent_vials)
    return Decisions(
        flows=_summed((zone, class_, centre), (len(instance.zones.ids), K, J), people),
        first_doses=_summed(
            (department, class_, centre, product, week), (D, K, J, P, horizon.T), people
        ),
        second_doses=_summed(
            tuple(part[paired] for part in (centre, product, week, second)),
            (J, P, horizon.T, W),
            people[paired],
        ),
        shipments=np.column_stack([sent, ledger.sent_vials[tuple(sent.T)]]),
    )


def _summed(keys: tuple[Ints, ...], sizes: tuple[int, ...], people: Ints) -> Ints:
    """Rows of distinct keys in order, with the people of each."""
    codes, row = np.unique(np.ravel_multi_index(keys, sizes), return_inverse=True)
    total = np.zeros(len(codes), dtype=np.int64)
    np.add.at(total, row, people)
    return np.column_stack([*np.unravel_index(codes, sizes), total])
