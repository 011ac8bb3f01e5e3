"""First come, first served: the national pool goes to whoever asks first."""

from __future__ import annotations

import numpy as np

from allocator.baselines.ledger import national_vials, open_ledger, rules_of
from allocator.baselines.nearest import nearest_centres
from allocator.baselines.outcome import decisions_of
from allocator.baselines.queue import queue_of
from allocator.baselines.sweep import serve_week
from allocator.decisions import Decisions
from allocator.horizon import horizon_of
from allocator.instance import Instance


def first_come(instance: Instance) -> Decisions:
    """Serve people by opening date of their class and by distance, with no thought of fairness.

    Every week the queue (see `queue_of`) asks at its nearest centres, and every centre may draw
    on the one national pool, second doses included, until it is empty.
    """
    horizon = horizon_of(instance)
    centres, km = nearest_centres(instance, horizon.usable)
    queue = queue_of(instance, km[:, 0])
    one_account = np.zeros(len(instance.centres.ids), dtype=np.int64)
    ledger = open_ledger(instance, horizon, one_account, 1)
    ledger.free_vials[0] = national_vials(ledger, horizon)
    rules = rules_of(horizon)
    served = [serve_week(ledger, rules, queue, centres, week) for week in range(horizon.T)]
    return decisions_of(instance, horizon, queue, ledger, np.concatenate(served))
