"""A centre's day: who comes, as sealed for the centre, and what the waiting list was offered."""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64encode
from typing import Annotated
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from api.booking.rows import DoseState
from api.booking.slot import Channel, Slot
from api.capacity.store import Centre, product_codes
from api.staff.store import day as store

Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class DayDose(msgspec.Struct, frozen=True):
    """A dose of somebody who is expected.

    tag
        32 bytes that are the same for the same person, in base64url.
    sealed
        Who, in base64url: only the key `key_id` of the centre opens it.
    to_seal_again
        The dose came from another centre, and is still sealed to that one's key.
    flagged
        Somebody with this identity has another booking of this dose: ask before the injection.
    """

    booking: UUID
    dose_rank: int
    slot: int
    starts_at: Instant
    ends_at: Instant
    product: str
    state: DoseState
    channel: Channel
    flagged: bool
    to_seal_again: bool
    tag: str | None
    key_id: str | None
    sealed: str | None


class DayOffer(msgspec.Struct, frozen=True):
    """An offer to somebody of the waiting list that is not answered yet."""

    offer: UUID
    slot: int
    starts_at: Instant
    product: str
    kind: str
    ends_at: Instant


class DayList(msgspec.Struct, frozen=True):
    """A day of a centre, by time."""

    centre: str
    day: dt.date
    doses: list[DayDose]
    offers: list[DayOffer]


class DaySlot(msgspec.Struct, frozen=True):
    """A slot, and how many places of it the caller may book."""

    slot: int
    starts_at: Instant
    ends_at: Instant
    product: str
    dose_rank: int
    free: int


class DaySlots(msgspec.Struct, frozen=True):
    """Slots of a day in which something is left for the caller."""

    centre: str
    day: dt.date
    slots: list[DaySlot]


async def day_list(connection: AsyncConnection, centre: Centre, day: dt.date) -> DayList:
    """Read a centre's day; doses that were cancelled or are only held are not in it."""
    rows = await store.read_doses(connection, centre.centre_id, day)
    facts = await store.read_bookings(connection, {(row.home, row.booking_id) for row in rows})
    codes = await product_codes(connection)
    doses = [
        DayDose(
            row.booking_id, row.dose_rank, row.slot_id, row.starts_at, row.ends_at,
            codes[facts[row.booking_id].product_id], row.state, facts[row.booking_id].channel,
            facts[row.booking_id].flagged, row.to_seal_again, text_of(facts[row.booking_id].tag),
            row.key_id, text_of(row.sealed),
        )
        for row in rows
        if row.booking_id in facts
    ]  # fmt: skip
    offers = [
        DayOffer(offer_id, slot, starts_at, codes[product_id], kind, ends_at)
        for offer_id, slot, starts_at, product_id, kind, ends_at in await store.read_offers(
            connection, centre.centre_id, day
        )
    ]
    return DayList(centre.code, day, doses, offers)


def text_of(raw: bytes | None) -> str | None:
    """Bytes as they travel: base64url without padding."""
    return None if raw is None else urlsafe_b64encode(raw).rstrip(b"=").decode()


async def day_slots(
    connection: AsyncConnection, centre: Centre, day: dt.date, channel: Channel, now: dt.datetime
) -> DaySlots:
    """Read what is left of a day for a channel, in slots that have not begun."""
    codes = await product_codes(connection)
    slots: list[Slot] = await store.read_slots(connection, centre.centre_id, day)
    return DaySlots(
        centre.code,
        day,
        [
            DaySlot(s.slot_id, s.starts_at, s.ends_at, codes[s.product_id], s.dose_rank, free)
            for s in slots
            if s.starts_at > now and (free := s.free(channel, now)) > 0
        ],
    )
