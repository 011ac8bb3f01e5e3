"""What must hold of a booking database at any moment, recounted from its rows."""

from __future__ import annotations

import psycopg
from psycopg.rows import dict_row

from tests.campaign import Campaign

Rows = list[dict[str, object]]

TAKEN = """
SELECT slot.centre_id, slot.slot_id, slot.taken, slot.capacity,
    count(appointment.booking_id) FILTER (
        WHERE appointment.takes_capacity AND appointment.state <> 'cancelled') AS counted
FROM slot LEFT JOIN appointment USING (centre_id, slot_id)
GROUP BY slot.centre_id, slot.slot_id, slot.taken, slot.capacity
HAVING slot.taken <> count(appointment.booking_id) FILTER (
        WHERE appointment.takes_capacity AND appointment.state <> 'cancelled')
    OR slot.taken > slot.capacity OR slot.taken < 0
"""
HALF_PAIRS = """
WITH wanted AS (
    SELECT booking_id, 1 AS dose_rank, first_centre_id AS centre_id, first_slot_id AS slot_id,
        state, takes_capacity FROM booking WHERE first_slot_id IS NOT NULL
    UNION ALL
    SELECT booking_id, 2, second_centre_id, second_slot_id, state, takes_capacity
    FROM booking WHERE second_slot_id IS NOT NULL)
SELECT booking_id, dose_rank, wanted.state AS booking, appointment.state AS dose
FROM wanted FULL JOIN appointment USING (booking_id, dose_rank, centre_id, slot_id)
WHERE wanted.booking_id IS NULL OR appointment.booking_id IS NULL
    OR wanted.state = 'held' AND appointment.state <> 'held'
    OR wanted.state = 'booked' AND appointment.state = 'held'
    OR wanted.state = 'cancelled' AND appointment.state <> 'cancelled'
    OR appointment.takes_capacity AND NOT wanted.takes_capacity
"""
NOT_WHOLE = """
SELECT booking_id FROM booking JOIN product USING (product_id)
WHERE (first_slot_id IS NOT NULL)::int + (second_slot_id IS NOT NULL)::int
    + (first_elsewhere_on IS NOT NULL)::int <> doses_needed
"""
QUOTAS = """
SELECT quota.centre_id, quota.week, quota.department, quota.class_id, quota.taken, quota.slots,
    count(booking.booking_id) AS counted
FROM quota LEFT JOIN booking ON booking.first_centre_id = quota.centre_id
    AND booking.product_id = quota.product_id AND booking.quota_week = quota.week
    AND booking.department = quota.department AND booking.class_id = quota.class_id
    AND booking.state <> 'cancelled' AND booking.takes_capacity
GROUP BY quota.centre_id, quota.product_id, quota.week, quota.department, quota.class_id
HAVING quota.taken <> count(booking.booking_id) OR quota.taken > quota.slots
"""
GUARDS = """
WITH live AS (
    SELECT booking.tag, appointment.dose_rank, booking.flagged, booking.booking_id
    FROM booking JOIN appointment USING (booking_id)
    WHERE booking.state = 'booked' AND booking.takes_capacity AND appointment.state <> 'cancelled')
SELECT * FROM live FULL JOIN person_guard USING (tag, dose_rank, flagged, booking_id)
WHERE live.tag IS NULL OR person_guard.tag IS NULL
"""
HOMES = """
SELECT booking_id FROM booking FULL JOIN booking_home USING (booking_id, centre_id)
WHERE booking.state IS NULL OR booking_home.booking_id IS NULL
"""
LEFT_BEHIND = """
SELECT booking_id FROM booking LEFT JOIN appointment USING (booking_id)
WHERE booking.state = 'cancelled' AND (booking.tag IS NOT NULL OR sealed IS NOT NULL)
"""
RULES = {
    "slots count what takes their capacity, and no more than they have": TAKEN,
    "no half pair: the doses of a booking are where it says": HALF_PAIRS,
    "a booking has the doses its product needs": NOT_WHOLE,
    "quotas count the bookings that use them, and no more than they have": QUOTAS,
    "guards are those of live bookings": GUARDS,
    "every booking has a home, and no other is there": HOMES,
    "nothing of a person is left in what was cancelled": LEFT_BEHIND,
}


def broken_rules(campaign: Campaign) -> dict[str, Rows]:
    """Rules that do not hold, with the rows that break them."""
    with psycopg.connect(campaign.url, row_factory=dict_row) as connection:
        return broken_on(connection)


def broken_on(connection: psycopg.Connection[dict[str, object]]) -> dict[str, Rows]:
    """Tell the same on a connection that is open."""
    found = {rule: connection.execute(statement).fetchall() for rule, statement in RULES.items()}
    return {rule: rows for rule, rows in found.items() if rows}
