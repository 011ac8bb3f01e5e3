"""SQL of rules."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from api.staff.grants import Grant
from api.staff.signon.rule import Rule

_INSERT = """INSERT INTO staff_rule (rule_id, provider, claim, value, role, scope, label, made_at,
    ends_at, revoked_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_REVOKE = """UPDATE staff_rule SET revoked_at = %s WHERE rule_id = %s AND revoked_at IS NULL
RETURNING rule_id, provider, claim, value, role, scope, label, made_at, ends_at, revoked_at"""
_ALL = """SELECT rule_id, provider, claim, value, role, scope, label, made_at, ends_at, revoked_at
FROM staff_rule ORDER BY made_at, rule_id"""
_OF = """SELECT rule_id, provider, claim, value, role, scope, label, made_at, ends_at, revoked_at
FROM staff_rule WHERE provider = %s AND revoked_at IS NULL ORDER BY made_at, rule_id"""
_SOME = """SELECT rule_id, provider, claim, value, role, scope, label, made_at, ends_at, revoked_at
FROM staff_rule WHERE rule_id = ANY(%s) ORDER BY made_at, rule_id"""


async def insert(connection: AsyncConnection, rule: Rule) -> None:
    """Write a rule."""
    await connection.execute(
        _INSERT,
        (rule.rule_id, rule.provider, rule.claim, rule.value, rule.grant.role, rule.grant.scope,
         rule.label, rule.made_at, rule.ends_at, rule.revoked_at),
    )  # fmt: skip


async def revoke(connection: AsyncConnection, rule_id: UUID, now: datetime) -> Rule | None:
    """Revoke a rule; None when there is none, or it was before."""
    row = await (await connection.execute(_REVOKE, (now, rule_id))).fetchone()
    return None if row is None else _rule(row)


async def read_all(connection: AsyncConnection) -> list[Rule]:
    """Every rule, oldest first."""
    rows = await connection.execute(_ALL)
    return [_rule(row) for row in await rows.fetchall()]


async def read_of(connection: AsyncConnection, provider: str) -> list[Rule]:
    """Rules of a provider that were not revoked."""
    rows = await connection.execute(_OF, (provider,))
    return [_rule(row) for row in await rows.fetchall()]


async def read_some(connection: AsyncConnection, rule_ids: list[UUID]) -> list[Rule]:
    """Rules by their ids."""
    rows = await connection.execute(_SOME, (rule_ids,))
    return [_rule(row) for row in await rows.fetchall()]


def _rule(row: TupleRow) -> Rule:
    rule_id, provider, claim, value, role, scope, *rest = row
    return Rule(rule_id, provider, claim, value, Grant(role, scope), *rest)
