"""Sessions: opened by a sign-on, found by their cookie, closed by whoever left or was sent away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.settings import Settings
from api.staff import audit
from api.staff.signon.rule import Rule
from api.staff.signon.session import Session, Way
from api.staff.signon.store import sessions as store
from api.staff.tokens import COMMAND_LINE, hash_of

SEEN_EVERY = timedelta(minutes=1)
"""A session that is used is written down no oftener."""
KEPT = timedelta(days=7)
"""Sessions that are over are forgotten; the audit is not."""


class UnknownSessionError(LookupError):
    """There is no open session of this id."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long sessions last, and whose people may have one."""

    idle: timedelta
    longest: timedelta
    providers: Collection[str]

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """Read them from the settings."""
        idle = timedelta(minutes=settings.session_idle_minutes)
        names = frozenset(provider.name for provider in settings.identity_providers)
        return cls(idle, timedelta(hours=settings.session_hours), names)


async def open_session(
    connection: AsyncConnection, person_id: UUID, rule: Rule, way: Way, terms: Terms, now: datetime
) -> tuple[Session, str]:
    """Open a session; the second value is its secret, which nothing can give again."""
    secret = token_urlsafe(32)
    ends_at = min(now + terms.longest, rule.ends_at)
    session = Session(uuid4(), person_id, rule.provider, way, rule.rule_id, rule.grant, now, now,
                      ends_at)  # fmt: skip
    async with connection.transaction():
        await store.remove_over(connection, now - KEPT)
        await store.insert(connection, session, hash_of(secret))
        detail: dict[str, object] = {"way": way, "provider": rule.provider, "ends_at": ends_at}
        await _record(connection, session, "session.open", detail, now)
    return session, secret


async def session_with(
    connection: AsyncConnection, secret: str, terms: Terms, now: datetime
) -> Session | None:
    """Find the session of a secret; None when it opens nothing, for whatever reason."""
    session = await store.find(connection, hash_of(secret), now)
    if session is None or session.provider not in terms.providers:
        return None
    if not session.lets_in(now, terms.idle):
        return None
    if now - session.seen_at >= SEEN_EVERY:
        await store.see(connection, session.session_id, now)
    return session


async def change_rule(
    connection: AsyncConnection, session: Session, rule: Rule, now: datetime
) -> None:
    """Let a session rest on another rule of its person."""
    async with connection.transaction():
        await store.change_rule(connection, session.session_id, rule.rule_id)
        detail: dict[str, object] = {"role": rule.grant.role, "scope": rule.grant.scope}
        await _record(connection, session, "session.change", detail, now)


async def close_session(connection: AsyncConnection, session: Session, now: datetime) -> None:
    """Close a session for whoever leaves."""
    async with connection.transaction():
        if await store.close(connection, session.session_id, now):
            await _record(connection, session, "session.close", {}, now)


async def send_away(connection: AsyncConnection, session_id: UUID, now: datetime) -> None:
    """Close somebody else's session, from the command line.

    Raises
    ------
    UnknownSessionError
        When none of this id is open.
    """
    async with connection.transaction():
        if not await store.close(connection, session_id, now):
            raise UnknownSessionError(f"there is no open session {session_id}")
        deed = audit.Deed(now, COMMAND_LINE, "session.revoke", str(session_id), {})
        await audit.append(connection, deed)


async def open_sessions(connection: AsyncConnection, terms: Terms, now: datetime) -> list[Session]:
    """Sessions that let somebody in, oldest first."""
    found = await store.read_open(connection, now)
    return [session for session in found if session.lets_in(now, terms.idle)]


async def _record(
    connection: AsyncConnection, session: Session, action: str, detail: dict[str, object],
    now: datetime,
) -> None:  # fmt: skip
    name = f"{session.grant} {session.person_id}"
    await audit.append(connection, audit.Deed(now, name, action, str(session.session_id), detail))
