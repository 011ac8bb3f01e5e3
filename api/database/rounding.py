"""Instants of bookings and entries, made coarse once their day is over.

Who books at 14:03:27 is in the logs of a network provider, too; who booked some time after two
o'clock is one of many. Until the next day exact instants order those who booked and show what is
going on; afterwards the hour does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import Connection

EXACT_FOR = timedelta(hours=24)
BATCH = 1000
"""Bookings made coarse in one transaction: nobody waits for it."""

# Whoever works on a booking just now is not waited for: it changes, so its day is not over.
_BOOKINGS: LiteralString = """UPDATE booking SET created_at = date_trunc('hour', created_at, 'UTC'),
    changed_at = date_trunc('hour', changed_at, 'UTC')
WHERE centre_id = %s AND booking_id IN (SELECT booking_id FROM booking
    WHERE centre_id = %s AND changed_at < %s
        AND (created_at <> date_trunc('hour', created_at, 'UTC')
            OR changed_at <> date_trunc('hour', changed_at, 'UTC'))
    ORDER BY booking_id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)"""
# Those who still wait keep their instant: it is their place in the list.
_ENTRIES: LiteralString = """UPDATE waiting SET joined_at = date_trunc('hour', joined_at, 'UTC'),
    changed_at = date_trunc('hour', changed_at, 'UTC')
WHERE state IN ('served', 'left') AND changed_at < %s
    AND (joined_at <> date_trunc('hour', joined_at, 'UTC')
        OR changed_at <> date_trunc('hour', changed_at, 'UTC'))"""


def round_times(connection: Connection[Any], now: datetime) -> int:
    """Round down to the hour what last changed more than a day ago; give how many rows it was."""
    before = now - EXACT_FOR
    rounded = connection.execute(_ENTRIES, (before,)).rowcount
    centres = connection.execute("SELECT centre_id FROM centre ORDER BY centre_id").fetchall()
    for (centre_id,) in centres:
        changed = BATCH
        while changed == BATCH:
            values = (centre_id, centre_id, before, BATCH)
            changed = connection.execute(_BOOKINGS, values).rowcount
            rounded += changed
    return rounded
