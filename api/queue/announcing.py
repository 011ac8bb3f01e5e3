"""Announcing an opening: from an hour before on, people come on its list."""

from __future__ import annotations

from datetime import datetime
from secrets import token_bytes

from psycopg import AsyncConnection

from api.queue.lot import commitment
from api.queue.store import announcing as store
from api.staff import audit
from api.staff.tokens import COMMAND_LINE


class NotNowError(ValueError):
    """An opening is announced for a time to come, one after the other."""


async def announce(
    connection: AsyncConnection, opens_at: datetime, now: datetime
) -> tuple[int, str]:
    """Announce an opening; give its number and the commitment to its secret.

    Raises
    ------
    NotNowError
        When it is in the past, or another one is announced.
    """
    if opens_at <= now:
        raise NotNowError("an opening is announced for a time to come")
    secret = token_bytes(32)
    async with connection.transaction():
        number = await store.insert(connection, opens_at, secret)
        if number is None:
            raise NotNowError("another opening is announced already")
        committed = commitment(secret).hex()
        detail: dict[str, object] = {"opens_at": opens_at, "commitment": committed}
        deed = audit.Deed(now, COMMAND_LINE, "queue.announce", str(number), detail)
        await audit.append(connection, deed)
    return number, committed
