"""SQL of publishing: slots, quotas and publications of one centre.

Whoever calls holds the transaction and keeps to the order of locks of docs/booking.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from api.capacity.columns import COLUMNS, copy_bytes
from api.capacity.publication import Shares, product_of, rank_of
from api.capacity.quotas import Key, Quota, key_lists
from api.capacity.slots import Ints, Slots
from api.capacity.windows import Opening

_COPY_SLOTS = f"COPY slot ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"


@dataclass(frozen=True, slots=True)
class Centre:
    """What publishing needs to know of a centre."""

    centre_id: int
    code: str
    department: str
    region: str
    opening: Opening
    lines: int


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest publication of a centre; number 0 before the first."""

    number: int
    shares: Shares | None


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """What a centre offers on a day, and what of it is taken."""

    day: date
    product_id: int
    dose_rank: int
    slots: int
    taken: int


async def find_centre(connection: AsyncConnection, code: str) -> Centre | None:
    """Find a centre by its code."""
    if "\0" in code:
        return None  # the database takes no such text, whatever an address or a body may hold
    cursor = await connection.execute(_CENTRES + " WHERE c.code = %s", (code,))
    row = await cursor.fetchone()
    return None if row is None else _centre(*row)


async def all_centres(connection: AsyncConnection) -> dict[int, Centre]:
    """Read every centre, by id."""
    cursor = await connection.execute(_CENTRES)
    return {row[0]: _centre(*row) async for row in cursor}


_CENTRES = (
    "SELECT c.centre_id, c.code, c.department, d.region, c.opens_at, c.closes_at, d.timezone,"
    " c.lines FROM centre c JOIN department d ON d.department = c.department"
)


def _centre(
    centre_id: int, code: str, department: str, region: str, opens_at: time, closes_at: time,
    timezone: str, lines: int,
) -> Centre:  # fmt: skip
    opening = Opening(opens_at, closes_at, ZoneInfo(timezone))
    return Centre(centre_id, code, department, region, opening, lines)


async def positions(connection: AsyncConnection) -> dict[int, tuple[float, float]]:
    """Read where every centre is, in degrees of latitude and longitude."""
    cursor = await connection.execute("SELECT centre_id, lat, lon FROM centre")
    return {centre_id: (lat, lon) async for centre_id, lat, lon in cursor}


async def doses_per_vial(connection: AsyncConnection) -> dict[int, int]:
    """Read the doses of a vial, by product."""
    cursor = await connection.execute("SELECT product_id, doses_per_vial FROM product")
    return {product_id: doses async for product_id, doses in cursor}


async def product_codes(connection: AsyncConnection) -> dict[int, str]:
    """Read the codes of products, by id."""
    cursor = await connection.execute("SELECT product_id, code FROM product")
    return {product_id: code async for product_id, code in cursor}


async def set_lines(connection: AsyncConnection, centre_id: int, lines: int) -> None:
    """Write how many people vaccinate at once."""
    await connection.execute(
        "UPDATE centre SET lines = %s WHERE centre_id = %s", (lines, centre_id)
    )


async def latest(connection: AsyncConnection, centre_id: int) -> Latest:
    """Read the newest publication of a centre."""
    cursor = await connection.execute(
        "SELECT number, changes -> 'shares' FROM publication WHERE centre_id = %s"
        " ORDER BY number DESC LIMIT 1",
        (centre_id,),
    )
    row = await cursor.fetchone()
    return Latest(0, None) if row is None else Latest(row[0], Shares(**row[1]))


async def read_slots(
    connection: AsyncConnection, centre_id: int, from_day: date, to_day: date | None
) -> Slots:
    """Read the slots of some days, in order of their number; nothing is locked."""
    cursor = await connection.execute(
        "SELECT slot_id, schedule_id, day - date '1970-01-01', extract(epoch FROM starts_at)::int8,"
        " extract(epoch FROM ends_at)::int8, capacity, taken, phone_kept, standby_kept,"
        " extract(epoch FROM open_at)::int8 FROM slot"
        " WHERE centre_id = %s AND day >= %s AND (%s::date IS NULL OR day <= %s)"
        " ORDER BY slot_id",
        (centre_id, from_day, to_day, to_day),
    )
    return Slots.of_rows(await cursor.fetchall())


