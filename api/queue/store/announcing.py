"""SQL of announcing."""

from __future__ import annotations

from datetime import datetime

from psycopg import AsyncConnection

_IN_TURN = "SELECT pg_advisory_xact_lock(hashtext('creneau opening'))"
_INSERT = """INSERT INTO queue_opening (opening, opens_at, secret)
SELECT coalesce(max(opening), 0) + 1, %s, %s FROM queue_opening
HAVING count(*) FILTER (WHERE closed_at IS NULL) = 0 RETURNING opening"""


async def insert(connection: AsyncConnection, opens_at: datetime, secret: bytes) -> int | None:
    """Write an opening and give its number; None while another one is to come."""
    await connection.execute(_IN_TURN)
    row = await (await connection.execute(_INSERT, (opens_at, secret))).fetchone()
    return None if row is None else int(row[0])
