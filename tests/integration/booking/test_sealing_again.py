"""Doses that changed their centre are sealed anew by whoever holds the receipt."""

from __future__ import annotations

import asyncio

import pytest

from api.booking.problems import NotLive
from api.problems import MalformedRequest, NotFound
from tests.booking import Visitor, opened

SEALED = "SELECT dose_rank, key_id, sealed, to_seal_again FROM appointment ORDER BY dose_rank"


def run(campaign, pair, story, *, marked=(1,)):
    """Book a pair, mark doses as moved, and let a story happen."""

    async def go():
        async with opened(campaign) as (_, desk):
            visitor = Visitor(desk)
            await visitor.book(*pair)
            campaign.rows(
                "UPDATE appointment SET to_seal_again = true WHERE dose_rank = ANY(%s)",
                list(marked),
            )
            return await story(visitor)

    return asyncio.run(go())


def test_what_is_marked_is_sealed_anew_and_nothing_else(campaign, pair):
    """The mark goes, the version counts; sent again it changes nothing."""

    async def story(visitor):
        before = await visitor.fetch()
        first, again = await visitor.seal_again(), await visitor.seal_again(sealed=b"other")
        return before, first, again

    before, first, again = run(campaign, pair, story)
    assert [dose.to_seal_again for dose in before.doses] == [True, False]
    assert [dose.to_seal_again for dose in first.doses] == [False, False]
    assert (first.version, again) == (before.version + 1, first)
    one, two = campaign.rows(SEALED)
    assert one == {"dose_rank": 1, "key_id": "key-3", "sealed": b"again", "to_seal_again": False}
    assert (two["key_id"], two["sealed"]) == ("key-1", b"sealed")


def test_a_mark_stays_until_its_own_dose_is_sealed(campaign, pair):
    """One of two."""

    async def story(visitor):
        return await visitor.seal_again([2])

    receipt = run(campaign, pair, story, marked=(1, 2))
    assert [dose.to_seal_again for dose in receipt.doses] == [True, False]


def test_a_stranger_a_repeated_rank_and_a_cancelled_booking_are_refused(campaign, pair):
    """Nothing is written."""

    async def story(visitor):
        with pytest.raises(NotFound):
            await Visitor(visitor.desk, key=visitor.key).seal_again()
        with pytest.raises(MalformedRequest):
            await visitor.seal_again([1, 1])
        before = campaign.rows(SEALED)
        await visitor.cancel()
        with pytest.raises(NotLive):
            await visitor.seal_again()
        return before

    assert [row["key_id"] for row in run(campaign, pair, story)] == ["key-1", "key-1"]
