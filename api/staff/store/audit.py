"""SQL of the audit."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import AsyncConnection, Connection
from psycopg.rows import TupleRow

from api.staff.chain import Entry, Head

# Keeps appends from failing each other; that no number is given twice is for the primary key.
_IN_TURN = "SELECT pg_advisory_xact_lock(hashtext('creneau audit'))"
# The database writes the detail its own way (order, spaces): the digest is of what it gives back.
_TIP = """SELECT written.detail, last.entry, last.digest
FROM (SELECT %s::jsonb::text AS detail) written
LEFT JOIN (SELECT entry, digest FROM audit ORDER BY entry DESC LIMIT 1) last ON true"""
_INSERT = """INSERT INTO audit (entry, at, actor, action, subject, detail, previous, digest)
VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s)"""
_AFTER = """SELECT entry, at, actor, action, subject, detail::text, previous, digest
FROM audit WHERE entry > %s ORDER BY entry LIMIT %s"""
_ALL = """SELECT entry, at, actor, action, subject, detail::text, previous, digest
FROM audit ORDER BY entry"""
PAGE = 1000


async def tip(connection: AsyncConnection, detail: str) -> tuple[str, Head | None]:
    """Wait for one's turn; give the detail as the database writes it, and the last entry."""
    await connection.execute(_IN_TURN)
    row = await (await connection.execute(_TIP, (detail,))).fetchone()
    assert row is not None
    written, number, digest = row
    return written, None if number is None else Head(number, digest)


async def insert(connection: AsyncConnection, entry: Entry) -> None:
    """Write an entry."""
    await connection.execute(
        _INSERT,
        (entry.number, entry.at, entry.actor, entry.action, entry.subject, entry.detail,
         entry.previous, entry.digest),
    )  # fmt: skip


async def read_after(connection: AsyncConnection, number: int, most: int) -> list[Entry]:
    """Entries after one, by number."""
    rows = await connection.execute(_AFTER, (number, most))
    return [Entry(*row) for row in await rows.fetchall()]


def read_all(connection: Connection[TupleRow]) -> Iterator[Entry]:
    """Every entry, by number, a page at a time."""
    with connection.transaction(), connection.cursor("audit") as cursor:
        cursor.itersize = PAGE
        cursor.execute(_ALL)
        for row in cursor:
            yield Entry(*row)
