"""SQL of keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import uuid4

from psycopg import AsyncConnection

_INSTALLED = "SELECT code, authority, document FROM signed_campaign"
_INSTALL = """INSERT INTO signed_campaign
    (campaign_id, code, authority, document, installed_at) VALUES (1, %s, %s, %s, %s)
ON CONFLICT (campaign_id) DO UPDATE SET document = excluded.document,
    installed_at = excluded.installed_at"""
_CENTRES = "SELECT code, centre_id FROM centre"
_ALL = """SELECT key_id, signed, key_file, version, destroyed_at FROM centre_key
WHERE centre_id = %s ORDER BY first_day DESC NULLS FIRST, changed_at DESC, key_id"""
_LOCK = """SELECT key_id, signed, key_file, version, destroyed_at FROM centre_key
WHERE centre_id = %s AND key_id = %s FOR NO KEY UPDATE"""
_WRITE_FILE = """INSERT INTO centre_key (centre_id, key_id, key_file, version, changed_at)
VALUES (%(centre)s, %(key)s, %(file)s, 1, %(now)s) ON CONFLICT (centre_id, key_id) DO UPDATE
SET key_file = excluded.key_file, version = centre_key.version + 1,
    changed_at = excluded.changed_at RETURNING version"""
_WRITE_SIGNED = """INSERT INTO centre_key
    (centre_id, key_id, signed, first_day, version, changed_at)
VALUES (%(centre)s, %(key)s, %(signed)s, %(first_day)s, 0, %(now)s)
ON CONFLICT (centre_id, key_id) DO UPDATE SET signed = excluded.signed,
    first_day = excluded.first_day, changed_at = excluded.changed_at RETURNING version"""
_DESTROY = """UPDATE centre_key SET key_file = NULL, destroyed_at = %s, changed_at = %s
WHERE centre_id = %s AND key_id = %s"""
_TELL = "INSERT INTO outbox (centre_id, change_id, slots, changed_at) VALUES (%s, %s, '{}', %s)"
# Those still at the centre, by day; those at others, by their mark.
_IN_USE = """SELECT EXISTS (
    SELECT FROM appointment WHERE centre_id = %(centre)s AND day >= %(today)s
        AND key_id = %(key)s AND state IN ('booked', 'displaced', 'arrived')
) OR EXISTS (
    SELECT FROM appointment WHERE to_seal_again AND key_id = %(key)s AND day >= %(today)s
        AND state IN ('booked', 'displaced', 'arrived'))"""


class Installed(NamedTuple):
    """The campaign as its authority signed it.

    code
        Of the campaign.
    authority
        Public key.
    document
        The signed campaign, byte for byte.
    """

    code: str
    authority: bytes
    document: bytes


class KeyRow(NamedTuple):
    """A key of a centre."""

    key_id: str
    signed: bytes | None
    key_file: bytes | None
    version: int
    destroyed_at: datetime | None


async def installed(connection: AsyncConnection) -> Installed | None:
    """Read the campaign that is installed."""
    row = await (await connection.execute(_INSTALLED)).fetchone()
    return None if row is None else Installed(*row)


async def write_campaign(connection: AsyncConnection, campaign: Installed, now: datetime) -> None:
    """Install a campaign, or its newer document."""
    await connection.execute(_INSTALL, (*campaign, now))


async def centre_ids(connection: AsyncConnection) -> dict[str, int]:
    """Ids of every centre, by code."""
    return dict(await (await connection.execute(_CENTRES)).fetchall())


async def read_all(connection: AsyncConnection, centre_id: int) -> list[KeyRow]:
    """Keys of a centre, the newest first."""
    rows = await connection.execute(_ALL, (centre_id,))
    return [KeyRow(*row) for row in await rows.fetchall()]


async def lock(connection: AsyncConnection, centre_id: int, key_id: str) -> KeyRow | None:
    """Find a key and lock it."""
    row = await (await connection.execute(_LOCK, (centre_id, key_id))).fetchone()
    return None if row is None else KeyRow(*row)


async def write_file(
    connection: AsyncConnection, centre_id: int, key_id: str, key_file: bytes, now: datetime
) -> int:
    """Write a key file, and give its version."""
    values = {"centre": centre_id, "key": key_id, "file": key_file, "now": now}
    row = await (await connection.execute(_WRITE_FILE, values)).fetchone()
    assert row is not None
    return int(row[0])


async def write_signed(
    connection: AsyncConnection, centre_id: int, key_id: str, signed: bytes, first_day: date,
    now: datetime,
) -> int:  # fmt: skip
    """Write the signed public key, tell the publisher, and give the version of the key file."""
    values = {"centre": centre_id, "key": key_id, "signed": signed, "first_day": first_day,
              "now": now}  # fmt: skip
    row = await (await connection.execute(_WRITE_SIGNED, values)).fetchone()
    assert row is not None
    await connection.execute(_TELL, (centre_id, uuid4(), now))
    return int(row[0])


async def is_in_use(connection: AsyncConnection, centre_id: int, key_id: str, today: date) -> bool:
    """Tell whether doses still to come are sealed to a key, wherever they are now."""
    values = {"centre": centre_id, "key": key_id, "today": today}
    row = await (await connection.execute(_IN_USE, values)).fetchone()
    assert row is not None
    return bool(row[0])


async def destroy(connection: AsyncConnection, centre_id: int, key_id: str, now: datetime) -> None:
    """Erase every wrap of a key, and tell the publisher."""
    await connection.execute(_DESTROY, (now, now, centre_id, key_id))
    await connection.execute(_TELL, (centre_id, uuid4(), now))
