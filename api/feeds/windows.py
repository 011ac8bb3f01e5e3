"""A centre's own file: every window that can be booked."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np

from api.feeds.calendar import Bools, Rules
from api.feeds.documents import CentreFile, Windows
from api.feeds.reference import Department, Place
from api.feeds.slots import OUTSIDE, CentreSlots, Numbers

_encode = msgspec.json.Encoder().encode


def listed(slots: CentreSlots, by_slot: Numbers, shown_cells: Bools) -> Numbers:
    """Places of each slot that can be booked, 0 for those that can only seem to be.

    Parameters
    ----------
    shown_cells
        By cell, whether it can be part of something bookable in the département.
    """
    if not len(slots):
        return by_slot
    shown = (slots.cells != OUTSIDE) & shown_cells[slots.cells]
    if (shown | (np.add.reduceat(by_slot, slots.groups) == 0)).all():
        return by_slot
    places: Numbers = by_slot * np.repeat(shown, slots.group_sizes)
    return places


def centre_file(
    place: Place, department: Department, slots: CentreSlots, places: Numbers, rules: Rules
) -> bytes:
    """Encode a centre's file; `places` are those of each slot that are listed."""
    return _encode(
        CentreFile(place.code, department.code, department.timezone, _windows(slots, places, rules))
    )


def _windows(slots: CentreSlots, places: Numbers, rules: Rules) -> list[Windows]:
    """Cut the listed slots, which are in order, where an entry begins.

    Columns become lists once, because that is what costs.
    """
    [told] = places.nonzero()
    if not len(told):
        return []
    numbers = slots.slot_id[told]
    steps = np.diff(numbers, prepend=numbers[:1]).tolist()
    starts, free = slots.minute[told].tolist(), places[told].tolist()
    per_group = np.add.reduceat(places > 0, slots.groups, dtype=np.int32)
    days = (slots.days - rules.calendar.first).tolist()
    cuts = np.searchsorted(told, [0, *(entry.after for entry in slots.entries)]).tolist()
    found = []
    for entry, (begin, after) in zip(slots.entries, pairwise(cuts), strict=True):
        if begin == after:
            continue
        steps[begin] = int(numbers[begin])
        per_day = per_group[entry.groups].tolist()
        of_day = zip(days[entry.groups], per_day, strict=True)
        schedule = rules.schedules[entry.schedule]
        found.append(
            Windows(
                schedule.product.code,
                schedule.dose_rank,
                entry.minutes,
                [rules.day_names[day] for day, n in of_day if n],
                [n for n in per_day if n],
                steps[begin:after],
                starts[begin:after],
                free[begin:after],
            )
        )
    return found
