"""Slots of one centre as compact columns: some thirty bytes a slot, five million in 150 MB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from api.feeds.calendar import Ints, Rules
from api.feeds.store.slots import SlotRows

Numbers: TypeAlias = NDArray[np.int32]
DAY_MIN = 1440
OUTSIDE = -1
"""Cell of days before the calendar, which are past."""


class UnknownSlotError(Exception):
    """A changed slot, or its release, is not among those that are known."""


class CalendarEndsError(Exception):
    """A slot lies after the last day of the calendar."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Slots of one schedule and length: `first` to before `after`, in order of time.

    groups
        The same of its groups, one a day.
    """

    schedule: int
    minutes: int
    first: int
    after: int
    groups: slice


@dataclass(frozen=True, slots=True)
class CentreSlots:
    """Columns in order of schedule, length, day and start; the counts are changed in place.

    slot_id
        Number inside the centre.
    starts
        Minutes since 1970-01-01, UTC.
    minute
        Minutes after local midnight, as the clocks show it.
    capacity, taken, kept
        Places; `kept` are those of both kept shares.
    release, releases
        Place of each slot's `open_at` in `releases`, which are seconds since 1970-01-01.
    entries
        Slots of one schedule and length.
    groups
        Where the slots of one entry and day begin.
    cells, days
        Cell and day (since 1970-01-01) of each group.
    """

    slot_id: Numbers
    starts: Numbers
    minute: NDArray[np.int16]
    capacity: Numbers
    taken: Numbers
    kept: Numbers
    release: NDArray[np.uint16]
    releases: Ints
    entries: tuple[Entry, ...]
    groups: Numbers
    cells: Numbers
    days: Numbers

    def __len__(self) -> int:
        return len(self.slot_id)

    @property
    def group_sizes(self) -> Numbers:
        """Number of slots of each group."""
        return np.diff(self.groups, append=np.int32(len(self)))

    def open_at(self) -> Ints:
        """Release of each slot, seconds since 1970-01-01."""
        return self.releases[self.release]

    def change(self, rows: SlotRows) -> None:
        """Take over the counts of slots that changed.

        Raises
        ------
        UnknownSlotError
            When a slot is new here, or its release is; nothing is taken over then.
        """
        places = np.flatnonzero(np.isin(self.slot_id, rows.slot_id))
        if len(places) != len(rows.slot_id):
            raise UnknownSlotError
        row = np.searchsorted(rows.slot_id, self.slot_id[places])
        release = np.searchsorted(self.releases, rows.open_at)
        known = release < len(self.releases)
        if not known.all() or not np.array_equal(self.releases[release], rows.open_at):
            raise UnknownSlotError
        self.capacity[places] = rows.capacity[row]
        self.taken[places] = rows.taken[row]
        self.kept[places] = rows.kept[row]
        self.release[places] = release[row]


def slots_of(rows: SlotRows, rules: Rules, zone: ZoneInfo) -> CentreSlots:
    """Bring the slots of a centre, in order of their number, into the form that is kept.

    Raises
    ------
    CalendarEndsError
        When a slot lies after the calendar of the rules.
    """
    schedule = _schedules(rows, rules)
    minutes = (rows.ends_at - rows.starts_at) // 60
    starts = rows.starts_at // 60
    order = np.lexsort((starts, rows.day, minutes, schedule))
    schedule, minutes, day = schedule[order], minutes[order], rows.day[order]
    releases, release = np.unique(rows.open_at[order], return_inverse=True)
    groups = _begins(schedule, minutes, day)
    position = day[groups] - rules.calendar.first
    if (position >= rules.calendar.days).any():
        raise CalendarEndsError
    cells = np.where(position >= 0, schedule[groups] * rules.calendar.days + position, OUTSIDE)
    starts = starts[order]
    return CentreSlots(
        slot_id=rows.slot_id[order].astype(np.int32),
        starts=starts.astype(np.int32),
        minute=(starts + _offsets(starts, day, zone) - day * DAY_MIN).astype(np.int16),
        capacity=rows.capacity[order].astype(np.int32),
        taken=rows.taken[order].astype(np.int32),
        kept=rows.kept[order].astype(np.int32),
        release=release.astype(np.uint16),
        releases=releases,
        entries=_entries(schedule, minutes, groups),
        groups=groups.astype(np.int32),
        cells=cells.astype(np.int32),
        days=day[groups].astype(np.int32),
    )


def _schedules(rows: SlotRows, rules: Rules) -> Ints:
    numbers: Mapping[tuple[int, int], int] = rules.numbers
    keys = rows.product_id * 2 + rows.dose_rank
    distinct, place = np.unique(keys, return_inverse=True)
    # product * 2 + rank: rank is 1 or 2, so that 2p + 1 and 2p + 2 are unlike each other.
    found = [numbers[(int(key) - 1) // 2, 1 + (int(key) - 1) % 2] for key in distinct]
    schedules: Ints = np.array(found, dtype=np.int64)[place]
    return schedules


def _begins(*columns: Ints) -> Ints:
    """Positions at which any of the sorted columns takes another value."""
    changes = np.zeros(len(columns[0]), dtype=np.bool_)
    changes[:1] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)


def _entries(schedule: Ints, minutes: Ints, groups: Ints) -> tuple[Entry, ...]:
    firsts = _begins(schedule, minutes)
    bounds = np.append(firsts, len(schedule))
    return tuple(
        Entry(int(schedule[first]), int(minutes[first]), first, after, slice(*group))
        for (first, after), group in zip(
            pairwise(bounds.tolist()),
            pairwise(np.searchsorted(groups, bounds).tolist()),
            strict=True,
        )
    )


def _offsets(starts: Ints, day: Ints, zone: ZoneInfo) -> Ints:
    """Minutes that local clocks are ahead of UTC at each start."""
    distinct, place = np.unique(day, return_inverse=True)
    midnights = [_ahead(number * DAY_MIN, zone) for number in distinct.tolist()]
    next_midnights = [_ahead((number + 1) * DAY_MIN, zone) for number in distinct.tolist()]
    offsets: Ints = np.array(midnights, dtype=np.int64)[place]
    for i in np.flatnonzero(np.not_equal(midnights, next_midnights)):
        of_day = np.flatnonzero(place == i)  # the clocks change between both midnights
        offsets[of_day] = [_ahead(start, zone) for start in starts[of_day].tolist()]
    return offsets


@cache
def _ahead(minute: int, zone: ZoneInfo) -> int:
    moment = datetime.fromtimestamp(minute * 60, UTC).astimezone(zone)
    offset = moment.utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60


def total_by_cell(slots: CentreSlots, values: Numbers | Ints, n_cells: int) -> Ints:
    """Sum a column cell by cell."""
    totals = np.zeros(n_cells, dtype=np.int64)
    if len(slots):
        sums = np.add.reduceat(values, slots.groups)
        inside = slots.cells != OUTSIDE
        # Several groups lie in one cell where a day has windows of several lengths.
        np.add.at(totals, slots.cells[inside], sums[inside])
    return totals


def no_slots() -> CentreSlots:
    """Slots of a centre that has none."""
    nothing = np.empty(0, dtype=np.int32)
    return CentreSlots(
        nothing, nothing, nothing.astype(np.int16), nothing, nothing, nothing,
        nothing.astype(np.uint16), nothing.astype(np.int64), (), nothing, nothing, nothing,
    )  # fmt: skip
