"""What is removed, and when: a booking some days after its last dose, never over three months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from api.database.rounding import round_times

BATCH = 1000
"""Bookings removed in one transaction: nobody waits for it."""
LONGEST = timedelta(days=90)
"""Nothing about a person is kept longer after the last dose."""
ANSWERS_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Old:
    """A booking past its time, where its row lives, and where its doses are."""

    home: int
    booking_id: UUID
    centres: tuple[int, ...]


def purge(url: str, days: int, now: datetime) -> dict[str, int]:
    """Remove what is no longer needed and count it, table by table; round old instants.

    Bookings go `days` after their last dose, cancelled ones `days` after that; displaced ones wait
    for a place for three months. Holds are ended by the worker, which gives their places back.

    Parameters
    ----------
    days
        0 to 90.
    """
    if not 0 <= days <= LONGEST.days:
        raise ValueError("Must have 0 <= days <= 90.")
    today = now.date()
    removed: Counter[str] = Counter()
    with psycopg.connect(url, autocommit=True) as connection:
        old = _old_bookings(connection, today - timedelta(days=days), today - LONGEST,
                            now - timedelta(days=days))  # fmt: skip
        while batch := list(islice(old, BATCH)):
            with connection.transaction():
                _remove_bookings(connection, batch, removed)
        for table, statement, before in _TABLES:
            limit = {"days": now - timedelta(days=days), "answers": now - ANSWERS_KEPT,
                     "longest": now - LONGEST}[before]  # fmt: skip
            removed[table] += connection.execute(statement, (limit,)).rowcount
        _remove_slots(connection, today - timedelta(days=days), removed)
        rounded = round_times(connection, now)
    return {**removed, "times_rounded": rounded}


def _old_bookings(
    connection: Connection[TupleRow], last_day: date, longest: date, cancelled: datetime
) -> Iterator[Old]:
    """List the bookings past their time, read at once."""
    rows = connection.execute(
        "SELECT home_centre_id, booking_id, array_agg(centre_id) FROM appointment"
        " GROUP BY 1, 2 HAVING max(day) < %s"
        " AND (max(day) < %s OR NOT bool_or(state IN ('held', 'displaced')))",
        (last_day, longest),
    ).fetchall()
    rows += connection.execute(
        "SELECT centre_id, booking_id, array_remove(ARRAY[first_centre_id, second_centre_id],"
        " NULL) FROM booking WHERE state = 'cancelled' AND changed_at < %s",
        (cancelled,),
    ).fetchall()
    return iter({row[1]: Old(row[0], row[1], tuple(row[2])) for row in rows}.values())


def _remove_bookings(
    connection: Connection[TupleRow], batch: Sequence[Old], removed: Counter[str]
) -> None:
    """Remove bookings; guards and homes first, in order of their key, as every booking does."""
    ids = sorted(old.booking_id for old in batch)
    homes = sorted({old.home for old in batch})
    tags = [
        row[0]
        for home in homes
        for row in connection.execute(
            "SELECT tag FROM booking WHERE centre_id = %s AND booking_id = ANY(%s)"
            " AND tag IS NOT NULL",
            (home, ids),
        )
    ]
    removed["person_guard"] += connection.execute(
        "DELETE FROM person_guard WHERE tag = ANY(%s) AND booking_id = ANY(%s)", (tags, ids)
    ).rowcount
    removed["booking_home"] += connection.execute(
        "DELETE FROM booking_home WHERE booking_id = ANY(%s)", (ids,)
    ).rowcount
    for home in homes:
        removed["booking"] += connection.execute(
            "DELETE FROM booking WHERE centre_id = %s AND booking_id = ANY(%s)", (home, ids)
        ).rowcount
    for centre_id in sorted({centre_id for old in batch for centre_id in old.centres}):
        removed["appointment"] += connection.execute(
            "DELETE FROM appointment WHERE centre_id = %s AND booking_id = ANY(%s)",
            (centre_id, ids),
        ).rowcount


def _remove_slots(connection: Connection[TupleRow], day: date, removed: Counter[str]) -> None:
    """Remove the slots and quotas of past days, but for slots that a booking still names."""
    centres = connection.execute("SELECT centre_id FROM centre ORDER BY centre_id").fetchall()
    for (centre_id,) in centres:
        removed["slot"] += connection.execute(
            "DELETE FROM slot WHERE centre_id = %s AND day < %s AND NOT EXISTS (SELECT FROM"
            " appointment a WHERE a.centre_id = slot.centre_id AND a.slot_id = slot.slot_id)",
            (centre_id, day),
        ).rowcount
        removed["quota"] += connection.execute(
            "DELETE FROM quota WHERE centre_id = %s AND week < %s",
            (centre_id, day - timedelta(days=7)),
        ).rowcount


_OLD_PUBLICATIONS = (
    # The newest of a centre stays: the next one is numbered after it.
    "DELETE FROM publication old WHERE published_at < %s AND EXISTS (SELECT FROM publication new"
    " WHERE new.centre_id = old.centre_id AND new.number > old.number)"
)
_TABLES: tuple[tuple[str, LiteralString, str], ...] = (
    ("idempotency", "DELETE FROM idempotency WHERE made_at < %s", "answers"),
    ("outbox", "DELETE FROM outbox WHERE changed_at < %s", "answers"),
    ("publication", _OLD_PUBLICATIONS, "longest"),
    ("offer", "DELETE FROM offer WHERE state <> 'open' AND ends_at < %s", "days"),
    (
        "waiting",
        "DELETE FROM waiting WHERE state IN ('served', 'left') AND changed_at < %s",
        "days",
    ),
    ("waiting_centre", "DELETE FROM waiting_centre WHERE joined_at < %s", "longest"),
    ("waiting", "DELETE FROM waiting WHERE joined_at < %s", "longest"),
)
"""Tables whose rows only have an age, and which age it is."""
