"""SQL of marking doses; locks in the order of docs/booking.md."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from api.booking.rows import DoseState

_DOSE = """SELECT home_centre_id, state, day, starts_at FROM appointment
WHERE centre_id = %s AND booking_id = %s AND dose_rank = %s
    AND state NOT IN ('held', 'cancelled') AND (takes_capacity OR state = 'displaced')"""
_PERSON = "SELECT tag, flagged FROM booking WHERE centre_id = %s AND booking_id = %s"
_LET_GO = """DELETE FROM person_guard
WHERE tag = %s AND dose_rank = %s AND flagged = %s AND booking_id = %s"""
_HOLD_AGAIN = """INSERT INTO person_guard (tag, dose_rank, flagged, booking_id)
VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_OWNER = "SELECT booking_id FROM person_guard WHERE tag = %s AND dose_rank = %s AND flagged = %s"
_LOCK = "SELECT FROM booking WHERE centre_id = %s AND booking_id = %s FOR NO KEY UPDATE"
_MARK = """UPDATE appointment SET state = %s
WHERE centre_id = %s AND booking_id = %s AND dose_rank = %s AND state = %s"""
_COUNT = """UPDATE booking SET version = version + 1, changed_at = %s
WHERE centre_id = %s AND booking_id = %s"""


class Dose(NamedTuple):
    """A dose the centre expects; `tag` is whose, in a form nobody can read."""

    centre_id: int
    booking_id: UUID
    dose_rank: int
    home: int
    state: DoseState
    day: date
    starts_at: datetime
    tag: bytes
    flagged: bool


async def find(
    connection: AsyncConnection, centre_id: int, booking_id: UUID, dose_rank: int
) -> Dose | None:
    """Find a dose; nothing is locked."""
    key = centre_id, booking_id, dose_rank
    dose = await (await connection.execute(_DOSE, key)).fetchone()
    if dose is None:
        return None
    person = await (await connection.execute(_PERSON, (dose[0], booking_id))).fetchone()
    if person is None or person[0] is None:
        return None
    return Dose(*key, *dose, *person)


async def let_go(connection: AsyncConnection, dose: Dose) -> None:
    """Let the person book this dose again."""
    guard = dose.tag, dose.dose_rank, dose.flagged
    await connection.execute(_LET_GO, (*guard, dose.booking_id))


async def hold_again(connection: AsyncConnection, dose: Dose) -> bool:
    """Keep the person from booking this dose twice; false when they have meanwhile."""
    guard = dose.tag, dose.dose_rank, dose.flagged
    await connection.execute(_HOLD_AGAIN, (*guard, dose.booking_id))
    owner = await (await connection.execute(_OWNER, guard)).fetchone()
    return owner == (dose.booking_id,)


async def lock_booking(connection: AsyncConnection, home: int, booking_id: UUID) -> None:
    """Lock a booking's row."""
    await connection.execute(_LOCK, (home, booking_id))


async def mark(connection: AsyncConnection, dose: Dose, state: str) -> bool:
    """Give a dose another state; false when it no longer has the one it was found in."""
    marked = await connection.execute(
        _MARK, (state, dose.centre_id, dose.booking_id, dose.dose_rank, dose.state)
    )
    return marked.rowcount == 1


async def count_change(
    connection: AsyncConnection, home: int, booking_id: UUID, now: datetime
) -> None:
    """Count a change of a booking."""
    await connection.execute(_COUNT, (now, home, booking_id))
