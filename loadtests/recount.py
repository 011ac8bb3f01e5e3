"""The verdict of the database: what was acknowledged is there once, and nothing that may not be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString, Protocol

import psycopg

from loadtests.booking.ledger import Ledger

OVERSOLD: LiteralString = """
SELECT coalesce(sum(counted - capacity), 0)::int FROM slot JOIN (
    SELECT centre_id, slot_id, count(*) AS counted FROM appointment
    WHERE takes_capacity AND state <> 'cancelled' GROUP BY centre_id, slot_id
) AS appointments USING (centre_id, slot_id) WHERE counted > capacity
"""
MISCOUNTED: LiteralString = """
SELECT count(*)::int FROM slot LEFT JOIN (
    SELECT centre_id, slot_id, count(*) AS counted FROM appointment
    WHERE takes_capacity AND state <> 'cancelled' GROUP BY centre_id, slot_id
) AS appointments USING (centre_id, slot_id) WHERE taken <> coalesce(counted, 0)
"""
HALF_PAIRS: LiteralString = """
WITH dose AS (
    SELECT booking_id, 1 AS dose_rank, first_centre_id AS centre_id, first_slot_id AS slot_id,
        state FROM booking WHERE first_slot_id IS NOT NULL
    UNION ALL SELECT booking_id, 2, second_centre_id, second_slot_id,
        state FROM booking WHERE second_slot_id IS NOT NULL)
SELECT DISTINCT booking_id::text FROM dose
FULL JOIN (SELECT booking_id, dose_rank, centre_id, slot_id, state AS given FROM appointment)
    AS appointment USING (booking_id, dose_rank, centre_id, slot_id)
WHERE state IS NULL OR given IS NULL OR (state = 'held') <> (given = 'held')
    OR state = 'cancelled' AND given <> 'cancelled'
"""
LOST: LiteralString = """
SELECT acknowledged.booking_id::text FROM acknowledged
LEFT JOIN booking ON booking.booking_id = acknowledged.booking_id AND booking.state = 'booked'
    AND (first_centre_id, first_slot_id) = (acknowledged.centre, acknowledged.first)
    AND (second_centre_id, second_slot_id) = (acknowledged.centre, acknowledged.second)
LEFT JOIN appointment ON appointment.booking_id = booking.booking_id
    AND appointment.state = 'booked' AND appointment.sealed IS NOT NULL
GROUP BY acknowledged.booking_id HAVING count(appointment.booking_id) <> 2
"""
GHOSTS: LiteralString = """
SELECT booking_id::text FROM refused JOIN booking USING (booking_id) WHERE state = 'booked'
"""


class Placed(Protocol):
    """A pair by the numbers of its centre and slots."""

    @property
    def booking_id(self) -> str: ...  # noqa: D102

    @property
    def centre(self) -> int: ...  # noqa: D102

    @property
    def first(self) -> int: ...  # noqa: D102

    @property
    def second(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Recount:
    """What a database holds against a ledger; all right when nothing is counted or listed.

    oversold
        Doses over the capacity of their slots.
    miscounted
        Slots whose count is not that of their appointments.
    half
        Bookings whose doses are not where they should be, or not in the same state.
    lost
        Acknowledged bookings that are not there whole, once.
    ghosts
        Bookings that were refused, and exist.
    """

    oversold: int
    miscounted: int
    half: tuple[str, ...]
    lost: tuple[str, ...]
    ghosts: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether nothing is wrong."""
        return not any((self.oversold, self.miscounted, self.half, self.lost, self.ghosts))

    def faults(self) -> list[str]:
        """Say what is wrong, a line each."""
        lines = []
        if self.oversold:
            lines.append(f"{self.oversold} doses oversold")
        if self.miscounted:
            lines.append(f"{self.miscounted} slots do not count their appointments")
        for what, ids in (("half a pair", self.half), ("lost", self.lost),
                          ("refused, but booked", self.ghosts)):  # fmt: skip
            if ids:
                lines.append(f"{what}: {len(ids)}, such as {', '.join(ids[:3])}")
        return lines


def recount(url: str, ledger: Ledger) -> Recount:
    """Count a booking database again, in SQL, and hold a ledger against it.

    Parameters
    ----------
    url
        Of a database in which nobody books at this moment.
    """
    with psycopg.connect(url) as connection:
        refused = (wish.booking_id for wish in ledger.refused)
        return recount_on(connection, ledger.confirmed, refused)


def recount_on(
    connection: psycopg.Connection, confirmed: Iterable[Placed], refused: Iterable[str]
) -> Recount:
    """Count again, and hold against it what was acknowledged, and the bookings that may not be."""
    with connection.transaction():
        _note(connection, "acknowledged", confirmed)
        _note_ids(connection, refused)
        return Recount(
            oversold=_number(connection, OVERSOLD),
            miscounted=_number(connection, MISCOUNTED),
            half=_ids(connection, HALF_PAIRS),
            lost=_ids(connection, LOST),
            ghosts=_ids(connection, GHOSTS),
        )


def _note(connection: psycopg.Connection, table: LiteralString, pairs: Iterable[Placed]) -> None:
    connection.execute(
        f"CREATE TEMP TABLE {table} (booking_id uuid, centre int, first int, second int)"
        " ON COMMIT DROP"
    )
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for pair in pairs:
            copy.write_row((pair.booking_id, pair.centre, pair.first, pair.second))
    connection.execute(f"ANALYZE {table}")


def _note_ids(connection: psycopg.Connection, ids: Iterable[str]) -> None:
    connection.execute("CREATE TEMP TABLE refused (booking_id uuid) ON COMMIT DROP")
    with connection.cursor().copy("COPY refused FROM STDIN") as copy:
        for booking_id in ids:
            copy.write_row((booking_id,))
    connection.execute("ANALYZE refused")


def _number(connection: psycopg.Connection, statement: LiteralString) -> int:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])


def _ids(connection: psycopg.Connection, statement: LiteralString) -> tuple[str, ...]:
    return tuple(id_ for (id_,) in connection.execute(statement))
