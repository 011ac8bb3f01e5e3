"""What the web may book at one moment, and when that changes by itself."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from api.feeds.calendar import day_number
from api.feeds.free import free_of, next_change
from api.feeds.quotas import UNBOUND, no_quotas, quotas_of, replaced
from tests.unit.feeds.reference import CALENDAR, FIRST, SECOND, SINGLE, START, quota_rows, rules
from tests.unit.feeds.test_slots import TUESDAY, local, made, row

NOW = int(local(START - timedelta(days=3), 12).timestamp())
HOUR = 3600
WEEK = day_number(START)
CLOSED = NOW + 100 * HOUR


def free(slots, quotas=None, now=NOW, lead_s=0):
    return free_of(slots, quotas or no_quotas(), rules(), now, lead_s)


def test_kept_places_are_free_from_their_release_on():
    """At that second, not before; a slot with more kept than left has nothing."""
    slots = made(
        row(1, SINGLE, local(START, 9), capacity=5, taken=1, kept=3, open_at=NOW + HOUR),
        row(2, SINGLE, local(START, 10), capacity=5, taken=4, kept=3, open_at=NOW + HOUR),
    )
    assert free(slots, now=NOW).by_slot.tolist() == [1, 0]
    assert free(slots, now=NOW + HOUR - 1).by_slot.tolist() == [1, 0]
    assert free(slots, now=NOW + HOUR).by_slot.tolist() == [4, 1]


def test_a_slot_ends_when_it_begins_or_a_lead_before():
    """Nothing that has begun is free."""
    begins = local(START, 9)
    slots, start = made(row(1, SINGLE, begins)), int(begins.timestamp())
    assert free(slots, now=start - 1).by_slot.tolist() == [5]
    assert free(slots, now=start).by_slot.tolist() == [0]
    assert free(slots, now=start - 31, lead_s=30).by_slot.tolist() == [5]
    assert free(slots, now=start - 30, lead_s=30).by_slot.tolist() == [0]


def test_days_that_are_open_to_nobody_have_nothing_free():
    """A product without a period; a past day."""
    before = START - timedelta(days=1)
    slots = made(row(1, SINGLE, local(before, 9)), row(2, SINGLE, local(START, 9)))
    assert free(slots).by_slot.tolist() == [0, 5]


def test_quotas_bind_the_days_of_their_week_and_first_doses_only():
    """Class 2 (young) may book from 1 April on: its room counts for those days alone."""
    thursday = date(2021, 4, 1)
    monday = date(2021, 3, 29)
    slots = made(
        row(1, FIRST, local(monday, 9)),
        row(2, FIRST, local(thursday, 9)),
        row(3, FIRST, local(monday + timedelta(days=7), 9)),
        row(4, SECOND, local(thursday, 9)),
    )
    quotas = quotas_of(
        quota_rows(
            (1, day_number(monday), "75", 1, 1, CLOSED), (1, day_number(monday), "93", 2, 2, CLOSED)
        )
    )
    found = free(slots, quotas)
    assert found.by_slot.tolist() == [1, 3, 5, 5]
    cells = [CALENDAR.position(monday), CALENDAR.position(thursday)]
    assert found.by_cell[cells].tolist() == [1, 3]


def test_a_day_is_never_counted_above_its_quotas():
    """Two windows of five places, three doses kept for anybody: three."""
    slots = made(row(1, FIRST, local(START, 9)), row(2, FIRST, local(START, 10)))
    quotas = quotas_of(quota_rows((1, WEEK, "75", 1, 3, CLOSED)))
    found = free(slots, quotas)
    assert found.by_slot.tolist() == [3, 3]
    assert found.by_cell[0] == 3


def test_quotas_of_a_week_bind_until_the_last_of_them_ends():
    """As the door does it: one that still binds excludes whoever has no row.

    Whoever has one that has ended may book what there is.
    """
    old = quota_rows((1, WEEK, "75", 1, 1, NOW + HOUR), (1, WEEK, "93", 1, 1, NOW + 2 * HOUR))
    quotas = quotas_of(old)
    assert quotas.limits(rules(), NOW)[0] == 2
    assert quotas.limits(rules(), NOW + HOUR)[0] == UNBOUND
    assert [quotas.next_end(NOW + n * HOUR) for n in (0, 1, 2)] == [
        NOW + HOUR,
        NOW + 2 * HOUR,
        None,
    ]
    young = quotas_of(quota_rows((1, WEEK, "75", 1, 1, NOW + HOUR), (1, WEEK, "93", 2, 1, CLOSED)))
    assert young.limits(rules(), NOW + HOUR)[0] == UNBOUND
    strangers = quotas_of(quota_rows((1, WEEK, "93", 2, 1, CLOSED)))
    assert strangers.limits(rules(), NOW + HOUR)[0] == 0


def test_quotas_that_were_read_again_take_the_place_of_the_old_ones():
    """Those of other weeks stay; a week may have none any more."""
    old = quotas_of(
        quota_rows((1, WEEK, "75", 1, 1, CLOSED), (1, WEEK + 7, "75", 1, 2, CLOSED),
                   (3, WEEK, "75", 1, 3, CLOSED))
    )  # fmt: skip
    new = replaced(old, {(1, WEEK)}, quota_rows((1, WEEK, "93", 1, 9, CLOSED)))
    rows = new.rows
    assert list(zip(rows.product_id, rows.week, rows.department, rows.room, strict=True)) == [
        (1, WEEK, "93", 9), (1, WEEK + 7, "75", 2), (3, WEEK, "75", 3),
    ]  # fmt: skip
    assert len(replaced(old, {(1, WEEK), (3, WEEK)}, None)) == 1


def test_the_next_change_is_the_first_of_all_that_come_by_themselves():
    """A beginning less its lead, a release, the end of quotas; nothing when nothing can change."""
    begins = local(START, 9)
    start = int(begins.timestamp())
    slots = made(
        row(1, FIRST, begins, kept=1, open_at=start - HOUR), row(2, SECOND, local(TUESDAY, 9))
    )
    quotas = quotas_of(quota_rows((1, WEEK, "75", 1, 9, start - 2 * HOUR)))

    def due(some_quotas, now):
        return next_change(slots, some_quotas, free(slots, some_quotas, now), now, 30)

    assert due(quotas, NOW) == start - 2 * HOUR
    assert due(no_quotas(), NOW) == start - HOUR
    assert due(no_quotas(), start - HOUR) == start - 30
    empty = made(row(1, SINGLE, begins, capacity=0, kept=1, open_at=start - HOUR))
    assert next_change(empty, no_quotas(), free(empty), NOW, 30) is None


def test_places_are_never_negative():
    """A supply cut may leave less capacity than kept places."""
    slots = made(row(1, SINGLE, local(START, 9), capacity=1, taken=1, kept=5, open_at=CLOSED))
    assert np.all(free(slots).by_slot == 0)
