"""SQL of the export of bookings."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

Row = tuple[str, int, str, int, str, str]
"""Centre, week, product, dose rank, département, class."""
LIVE = ["booked", "arrived", "fulfilled"]


@dataclass(frozen=True, slots=True)
class Published:
    """The campaign as it was published last."""

    start: date
    weeks: int


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to the one before `end`; `start` is a Monday."""

    start: date
    end: date


def campaign(connection: Connection[TupleRow]) -> Published | None:
    """Read the campaign."""
    row = connection.execute("SELECT start, weeks FROM campaign").fetchone()
    return None if row is None else Published(*row)


def tail_weeks(connection: Connection[TupleRow]) -> int:
    """Weeks after the planned ones in which second doses may be due."""
    row = connection.execute("SELECT coalesce(max(max_days) / 7, 0) FROM dose_interval").fetchone()
    assert row is not None
    return int(row[0])


def people(connection: Connection[TupleRow], period: Period) -> Counter[Row]:
    """Count the booked doses of a period."""
    centres = _codes(connection, "SELECT centre_id, code FROM centre")
    products = _codes(connection, "SELECT product_id, code FROM product")
    classes = _codes(connection, "SELECT class_id, code FROM priority_class")
    found: Counter[Row] = Counter()
    for centre, week, product, rank, department, class_id, n in (
        *_at_home(connection, period), *_away(connection, period)
    ):  # fmt: skip
        found[centres[centre], week, products[product], rank, department, classes[class_id]] += n
    return found


def _codes(connection: Connection[TupleRow], statement: LiteralString) -> dict[int, str]:
    return dict(connection.execute(statement).fetchall())


def _at_home(connection: Connection[TupleRow], period: Period) -> list[TupleRow]:
    """Doses at the centre where their booking lives."""
    return connection.execute(
        "SELECT a.centre_id, (a.day - %(start)s) / 7, b.product_id, a.dose_rank, b.department,"
        " b.class_id, count(*) FROM appointment a JOIN booking b"
        " ON b.centre_id = a.centre_id AND b.booking_id = a.booking_id"
        " WHERE a.home_centre_id = a.centre_id AND a.takes_capacity AND a.state = ANY(%(live)s)"
        " AND a.day >= %(start)s AND a.day < %(end)s GROUP BY 1, 2, 3, 4, 5, 6",
        {"start": period.start, "end": period.end, "live": LIVE},
    ).fetchall()


def _away(connection: Connection[TupleRow], period: Period) -> list[TupleRow]:
    """Doses at another centre: read with their centre, then what their booking says at its home."""
    doses = connection.execute(
        "SELECT home_centre_id, booking_id, centre_id, (day - %(start)s) / 7, dose_rank"
        " FROM appointment WHERE home_centre_id <> centre_id AND takes_capacity"
        " AND state = ANY(%(live)s) AND day >= %(start)s AND day < %(end)s",
        {"start": period.start, "end": period.end, "live": LIVE},
    ).fetchall()
    homes: dict[int, list[UUID]] = defaultdict(list)
    for home, booking_id, *_ in doses:
        homes[home].append(booking_id)
    about: dict[UUID, tuple[int, str, int]] = {}
    for home, ids in homes.items():
        rows = connection.execute(
            "SELECT booking_id, product_id, department, class_id FROM booking"
            " WHERE centre_id = %s AND booking_id = ANY(%s)",
            (home, ids),
        )
        about |= {booking_id: (product, dep, class_) for booking_id, product, dep, class_ in rows}
    return [
        (centre, week, about[booking_id][0], rank, *about[booking_id][1:], 1)
        for _, booking_id, centre, week, rank in doses
    ]


def left_out(connection: Connection[TupleRow], period: Period) -> dict[str, int]:
    """Count the doses that are in no week of the period, and why."""
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE takes_capacity AND state = ANY(%(live)s) AND day <"
        " %(start)s), count(*) FILTER (WHERE takes_capacity AND state = ANY(%(live)s)"
        " AND day >= %(end)s), count(*) FILTER (WHERE state = 'displaced') FROM appointment",
        {"start": period.start, "end": period.end, "live": LIVE},
    ).fetchone()
    assert row is not None
    return dict(zip(("before_start", "after_tail", "displaced"), row, strict=True))
