"""Ending: release, expiry, cancellation; everything that was taken is given back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from api.booking.expiry import expire_holds
from api.booking.problems import AlreadyConfirmed, NotLive
from api.booking.queue import MOST_TOGETHER
from api.problems import KeyReused, NotFound
from tests.booking import Hands, Visitor, free_counts, opened
from tests.campaign import MONDAY


def test_a_released_hold_frees_its_slots_at_once(campaign, pair):
    """And may be released again, as often as the answer is lost."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            await ana.release()
            await ana.release()
            assert free_counts(campaign) == dict.fromkeys(pair, 1)
            return await ana.fetch()

    assert asyncio.run(run()).state == "cancelled"


def test_a_booking_is_cancelled_and_not_released(campaign, pair):
    """A form left open in another window ends no booking."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            with pytest.raises(AlreadyConfirmed):
                await ana.release()

    asyncio.run(run())
    assert free_counts(campaign) == dict.fromkeys(pair, 0)


def test_the_worker_ends_what_is_over_and_leaves_the_rest(campaign):
    """A hold of a minute ago, a booking, and many holds that are over."""
    over = MOST_TOGETHER + 5
    first = (1, campaign.add_slot(capacity=over + 2))
    second = (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30), capacity=over + 2))
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (context, desk):
            await asyncio.gather(*(Visitor(desk).hold(first, second) for _ in range(over)))
            await Visitor(desk).book(first, second)
            hands.go_on(minutes=9)
            await Visitor(desk).hold(first, second)
            hands.go_on(minutes=1)
            return await expire_holds(context), await expire_holds(context)

    assert asyncio.run(run()) == (over, 0)
    assert free_counts(campaign) == {first: over, second: over}


def test_the_publisher_is_told_of_what_expired(campaign, pair):
    """A freed slot is shown again."""
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (context, desk):
            await Visitor(desk).hold(*pair)
            campaign.rows("TRUNCATE outbox")
            hands.go_on(minutes=10)
            await expire_holds(context)

    asyncio.run(run())
    assert campaign.rows("SELECT centre_id, slots FROM outbox") == [
        {"centre_id": 1, "slots": [1, 2]}
    ]


def test_a_cancelled_booking_keeps_nothing_of_the_person(campaign, pair):
    """Neither tag nor what was sealed, and its guard goes."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            return await ana.cancel()

    receipt = asyncio.run(run())
    assert receipt.state == "cancelled"
    assert [dose.state for dose in receipt.doses] == ["cancelled", "cancelled"]
    assert campaign.rows("SELECT tag FROM booking") == [{"tag": None}]
    assert campaign.rows("SELECT DISTINCT sealed, key_id FROM appointment") == [
        {"sealed": None, "key_id": None}
    ]
    assert free_counts(campaign) == dict.fromkeys(pair, 1)


def test_cancelling_again_gets_the_same_answer(campaign, pair):
    """With the same key or another."""
    key = uuid4()

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            return [await ana.cancel(key), await ana.cancel(key), await ana.cancel()]

    first, *again = asyncio.run(run())
    assert again == [first, first]
    assert free_counts(campaign) == dict.fromkeys(pair, 1)


def test_one_key_cancels_one_booking(campaign):
    """The key belongs to the first."""
    first = (1, campaign.add_slot(capacity=2))
    second = (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30), capacity=2))
    key = uuid4()

    async def run():
        async with opened(campaign) as (_, desk):
            ana, ben = Visitor(desk), Visitor(desk, "ben")
            await ana.book(first, second)
            await ben.book(first, second)
            await ana.cancel(key)
            with pytest.raises(KeyReused):
                await ben.cancel(key)

    asyncio.run(run())
    assert free_counts(campaign) == {first: 1, second: 1}


def test_after_the_first_dose_only_the_second_is_cancelled(campaign, pair):
    """The booking stays, with its guard for the dose that was given."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            campaign.rows("UPDATE appointment SET state = 'fulfilled' WHERE dose_rank = 1")
            return await ana.cancel(), await Visitor(desk).book(
                pair[1], ranks=[2], first=("pfizer", MONDAY)
            )

    receipt, second_alone = asyncio.run(run())
    assert receipt.state == "booked"
    assert [dose.state for dose in receipt.doses] == ["fulfilled", "cancelled"]
    assert second_alone.state == "booked"


def test_a_displaced_dose_can_be_cancelled(campaign, pair):
    """It takes no place, so it frees none."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            campaign.rows(
                "UPDATE appointment SET state = 'displaced', takes_capacity = false"
                " WHERE dose_rank = 1"
            )
            campaign.rows("UPDATE slot SET taken = 0, capacity = 0 WHERE slot_id = 1")
            return await ana.cancel()

    assert asyncio.run(run()).state == "cancelled"
    assert free_counts(campaign) == {pair[0]: 0, pair[1]: 1}


def test_only_a_booking_of_the_secret_s_owner_is_cancelled(campaign, pair):
    """A hold is released, not cancelled; strangers find nothing."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            with pytest.raises(NotLive):
                await ana.cancel()
            for stranger in (Visitor(desk, key=ana.key), Visitor(desk)):
                for attempt in (stranger.cancel, stranger.release, stranger.fetch):
                    with pytest.raises(NotFound):
                        await attempt()

    asyncio.run(run())
