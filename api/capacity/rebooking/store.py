"""SQL of re-booking. Every statement names one centre; locks go by centre, then by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from api.capacity.quotas import Key, key_lists
from api.capacity.rebooking.people import Booking, Dose, Place
from api.capacity.rebooking.rules import Period, Rules
from api.capacity.rebooking.supply import FreeSlot

Homes = Mapping[int, Sequence[UUID]]
"""Bookings by the centre where their row lives."""


async def bookings_in_slots(
    connection: AsyncConnection, centre_id: int, slot_ids: Sequence[int]
) -> Homes:
    """Find the bookings that take places in slots and could leave them."""
    return await _homes(
        connection,
        "SELECT home_centre_id, booking_id FROM appointment WHERE centre_id = %s"
        " AND slot_id = ANY(%s) AND takes_capacity AND state IN ('held', 'booked')"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        (centre_id, list(slot_ids)),
    )


async def displaced_bookings(connection: AsyncConnection) -> dict[int, Homes]:
    """Find the bookings with a displaced dose, by the centre that lost it (the first, of two)."""
    cursor = await connection.execute(
        "SELECT centre_id, home_centre_id, booking_id FROM appointment"
        " WHERE state = 'displaced' ORDER BY dose_rank, centre_id, booking_id"
    )
    found: dict[int, dict[int, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    seen: set[UUID] = set()
    async for centre_id, home, booking_id in cursor:
        if booking_id not in seen:
            seen.add(booking_id)
            found[centre_id][home].append(booking_id)
    return dict(found)


async def _homes(connection: AsyncConnection, statement: str, values: tuple[object, ...]) -> Homes:
    homes: dict[int, list[UUID]] = defaultdict(list)
    async for home, booking_id in await connection.execute(statement, values):
        homes[home].append(booking_id)
    return homes


async def read_bookings(connection: AsyncConnection, homes: Homes) -> list[Booking]:
    """Read bookings with their doses."""
    rows: list[dict[str, Any]] = []
    for home, ids in sorted(homes.items()):
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(
                "SELECT booking_id, centre_id AS home_centre_id, version, state, product_id,"
                " department, class_id, quota_week, first_elsewhere_on, created_at,"
                " first_centre_id, second_centre_id FROM booking"
                " WHERE centre_id = %s AND booking_id = ANY(%s)",
                (home, list(ids)),
            )
            rows += await cursor.fetchall()
    centres: dict[int, set[UUID]] = defaultdict(set)
    for row in rows:
        for centre_id in (row.pop("first_centre_id"), row.pop("second_centre_id")):
            if centre_id is not None:
                centres[centre_id].add(row["booking_id"])
    doses = await _doses(connection, centres)
    return [Booking(**row, doses=tuple(doses[row["booking_id"]])) for row in rows]


async def _doses(
    connection: AsyncConnection, centres: Mapping[int, Iterable[UUID]]
) -> dict[UUID, list[Dose]]:
    doses: dict[UUID, list[Dose]] = defaultdict(list)
    for centre_id, ids in sorted(centres.items()):
        cursor = await connection.execute(
            "SELECT booking_id, dose_rank, slot_id, day, extract(epoch FROM starts_at)::int8,"
            " state, share FROM appointment WHERE centre_id = %s AND booking_id = ANY(%s)",
            (centre_id, list(ids)),
        )
        async for booking_id, rank, slot_id, day, starts_at, state, share in cursor:
            doses[booking_id].append(Dose(rank, centre_id, slot_id, day, starts_at, state, share))
    return {key: sorted(found, key=lambda d: d.dose_rank) for key, found in doses.items()}


async def lock_bookings(connection: AsyncConnection, homes: Homes) -> dict[UUID, int]:
    """Lock bookings and read their versions."""
    versions: dict[UUID, int] = {}
    for home, ids in sorted(homes.items()):
        cursor = await connection.execute(
            "SELECT booking_id, version FROM booking WHERE centre_id = %s AND booking_id = ANY(%s)"
            " ORDER BY booking_id FOR UPDATE",
            (home, list(ids)),
        )
        versions |= {booking_id: version async for booking_id, version in cursor}
    return versions


async def free_slots(
    connection: AsyncConnection, centre_id: int, product_id: int, after: datetime
) -> list[FreeSlot]:
    """Read the free places of a centre and product that begin after an instant."""
    cursor = await connection.execute(
        "SELECT slot_id, day, extract(epoch FROM starts_at)::int8, extract(epoch FROM ends_at)"
        "::int8, dose_rank, capacity - taken FROM slot WHERE centre_id = %s AND product_id = %s"
        " AND starts_at > %s AND capacity > taken ORDER BY slot_id",
        (centre_id, product_id, after),
    )
    return [
        FreeSlot(Place(centre_id, slot_id, day, starts_at, ends_at), rank, free)
        async for slot_id, day, starts_at, ends_at, rank, free in cursor
    ]


async def read_rules(connection: AsyncConnection) -> Rules:
    """Read the dated rules."""
    intervals: dict[int, list[tuple[date, int, int]]] = defaultdict(list)
    async for product_id, *row in await connection.execute(
        "SELECT product_id, from_date, min_days, max_days FROM dose_interval"
        " ORDER BY product_id, from_date"
    ):
        intervals[product_id].append((row[0], row[1], row[2]))
    eligible: dict[tuple[int, int, int], list[Period]] = defaultdict(list)
    async for product_id, class_id, rank, from_date, to_date in await connection.execute(
        "SELECT product_id, class_id, dose_rank, from_date, to_date FROM eligibility"
    ):
        eligible[product_id, class_id, rank].append(Period(from_date, to_date))
    cursor = await connection.execute("SELECT class_id, opens_on FROM priority_class")
    return Rules(intervals, eligible, {class_id: day async for class_id, day in cursor})


async def lock_quotas(
    connection: AsyncConnection, centre_id: int, keys: Sequence[Key]
) -> dict[tuple[int, Key], int]:
    """Lock quotas in order of their key and read how many doses each has left."""
    cursor = await connection.execute(
        "SELECT product_id, week, department, class_id, slots - taken FROM quota"
        " WHERE centre_id = %s AND (product_id, week, department, class_id) IN"
        " (SELECT * FROM unnest(%s::int2[], %s::date[], %s::text[], %s::int2[]))"
        " ORDER BY product_id, week, department, class_id FOR UPDATE",
        (centre_id, *key_lists(keys)),
    )
    return {(centre_id, (p, week, d, k)): left async for p, week, d, k, left in cursor}


async def count_quotas(connection: AsyncConnection, change: Mapping[tuple[int, Key], int]) -> None:
    """Add to the doses taken of quotas that are locked."""
    for centre_id in sorted({centre_id for centre_id, _ in change}):
        keys = sorted(key for centre, key in change if centre == centre_id)
        await connection.execute(
            "UPDATE quota SET taken = taken + n FROM"
            " unnest(%s::int2[], %s::date[], %s::text[], %s::int2[], %s::int[])"
            " AS change (p, w, d, k, n) WHERE centre_id = %s AND product_id = p AND week = w"
            " AND department = d AND class_id = k",
            (*key_lists(keys), [change[centre_id, key] for key in keys], centre_id),
        )
