"""SQL of tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from api.staff.grants import NATIONAL, Grant, Token

_SCOPES = {
    "planner": "SELECT FROM department WHERE region = %s LIMIT 1",
    "centre": "SELECT FROM centre WHERE code = %s",
    "agent": "SELECT FROM department WHERE department = %s",
}
_INSERT = """INSERT INTO staff_token
    (token_id, role, scope, label, made_at, ends_at, revoked_at, token_hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
_REVOKE = """UPDATE staff_token SET revoked_at = %s WHERE token_id = %s AND revoked_at IS NULL
RETURNING token_id, role, scope, label, made_at, ends_at, revoked_at"""
_FIND = """SELECT token_id, role, scope, label, made_at, ends_at, revoked_at
FROM staff_token WHERE token_hash = %s"""
_READ = """SELECT token_id, role, scope, label, made_at, ends_at, revoked_at
FROM staff_token WHERE token_id = %s"""
_ALL = """SELECT token_id, role, scope, label, made_at, ends_at, revoked_at
FROM staff_token ORDER BY made_at, token_id"""


async def scope_exists(connection: AsyncConnection, grant: Grant) -> bool:
    """Tell whether the campaign has the place a grant is for."""
    if grant.scope == NATIONAL:
        return True
    found = await connection.execute(_SCOPES[grant.role], (grant.scope,))
    return await found.fetchone() is not None


async def insert(connection: AsyncConnection, token: Token, token_hash: bytes) -> None:
    """Write a token."""
    await connection.execute(
        _INSERT,
        (token.token_id, token.grant.role, token.grant.scope, token.label, token.made_at,
         token.ends_at, token.revoked_at, token_hash),
    )  # fmt: skip


async def revoke(connection: AsyncConnection, token_id: UUID, now: datetime) -> Token | None:
    """Revoke a token; None when there is none, or it was before."""
    row = await (await connection.execute(_REVOKE, (now, token_id))).fetchone()
    return _token(row) if row else None


async def find(connection: AsyncConnection, token_hash: bytes) -> Token | None:
    """Find a token by its hash."""
    row = await (await connection.execute(_FIND, (token_hash,))).fetchone()
    return _token(row) if row else None


async def read(connection: AsyncConnection, token_id: UUID) -> Token | None:
    """Read a token by its id."""
    row = await (await connection.execute(_READ, (token_id,))).fetchone()
    return _token(row) if row else None


async def read_all(connection: AsyncConnection) -> list[Token]:
    """Every token, oldest first."""
    return [_token(row) for row in await (await connection.execute(_ALL)).fetchall()]


def _token(row: TupleRow) -> Token:
    token_id, role, scope, *rest = row
    return Token(token_id, Grant(role, scope), *rest)
