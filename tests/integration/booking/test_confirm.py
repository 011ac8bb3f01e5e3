"""Confirming: what is held becomes a booking of one person, once."""

from __future__ import annotations

import asyncio

import pytest

from api.booking.problems import HoldExpired, WrongDoses
from api.problems import KeyReused, NotFound
from tests.booking import Hands, Visitor, free_counts, opened


def test_a_confirmed_hold_is_a_booking(campaign, pair):
    """Both doses are booked, what was sealed is stored, and no place is taken twice."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            return await ana.confirm(sealed=b"only the centre reads this")

    receipt = asyncio.run(run())
    assert receipt.state == "booked"
    assert [dose.state for dose in receipt.doses] == ["booked", "booked"]
    assert free_counts(campaign) == dict.fromkeys(pair, 0)
    assert (
        campaign.rows("SELECT state, key_id, sealed FROM appointment")
        == [{"state": "booked", "key_id": "key-1", "sealed": b"only the centre reads this"}] * 2
    )


def test_confirming_changes_nothing_the_publisher_shows(campaign, pair):
    """The hold has told it already."""

    async def run():
        async with opened(campaign) as (_, desk):
            await Visitor(desk).book(*pair)

    asyncio.run(run())
    assert campaign.rows("SELECT count(*) AS n FROM outbox") == [{"n": 1}]


def test_a_hold_can_be_confirmed_until_its_end_and_not_at_it(campaign, pair):
    """Ten minutes are ten minutes, whether or not the worker has been there."""
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            hands.go_on(minutes=10)
            with pytest.raises(HoldExpired):
                await ana.confirm()
            hands.go_on(seconds=-1)
            return await ana.confirm()

    assert asyncio.run(run()).state == "booked"


def test_the_same_confirmation_sent_again_gets_the_same_answer(campaign, pair):
    """A lost answer is asked for once more; nothing is booked twice."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            first = await ana.book(*pair)
            return first, await ana.confirm()

    first, again = asyncio.run(run())
    assert first == again


def test_a_confirmation_sent_again_tells_how_the_booking_stands(campaign, pair):
    """After a cancellation it does not claim that something is booked, and books nothing."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            await ana.cancel()
            return await ana.confirm()

    assert asyncio.run(run()).state == "cancelled"
    assert free_counts(campaign) == dict.fromkeys(pair, 1)


def test_another_content_under_the_same_key_is_refused(campaign, pair):
    """Sealed otherwise, or for somebody else."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            with pytest.raises(KeyReused):
                await ana.confirm(sealed=b"other")
            with pytest.raises(KeyReused):
                await Visitor(desk, "ben", ana.key, ana.secret).confirm()

    asyncio.run(run())
    assert campaign.rows("SELECT DISTINCT sealed FROM appointment") == [{"sealed": b"sealed"}]


def test_only_the_secret_confirms(campaign, pair):
    """A wrong secret and an unknown id are not told apart."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            answers = []
            for stranger in (Visitor(desk, key=ana.key), Visitor(desk)):
                with pytest.raises(NotFound) as refused:
                    await stranger.confirm()
                answers.append(refused.value.body())
            assert answers[0] == answers[1]
            return await ana.confirm()

    assert asyncio.run(run()).state == "booked"


def test_every_dose_that_is_held_is_sealed_and_no_other(campaign, pair):
    """A pair is confirmed whole."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            for ranks in ([1], [2]):
                with pytest.raises(WrongDoses):
                    await ana.confirm(ranks)

    asyncio.run(run())


def test_a_released_hold_cannot_be_confirmed(campaign, pair):
    """It ended by the caller's own wish."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            await ana.release()
            with pytest.raises(HoldExpired):
                await ana.confirm()

    asyncio.run(run())
    assert campaign.rows("SELECT count(*) AS n FROM person_guard") == [{"n": 0}]
