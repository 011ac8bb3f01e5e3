"""One worker at a time makes offers: two would only get into each other's way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection

_TRY = "SELECT pg_try_advisory_lock(hashtext('creneau offers'))"
_LET_GO = "SELECT pg_advisory_unlock(hashtext('creneau offers'))"


@asynccontextmanager
async def alone(connection: AsyncConnection) -> AsyncIterator[bool]:
    """Tell whether nobody else is at it, and keep others away meanwhile."""
    row = await (await connection.execute(_TRY)).fetchone()
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        if mine and not connection.closed:
            await connection.execute(_LET_GO)
