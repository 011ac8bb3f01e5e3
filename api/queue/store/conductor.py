"""SQL of the conductor, which alone moves the room on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from api.queue.crowd import Bucket, Crowd, Load

_FIRST = """INSERT INTO queue_room (room_id, signing_key, is_open, rate, admitted_until, early,
    early_place, calm_s, stepped_at)
VALUES (1, %s, false, %s, %s, 0, %s, 0, %s) ON CONFLICT (room_id) DO NOTHING"""
_ROOM = """SELECT is_open, rate, admitted_until, early, early_place, calm_s, stepped_at
FROM queue_room FOR UPDATE"""
_MOVE = """UPDATE queue_room SET is_open = %s, rate = %s, admitted_until = %s, early = %s,
    early_place = %s, calm_s = %s, stepped_at = %s"""
_BUCKETS = """SELECT second, sum(tickets)::int FROM queue_told
WHERE second > %s - interval '1 second' GROUP BY second HAVING sum(tickets) > 0 ORDER BY second"""
_LOAD = """SELECT coalesce(sum(asked), 0), coalesce(sum(served), 0), coalesce(max(pressure), 0)
FROM queue_told WHERE second >= %s AND second < %s"""
_DUE = """SELECT opening, opens_at, secret FROM queue_opening
WHERE opens_at <= %s AND closed_at IS NULL ORDER BY opening LIMIT 1 FOR UPDATE"""
_LIST = "SELECT ticket_id FROM queue_early WHERE opening = %s ORDER BY ticket_id"
_CLOSE = """UPDATE queue_opening SET list_digest = %s, tickets = %s, closed_at = %s
WHERE opening = %s"""
_NEWEST = """SELECT opening, opens_at, secret, list_digest, tickets, closed_at FROM queue_opening
ORDER BY opening DESC LIMIT 1"""
_FORGET = (
    "DELETE FROM queue_told WHERE second < %s",
    "DELETE FROM queue_visit WHERE began_at < %s",
    """DELETE FROM queue_early WHERE opening IN
        (SELECT opening FROM queue_opening WHERE closed_at < %s)""",
)


class Due(NamedTuple):
    """An opening whose time has come."""

    opening: int
    opens_at: datetime
    secret: bytes


class Announced(NamedTuple):
    """The newest opening, closed or not."""

    opening: int
    opens_at: datetime
    secret: bytes
    list_digest: bytes | None
    tickets: int | None
    closed_at: datetime | None


def make_room(
    connection: Connection[Any], signing_key: bytes, rate: float, places: int, now: datetime
) -> None:
    """Write the room, if there is none yet."""
    connection.execute(_FIRST, (signing_key, rate, now, places, now))


def take_room(connection: Connection[Any]) -> tuple[Crowd, datetime]:
    """Lock the room; give it, and when it was last moved on."""
    row = connection.execute(_ROOM).fetchone()
    assert row is not None
    return Crowd(*row[:6]), row[6]


def move_on(connection: Connection[Any], crowd: Crowd, now: datetime) -> None:
    """Write the room."""
    connection.execute(_MOVE, (crowd.is_open, crowd.rate, crowd.admitted_until, crowd.early,
                               crowd.early_place, crowd.calm_s, now))  # fmt: skip


def read_buckets(connection: Connection[Any], since: datetime) -> list[Bucket]:
    """Tickets that were given out from about an instant on, by the second."""
    rows = connection.execute(_BUCKETS, (since,)).fetchall()
    return [Bucket(second, tickets) for second, tickets in rows]


def read_load(connection: Connection[Any], since: datetime, until: datetime) -> Load:
    """Read what all machines did, by the second."""
    row = connection.execute(_LOAD, (since, until)).fetchone()
    assert row is not None
    seconds = (until - since).total_seconds()
    return Load(row[0] / seconds, row[1] / seconds, row[2])


def take_due(connection: Connection[Any], now: datetime) -> Due | None:
    """Lock an opening whose list is to be closed."""
    row = connection.execute(_DUE, (now,)).fetchone()
    return None if row is None else Due(*row)


def read_list(connection: Connection[Any], opening: int) -> list[bytes]:
    """Tickets on the list of an opening."""
    return [row[0] for row in connection.execute(_LIST, (opening,)).fetchall()]


def close_list(
    connection: Connection[Any], opening: int, digest: bytes, tickets: int, now: datetime
) -> None:
    """Close the list of an opening."""
    connection.execute(_CLOSE, (digest, tickets, now, opening))


def read_newest(connection: Connection[Any]) -> Announced | None:
    """Read the newest opening."""
    row = connection.execute(_NEWEST).fetchone()
    return None if row is None else Announced(*row)


def forget(connection: Connection[Any], before: datetime) -> None:
    """Remove what is of no use any more."""
    for statement in _FORGET:
        connection.execute(statement, (before,))