async def read_days(
    connection: AsyncConnection, centre_id: int, from_day: date, to_day: date | None
) -> list[OfferedDay]:
    """Add the slots of some days up, by day, product and dose rank; days with none are left out."""
    cursor = await connection.execute(
        "SELECT day, product_id, dose_rank, sum(capacity), sum(taken) FROM slot"
        " WHERE centre_id = %s AND day >= %s AND (%s::date IS NULL OR day <= %s)"
        " GROUP BY 1, 2, 3 HAVING sum(capacity) > 0 ORDER BY 1, 2, 3",
        (centre_id, from_day, to_day, to_day),
    )
    return [OfferedDay(*row) async for row in cursor]


async def lock_slots(
    connection: AsyncConnection, centre_id: int, slot_ids: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """Lock slots in order of their number and read capacity and what is taken."""
    cursor = await connection.execute(
        "SELECT slot_id, capacity, taken FROM slot WHERE centre_id = %s AND slot_id = ANY(%s)"
        " ORDER BY slot_id FOR UPDATE",
        (centre_id, list(slot_ids)),
    )
    return {slot_id: (capacity, taken) async for slot_id, capacity, taken in cursor}


async def lock_free_slots(
    connection: AsyncConnection, centre_id: int, product_id: int, from_day: date, to_day: date,
    after: datetime,
) -> list[tuple[int, int]]:  # fmt: skip
    """Lock the slots of a product that have free places; give those, the latest day first."""
    cursor = await connection.execute(
        "SELECT slot_id, day, capacity - taken FROM slot WHERE centre_id = %s AND product_id = %s"
        " AND day >= %s AND day <= %s AND starts_at > %s AND capacity > taken"
        " ORDER BY slot_id FOR UPDATE",
        (centre_id, product_id, from_day, to_day, after),
    )
    rows = await cursor.fetchall()
    return [(slot_id, free) for slot_id, day, free in sorted(rows, key=lambda r: r[1])[::-1]]


async def lower_slots(
    connection: AsyncConnection, centre_id: int, places: Mapping[int, int]
) -> None:
    """Take free places away from slots that are locked; the kept shares give way."""
    await connection.execute(
        "UPDATE slot SET capacity = capacity - n,"
        " phone_kept = least(phone_kept, capacity - taken - n),"
        " standby_kept = least(standby_kept, greatest(0, capacity - taken - n - phone_kept))"
        " FROM unnest(%s::int[], %s::int[]) AS less (id, n) WHERE centre_id = %s AND slot_id = id",
        (list(places), list(places.values()), centre_id),
    )


async def last_slot_id(connection: AsyncConnection, centre_id: int) -> int:
    """Read the highest number of a slot; numbers of a centre are never given twice."""
    cursor = await connection.execute(
        "SELECT coalesce(max(slot_id), 0) FROM slot WHERE centre_id = %s", (centre_id,)
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def add_schedules(
    connection: AsyncConnection, centre_id: int, schedules: Sequence[int]
) -> None:
    """Add the schedules that are not there yet."""
    await connection.execute(
        "INSERT INTO schedule (centre_id, schedule_id, product_id, dose_rank)"
        " SELECT %s, * FROM unnest(%s::int[], %s::int2[], %s::int2[]) ON CONFLICT DO NOTHING",
        (centre_id, list(schedules), [product_of(s) for s in schedules],
         [rank_of(s) for s in schedules]),
    )  # fmt: skip


async def add_slots(connection: AsyncConnection, centre_id: int, slots: Slots) -> None:
    """Add slots, which have their numbers."""
    async with connection.cursor() as cursor, cursor.copy(_COPY_SLOTS) as copy:
        await copy.write(copy_bytes(centre_id, slots))


async def change_slots(connection: AsyncConnection, centre_id: int, slots: Slots) -> None:
    """Write capacity, shares and release of slots that are locked."""
    await connection.execute(
        "UPDATE slot SET capacity = new.capacity, phone_kept = new.phone_kept,"
        " standby_kept = new.standby_kept, open_at = to_timestamp(new.open_at)"
        " FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int8[])"
        " AS new (slot_id, capacity, phone_kept, standby_kept, open_at)"
        " WHERE slot.centre_id = %s AND slot.slot_id = new.slot_id",
        (*_lists(slots.slot_id, slots.capacity, slots.phone_kept, slots.standby_kept,
                 slots.open_at), centre_id),
    )  # fmt: skip


def _lists(*columns: Ints) -> list[list[int]]:
    return [column.tolist() for column in columns]


async def lock_quotas(connection: AsyncConnection, centre_id: int, from_week: date) -> list[Quota]:
    """Lock and read the quotas of a week and those after it, in order of their key."""
    cursor = await connection.execute(
        "SELECT product_id, week, department, class_id, slots, taken,"
        " extract(epoch FROM open_at)::int8 FROM quota WHERE centre_id = %s AND week >= %s"
        " ORDER BY product_id, week, department, class_id FOR UPDATE",
        (centre_id, from_week),
    )
    return [Quota((p, w, d, k), slots, taken, at) async for p, w, d, k, slots, taken, at in cursor]


async def write_quotas(
    connection: AsyncConnection, centre_id: int, quotas: Sequence[Quota]
) -> None:
    """Add quotas, or give those that are there (locked) their new doses and release."""
    await connection.execute(
        "INSERT INTO quota (centre_id, product_id, week, department, class_id, slots, taken,"
        " open_at) SELECT %s, p, w, d, k, n, 0, to_timestamp(at) FROM"
        " unnest(%s::int2[], %s::date[], %s::text[], %s::int2[], %s::int[], %s::int8[])"
        " AS new (p, w, d, k, n, at)"
        " ON CONFLICT (centre_id, product_id, week, department, class_id)"
        " DO UPDATE SET slots = excluded.slots, open_at = excluded.open_at",
        (centre_id, *key_lists([q.key for q in quotas]), [q.slots for q in quotas],
         [q.open_at for q in quotas]),
    )  # fmt: skip


async def remove_quotas(connection: AsyncConnection, centre_id: int, keys: Sequence[Key]) -> None:
    """Remove quotas (locked) that nobody has booked under."""
    await connection.execute(
        "DELETE FROM quota USING unnest(%s::int2[], %s::date[], %s::text[], %s::int2[])"
        " AS old (p, w, d, k) WHERE centre_id = %s AND product_id = p AND week = w"
        " AND department = d AND class_id = k",
        (*key_lists(keys), centre_id),
    )


async def add_publication(
    connection: AsyncConnection, centre_id: int, number: int, publication_id: UUID,
    now: datetime, source: str, changes: dict[str, object], shares: Shares,
) -> None:  # fmt: skip
    """Record what was published; the same number twice is refused by the primary key."""
    await connection.execute(
        "INSERT INTO publication (centre_id, number, publication_id, published_at, source,"
        " changes) VALUES (%s, %s, %s, %s, %s, %s)",
        (centre_id, number, publication_id, now, source,
         Jsonb({**changes, "shares": asdict(shares)})),
    )  # fmt: skip


async def tell_publisher(
    connection: AsyncConnection, centre_id: int, change_id: UUID, now: datetime,
    slots: Sequence[int] = (),
) -> None:  # fmt: skip
    """Have the public files of a centre written again: these slots, or all of it."""
    await connection.execute(
        "INSERT INTO outbox (centre_id, change_id, slots, changed_at) VALUES (%s, %s, %s, %s)",
        (centre_id, change_id, list(slots), now),
    )


def seconds(moment: datetime) -> int:
    """Seconds of UTC of an aware time."""
    return int(moment.astimezone(UTC).timestamp())
