"""What a publication changed at a centre: counts for a summary, all of it for the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from api.capacity.merge import Merged
from api.capacity.publication import product_of, rank_of
from api.capacity.quotas import QuotaChanges
from api.capacity.rebooking.people import Verdict
from api.capacity.rebooking.report import Rebooked, rebooked
from api.capacity.settle import Key
from api.capacity.store import Centre
from api.capacity.windows import date_of


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of one centre; false when there are none.

    slots, quotas
        How many were added, removed, raised and lowered.
    doses
        Added and taken away, net.
    beyond_plan
        Bookings that stand although the plan has no dose for them, by product and Monday.
    rebooked
        What became of bookings that lost a place.
    days
        Day, product, dose rank, doses before and after, where they differ.
    """

    slots: Mapping[str, int]
    quotas: Mapping[str, int]
    doses: int
    beyond_plan: Mapping[Key, int]
    rebooked: Rebooked
    days: Sequence[tuple[str, int, int, int, int]]

    def __bool__(self) -> bool:
        return bool(self.days or self.slots or self.quotas or self.rebooked.bookings)

    def record(self, *, is_first: bool) -> dict[str, object]:
        """Say it all, for the table of publications; a first one is told by its slots alone."""
        days = [
            {"day": day, "product_id": product, "dose_rank": rank, "before": old, "after": new}
            for day, product, rank, old, new in ([] if is_first else self.days)
        ]
        return {
            "slots": self.slots, "quotas": self.quotas, "doses": self.doses,
            "beyond_plan": [
                {"product_id": product, "week": date_of(monday).isoformat(), "doses": doses}
                for (product, monday), doses in self.beyond_plan.items()
            ],
            "rebooked": self.rebooked.counts,
            "bookings": self.rebooked.bookings, "days": days,
        }  # fmt: skip


def changes_of(
    merged: Merged,
    quotas: QuotaChanges | None,
    verdicts: Sequence[Verdict],
    centres: Mapping[int, Centre],
) -> Changes:
    """Compare a centre before and after."""
    before, after = merged.before, merged.slots.capacity
    return Changes(
        slots=_kinds(merged),
        quotas=quotas.counts if quotas else {},
        doses=int((after - before).sum()),
        beyond_plan=merged.standing,
        rebooked=rebooked(verdicts, {c.centre_id: c.code for c in centres.values()}),
        days=_days(merged),
    )


def _kinds(merged: Merged) -> dict[str, int]:
    before, after, changed = merged.before, merged.slots.capacity, merged.changed
    kinds = {
        "added": (before == 0) & (after > 0),
        "removed": (before > 0) & (after == 0),
        "raised": (before > 0) & (after > before),
        "lowered": (after > 0) & (after < before),
        "shares": changed & (after == before),
    }
    counts = Counter({kind: int((rows & changed).sum()) for kind, rows in kinds.items()})
    return {kind: n for kind, n in counts.items() if n}


def _days(merged: Merged) -> list[tuple[str, int, int, int, int]]:
    slots = merged.slots
    keys, place = np.unique(np.stack([slots.day, slots.schedule_id]), axis=1, return_inverse=True)
    before, after = np.zeros((2, keys.shape[1]), dtype=np.int64)
    np.add.at(before, place, merged.before)
    np.add.at(after, place, slots.capacity)
    return [
        (date_of(int(keys[0, i])).isoformat(), int(product_of(keys[1, i])),
         int(rank_of(keys[1, i])), int(before[i]), int(after[i]))
        for i in np.flatnonzero(before != after)
    ]  # fmt: skip
