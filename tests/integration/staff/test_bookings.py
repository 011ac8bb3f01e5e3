"""Bookings the staff makes for somebody."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.booking import tag_of
from tests.campaign import LATER, MONDAY, fill_campaign
from tests.serving import client_of
from tests.staff import deeds, token_of

SECOND_DAY = MONDAY + timedelta(days=30)
SECRET = urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()


@pytest.fixture
def campaign(database_url):
    """Slots of which all that is left is the telephone's, at Paris (75) and Bobigny (93)."""
    campaign = fill_campaign(database_url)
    for centre in (1, 2):
        campaign.add_slot(centre, capacity=2, phone_kept=2, open_at=LATER)
        campaign.add_slot(centre, rank=2, day=SECOND_DAY, capacity=2, phone_kept=2, open_at=LATER)
    return campaign


def pair(first="paris", second="paris"):
    """Ask for both doses."""
    doses = [{"centre": first, "slot": 1}, {"centre": second, "slot": 2}]
    return {"department": "75", "class": "75", "doses": doses}


async def hold(client, headers, body, address="/api/staff/holds", key=None):
    """Ask for a hold."""
    own = {"Idempotency-Key": str(key or uuid4()), "Manage-Secret": SECRET}
    return await client.post(address, json=body, headers=headers | own)


def test_an_agent_books_from_the_share_of_the_telephone(campaign):
    """What the web does not get; confirmed by the ordinary request."""

    async def go():
        headers = await token_of(campaign, "agent", "75")
        async with client_of(campaign) as client:
            web = await hold(client, {}, pair(), "/api/holds")
            key = uuid4()
            phone = await hold(client, headers, pair(), key=key)
            again = await hold(client, headers, pair(), key=key)
            doses = [{"dose_rank": r, "key_id": "k", "sealed": "eA"} for r in (1, 2)]
            own = {"Idempotency-Key": str(key), "Manage-Secret": SECRET}
            body = {"tag": tag_of("ana"), "doses": doses}
            confirmed = await client.post("/api/bookings", json=body, headers=own)
        return key, web, phone, again, confirmed

    key, web, phone, again, confirmed = asyncio.run(go())
    assert web.json()["type"] == "/problems/slot-full"
    assert (phone.status_code, confirmed.status_code) == (201, 201)
    assert again.json() == phone.json()
    assert campaign.rows("SELECT channel, state FROM booking") == [
        {"channel": "phone", "state": "booked"}
    ]
    assert campaign.rows("SELECT DISTINCT share FROM appointment") == [{"share": "phone"}]
    assert deeds(campaign)[0] == ("booking.hold", str(key))


def test_a_centre_books_at_its_own_desk(campaign):
    """Whatever is kept for whom."""

    async def go():
        headers = await token_of(campaign, "centre", "bobigny")
        async with client_of(campaign) as client:
            return await hold(client, headers, pair("bobigny", "bobigny"))

    assert asyncio.run(go()).status_code == 201
    assert campaign.rows("SELECT channel FROM booking") == [{"channel": "centre"}]


def test_nobody_books_outside_their_scope(campaign):
    """Not half of it either; other roles book nowhere; nothing is written down."""

    async def go():
        agent = await token_of(campaign, "agent", "75")
        centre = await token_of(campaign, "centre", "paris")
        planner = await token_of(campaign, "planner", "national")
        async with client_of(campaign) as client:
            answers = [
                await hold(client, agent, pair("bobigny", "bobigny")),
                await hold(client, agent, pair("paris", "bobigny")),
                await hold(client, centre, pair("bobigny", "paris")),
                await hold(client, agent, pair("paris", "nowhere")),
                await hold(client, planner, pair()),
                await hold(client, {}, pair()),
            ]
        return [answer.status_code for answer in answers]

    assert asyncio.run(go()) == [404] * 6
    assert campaign.rows("SELECT 1 FROM booking") == []
    assert deeds(campaign) == []


def test_an_agent_moves_into_the_share_of_the_telephone(campaign):
    """A move of the web is refused what the agent's is given."""
    campaign.add_slot(1, day=MONDAY + timedelta(days=1), capacity=1, phone_kept=1, open_at=LATER)

    async def go():
        headers = await token_of(campaign, "agent", "75")
        async with client_of(campaign) as client:
            key = uuid4()
            await hold(client, headers, pair(), key=key)
            own = {"Idempotency-Key": str(key), "Manage-Secret": SECRET}
            doses = [{"dose_rank": r, "key_id": "k", "sealed": "eA"} for r in (1, 2)]
            body = {"tag": tag_of("ana"), "doses": doses}
            await client.post("/api/bookings", json=body, headers=own)
            moved = {"doses": [{"centre": "paris", "slot": 3}, {"centre": "paris", "slot": 2}]}
            web = await hold(client, {}, moved, f"/api/bookings/{key}/move")
            phone = await hold(client, headers, moved, f"/api/staff/bookings/{key}/move")
        return web, phone

    web, phone = asyncio.run(go())
    assert web.json()["type"] == "/problems/slot-full"
    assert [dose["slot"] for dose in phone.json()["doses"]] == [3, 2]
    assert [action for action, _ in deeds(campaign)] == ["booking.hold", "booking.move"]
