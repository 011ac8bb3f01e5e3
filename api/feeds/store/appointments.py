"""Appointments of one day, for the record that the State asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

_DOSES = """SELECT booking_id, home_centre_id, dose_rank, state, starts_at FROM appointment
WHERE centre_id = %s AND day = %s AND takes_capacity AND state NOT IN ('held', 'displaced')
ORDER BY starts_at, booking_id, dose_rank"""
_BOOKINGS = """SELECT booking_id, product_id, class_id, channel, created_at,
first_slot_id IS NOT NULL AS has_first, second_slot_id IS NOT NULL AS has_second
FROM booking WHERE centre_id = %s AND booking_id = ANY(%s)"""


@dataclass(frozen=True, slots=True)
class Dose:
    """An appointment: one dose of a booking, whose row lies with its home."""

    booking_id: UUID
    home_centre_id: int
    dose_rank: int
    state: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """What the record tells of a booking."""

    booking_id: UUID
    product_id: int
    class_id: int
    channel: str
    created_at: datetime
    has_first: bool
    has_second: bool


def read_day(
    connection: Connection[Any], centre_id: int, day: date
) -> Iterator[tuple[Dose, Booking]]:
    """Read a centre's appointments of a day, in order of time, with their bookings."""
    with connection.cursor(row_factory=class_row(Dose)) as cursor:
        doses = cursor.execute(_DOSES, (centre_id, day)).fetchall()
    homes = defaultdict(list)
    for dose in doses:
        homes[dose.home_centre_id].append(dose.booking_id)
    bookings: dict[UUID, Booking] = {}
    for home, ids in homes.items():
        bookings |= _read_bookings(connection, home, ids)
    return ((dose, bookings[dose.booking_id]) for dose in doses)


def _read_bookings(
    connection: Connection[Any], home: int, ids: Sequence[UUID]
) -> dict[UUID, Booking]:
    with connection.cursor(row_factory=class_row(Booking)) as cursor:
        rows = cursor.execute(_BOOKINGS, (home, ids)).fetchall()
    return {row.booking_id: row for row in rows}
