"""SQL of sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from api.staff.grants import Grant
from api.staff.signon.session import Session

_INSERT = """INSERT INTO staff_session
    (session_id, session_hash, person_id, rule_id, way, made_at, seen_at, ends_at, closed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, NULL)"""
# The rule must hold, and the provider must have confirmed it when it last spoke of the person.
_FIND = """SELECT session.session_id, session.person_id, person.provider, session.way,
    rule.rule_id, rule.role, rule.scope, session.made_at, session.seen_at,
    least(session.ends_at, rule.ends_at)
FROM staff_session session
JOIN staff_person person ON person.person_id = session.person_id
JOIN staff_rule rule ON rule.rule_id = session.rule_id
WHERE session.session_hash = %s AND session.closed_at IS NULL
    AND rule.rule_id = ANY(person.rules) AND rule.revoked_at IS NULL AND rule.ends_at > %s"""
_OPEN = """SELECT session.session_id, session.person_id, person.provider, session.way,
    rule.rule_id, rule.role, rule.scope, session.made_at, session.seen_at,
    least(session.ends_at, rule.ends_at)
FROM staff_session session
JOIN staff_person person ON person.person_id = session.person_id
JOIN staff_rule rule ON rule.rule_id = session.rule_id
WHERE session.closed_at IS NULL AND session.ends_at > %s
    AND rule.rule_id = ANY(person.rules) AND rule.revoked_at IS NULL
ORDER BY session.made_at, session.session_id"""
_SEE = "UPDATE staff_session SET seen_at = %s WHERE session_id = %s AND seen_at < %s"
_RULE = "UPDATE staff_session SET rule_id = %s WHERE session_id = %s AND closed_at IS NULL"
_CLOSE = "UPDATE staff_session SET closed_at = %s WHERE session_id = %s AND closed_at IS NULL"
_REMOVE = "DELETE FROM staff_session WHERE ends_at < %s"


async def insert(connection: AsyncConnection, session: Session, session_hash: bytes) -> None:
    """Write a session."""
    await connection.execute(
        _INSERT,
        (session.session_id, session_hash, session.person_id, session.rule_id, session.way,
         session.made_at, session.seen_at, session.ends_at),
    )  # fmt: skip


async def find(connection: AsyncConnection, session_hash: bytes, now: datetime) -> Session | None:
    """Find a session that was not closed and whose rule still holds."""
    row = await (await connection.execute(_FIND, (session_hash, now))).fetchone()
    return None if row is None else _session(row)


async def read_open(connection: AsyncConnection, now: datetime) -> list[Session]:
    """Sessions that were not closed and are not over."""
    rows = await connection.execute(_OPEN, (now,))
    return [_session(row) for row in await rows.fetchall()]


async def see(connection: AsyncConnection, session_id: UUID, now: datetime) -> None:
    """Write down that a session was used."""
    await connection.execute(_SEE, (now, session_id, now))


async def change_rule(connection: AsyncConnection, session_id: UUID, rule_id: UUID) -> None:
    """Let a session rest on another rule."""
    await connection.execute(_RULE, (rule_id, session_id))


async def close(connection: AsyncConnection, session_id: UUID, now: datetime) -> bool:
    """Close a session; false when it was closed before, or never was."""
    return (await connection.execute(_CLOSE, (now, session_id))).rowcount == 1


async def remove_over(connection: AsyncConnection, before: datetime) -> None:
    """Forget sessions that ended before an instant."""
    await connection.execute(_REMOVE, (before,))


def _session(row: TupleRow) -> Session:
    session_id, person_id, provider, way, rule_id, role, scope, *rest = row
    return Session(session_id, person_id, provider, way, rule_id, Grant(role, scope), *rest)
