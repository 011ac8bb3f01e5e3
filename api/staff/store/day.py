"""SQL of a centre's day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from api.booking.rows import DoseState
from api.booking.slot import Channel, Slot

# Those whose booking takes no capacity are not expected: they are no more than a repetition.
_DOSES = """SELECT booking_id, dose_rank, home_centre_id, slot_id, starts_at, ends_at, state,
    to_seal_again, key_id, sealed
FROM appointment
WHERE centre_id = %s AND day = %s AND state NOT IN ('held', 'cancelled')
    AND (takes_capacity OR state = 'displaced')
ORDER BY starts_at, slot_id, booking_id, dose_rank"""
_BOOKINGS = """SELECT booking_id, product_id, channel, flagged, tag FROM booking
WHERE centre_id = %s AND booking_id = ANY(%s)"""
_OFFERS = """SELECT offer.offer_id, offer.slot_id, slot.starts_at, slot.product_id, offer.kind,
    offer.ends_at
FROM offer JOIN slot ON slot.centre_id = offer.centre_id AND slot.slot_id = offer.slot_id
WHERE offer.centre_id = %s AND slot.centre_id = %s AND slot.day = %s AND offer.state = 'open'
ORDER BY slot.starts_at, offer.kind, offer.made_at, offer.offer_id"""
_SLOTS = """SELECT centre_id, slot_id, product_id, dose_rank, day, starts_at, ends_at, capacity,
    taken, phone_kept, standby_kept, open_at, false
FROM slot WHERE centre_id = %s AND day = %s ORDER BY starts_at, slot_id"""


class DoseRow(NamedTuple):
    """A dose at the centre; `home` is where its booking lies."""

    booking_id: UUID
    dose_rank: int
    home: int
    slot_id: int
    starts_at: datetime
    ends_at: datetime
    state: DoseState
    to_seal_again: bool
    key_id: str | None
    sealed: bytes | None


class BookingFacts(NamedTuple):
    """What a day list tells of a booking."""

    product_id: int
    channel: Channel
    flagged: bool
    tag: bytes | None


async def read_doses(connection: AsyncConnection, centre_id: int, day: date) -> list[DoseRow]:
    """Doses of a day, by time."""
    rows = await connection.execute(_DOSES, (centre_id, day))
    return [DoseRow(*row) for row in await rows.fetchall()]


async def read_bookings(
    connection: AsyncConnection, bookings: Iterable[tuple[int, UUID]]
) -> dict[UUID, BookingFacts]:
    """Facts of bookings (home, id), one home after the other."""
    homes: dict[int, list[UUID]] = defaultdict(list)
    for home, booking_id in bookings:
        homes[home].append(booking_id)
    facts = {}
    for home, ids in sorted(homes.items()):
        rows = await connection.execute(_BOOKINGS, (home, ids))
        facts.update({row[0]: BookingFacts(*row[1:]) for row in await rows.fetchall()})
    return facts


async def read_offers(connection: AsyncConnection, centre_id: int, day: date) -> list[TupleRow]:
    """Open offers for slots of a day: id, slot, start, product, kind, end."""
    return await (await connection.execute(_OFFERS, (centre_id, centre_id, day))).fetchall()


async def read_slots(connection: AsyncConnection, centre_id: int, day: date) -> list[Slot]:
    """Slots of a day, by time; quotas are not looked at."""
    rows = await connection.execute(_SLOTS, (centre_id, day))
    return [Slot(*row) for row in await rows.fetchall()]
