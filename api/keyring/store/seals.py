"""SQL of doses that are sealed to a key of a centre they have left."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

_MINE = "SELECT key_id FROM centre_key WHERE centre_id = %s AND destroyed_at IS NULL"
_CODES = "SELECT centre_id, code FROM centre WHERE centre_id = ANY(%s)"
_WAITING = """SELECT centre_id, booking_id, dose_rank, home_centre_id, key_id, sealed
FROM appointment
WHERE to_seal_again AND key_id = ANY(%s) AND day >= %s AND centre_id <> %s
    AND state IN ('booked', 'displaced', 'arrived')
ORDER BY day, starts_at, booking_id, dose_rank"""
_ONE = """SELECT centre_id, booking_id, dose_rank, home_centre_id, key_id, sealed
FROM appointment
WHERE to_seal_again AND key_id = ANY(%s) AND centre_id <> %s AND booking_id = %s
    AND dose_rank = %s AND state IN ('booked', 'displaced', 'arrived')"""
_OPENS = """SELECT FROM centre_key WHERE centre_id = %s AND key_id = %s
    AND signed IS NOT NULL AND destroyed_at IS NULL"""
_SEAL = """UPDATE appointment SET key_id = %s, sealed = %s, to_seal_again = false
WHERE centre_id = %s AND booking_id = %s AND dose_rank = %s AND to_seal_again AND key_id = %s"""


class WaitingDose(NamedTuple):
    """A dose to be sealed again; `centre_id` is where it is now, `home` where its booking lies."""

    centre_id: int
    booking_id: UUID
    dose_rank: int
    home: int
    key_id: str
    sealed: bytes


async def keys_of(connection: AsyncConnection, centre_id: int) -> list[str]:
    """Ids of the keys a centre can open."""
    return [row[0] for row in await (await connection.execute(_MINE, (centre_id,))).fetchall()]


async def waiting_doses(
    connection: AsyncConnection, centre_id: int, keys: list[str], today: date
) -> list[WaitingDose]:
    """Doses at other centres that are sealed to one of these keys, by day."""
    rows = await connection.execute(_WAITING, (keys, today, centre_id))
    return [WaitingDose(*row) for row in await rows.fetchall()]


async def waiting_dose(
    connection: AsyncConnection, centre_id: int, keys: list[str], booking_id: UUID, dose_rank: int
) -> WaitingDose | None:
    """One of them; None when it does not wait, or is not this centre's to seal."""
    values = keys, centre_id, booking_id, dose_rank
    row = await (await connection.execute(_ONE, values)).fetchone()
    return None if row is None else WaitingDose(*row)


async def centre_codes(connection: AsyncConnection, centre_ids: set[int]) -> dict[int, str]:
    """Codes of centres."""
    rows = await connection.execute(_CODES, (sorted(centre_ids),))
    return dict(await rows.fetchall())


async def opens(connection: AsyncConnection, centre_id: int, key_id: str) -> bool:
    """Tell whether a centre has a key that was signed and not destroyed."""
    return (await connection.execute(_OPENS, (centre_id, key_id))).rowcount == 1


async def seal(connection: AsyncConnection, dose: WaitingDose, key_id: str, sealed: bytes) -> bool:
    """Put a new seal to a dose; false when it no longer is as it was found."""
    values = key_id, sealed, dose.centre_id, dose.booking_id, dose.dose_rank, dose.key_id
    return (await connection.execute(_SEAL, values)).rowcount == 1
