"""The waiting list over HTTP."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import uuid4

import pytest

from api.waiting.offering import OfferMaker
from tests.booking import Hands, opened, tag_of
from tests.campaign import LATER, MONDAY, fill_campaign
from tests.serving import client_of

JOIN = {"department": "75", "class": "75", "centres": ["paris", "bobigny"], "products": ["pfizer"]}


@pytest.fixture
def campaign(database_url):
    """Give a pair of slots whose first dose is kept for the list."""
    campaign = fill_campaign(database_url)
    campaign.add_slot(1, standby_kept=1, open_at=LATER)
    campaign.add_slot(1, rank=2, day=MONDAY + timedelta(days=30))
    return campaign


def own(key, secret=0):
    """Give the headers of an entry."""
    text = urlsafe_b64encode(bytes([secret]) * 32).rstrip(b"=").decode()
    return {"Idempotency-Key": str(key), "Manage-Secret": text}


def test_the_way_from_joining_to_a_booking(campaign):
    """Join, poll, confirm: the offer's booking is confirmed like any other."""

    async def go():
        key, clock = uuid4(), Hands()
        async with client_of(campaign, clock=clock) as client:
            joined = await client.post("/api/waiting", json=JOIN, headers=own(key))
            async with opened(campaign, clock=clock) as (context, desk):
                await OfferMaker(context, desk).turn()
            offered = await client.get(f"/api/waiting/{key}", headers=own(key))
            offer = offered.json()["offer"]
            doses = [{"dose_rank": r, "key_id": "k", "sealed": "eA"} for r in (1, 2)]
            confirmed = await client.post(
                "/api/bookings", json={"tag": tag_of("ana"), "doses": doses},
                headers=own(offer["booking"]),
            )  # fmt: skip
            served = await client.get(f"/api/waiting/{key}", headers=own(key))
        return joined, offered, confirmed, served

    joined, offered, confirmed, served = asyncio.run(go())
    assert joined.status_code == 201
    assert joined.json()["reasons"][-1]["reason"] == "next"
    offer = offered.json()["offer"]
    assert (offer["kind"], offer["first"]["centre"]) == ("reserved", "paris")
    assert [dose["dose_rank"] for dose in offer["doses"]] == [1, 2]
    assert confirmed.status_code == 201
    assert served.json()["state"] == "served"
    assert served.json()["booking"] == offer["booking"]


def test_joining_twice_is_joining_once(campaign):
    """The same request gets the entry as it stands, another under its id is refused."""

    async def go():
        key = uuid4()
        async with client_of(campaign) as client:
            first = await client.post("/api/waiting", json=JOIN, headers=own(key))
            again = await client.post("/api/waiting", json=JOIN, headers=own(key))
            other = await client.post("/api/waiting", json=JOIN | {"class": "50"}, headers=own(key))
            stolen = await client.post("/api/waiting", json=JOIN, headers=own(key, 1))
        return first, again, other, stolen

    first, again, other, stolen = asyncio.run(go())
    assert again.json() == first.json()
    assert other.json()["type"] == stolen.json()["type"] == "/problems/idempotency-key-reused"
    assert campaign.rows("SELECT count(*) AS n FROM waiting_centre") == [{"n": 2}]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"department": "99"}, "department"),
        ({"class": "nobody"}, "class"),
        ({"centres": ["paris", "nowhere"]}, "centres.1"),
        ({"products": ["nothing"]}, "products.0"),
        ({"centres": []}, "centres"),
        ({"phone": "0600000000"}, "the body"),
    ],
)
def test_what_the_campaign_does_not_know_is_named_by_its_place(campaign, change, place):
    """Never by its value; a contact is nothing the list takes."""

    async def go():
        async with client_of(campaign) as client:
            return await client.post("/api/waiting", json=JOIN | change, headers=own(uuid4()))

    answer = asyncio.run(go())
    assert answer.status_code == 422
    assert place in answer.json()["detail"]
    assert "0600000000" not in answer.text


def test_polling_an_unchanged_entry_costs_no_body(campaign):
    """The ETag is of what is said."""

    async def go():
        key = uuid4()
        async with client_of(campaign) as client:
            await client.post("/api/waiting", json=JOIN, headers=own(key))
            first = await client.get(f"/api/waiting/{key}", headers=own(key))
            tag = {"If-None-Match": first.headers["etag"]}
            return first, await client.get(f"/api/waiting/{key}", headers=own(key) | tag)

    first, again = asyncio.run(go())
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first.json()["poll_after_s"] == 60


def test_claiming_refusing_and_leaving(campaign):
    """The first refuses, the second said yes and gets the place, then leaves."""

    async def go():
        ana, bob, clock = uuid4(), uuid4(), Hands()
        async with (
            client_of(campaign, clock=clock) as client,
            opened(campaign, clock=clock) as (context, desk),
        ):
            maker = OfferMaker(context, desk)
            for key in (ana, bob):
                await client.post("/api/waiting", json=JOIN, headers=own(key))
                clock.go_on(seconds=1)
            await maker.turn()

            async def deed(key, what):
                offer = (await client.get(f"/api/waiting/{key}", headers=own(key))).json()["offer"]
                address = f"/api/waiting/{key}/offers/{offer['offer']}/{what}"
                return await client.post(address, headers=own(key))

            claimed, refused = await deed(bob, "claim"), await deed(ana, "refuse")
            await maker.turn()
            offered = await client.get(f"/api/waiting/{bob}", headers=own(bob))
            left = await client.delete(f"/api/waiting/{bob}", headers=own(bob))
            gone = await client.get(f"/api/waiting/{bob}", headers=own(bob))
            strange = await client.delete(f"/api/waiting/{uuid4()}", headers=own(ana))
            over = await client.post(
                f"/api/waiting/{bob}/offers/{offered.json()['offer']['offer']}/claim",
                headers=own(bob),
            )
        return claimed, refused, offered, left, gone, strange, over

    claimed, refused, offered, left, gone, strange, over = asyncio.run(go())
    assert claimed.json()["offer"]["wanted"]
    assert refused.json()["state"] == "waiting"
    assert offered.json()["offer"]["kind"] == "reserved"
    assert (left.status_code, gone.json()["state"]) == (204, "left")
    assert strange.status_code == 404
    assert (over.status_code, over.json()["type"]) == (410, "/problems/offer-over")


def test_an_offer_that_was_confirmed_is_cancelled_not_left(campaign):
    """Between the confirmation and the worker's turn, too."""

    async def go():
        key, clock = uuid4(), Hands()
        async with client_of(campaign, clock=clock) as client:
            await client.post("/api/waiting", json=JOIN, headers=own(key))
            async with opened(campaign, clock=clock) as (context, desk):
                await OfferMaker(context, desk).turn()
            offered = await client.get(f"/api/waiting/{key}", headers=own(key))
            booking = offered.json()["offer"]["booking"]
            doses = [{"dose_rank": r, "key_id": "k", "sealed": "eA"} for r in (1, 2)]
            body = {"tag": tag_of("ana"), "doses": doses}
            await client.post("/api/bookings", json=body, headers=own(booking))
            return await client.delete(f"/api/waiting/{key}", headers=own(key))

    answer = asyncio.run(go())
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-confirmed")
