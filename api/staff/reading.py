"""What the staff may read about itself: who one is, and what was done."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from psycopg import AsyncConnection

from api.staff.grants import Role
from api.staff.store import audit as store

PAGE = 500
Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class Me(msgspec.Struct, frozen=True):
    """Whoever asks, as their token says."""

    role: Role
    scope: str
    ends_at: Instant


class AuditEntry(msgspec.Struct, frozen=True):
    """Something that was done; `digest` (hexadecimal) covers it and everything before it."""

    number: int
    at: Instant
    actor: str
    action: str
    subject: str
    detail: msgspec.Raw
    digest: str


class AuditPage(msgspec.Struct, frozen=True):
    """Entries by number; `next` is the number to ask for those after, null at the end."""

    entries: list[AuditEntry]
    next: int | None


async def read_page(connection: AsyncConnection, after: int) -> AuditPage:
    """Read the entries after a number, so many at a time."""
    found = await store.read_after(connection, after, PAGE + 1)
    entries = [
        AuditEntry(e.number, e.at, e.actor, e.action, e.subject, msgspec.Raw(e.detail.encode()),
                   e.digest.hex())
        for e in found[:PAGE]
    ]  # fmt: skip
    return AuditPage(entries, entries[-1].number if len(found) > PAGE else None)
