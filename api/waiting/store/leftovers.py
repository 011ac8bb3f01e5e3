"""SQL of leftovers, beyond what publishing does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection

_BEFORE = """SELECT changes -> 'leftovers' FROM publication
WHERE publication_id = %s AND centre_id = %s"""
_WAITING = """SELECT count(*) FROM waiting_centre
WHERE centre_id = %s AND state <> 'offered' AND %s = ANY(products)"""
_STARTS = """SELECT starts_at FROM slot WHERE centre_id = %s AND schedule_id = %s
    AND starts_at > %s AND starts_at <= %s"""


async def posted_before(
    connection: AsyncConnection, centre_id: int, key: UUID
) -> dict[str, object] | None:
    """Read what a centre posted under a key."""
    row = await (await connection.execute(_BEFORE, (key, centre_id))).fetchone()
    return None if row is None else row[0]


async def people_waiting(connection: AsyncConnection, centre_id: int, product_id: int) -> int:
    """Count who wait for a product at a centre and have no place held."""
    row = await (await connection.execute(_WAITING, (centre_id, product_id))).fetchone()
    assert row is not None
    return int(row[0])


async def starts_taken(
    connection: AsyncConnection, centre_id: int, schedule: int, after: datetime, to: datetime
) -> set[datetime]:
    """Instants at which slots of a schedule begin: no two begin at the same."""
    rows = await connection.execute(_STARTS, (centre_id, schedule, after, to))
    return {row[0] for row in await rows.fetchall()}
