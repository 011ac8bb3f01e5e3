"""SQL of offers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from api.booking.rows import BookingState
from api.waiting.acceptance import Answered
from api.waiting.people import Offer

MOST_ANSWERS = 5000
_READ = """SELECT centre_id, offer_id, entry_id, booking_id, slot_id, state, kind, made_at, ends_at,
    answered_at
FROM offer WHERE centre_id = %s AND offer_id = %s"""
_LOCK = f"{_READ} FOR NO KEY UPDATE"
_OPEN = """SELECT centre_id, offer_id, entry_id, booking_id, slot_id, state, kind, made_at, ends_at,
    answered_at
FROM offer WHERE state = 'open' ORDER BY centre_id, made_at, offer_id"""
_INSERT = """INSERT INTO offer (centre_id, offer_id, entry_id, booking_id, slot_id, state, kind,
    made_at, ends_at, answered_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_UPDATE = """UPDATE offer SET state = %s, ends_at = %s, answered_at = %s
WHERE centre_id = %s AND offer_id = %s"""
_BOOKINGS = """SELECT booking_id, state, expires_at, changed_at FROM booking
WHERE centre_id = %s AND booking_id = ANY(%s)"""
# An offer that was answered yes counts as accepted, whether or not there was a place in the end.
_ANSWERS = """SELECT extract(epoch FROM coalesce(answered_at, ends_at) - made_at)::float8 / 60,
    CASE WHEN state = 'refused' THEN 'refused' WHEN answered_at IS NULL THEN 'silent'
        ELSE 'accepted' END
FROM offer WHERE state <> 'open' AND made_at > %s ORDER BY made_at DESC, offer_id LIMIT %s"""


class HoldState(NamedTuple):
    """What became of the hold of an offer."""

    state: BookingState
    expires_at: datetime | None
    changed_at: datetime


async def add(connection: AsyncConnection, offer: Offer) -> None:
    """Write a new offer."""
    await connection.execute(_INSERT, astuple(offer))


async def read(
    connection: AsyncConnection, centre_id: int, offer_id: UUID, *, lock: bool = False
) -> Offer | None:
    """Read an offer, and lock it if it is to be changed."""
    key = centre_id, offer_id
    row = await (await connection.execute(_LOCK if lock else _READ, key)).fetchone()
    return None if row is None else Offer(*row)


async def change(connection: AsyncConnection, offer: Offer) -> None:
    """Write the state of an offer that is locked, its end, and when it was answered."""
    await connection.execute(
        _UPDATE,
        (offer.state, offer.ends_at, offer.answered_at, offer.centre_id, offer.offer_id),
    )


async def open_offers(connection: AsyncConnection) -> list[Offer]:
    """Every open offer, centre by centre."""
    return [Offer(*row) for row in await (await connection.execute(_OPEN)).fetchall()]


async def holds_of(connection: AsyncConnection, offers: Iterable[Offer]) -> dict[UUID, HoldState]:
    """Read what became of the holds of offers; each lives at the offer's centre."""
    by_centre: dict[int, list[UUID]] = defaultdict(list)
    for offer in offers:
        if offer.booking_id is not None:
            by_centre[offer.centre_id].append(offer.booking_id)
    holds = {}
    for centre_id, ids in sorted(by_centre.items()):
        rows = await connection.execute(_BOOKINGS, (centre_id, ids))
        holds.update({row[0]: HoldState(*row[1:]) for row in await rows.fetchall()})
    return holds


async def answers_since(connection: AsyncConnection, since: datetime) -> list[Answered]:
    """Offers that are over, the newest ones first."""
    rows = await connection.execute(_ANSWERS, (since, MOST_ANSWERS))
    return [Answered(max(0.0, minutes), outcome) for minutes, outcome in await rows.fetchall()]
