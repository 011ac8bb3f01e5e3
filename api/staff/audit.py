"""Appending to the audit, one after the other, and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from psycopg import AsyncConnection

from api.staff.chain import GENESIS, Entry, Head, digest_of
from api.staff.store import audit as store


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the staff does; `detail` names codes and counts, never people."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]


async def append(connection: AsyncConnection, deed: Deed) -> Head:
    """Write a deed as the newest entry, in the caller's transaction if there is one.

    Appends wait for each other until the transaction ends: this comes last in it.

    Raises
    ------
    LockNotAvailable
        When another transaction keeps the chain for longer than `lock_timeout`.
    """
    async with connection.transaction():
        detail, last = await store.tip(connection, msgspec.json.encode(deed.detail).decode())
        number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
        said = (number, deed.at, deed.actor, deed.action, deed.subject, detail, previous)
        entry = Entry(*said, digest_of(*said))
        await store.insert(connection, entry)
    return Head(entry.number, entry.digest)
