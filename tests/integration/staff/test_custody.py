"""Bookings in the care of their centre: cancelled for somebody, or given a new receipt."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.balance import broken_rules
from tests.booking import Visitor, opened, text
from tests.campaign import MONDAY, fill_campaign
from tests.serving import client_of
from tests.staff import deeds, token_of, verified

PAIR = (1, 1), (1, 2)
NEW = b"n" * 32


@pytest.fixture
def campaign(database_url):
    """Give a pair of slots with five places each at Paris."""
    campaign = fill_campaign(database_url)
    campaign.add_slot(1, capacity=5)
    campaign.add_slot(1, rank=2, day=MONDAY + timedelta(days=30), capacity=5)
    yield campaign
    assert broken_rules(campaign) == {}


async def booked(campaign, times=1):
    """Book for one person, so many times; give the visitors."""
    async with opened(campaign, duplicate_policy="neutral") as (_, desk):
        visitors = [Visitor(desk) for _ in range(times)]
        for visitor in visitors:
            await visitor.book(*PAIR)
    return visitors


def address(visitor, what, centre="paris"):
    """Address of what is done with a booking."""
    return f"/api/centres/{centre}/bookings/{visitor.key}/{what}"


def owned(secret):
    """Give the header that shows a secret."""
    return {"Manage-Secret": urlsafe_b64encode(secret).rstrip(b"=").decode()}


def new_secret():
    """Give the body that asks for the new secret."""
    return {"secret_hash": text(sha256(NEW).digest())}


def test_a_flagged_booking_is_cancelled_by_its_centre(campaign):
    """The one that was there first stays; sent again, it is as it was; both are in the audit."""

    async def go():
        first, flagged = await booked(campaign, 2)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign) as client:
            answers = [await client.post(address(flagged, "cancel"), headers=headers)
                       for _ in range(2)]  # fmt: skip
            kept = await client.get(f"/api/bookings/{first.key}", headers=owned(first.secret))
        return flagged, answers, kept

    flagged, answers, kept = asyncio.run(go())
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["state"] == "cancelled"
    assert kept.json()["state"] == "booked"
    assert campaign.rows("SELECT count(*) AS n FROM person_guard") == [{"n": 2}]
    assert deeds(campaign) == [("booking.cancel", f"paris {flagged.key}")] * 2
    assert verified(campaign).broken_at is None


def test_a_lost_receipt_gets_a_new_secret_and_the_old_one_opens_nothing(campaign):
    """Neither the booking nor the answer of its hold, which anybody with the old one could ask."""

    async def go():
        [visitor] = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign) as client:
            renewed = await client.post(address(visitor, "secret"), json=new_secret(),
                                        headers=headers)  # fmt: skip
            read = [await client.get(f"/api/bookings/{visitor.key}", headers=owned(secret))
                    for secret in (visitor.secret, NEW)]  # fmt: skip
            doses = [{"centre": "paris", "slot": slot} for slot in (1, 2)]
            hold = await client.post(
                "/api/holds", json={"department": "75", "class": "75", "doses": doses},
                headers=owned(visitor.secret) | {"Idempotency-Key": str(visitor.key)},
            )  # fmt: skip
        return visitor, renewed, read, hold

    visitor, renewed, read, hold = asyncio.run(go())
    assert renewed.status_code == 204
    assert [answer.status_code for answer in read] == [404, 200]
    assert hold.json()["type"] == "/problems/idempotency-key-reused"
    assert deeds(campaign) == [("booking.secret", f"paris {visitor.key}")]


@pytest.mark.parametrize("what", ["cancel", "secret"])
def test_other_centres_agents_and_strangers_are_told_nothing(campaign, what):
    """The answer of a booking that is not there, whoever asks and whatever for."""

    async def go():
        [visitor] = await booked(campaign)
        others = [
            await token_of(campaign, "centre", "bobigny"), await token_of(campaign, "agent", "75"),
            await token_of(campaign, "planner", "national"), {},
        ]  # fmt: skip
        own = await token_of(campaign, "centre", "paris")
        async with client_of(campaign) as client:
            answers = [
                await client.post(address(visitor, what), json=new_secret(), headers=headers)
                for headers in others
            ]
            elsewhere = address(visitor, what, "bobigny")
            answers.append(await client.post(elsewhere, json=new_secret(), headers=others[0]))
            nobody = address(Visitor(None), what)
            answers.append(await client.post(nobody, json=new_secret(), headers=own))
        return answers

    answers = asyncio.run(go())
    assert [answer.status_code for answer in answers] == [404] * 6
    assert len({answer.content for answer in answers}) == 1
    assert campaign.rows("SELECT state, version FROM booking") == [
        {"state": "booked", "version": 2}
    ]


def test_what_was_cancelled_gets_no_new_secret_and_a_hold_is_not_cancelled(campaign):
    """There is no receipt to renew, and nothing confirmed to cancel."""

    async def go():
        [visitor] = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        async with opened(campaign) as (_, desk):
            held = Visitor(desk, "eve")
            await held.hold(*PAIR)
        async with client_of(campaign) as client:
            on_hold = [
                await client.post(address(held, what), json=new_secret(), headers=headers)
                for what in ("cancel", "secret")
            ]
            await client.post(address(visitor, "cancel"), headers=headers)
            gone = await client.post(address(visitor, "secret"), json=new_secret(),
                                     headers=headers)  # fmt: skip
        return on_hold, gone

    on_hold, gone = asyncio.run(go())
    assert [answer.status_code for answer in on_hold] == [409, 404]
    assert on_hold[0].json()["type"] == "/problems/booking-not-live"
    assert gone.status_code == 404
