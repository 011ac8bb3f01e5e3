"""SQL of entries; an entry's row is locked before the rows it has at centres."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import astuple
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from api.waiting.people import Entry, Groups
from api.waiting.reasons import MOST_COUNTED

_READ = """SELECT entry_id, secret_hash, join_print, department, class_id, products, centres, state,
    joined_at, offers_made, ready_at, offer_centre_id, offer_id, changed_at
FROM waiting WHERE entry_id = %s"""
_LOCK = f"{_READ} FOR NO KEY UPDATE"
_INSERT = """INSERT INTO waiting (entry_id, secret_hash, join_print, department, class_id, products,
    centres, state, joined_at, offers_made, ready_at, offer_centre_id, offer_id, changed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_INSERT_AT_CENTRES = """INSERT INTO waiting_centre (centre_id, entry_id, state, offers_made,
    joined_at, ready_at, department, class_id, products)
SELECT centre_id, %s, %s, %s, %s, %s, %s, %s, %s FROM unnest(%s::int[]) AS mine (centre_id)"""
_UPDATE = """UPDATE waiting SET state = %s, offers_made = %s, ready_at = %s, offer_centre_id = %s,
    offer_id = %s, changed_at = %s WHERE entry_id = %s"""
_UPDATE_AT_CENTRES = """UPDATE waiting_centre SET state = %s, offers_made = %s, ready_at = %s
WHERE centre_id = ANY(%s) AND entry_id = %s"""
_LEAVE_CENTRES = "DELETE FROM waiting_centre WHERE centre_id = ANY(%s) AND entry_id = %s"
_CENTRES = """SELECT centre_id FROM centre WHERE EXISTS (
    SELECT FROM waiting_centre w WHERE w.centre_id = centre.centre_id AND w.state <> 'offered')
ORDER BY centre_id"""
_CANDIDATES = """SELECT entry_id
FROM waiting_centre
WHERE centre_id = %s AND state = ANY(%s) AND ready_at <= %s AND %s = ANY(products)
    AND class_id = ANY(%s)
    AND (%s OR (class_id, department) IN (SELECT * FROM unnest(%s::int2[], %s::text[])))
ORDER BY offers_made, joined_at, entry_id LIMIT %s"""
_BEFORE = """SELECT entry_id FROM waiting_centre
WHERE centre_id = %s AND (offers_made, joined_at, entry_id) < (%s, %s, %s) AND products && %s
ORDER BY offers_made, joined_at, entry_id LIMIT %s"""


async def add(connection: AsyncConnection, entry: Entry) -> bool:
    """Write a new entry; false when its id is there already."""
    values = [list(v) if isinstance(v, tuple) else v for v in astuple(entry)]
    if (await connection.execute(_INSERT, values)).rowcount == 0:
        return False
    await connection.execute(
        _INSERT_AT_CENTRES,
        (entry.entry_id, entry.state, entry.offers_made, entry.joined_at, entry.ready_at,
         entry.department, entry.class_id, list(entry.products), list(entry.centres)),
    )  # fmt: skip
    return True


async def read(connection: AsyncConnection, entry_id: UUID, *, lock: bool = False) -> Entry | None:
    """Read an entry, and lock it if it is to be changed."""
    row = await (await connection.execute(_LOCK if lock else _READ, (entry_id,))).fetchone()
    if row is None:
        return None
    cells: list[Any] = [tuple(cell) if isinstance(cell, list) else cell for cell in row]
    return Entry(*cells)


async def change(connection: AsyncConnection, entry: Entry) -> None:
    """Write an entry that is locked, wherever it stands."""
    await connection.execute(
        _UPDATE,
        (entry.state, entry.offers_made, entry.ready_at, entry.offer_centre_id, entry.offer_id,
         entry.changed_at, entry.entry_id),
    )  # fmt: skip
    centres = list(entry.centres)
    if not entry.in_the_list:
        await connection.execute(_LEAVE_CENTRES, (centres, entry.entry_id))
        return
    await connection.execute(
        _UPDATE_AT_CENTRES,
        (entry.state, entry.offers_made, entry.ready_at, centres, entry.entry_id),
    )


async def centres_waited_for(connection: AsyncConnection) -> list[int]:
    """Centres at which somebody waits who has no place held, in order."""
    return [row[0] for row in await (await connection.execute(_CENTRES)).fetchall()]


async def candidates(
    connection: AsyncConnection,
    centre_id: int,
    states: Collection[str],
    product_id: int,
    groups: Groups,
    now: datetime,
    most: int,
) -> list[UUID]:
    """Find the first in order who wait for a product at a centre, in these states."""
    rooms = groups.rooms or ()
    rows = await connection.execute(
        _CANDIDATES,
        (centre_id, list(states), now, product_id, list(groups.classes), groups.rooms is None,
         [room[0] for room in rooms], [room[1] for room in rooms], most),
    )  # fmt: skip
    return [row[0] for row in await rows.fetchall()]


async def people_before(connection: AsyncConnection, entry: Entry) -> int:
    """Count who come first at the centres of an entry, up to `MOST_COUNTED`."""
    found: set[UUID] = set()
    for centre_id in entry.centres:
        rows = await connection.execute(
            _BEFORE, (centre_id, *entry.turn, list(entry.products), MOST_COUNTED)
        )
        found.update(row[0] for row in await rows.fetchall())
        if len(found) >= MOST_COUNTED:
            break
    return min(len(found), MOST_COUNTED)
