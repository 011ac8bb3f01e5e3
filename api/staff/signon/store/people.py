"""SQL of people."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

_ENTER = """INSERT INTO staff_person (person_id, subject_hash, provider, rules, signed_on_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject_hash) DO UPDATE SET provider = excluded.provider, rules = excluded.rules,
    signed_on_at = excluded.signed_on_at
RETURNING person_id"""
_EMPTY = "UPDATE staff_person SET rules = '{}' WHERE subject_hash = %s"
_FIND = "SELECT rules, signed_on_at FROM staff_person WHERE person_id = %s"


class PersonRow(NamedTuple):
    """What the provider confirmed, and when."""

    rules: list[UUID]
    signed_on_at: datetime


async def enter(
    connection: AsyncConnection, person_id: UUID, subject_hash: bytes, provider: str,
    rules: list[UUID], now: datetime,
) -> UUID:  # fmt: skip
    """Write what a provider says of somebody; the id of whoever was known before stays."""
    told = person_id, subject_hash, provider, rules, now
    row = await (await connection.execute(_ENTER, told)).fetchone()
    assert row is not None
    known = row[0]
    assert isinstance(known, UUID)
    return known


async def empty(connection: AsyncConnection, subject_hash: bytes) -> None:
    """Leave a person without rules."""
    await connection.execute(_EMPTY, (subject_hash,))


async def find(connection: AsyncConnection, person_id: UUID) -> PersonRow | None:
    """Find what is known of a person."""
    row = await (await connection.execute(_FIND, (person_id,))).fetchone()
    return None if row is None else PersonRow(*row)
