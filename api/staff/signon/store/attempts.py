"""SQL of sign-ons under way."""

from __future__ import annotations

from datetime import datetime

from psycopg import AsyncConnection

_REMOVE_ENDED = "DELETE FROM staff_attempt WHERE ends_at < %s"
_INSERT = """INSERT INTO staff_attempt (attempt_hash, kind, content, ends_at)
VALUES (%s, %s, %s::jsonb, %s)"""
_TAKE = """DELETE FROM staff_attempt WHERE attempt_hash = %s AND kind = %s
RETURNING content, ends_at"""


async def remove_ended(connection: AsyncConnection, now: datetime) -> None:
    """Remove those nobody answered in time."""
    await connection.execute(_REMOVE_ENDED, (now,))


async def insert(
    connection: AsyncConnection, attempt_hash: bytes, kind: str, content: str, ends_at: datetime
) -> None:
    """Write one."""
    await connection.execute(_INSERT, (attempt_hash, kind, content, ends_at))


async def take(
    connection: AsyncConnection, attempt_hash: bytes, kind: str, now: datetime
) -> dict[str, str] | None:
    """Remove one and give what it held, unless its time is over."""
    row = await (await connection.execute(_TAKE, (attempt_hash, kind))).fetchone()
    return row[0] if row is not None and now < row[1] else None
