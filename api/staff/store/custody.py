"""SQL of bookings that the staff takes care of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection

_HOME = """SELECT home_centre_id FROM appointment
WHERE centre_id = %s AND booking_id = %s AND state NOT IN ('held', 'cancelled') LIMIT 1"""
# The hold is not to be answered again either, to whoever has the old secret.
_RENEW = """UPDATE booking
SET secret_hash = %s, hold_print = %s, version = version + 1, changed_at = %s
WHERE centre_id = %s AND booking_id = %s AND state = 'booked'"""


async def home_of(connection: AsyncConnection, centre_id: int, booking_id: UUID) -> int | None:
    """Where a booking lives that has a dose at the centre; None when it has none there."""
    row = await (await connection.execute(_HOME, (centre_id, booking_id))).fetchone()
    return None if row is None else int(row[0])


async def write_secret(
    connection: AsyncConnection, home: int, booking_id: UUID, secret_hash: bytes, now: datetime
) -> bool:
    """Give a booking another secret; false when it is not booked any more."""
    values = secret_hash, secret_hash, now, home, booking_id
    return (await connection.execute(_RENEW, values)).rowcount == 1
