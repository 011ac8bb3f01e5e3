"""A sign-on under way: what the answer must match, kept here, and answered once.

The browser holds the attempt's secret in a cookie, so that nobody can be led into the sign-on of
somebody else; the database holds its digest.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Literal, TypeAlias

import msgspec
from psycopg import AsyncConnection

from api.staff.signon.store import attempts as store
from api.staff.tokens import hash_of

Kind: TypeAlias = Literal["provider", "register", "passkey"]
LIFETIME = timedelta(minutes=10)


async def begin(
    connection: AsyncConnection, kind: Kind, content: dict[str, str], now: datetime
) -> str:
    """Keep what an answer must match, and give the secret that finds it; old ones go."""
    secret = token_urlsafe(32)
    await store.remove_ended(connection, now)
    packed = msgspec.json.encode(content).decode()
    await store.insert(connection, hash_of(secret), kind, packed, now + LIFETIME)
    return secret


async def take(
    connection: AsyncConnection, kind: Kind, secret: str | None, now: datetime
) -> dict[str, str] | None:
    """Give what an answer must match, once; None when there is nothing to answer any more."""
    return await store.take(connection, hash_of(secret), kind, now) if secret else None
