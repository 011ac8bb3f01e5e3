"""What the list learns from offers, and what it forgets."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

from api.booking.expiry import expire_holds
from api.database.retention import purge
from api.waiting.acceptance import Answered
from api.waiting.store.offers import answers_since
from tests.campaign import LATER, MONDAY, NOW, fill_campaign
from tests.waiting import open_room


@pytest.fixture
def campaign(database_url):
    """Give one first dose kept for the waiting list in three weeks, and its second."""
    campaign = fill_campaign(database_url)
    campaign.add_slot(1, day=MONDAY + timedelta(days=21), standby_kept=1, open_at=LATER)
    campaign.add_slot(1, rank=2, day=MONDAY + timedelta(days=51))
    return campaign


def answers(campaign, since=NOW - timedelta(days=1)):
    """Read the offers that are over, as the curve does."""

    async def read():
        async with await psycopg.AsyncConnection.connect(campaign.url) as connection:
            return await answers_since(connection, since)

    return sorted(asyncio.run(read()), key=lambda answer: (answer.outcome, answer.after_min))


def test_the_curve_is_told_how_each_offer_ended_and_after_what_time(campaign):
    """Accepted by a confirmation, refused, silent to its end; open ones are not over."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob, cleo, dora = await room.joined("ana", "bob", "cleo", "dora")
            await room.maker.turn()
            room.clock.go_on(minutes=3)
            await bob.claim()
            room.clock.go_on(minutes=4)
            await ana.refuse()
            await room.maker.turn()
            room.clock.go_on(minutes=5)
            await bob.confirm()
            await room.maker.turn()
            return [(await one.status()).state for one in (ana, bob, cleo, dora)]

    assert asyncio.run(go()) == ["waiting", "served", "waiting", "waiting"]
    assert answers(campaign) == [
        Answered(3.0, "accepted"),  # bob stood by and said yes
        Answered(5.0, "accepted"),  # and confirmed what was held for him
        Answered(7.0, "refused"),
        Answered(12.0, "silent"),  # cleo and dora were sent away when the place was gone
        Answered(12.0, "silent"),
    ]
    assert answers(campaign, since=NOW + timedelta(days=1)) == []


def test_more_stand_by_when_fewer_accept(campaign):
    """After an evening of silence, the next place is shown to more people."""

    async def go():
        made = []
        async with open_room(campaign) as room:
            await room.joined(*(f"p{n}" for n in range(70)))
            for _ in range(4):
                report = await room.maker.turn()
                made.append(report.reserved + report.standby)
                room.clock.go_on(minutes=61)
                await expire_holds(room.maker._context)
        return made

    first, *_, last = asyncio.run(go())
    assert 20 <= first < last <= 51


def test_what_is_over_is_forgotten(campaign):
    """Entries that were served or left, after some days; every other after three months."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob, _ = await room.joined("ana", "bob", "cleo")
            await room.maker.turn()
            await ana.confirm()
            await room.maker.turn()
            await bob.leave()

    asyncio.run(go())
    purge(campaign.url, 7, NOW + timedelta(days=6))
    assert len(campaign.rows("SELECT 1 AS n FROM waiting")) == 3
    purge(campaign.url, 7, NOW + timedelta(days=8))
    assert campaign.rows("SELECT state FROM waiting") == [{"state": "waiting"}]
    assert campaign.rows("SELECT 1 AS n FROM offer") == []
    purge(campaign.url, 7, NOW + timedelta(days=91))
    assert campaign.rows("SELECT 1 AS n FROM waiting") == []
    assert campaign.rows("SELECT 1 AS n FROM waiting_centre") == []
