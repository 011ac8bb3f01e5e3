"""Tokens: made from the command line, shown once, kept as a hash, ending by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.clock import Clock
from api.staff import audit
from api.staff.actor import Actor
from api.staff.grants import SCOPE_OF, Grant, Token
from api.staff.store import tokens as store

PREFIX = "creneau-staff-"
"""Lets scanners of leaked secrets know one when they see it."""
MOST_DAYS = 366
COMMAND_LINE = "command line"
"""Actor of what is done on the server itself."""


class UnknownScopeError(ValueError):
    """The campaign has no region, centre or département of this code."""


class UnknownTokenError(LookupError):
    """There is no such token, or it was revoked before."""


async def issue(
    connection: AsyncConnection, grant: Grant, label: str, days: int, now: datetime
) -> tuple[Token, str]:
    """Make a token; the second value is the token itself, which nothing can give again.

    Parameters
    ----------
    days
        How long it opens anything, 1 to 366.

    Raises
    ------
    UnknownScopeError
        When the campaign has no such place.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"days is 1 to {MOST_DAYS}")
    secret = PREFIX + token_urlsafe(32)
    token = Token(uuid4(), grant, label, now, now + timedelta(days=days), None)
    async with connection.transaction():
        await refuse_unknown_scope(connection, grant)
        await store.insert(connection, token, hash_of(secret))
        await _record(connection, "token.issue", token, now)
    return token, secret


async def refuse_unknown_scope(connection: AsyncConnection, grant: Grant) -> None:
    """Raise UnknownScopeError when the campaign has no such place."""
    if not await store.scope_exists(connection, grant):
        raise UnknownScopeError(f"scope of {grant.role} is {SCOPE_OF[grant.role]}; there is"
                                f" none with the code {grant.scope}")  # fmt: skip


async def revoke(connection: AsyncConnection, token_id: UUID, now: datetime) -> Token:
    """Let a token open nothing from now on.

    Raises
    ------
    UnknownTokenError
        When there is none to revoke.
    """
    async with connection.transaction():
        token = await store.revoke(connection, token_id, now)
        if token is None:
            raise UnknownTokenError(f"there is no token {token_id}, or it was revoked before")
        await _record(connection, "token.revoke", token, now)
    return token


async def every_token(connection: AsyncConnection) -> list[Token]:
    """All tokens, oldest first."""
    return await store.read_all(connection)


async def actor_with(connection: AsyncConnection, secret: str, clock: Clock) -> Actor | None:
    """Find whose token this is; None when it opens nothing."""
    token = await store.find(connection, hash_of(secret))
    if token is None or not token.lets_in(clock()):
        return None
    return Actor(token.actor_name, token.grant, token.ends_at, clock)


def hash_of(secret: str) -> bytes:
    """Digest under which a token is kept: with 32 random bytes in it, a plain hash is enough."""
    return sha256(secret.encode()).digest()


async def _record(connection: AsyncConnection, action: str, token: Token, now: datetime) -> None:
    detail = {"role": token.grant.role, "scope": token.grant.scope, "ends_at": token.ends_at}
    deed = audit.Deed(now, COMMAND_LINE, action, str(token.token_id), detail)
    await audit.append(connection, deed)
