"""Opened vials at the end of the day."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from tests.booking import Visitor, opened
from tests.campaign import NOW, fill_campaign
from tests.serving import client_of
from tests.staff import deeds, token_of
from tests.waiting import open_room

TODAY = NOW.date()
UNTIL = NOW + timedelta(hours=2)


@pytest.fixture
def campaign(database_url):
    """Give a centre with second doses in five weeks, and no first dose."""
    campaign = fill_campaign(database_url)
    campaign.add_slot(1, rank=2, day=TODAY + timedelta(days=30), capacity=3)
    return campaign


def leftovers(product="pfizer", doses=2, until: datetime = UNTIL):
    """Give the body of a posting."""
    return {"product": product, "doses": doses, "until": until.isoformat()}


async def post(campaign, *bodies, key=None, centre="paris", scope="paris"):
    """Post leftovers; give the answers."""
    headers = await token_of(campaign, "centre", scope)
    async with client_of(campaign) as client:
        return [
            await client.post(
                f"/api/centres/{centre}/leftovers", json=body,
                headers=headers | {"Idempotency-Key": str(key or uuid4())},
            )
            for body in bodies
        ]  # fmt: skip


def test_leftovers_are_offered_to_those_who_wait_and_to_nobody_else(campaign):
    """As many places as doses, today, with their second doses; the web finds none of them."""

    async def go():
        async with open_room(campaign) as room:
            people = await room.joined("ana", "bob", "cleo")
            [posted] = await post(campaign, leftovers())
            web = Visitor(room.desk, "web")
            with pytest.raises(Exception, match="dose 1"):
                await web.hold((1, posted.json()["slot"]), (1, 1))
            report = await room.maker.turn()
            statuses = [await one.status() for one in people]
            await people[0].confirm()
            return posted, report, statuses

    posted, report, statuses = asyncio.run(go())
    assert posted.status_code == 201
    assert posted.json() == {
        "centre": "paris", "slot": 2, "product": "pfizer", "doses": 2,
        "until": "2021-05-28T10:00:00Z", "waiting": 3, "second_doses": 3,
    }  # fmt: skip
    assert (report.reserved, report.standby) == (2, 1)
    assert [one.state for one in statuses] == ["offered", "offered", "standby"]
    assert statuses[0].offer.first.ends_at == UNTIL
    # A quarter of the time until the slot, so that it can still go on to somebody else.
    assert timedelta(minutes=20) < statuses[0].offer.ends_at - NOW < timedelta(minutes=35)
    assert deeds(campaign)[0] == ("leftovers.post", "paris")


def test_leftovers_sent_again_are_not_doubled(campaign):
    """The same key, the same slot; with other doses it is refused; under a new key they add up."""

    async def go():
        key = uuid4()
        first, again, other = await post(
            campaign, leftovers(), leftovers(), leftovers(doses=5), key=key
        )
        [more] = await post(campaign, leftovers(doses=1))
        return first, again, other, more

    first, again, other, more = asyncio.run(go())
    assert again.json() == first.json()
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert more.status_code == 201
    capacities = campaign.rows("SELECT capacity FROM slot WHERE dose_rank = 1 ORDER BY slot_id")
    assert [row["capacity"] for row in capacities] == [2, 1]
    assert [row["number"] for row in campaign.rows("SELECT number FROM publication")] == [1, 2]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (leftovers(until=NOW + timedelta(minutes=29)), 409),
        (leftovers(until=NOW + timedelta(days=1)), 409),
        (leftovers(until=NOW - timedelta(hours=1)), 409),
        (leftovers(product="nothing"), 422),
        (leftovers(doses=0), 422),
        ({"product": "pfizer"}, 422),
    ],
)
def test_what_cannot_be_used_is_refused(campaign, body, status):
    """Nothing is written for it."""
    [answer] = asyncio.run(post(campaign, body))
    assert answer.status_code == status
    assert campaign.rows("SELECT count(*) AS n FROM slot WHERE dose_rank = 1") == [{"n": 0}]
    assert deeds(campaign) == []


def test_a_centre_posts_its_own_leftovers_only(campaign):
    """Another centre is not there for it."""

    async def go():
        return [
            *await post(campaign, leftovers(), centre="bobigny"),
            *await post(campaign, leftovers(), centre="nowhere"),
        ]

    assert [answer.status_code for answer in asyncio.run(go())] == [404, 404]


def test_a_product_of_one_dose_needs_no_second(campaign):
    """The answer says so."""
    [answer] = asyncio.run(post(campaign, leftovers("janssen")))
    assert answer.json()["second_doses"] is None


def test_today_is_the_day_of_the_centre(campaign):
    """Until half past eleven at night in Paris is still today."""
    until = datetime.combine(date(2021, 5, 28), datetime.min.time(), NOW.tzinfo)
    [answer] = asyncio.run(post(campaign, leftovers(until=until + timedelta(hours=21, minutes=30))))
    assert answer.status_code == 201


def test_leftovers_are_on_the_day_list_while_they_are_offered(campaign):
    """The desk sees which offers are open for the evening."""

    async def go():
        async with open_room(campaign) as room:
            await room.joined("ana", "bob")
            await post(campaign, leftovers(doses=1))
            await room.maker.turn()
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign) as client:
            address = f"/api/centres/paris/days/{TODAY}"
            return (await client.get(address, headers=headers)).json()

    day = asyncio.run(go())
    assert [offer["kind"] for offer in day["offers"]] == ["reserved", "standby"]
    assert {offer["product"] for offer in day["offers"]} == {"pfizer"}
    assert day["doses"] == []


def test_a_posting_overtaken_by_a_publication_is_done_again(campaign):
    """Two at once get numbers of their own."""

    async def go():
        async with opened(campaign):
            return await asyncio.gather(*(post(campaign, leftovers(doses=1)) for _ in range(4)))

    answers = [answer for [answer] in asyncio.run(go())]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted(answer.json()["slot"] for answer in answers) == [2, 3, 4, 5]
