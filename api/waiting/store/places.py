"""SQL of the slots that can be offered."""

from __future__ import annotations

from datetime import date, datetime

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from api.booking.slot import Slot
from api.waiting.people import Offer
from api.waiting.reasons import Offered

# Whether quotas bind does not matter here: `rooms` reads them, and a hold looks at them again.
_FIRST = """SELECT centre_id, slot_id, product_id, dose_rank, day, starts_at, ends_at, capacity,
    taken, phone_kept, standby_kept, open_at, false
FROM slot WHERE centre_id = %s AND dose_rank = 1 AND starts_at > %s AND capacity > taken
    AND (starts_at <= %s OR standby_kept > 0)
ORDER BY starts_at, slot_id"""
_SECOND = """SELECT centre_id, slot_id, product_id, dose_rank, day, starts_at, ends_at, capacity,
    taken, phone_kept, standby_kept, open_at, false
FROM slot WHERE centre_id = %s AND product_id = %s AND dose_rank = 2 AND day BETWEEN %s AND %s
    AND capacity > taken
ORDER BY starts_at, slot_id"""
_QUOTAS = """SELECT class_id, department, slots - taken FROM quota
WHERE centre_id = %s AND product_id = %s AND week = %s AND open_at > %s"""
_SLOT = """SELECT centre_id, slot_id, product_id, dose_rank, day, starts_at, ends_at, capacity,
    taken, phone_kept, standby_kept, open_at, false
FROM slot WHERE centre_id = %s AND slot_id = %s"""
_HELD = """SELECT dose_rank, slot_id, day, starts_at, ends_at FROM appointment
WHERE centre_id = %s AND booking_id = %s ORDER BY dose_rank"""
_OFFERED = """SELECT product_id, sum(capacity),
    sum(greatest(0, capacity - taken - CASE WHEN open_at > %s THEN phone_kept + standby_kept
        ELSE 0 END))
FROM slot WHERE centre_id = %s AND dose_rank = 1 AND starts_at > %s AND capacity > 0
GROUP BY product_id"""


async def first_doses(
    connection: AsyncConnection, centre_id: int, after: datetime, near: datetime
) -> list[Slot]:
    """Slots of first doses with something left; those after `near` only with a standby share."""
    rows = await connection.execute(_FIRST, (centre_id, after, near))
    return [Slot(*row) for row in await rows.fetchall()]


async def second_doses(
    connection: AsyncConnection, centre_id: int, product_id: int, from_day: date, to_day: date
) -> list[Slot]:
    """Slots of second doses with something left, by time."""
    rows = await connection.execute(_SECOND, (centre_id, product_id, from_day, to_day))
    return [Slot(*row) for row in await rows.fetchall()]


async def rooms(
    connection: AsyncConnection, centre_id: int, product_id: int, week: date, now: datetime
) -> dict[tuple[int, str], int] | None:
    """Doses left by class and département; None when no quota binds."""
    rows = await connection.execute(_QUOTAS, (centre_id, product_id, week, now))
    found = {(class_id, department): left for class_id, department, left in await rows.fetchall()}
    return found or None


async def read_slot(connection: AsyncConnection, centre_id: int, slot_id: int) -> Slot | None:
    """Read a slot."""
    row = await (await connection.execute(_SLOT, (centre_id, slot_id))).fetchone()
    return None if row is None else Slot(*row)


async def held_for(connection: AsyncConnection, offer: Offer) -> list[TupleRow]:
    """Doses an offer holds, all at its centre: rank, slot, day, start, end."""
    if offer.booking_id is None:
        return []
    return await (await connection.execute(_HELD, (offer.centre_id, offer.booking_id))).fetchall()


async def offered_at(
    connection: AsyncConnection, centre_id: int, now: datetime
) -> dict[int, Offered]:
    """First doses to come at a centre, by product."""
    rows = await connection.execute(_OFFERED, (now, centre_id, now))
    return {product_id: Offered(doses, free) for product_id, doses, free in await rows.fetchall()}
