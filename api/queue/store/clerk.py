"""SQL of the clerks: what a worker tells and asks each second, early tickets, visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from api.queue.crowd import Crowd

_TELL = """INSERT INTO queue_told (machine_id, second, tickets, asked, served, pressure)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (machine_id, second) DO UPDATE SET
    tickets = queue_told.tickets + excluded.tickets,
    asked = queue_told.asked + excluded.asked, served = queue_told.served + excluded.served,
    pressure = greatest(queue_told.pressure, excluded.pressure)"""
_ROOM = """SELECT signing_key, is_open, rate, admitted_until, early, early_place, calm_s
FROM queue_room"""
_OPENINGS = """SELECT opening, opens_at, secret, list_digest, closed_at FROM queue_opening
ORDER BY opening DESC LIMIT 1"""
# The row of the opening is locked: nobody closes the list while somebody enters it.
_ENTER = """INSERT INTO queue_early (opening, ticket_id)
SELECT known.opening, given.ticket_id
FROM (SELECT opening FROM queue_opening WHERE opening = %s AND closed_at IS NULL FOR SHARE) known,
    unnest(%s::bytea[]) given (ticket_id)"""
_VISIT = """INSERT INTO queue_visit (ticket, began_at, holds) VALUES (%s, %s, 1)
ON CONFLICT (ticket) DO UPDATE SET holds = queue_visit.holds + 1
RETURNING began_at, holds"""


class Told(NamedTuple):
    """What a worker did in a second."""

    second: datetime
    tickets: int
    asked: int
    served: int
    pressure: float


class OpeningRow(NamedTuple):
    """The newest announced opening."""

    opening: int
    opens_at: datetime
    secret: bytes
    list_digest: bytes | None
    closed_at: datetime | None


async def tell(connection: AsyncConnection, machine_id: UUID, told: Sequence[Told]) -> None:
    """Add what a worker did."""
    async with connection.cursor() as cursor:
        await cursor.executemany(_TELL, [(machine_id, *one) for one in told])


async def read_room(connection: AsyncConnection) -> tuple[bytes, Crowd] | None:
    """Read the key of tickets and the room; None before the publisher ever ran."""
    row = await (await connection.execute(_ROOM)).fetchone()
    return None if row is None else (row[0], Crowd(*row[1:]))


async def read_opening(connection: AsyncConnection) -> OpeningRow | None:
    """Read the newest opening."""
    row = await (await connection.execute(_OPENINGS)).fetchone()
    return None if row is None else OpeningRow(*row)


async def enter(connection: AsyncConnection, opening: int, ticket_ids: list[bytes]) -> bool:
    """Enter tickets on the list of an opening; false when it is closed."""
    return (await connection.execute(_ENTER, (opening, ticket_ids))).rowcount > 0


async def visit(connection: AsyncConnection, ticket: bytes, now: datetime) -> tuple[datetime, int]:
    """Count a use of a ticket; give when it was first used, and how often."""
    row = await (await connection.execute(_VISIT, (ticket, now))).fetchone()
    assert row is not None
    return row[0], row[1]
