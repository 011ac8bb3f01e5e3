"""Slots of a centre as compact columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.feeds.calendar import day_number
from api.feeds.slots import (
    OUTSIDE,
    CalendarEndsError,
    Entry,
    UnknownSlotError,
    no_slots,
    slots_of,
    total_by_cell,
)
from tests.unit.feeds.reference import CALENDAR, FIRST, SECOND, SINGLE, START, rules, slot_rows

PARIS = ZoneInfo("Europe/Paris")
OPEN = int(datetime(2021, 3, 1, tzinfo=UTC).timestamp())


def row(slot, kind, begins: datetime, minutes=30, capacity=5, taken=0, kept=0, open_at=OPEN):
    """Make one slot; `begins` is local."""
    product, rank = {FIRST: (1, 1), SECOND: (1, 2), SINGLE: (3, 1)}[kind]
    start = int(begins.timestamp())
    return (slot, product, rank, day_number(begins.date()), start, start + minutes * 60,
            capacity, taken, kept, open_at)  # fmt: skip


def local(day: date, hour: int, minute: int = 0, zone: ZoneInfo = PARIS) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


TUESDAY = START + timedelta(days=1)


def made(*rows, zone=PARIS):
    return slots_of(slot_rows(*rows), rules(), zone)


def test_slots_are_sorted_by_schedule_length_and_time():
    """Whatever their numbers say; groups and entries begin where something changes."""
    slots = made(
        row(1, SECOND, local(START, 9)),
        row(2, FIRST, local(TUESDAY, 10)),
        row(3, FIRST, local(TUESDAY, 9)),
        row(4, FIRST, local(START, 9), minutes=60),
        row(5, FIRST, local(START, 9)),
    )
    assert slots.slot_id.tolist() == [5, 3, 2, 4, 1]
    assert slots.entries == (
        Entry(FIRST, 30, 0, 3, slice(0, 2)),
        Entry(FIRST, 60, 3, 4, slice(2, 3)),
        Entry(SECOND, 30, 4, 5, slice(3, 4)),
    )
    assert slots.groups.tolist() == [0, 1, 3, 4]
    assert slots.group_sizes.tolist() == [1, 2, 1, 1]
    assert slots.cells.tolist() == [0, 1, 0, CALENDAR.days]
    assert (slots.days - CALENDAR.first).tolist() == [0, 1, 0, 0]


def test_the_time_of_day_is_what_clocks_show():
    """Before, on and after the day on which they go forward; and on an island."""
    sunday = date(2021, 3, 28)
    moments = [local(START, 9), local(sunday, 1, 30), local(sunday, 9), local(sunday, 18)]
    slots = made(*(row(i, SINGLE, moment) for i, moment in enumerate(moments, 1)))
    assert slots.minute.tolist() == [540, 90, 540, 1080]
    reunion = ZoneInfo("Indian/Reunion")
    slots = made(row(1, SINGLE, local(sunday, 0, 30, reunion)), zone=reunion)
    assert slots.minute.tolist() == [30]


def test_past_days_have_no_cell_and_days_after_the_calendar_are_told():
    """Yesterday's slots are kept for the weekly files; a calendar that is too short is an error."""
    slots = made(
        row(1, SINGLE, local(START - timedelta(days=1), 9)), row(2, SINGLE, local(START, 9))
    )
    assert slots.cells.tolist() == [OUTSIDE, SINGLE * CALENDAR.days]
    with pytest.raises(CalendarEndsError):
        made(row(1, SINGLE, local(START + timedelta(days=CALENDAR.days), 9)))


def test_counts_of_known_slots_are_taken_over():
    """Only those of the changed ones, in whatever order they stand."""
    slots = made(*(row(i, SINGLE, local(START, 20 - i), open_at=OPEN + i) for i in (1, 2, 3)))
    changed = slot_rows(
        row(1, SINGLE, local(START, 19), capacity=9, taken=4, kept=2, open_at=OPEN + 3),
        row(3, SINGLE, local(START, 17), capacity=8, taken=1, kept=0, open_at=OPEN + 3),
    )
    slots.change(changed)
    assert slots.slot_id.tolist() == [3, 2, 1]
    assert slots.capacity.tolist() == [8, 5, 9]
    assert slots.taken.tolist() == [1, 0, 4]
    assert slots.kept.tolist() == [0, 0, 2]
    assert slots.open_at().tolist() == [OPEN + 3, OPEN + 2, OPEN + 3]


@pytest.mark.parametrize(
    "change",
    [
        row(2, SINGLE, local(START, 10), taken=3),
        row(1, SINGLE, local(START, 9), taken=3, open_at=OPEN - 1),
        row(1, SINGLE, local(START, 9), taken=3, open_at=OPEN + 1),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_taken_over(change):
    """A new slot, or a release before, after, between the known ones: the centre is read whole."""
    slots = made(row(1, SINGLE, local(START, 9)))
    with pytest.raises(UnknownSlotError):
        slots.change(slot_rows(change))
    assert slots.taken.tolist() == [0]


def test_totals_add_windows_of_all_lengths():
    """A day with windows of two lengths is one cell; past days count nowhere."""
    slots = made(
        row(1, SINGLE, local(START, 9), minutes=30, capacity=1),
        row(2, SINGLE, local(START, 10), minutes=60, capacity=2),
        row(3, SINGLE, local(START - timedelta(days=1), 9), capacity=50),
        row(4, FIRST, local(TUESDAY, 9), capacity=7),
    )
    totals = total_by_cell(slots, slots.capacity, rules().n_cells)
    assert {int(i): int(totals[i]) for i in np.flatnonzero(totals)} == {
        1: 7, SINGLE * CALENDAR.days: 3,
    }  # fmt: skip


def test_a_centre_may_have_no_slots():
    """Its columns are empty, and its totals nought."""
    assert len(no_slots()) == 0
    assert total_by_cell(no_slots(), no_slots().capacity, 5).tolist() == [0] * 5
