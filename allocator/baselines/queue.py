"""The queue of a week: who asks first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from allocator.instance import Floats, Instance, Ints


class Queue(NamedTuple):
    """Cells (zone, class) with people, in the order in which they ask; arrays of length C.

    `left` counts down as people are served.
    """

    zone: Ints
    class_: Ints
    left: Ints


def queue_of(instance: Instance, near_km: Floats) -> Queue:
    """Order cells by opening date, then heavier class, then distance to the nearest centre.

    Equal cells are ordered by chance, drawn from the instance's seed.
    """
    zone, class_ = np.nonzero(instance.demand)
    rng = np.random.default_rng(instance.seed)
    order = np.lexsort(
        (
            rng.permutation(len(zone)),
            near_km[zone],
            class_,
            -instance.classes.weight[class_],
            instance.classes.opens_on[class_].astype(np.int64),
        )
    )
    zone, class_ = zone[order], class_[order]
    return Queue(zone, class_, instance.demand[zone, class_])
