"""A token exchanged for a session: the browser keeps a secret of its own, never the token."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.clock import Clock
from api.staff import audit
from api.staff.actor import Actor
from api.staff.grants import Token
from api.staff.store import tokens as store
from api.staff.tokens import hash_of

LONGEST = timedelta(hours=10)
_LABEL = "session of "


async def open_token_session(connection: AsyncConnection, secret: str, clock: Clock) -> str | None:
    """Open a session for whoever shows a token; None when the token opens nothing.

    It is a token itself, with an end of its own: what a browser loses can be revoked alone.
    """
    now = clock()
    shown = await store.find(connection, hash_of(secret))
    if shown is None or not shown.lets_in(now) or shown.label.startswith(_LABEL):
        return None
    made = token_urlsafe(32)
    ends_at = min(now + LONGEST, shown.ends_at)
    session = Token(uuid4(), shown.grant, f"{_LABEL}{shown.token_id}", now, ends_at, None)
    async with connection.transaction():
        await store.insert(connection, session, hash_of(made))
        detail: dict[str, object] = {"token": str(shown.token_id), "ends_at": ends_at}
        deed = audit.Deed(now, session.actor_name, "session.open", str(session.token_id), detail)
        await audit.append(connection, deed)
    return made


async def actor_in_session(connection: AsyncConnection, secret: str, clock: Clock) -> Actor | None:
    """Find whose session it is; it ends with the token it was opened by."""
    now = clock()
    session = await store.find(connection, hash_of(secret))
    if session is None or not session.lets_in(now) or not session.label.startswith(_LABEL):
        return None
    shown = await store.read(connection, UUID(session.label.removeprefix(_LABEL)))
    if shown is None or not shown.lets_in(now):
        return None
    return Actor(session.actor_name, session.grant, session.ends_at, clock)


async def close_token_session(connection: AsyncConnection, secret: str, clock: Clock) -> None:
    """Close a session for whoever leaves."""
    now = clock()
    session = await store.find(connection, hash_of(secret))
    if session is None or not session.label.startswith(_LABEL):
        return
    async with connection.transaction():
        if await store.revoke(connection, session.token_id, now) is not None:
            deed = audit.Deed(now, session.actor_name, "session.close", str(session.token_id), {})
            await audit.append(connection, deed)
