"""One booking a person and dose: refused clearly, or neutrally, as the policy says."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from api.booking.problems import AlreadyBooked, SlotFull
from api.settings import Settings
from tests.booking import Visitor, free_counts, opened
from tests.campaign import MONDAY

DAY = timedelta(days=1)


@pytest.fixture
def roomy(campaign):
    """Two pairs of slots with five places each, as first, second, first, second."""
    return [
        (1, campaign.add_slot(rank=rank, day=MONDAY + offset * DAY, capacity=5))
        for rank, offset in ((1, 0), (2, 30), (1, 1), (2, 31))
    ]


def test_neutral_is_what_is_done_unless_told_otherwise():
    """An answer that differs tells an employer who is booked."""
    assert Settings().duplicate_policy == "neutral"


def test_reject_tells_the_second_and_keeps_its_hold(campaign, roomy):
    """The first booking is left alone; the hold can still be released."""

    async def run():
        async with opened(campaign, duplicate_policy="reject") as (_, desk):
            first, second = Visitor(desk), Visitor(desk)
            before = await first.book(*roomy[:2])
            await second.hold(*roomy[2:])
            with pytest.raises(AlreadyBooked):
                await second.confirm()
            assert await first.fetch() == before
            await second.release()

    asyncio.run(run())
    assert free_counts(campaign) == dict(zip(roomy, [4, 4, 5, 5], strict=True))


def test_a_person_books_again_after_cancelling(campaign, roomy):
    """The guard goes with the booking."""

    async def run():
        async with opened(campaign) as (_, desk):
            first = Visitor(desk)
            await first.book(*roomy[:2])
            await first.cancel()
            return await Visitor(desk).book(*roomy[:2])

    assert asyncio.run(run()).state == "booked"


def test_a_second_dose_alone_collides_with_a_pair_only_in_its_rank(campaign, roomy):
    """One rank is enough for a collision, and the other rank's guard is not left behind."""
    elsewhere = ("pfizer", MONDAY)

    async def run():
        async with opened(campaign, duplicate_policy="reject") as (_, desk):
            await Visitor(desk).book(roomy[1], ranks=[2], first=elsewhere)
            with pytest.raises(AlreadyBooked):
                await Visitor(desk).book(*roomy[2:])

    asyncio.run(run())
    assert campaign.rows("SELECT dose_rank FROM person_guard") == [{"dose_rank": 2}]


def test_neutral_answers_the_second_and_the_third_like_the_first(campaign, roomy):
    """The second is stored flagged, the third takes nothing; no answer shows it."""

    async def run():
        async with opened(campaign, duplicate_policy="neutral") as (_, desk):
            visitors = [Visitor(desk) for _ in range(3)]
            receipts = [await visitor.book(*roomy[:2]) for visitor in visitors]
            fetched = [await visitor.fetch() for visitor in visitors]
            again = [await visitor.confirm() for visitor in visitors]
            return receipts, fetched, again

    receipts, fetched, again = asyncio.run(run())
    shapes = [(r.state, r.version, r.doses) for r in receipts]
    assert shapes == [shapes[0]] * 3
    assert receipts == fetched == again
    assert campaign.rows(
        "SELECT flagged, takes_capacity, count(*) AS n FROM booking GROUP BY 1, 2 ORDER BY 1, 2"
    ) == [
        {"flagged": False, "takes_capacity": False, "n": 1},
        {"flagged": False, "takes_capacity": True, "n": 1},
        {"flagged": True, "takes_capacity": True, "n": 1},
    ]
    assert free_counts(campaign) == dict(zip(roomy, [3, 3, 5, 5], strict=True))


def test_neutral_answers_every_move_and_cancellation_alike(campaign, roomy):
    """Whoever owns the booking sees the same, whatever is stored; the books still balance."""

    async def run():
        async with opened(campaign, duplicate_policy="neutral") as (_, desk):
            visitors = [Visitor(desk) for _ in range(4)]
            for visitor in visitors:
                await visitor.book(*roomy[:2])
            moved = [await visitor.move(*roomy[2:]) for visitor in visitors]
            assert free_counts(campaign) == dict(zip(roomy, [5, 5, 3, 3], strict=True))
            cancelled = [await visitor.cancel() for visitor in visitors]
            return moved, cancelled

    for answers in asyncio.run(run()):
        shapes = [(r.state, r.version, r.doses) for r in answers]
        assert shapes == [shapes[0]] * 4
    assert free_counts(campaign) == dict.fromkeys(roomy, 5)
    assert campaign.rows("SELECT count(*) AS n FROM person_guard") == [{"n": 0}]


def test_a_booking_that_takes_nothing_is_refused_where_others_are(campaign, roomy):
    """A full slot is full for it as well."""
    full = (1, campaign.add_slot(day=MONDAY + 2 * DAY))

    async def run():
        async with opened(campaign, duplicate_policy="neutral") as (_, desk):
            visitors = [Visitor(desk) for _ in range(3)]
            for visitor in visitors:
                await visitor.book(*roomy[:2])
            await Visitor(desk, "ben").book(full, roomy[3])
            for visitor in visitors:
                with pytest.raises(SlotFull, match="dose 1"):
                    await visitor.move(full, roomy[1])

    asyncio.run(run())


def test_the_older_booking_is_never_freed_by_a_newer_one(campaign, roomy):
    """Cancelling the flagged one, or the one that takes nothing, leaves the first alone."""

    async def run():
        async with opened(campaign, duplicate_policy="neutral") as (_, desk):
            first, flagged, nothing = (Visitor(desk) for _ in range(3))
            before = await first.book(*roomy[:2])
            await flagged.book(*roomy[:2])
            await nothing.book(*roomy[:2])
            await nothing.cancel()
            await flagged.cancel()
            return before, await first.fetch()

    before, after = asyncio.run(run())
    assert before == after
    assert campaign.rows("SELECT DISTINCT flagged FROM person_guard") == [{"flagged": False}]


def test_a_flagged_place_is_free_for_one_again_once_it_is_cancelled(campaign, roomy):
    """At most one flagged beside the first, at any time."""

    async def run():
        async with opened(campaign, duplicate_policy="neutral") as (_, desk):
            first, flagged, next_one = (Visitor(desk) for _ in range(3))
            await first.book(*roomy[:2])
            await flagged.book(*roomy[:2])
            await flagged.cancel()
            await next_one.book(*roomy[:2])

    asyncio.run(run())
    assert campaign.rows(
        "SELECT flagged, takes_capacity FROM booking WHERE state = 'booked' ORDER BY flagged"
    ) == [{"flagged": False, "takes_capacity": True}, {"flagged": True, "takes_capacity": True}]
