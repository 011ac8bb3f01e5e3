"""What a booking costs the database: so many round trips, and no statement more."""

from __future__ import annotations

import asyncio

from api.booking.store.reference import CENTRES
from api.database.hot import HotConnection
from tests.booking import Visitor, opened

HOLD = [
    ["begin", "new_homes_1", "lock_slots", "lock_quotas"],
    ["update_slots", "insert_outbox", "insert_booking", "insert_appointment", "commit"],
]
CONFIRMATION = [
    ["homes"],
    ["begin", "new_guards_2", "lock_bookings"],
    ["update_bookings", "seal_appointments", "commit"],
]


def test_a_booking_takes_five_round_trips(campaign, pair, monkeypatch):
    """Two for the hold, three for the confirmation; keys, seals and tags add none."""
    trips = []
    trip = HotConnection.trip

    async def noted(self, calls):
        trips.append([statement.name for statement, _ in calls])
        return await trip(self, calls)

    async def run():
        async with opened(campaign) as (_, desk):
            monkeypatch.setattr(HotConnection, "trip", noted)
            await Visitor(desk).book(*pair)

    asyncio.run(run())
    assert trips[0][0] == CENTRES.name
    assert trips[1:] == [*HOLD, *CONFIRMATION]
