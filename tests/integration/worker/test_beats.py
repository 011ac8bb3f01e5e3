"""A worker that runs: holds end, offers are made, the displaced find a place."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from api.capacity.publication import Shares
from tests.booking import Hands, Visitor, free_counts, opened
from tests.campaign import LATER, MONDAY, fill_campaign
from tests.capacity import by_hand, day, offered, plan, publish
from tests.waiting import open_room
from tests.working import until, worked

SECOND_DAY = MONDAY + timedelta(days=30)


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


def test_a_hold_that_is_over_is_ended_within_seconds(campaign):
    """And its places are free again."""
    campaign.add_slot(1)
    campaign.add_slot(1, rank=2, day=SECOND_DAY)

    async def run():
        clock = Hands()
        async with opened(campaign, clock=clock) as (_, desk), worked(campaign, clock=clock):
            await Visitor(desk).hold((1, 1), (1, 2))
            taken = free_counts(campaign)
            clock.go_on(minutes=11)

            async def freed():
                counts = free_counts(campaign)
                return counts if counts != taken else None

            return taken, await until(freed)

    taken, freed = asyncio.run(run())
    assert taken == {(1, 1): 0, (1, 2): 0}
    assert freed == {(1, 1): 1, (1, 2): 1}


def test_a_place_of_the_list_is_offered_within_seconds(campaign):
    """Nobody has to ask for it."""
    campaign.add_slot(1, standby_kept=1, open_at=LATER)
    campaign.add_slot(1, rank=2, day=SECOND_DAY)

    async def run():
        clock = Hands()
        async with open_room(campaign, clock=clock) as room, worked(campaign, clock=clock):
            [ana] = await room.joined("ana")

            async def has_offer():
                status = await ana.status()
                return status.offer

            return await until(has_offer)

    assert asyncio.run(run()).kind == "reserved"


def test_a_displaced_booking_gets_a_place_as_soon_as_there_is_one(campaign):
    """A supply cut left somebody without; a later publication makes room."""
    publish(campaign, plan(day(1), day(1, SECOND_DAY, rank=2), shares=Shares(0, 0, 3)))

    async def book():
        async with opened(campaign) as (_, desk):
            rows = campaign.rows("SELECT slot_id FROM slot WHERE capacity > 0 ORDER BY dose_rank")
            first, second = (row["slot_id"] for row in rows)
            await Visitor(desk).book((1, first), (1, second))

    asyncio.run(book())
    publish(campaign, by_hand(to_day=MONDAY))
    states = "SELECT state FROM appointment WHERE dose_rank = 1"
    assert campaign.rows(states) == [{"state": "displaced"}]
    publish(
        campaign, by_hand(day(1, MONDAY + timedelta(days=2)), to_day=MONDAY + timedelta(days=2))
    )
    assert offered(campaign)

    async def run():
        async with worked(campaign):

            async def placed():
                return True if campaign.rows(states) == [{"state": "booked"}] else None

            return await until(placed)

    assert asyncio.run(run())
