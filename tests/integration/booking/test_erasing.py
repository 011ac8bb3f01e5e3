"""Erasing a booking: what is to come is freed, and no row of it is left anywhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from api.booking.problems import NotLive
from api.problems import NotFound
from tests.booking import Visitor, free_counts, opened
from tests.campaign import MONDAY, fill_campaign
from tests.integration.booking.conftest import FIRST, SECOND

TABLES = ("booking", "appointment", "booking_home", "person_guard")


def left(campaign):
    """Rows of bookings, by table."""
    return {table: len(campaign.rows(f"SELECT 1 FROM {table}")) for table in TABLES}


NOTHING = dict.fromkeys(TABLES, 0)


def run(campaign, story, **settings):
    """Let a story happen at a desk."""

    async def go():
        async with opened(campaign, **settings) as (_, desk):
            return await story(desk)

    return asyncio.run(go())


@pytest.mark.parametrize("cancelled", [False, True])
def test_nothing_is_left_and_the_places_are_free(campaign, pair, cancelled):
    """Whether it was cancelled before or not; the person can book again."""
    campaign.add_quota("75", "75", 1)

    async def story(desk):
        visitor = Visitor(desk)
        await visitor.book(*pair)
        if cancelled:
            await visitor.cancel()
        await visitor.erase()
        gone = left(campaign), free_counts(campaign)
        with pytest.raises(NotFound):
            await visitor.fetch()
        with pytest.raises(NotFound):
            await visitor.erase()
        await Visitor(desk).book(*pair)
        return gone

    assert run(campaign, story) == (NOTHING, {FIRST: 1, SECOND: 1})


def test_only_whoever_holds_the_secret_erases(campaign, pair):
    """A wrong secret is answered as if there were nothing."""

    async def story(desk):
        visitor = Visitor(desk)
        await visitor.book(*pair)
        with pytest.raises(NotFound):
            await replace(visitor, secret=b"x" * 32).erase()
        return await visitor.fetch()

    assert run(campaign, story).state == "booked"


def test_a_hold_is_released_not_erased(campaign, pair):
    """Nobody is in it yet, and an offer of the waiting list may stand behind it."""

    async def story(desk):
        visitor = Visitor(desk)
        await visitor.hold(*pair)
        with pytest.raises(NotLive):
            await visitor.erase()

    run(campaign, story)
    assert left(campaign)["booking"] == 1


def test_a_flagged_booking_is_erased_by_itself(campaign):
    """The booking that was there first keeps its guard; a third takes and leaves nothing."""
    places = (1, campaign.add_slot(capacity=5)), (1, campaign.add_slot(
        rank=2, day=MONDAY.replace(month=6, day=30), capacity=5))  # fmt: skip

    async def story(desk):
        visitors = [Visitor(desk) for _ in range(3)]
        for visitor in visitors:
            await visitor.book(*places)
        for visitor in visitors[1:]:
            await visitor.erase()
        return await visitors[0].fetch()

    assert run(campaign, story, duplicate_policy="neutral").state == "booked"
    assert left(campaign) == {
        "booking": 1, "appointment": 2, "booking_home": 1, "person_guard": 2,
    }  # fmt: skip


def test_the_place_of_a_dose_that_was_given_stays_taken(database_url):
    """Its vial was used: nobody else can have it."""
    campaign = fill_campaign(database_url)
    first = 1, campaign.add_slot()
    second = 1, campaign.add_slot(rank=2, day=MONDAY.replace(month=6, day=30))

    async def story(desk):
        visitor = Visitor(desk)
        await visitor.book(first, second)
        campaign.rows("UPDATE appointment SET state = 'fulfilled' WHERE dose_rank = 1")
        await visitor.erase()

    run(campaign, story)
    assert left(campaign) == NOTHING
    assert free_counts(campaign) == {first: 0, second: 1}
