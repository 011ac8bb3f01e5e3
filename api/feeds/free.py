"""What the web may book of a centre's slots at one moment (docs/booking.md, Availability)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from api.feeds.calendar import Ints, Rules
from api.feeds.quotas import CentreQuotas
from api.feeds.slots import OUTSIDE, CentreSlots, Numbers, total_by_cell

Seconds: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Free:
    """Places that somebody may book.

    by_slot
        Places of each slot.
    by_cell
        Places of each schedule and day; never more than the quotas let through.
    """

    by_slot: Numbers
    by_cell: Ints


def free_of(
    slots: CentreSlots, quotas: CentreQuotas, rules: Rules, now: Seconds, lead_s: Seconds
) -> Free:
    """Count the free places of a centre.

    Parameters
    ----------
    lead_s
        A slot is shown until so long before it begins.
    """
    left = slots.capacity - slots.taken
    still_kept = slots.releases > now
    if still_kept.any():
        left -= np.where(still_kept[slots.release], slots.kept, 0)
    np.maximum(left, 0, out=left)
    left[slots.starts <= (now + lead_s) // 60] = 0
    limits = np.where(rules.bookable.ravel(), quotas.limits(rules, now), 0)
    if len(slots):
        limit = np.where(slots.cells != OUTSIDE, limits[slots.cells], 0).astype(np.int32)
        np.minimum(left, np.repeat(limit, slots.group_sizes), out=left)
    return Free(left, np.minimum(total_by_cell(slots, left, rules.n_cells), limits))


def next_change(
    slots: CentreSlots, quotas: CentreQuotas, free: Free, now: Seconds, lead_s: Seconds
) -> Seconds | None:
    """Return the next second at which free places change by themselves, if any."""
    moments: list[int] = []
    starts = slots.starts[free.by_slot > 0]
    if len(starts):
        moments.append(int(starts.min()) * 60 - lead_s)
    later = slots.releases > now
    waiting = slots.release[(slots.kept > 0) & (slots.capacity > slots.taken)]
    waiting = waiting[later[waiting]]
    if len(waiting):
        moments.append(int(slots.releases[waiting.min()]))
    end = quotas.next_end(now)
    if end is not None:
        moments.append(end)
    return min(moments, default=None)
