"""SQL of passkeys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection

from api.staff.signon.passkey import Passkey

_INSERT = """INSERT INTO staff_passkey (passkey_id, credential_id, person_id, public_key,
    sign_count, label, made_at, used_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (credential_id) DO NOTHING"""
_FIND = """SELECT passkey_id, credential_id, person_id, public_key, sign_count, label, made_at,
    used_at
FROM staff_passkey WHERE credential_id = %s"""
_OF = """SELECT passkey_id, credential_id, person_id, public_key, sign_count, label, made_at,
    used_at
FROM staff_passkey WHERE person_id = %s ORDER BY made_at, passkey_id"""
# Of two answers that tell the same count, one is a copy's.
_USE = """UPDATE staff_passkey SET sign_count = %s, used_at = %s
WHERE passkey_id = %s AND (sign_count < %s OR (sign_count = 0 AND %s = 0))"""
_REMOVE = "DELETE FROM staff_passkey WHERE passkey_id = %s AND person_id = %s"


async def insert(connection: AsyncConnection, passkey: Passkey) -> bool:
    """Write a passkey; false when it is somebody's already."""
    written = await connection.execute(
        _INSERT,
        (passkey.passkey_id, passkey.credential_id, passkey.person_id, passkey.public_key,
         passkey.sign_count, passkey.label, passkey.made_at, passkey.used_at),
    )  # fmt: skip
    return written.rowcount == 1


async def find(connection: AsyncConnection, credential_id: bytes) -> Passkey | None:
    """Find a passkey as browsers name it."""
    row = await (await connection.execute(_FIND, (credential_id,))).fetchone()
    return None if row is None else Passkey(*row)


async def read_of(connection: AsyncConnection, person_id: UUID) -> list[Passkey]:
    """Passkeys of a person, oldest first."""
    rows = await connection.execute(_OF, (person_id,))
    return [Passkey(*row) for row in await rows.fetchall()]


async def use(connection: AsyncConnection, passkey: Passkey, count: int, now: datetime) -> bool:
    """Write the new count; false when a use that was as far came before."""
    told = count, now, passkey.passkey_id, count, count
    return (await connection.execute(_USE, told)).rowcount == 1


async def remove(connection: AsyncConnection, passkey_id: UUID, person_id: UUID) -> bool:
    """Remove a passkey of a person; false when they have none of this id."""
    return (await connection.execute(_REMOVE, (passkey_id, person_id))).rowcount == 1
