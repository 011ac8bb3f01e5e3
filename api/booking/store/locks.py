"""Statements that find rows, make guards, and lock: each locks rows of one centre, sorted."""

from __future__ import annotations

from functools import cache

from api.booking.store.columns import APPOINTMENT, BOOKING, names, readers
from api.database.hot import Statement
from api.database.text_form import (
    read_bool,
    read_bytes,
    read_date,
    read_instant,
    read_text,
    read_uuid,
)

BEGIN = Statement("begin", "BEGIN")
HOMES = Statement(
    "homes",
    "SELECT booking_id, centre_id FROM booking_home WHERE booking_id = ANY($1::uuid[])",
    (read_uuid, int),
)
GUARD_OWNERS = Statement(
    "guard_owners",
    "SELECT tag, dose_rank, flagged, booking_id FROM person_guard WHERE tag = ANY($1::bytea[])",
    (read_bytes, int, read_bool, read_uuid),
)
_BOOKINGS = f"""SELECT {names(BOOKING)} FROM booking
WHERE centre_id = $1 AND booking_id = ANY($2::uuid[]) ORDER BY booking_id"""
LOCK_BOOKINGS = Statement("lock_bookings", f"{_BOOKINGS} FOR NO KEY UPDATE", readers(BOOKING))
READ_BOOKINGS = Statement("read_bookings", _BOOKINGS, readers(BOOKING))
# Not EXISTS: that may be answered by reading all quotas, where there were few of them at first.
LOCK_SLOTS = Statement(
    "lock_slots",
    """SELECT centre_id, slot_id, product_id, dose_rank, day, starts_at, ends_at,
    capacity, taken, phone_kept, standby_kept, open_at,
    dose_rank = 1 AND (SELECT true FROM quota
        WHERE quota.centre_id = slot.centre_id AND quota.product_id = slot.product_id
        AND quota.week = slot.day - (extract(isodow FROM slot.day)::int - 1)
        AND quota.open_at > $3::timestamptz LIMIT 1) IS NOT NULL
FROM slot WHERE centre_id = $1 AND slot_id = ANY($2::int[])
ORDER BY slot_id FOR NO KEY UPDATE""",
    (int, int, int, int, read_date, read_instant, read_instant,
     int, int, int, int, read_instant, read_bool),
)  # fmt: skip
LOCK_QUOTAS = Statement(
    "lock_quotas",
    """SELECT centre_id, product_id, week, department, class_id, slots, taken, open_at
FROM quota WHERE centre_id = $1 AND (product_id, week, department, class_id) IN (
    SELECT slot.product_id, slot.day - (extract(isodow FROM slot.day)::int - 1),
        wanted.department, wanted.class_id
    FROM unnest($2::int[], $3::text[], $4::smallint[]) AS wanted(slot_id, department, class_id)
    JOIN slot ON slot.centre_id = $1 AND slot.slot_id = wanted.slot_id AND slot.dose_rank = 1)
ORDER BY product_id, week, department, class_id FOR NO KEY UPDATE""",
    (int, int, read_date, read_text, int, int, int, read_instant),
)
APPOINTMENTS = Statement(
    "appointments",
    f"""SELECT {names(APPOINTMENT)} FROM appointment
WHERE centre_id = $1 AND booking_id = ANY($2::uuid[]) ORDER BY booking_id, dose_rank""",
    readers(APPOINTMENT),
)
ANSWERS = Statement(
    "answers",
    """SELECT key, route, print, status, answer FROM idempotency
WHERE key = ANY($1::text[]) AND route = $2""",
    (read_uuid, read_text, read_bytes, int, read_text),
)


@cache
def new_homes(count: int) -> Statement:
    """Make homes unless they are there; gives those made."""
    rows = ", ".join(f"(${2 * i + 1}::uuid, ${2 * i + 2}::int)" for i in range(count))
    sql = f"""INSERT INTO booking_home (booking_id, centre_id) VALUES {rows}
ON CONFLICT DO NOTHING RETURNING booking_id"""
    return Statement(f"new_homes_{count}", sql, (read_uuid,))


@cache
def new_guards(count: int) -> Statement:
    """Make guards unless they are there; gives those made."""
    rows = ", ".join(
        f"(${4 * i + 1}::bytea, ${4 * i + 2}::smallint, ${4 * i + 3}::boolean, ${4 * i + 4}::uuid)"
        for i in range(count)
    )
    sql = f"""INSERT INTO person_guard (tag, dose_rank, flagged, booking_id) VALUES {rows}
ON CONFLICT DO NOTHING RETURNING tag, dose_rank, flagged, booking_id"""
    return Statement(f"new_guards_{count}", sql, (read_bytes, int, read_bool, read_uuid))
