"""Who the first-dose slots of a centre and week are meant for (MODEL.md, Quotas)."""

from __future__ import annotations

import numpy as np

from allocator.decisions import Decisions
from allocator.instance import Ints


def quotas(decisions: Decisions) -> Ints:
    """Slots of each (département, class) among the first doses of a centre, product and week.

    Returns
    -------
    n x 6: centre, product, week, department, class, slots; sorted, one row a key.
    """
    department, class_, centre, product, week, people = decisions.first_doses.T
    keys = np.stack([centre, product, week, department, class_], axis=1)
    keys, row = np.unique(keys[people > 0], axis=0, return_inverse=True)
    slots = np.zeros(len(keys), dtype=np.int64)
    np.add.at(slots, row, people[people > 0])
    return np.column_stack([keys, slots])
