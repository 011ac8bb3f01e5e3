"""A centre's own file: every window that can be booked."""

from __future__ import annotations

import msgspec
import numpy as np

from api.feeds.calendar import Bools, Rules
from api.feeds.documents import CentreFile, Windows
from api.feeds.reference import Department, Place
from api.feeds.slots import OUTSIDE, CentreSlots, Entry, Numbers

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
    return np.where(np.repeat(shown, slots.group_sizes), by_slot, np.int32(0))


def centre_file(
    place: Place, department: Department, slots: CentreSlots, places: Numbers, rules: Rules
) -> bytes:  # fmt: skip
    """Encode a centre's file; `places` are those of each slot that are listed."""
    windows = [
        _windows(entry, slots, places, rules)
        for entry in slots.entries
        if places[entry.first : entry.after].any()
    ]
    return _encode(CentreFile(place.code, department.code, department.timezone, windows))


def _windows(entry: Entry, slots: CentreSlots, places: Numbers, rules: Rules) -> Windows:
    told = entry.first + np.flatnonzero(places[entry.first : entry.after])
    group = np.searchsorted(slots.groups, told, side="right") - 1
    groups, per_day = np.unique(group, return_counts=True)
    numbers = slots.slot_id[told]
    first = rules.calendar.first
    schedule = rules.schedules[entry.schedule]
    return Windows(
        schedule.product.code,
        schedule.dose_rank,
        entry.minutes,
        [rules.day_names[day] for day in (slots.days[groups] - first).tolist()],
        per_day.tolist(),
        np.diff(numbers, prepend=numbers.dtype.type(0)).tolist(),
        slots.minute[told].tolist(),
        places[told].tolist(),
    )
