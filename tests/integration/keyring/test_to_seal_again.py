"""A supply cut sends people to another centre; their old centre seals their identity to it."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from datetime import timedelta
from uuid import UUID

import pytest

from api.protocol.encoding import from_base64url
from api.protocol.refusal import Refused
from api.protocol.sealing import Binding, open_sealed, seal
from tests.balance import broken_rules
from tests.booking import Visitor, opened, tag_of, text
from tests.campaign import MONDAY, fill_campaign
from tests.keys import CODE, Authority, installed
from tests.sealed import somebody
from tests.serving import client_of
from tests.staff import deeds, token_of

PARIS, BASTILLE = 1, 4
SECOND_DAY = MONDAY + timedelta(days=30)
WAITING = "/api/centres/paris/to-seal-again"


@pytest.fixture
def campaign(database_url):
    """Give a pair of slots at Paris, and as much at Bastille, which is where people go."""
    campaign = fill_campaign(database_url)
    for centre in (PARIS, BASTILLE):
        campaign.add_slot(centre, capacity=2)
        campaign.add_slot(centre, rank=2, day=SECOND_DAY, capacity=2)
    yield campaign
    assert broken_rules(campaign) == {}


def bound(key, centre, booking, tag):
    """Give what an identity is sealed for."""
    return Binding(CODE, centre, key.owner.key_id, booking, urlsafe_b64decode(tag + "="))


class Town:
    """Two centres with keys, and somebody booked at Paris under an open identity."""

    def __init__(self, campaign):
        authority = Authority()
        self.campaign = campaign
        self.paris, signed = authority.centre("paris")
        self.bastille, other = authority.centre("bastille")
        installed(campaign, authority, signed, other)
        self.tag = tag_of("ana")
        self.visitor = None

    async def book(self, desk):
        """Book both doses at Paris, sealed to its key."""
        self.visitor = Visitor(desk)
        await self.visitor.book((PARIS, 1), (PARIS, 2))
        sealed = seal(somebody(), self.paris.public,
                      bound(self.paris, "paris", self.visitor.key, self.tag))  # fmt: skip
        self.campaign.rows("UPDATE appointment SET key_id = %s, sealed = %s",
                           self.paris.owner.key_id.hex(), sealed)  # fmt: skip

    async def close(self, client, day, centre="paris"):
        """Close a day at a centre."""
        planner = await token_of(self.campaign, "planner", "national")
        capacity = await client.get(f"/api/centres/{centre}/capacity", headers=planner)
        answer = await client.post(
            f"/api/centres/{centre}/closures", json={"day": day.isoformat()},
            headers=planner | {"If-Match": capacity.headers["ETag"]},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text

    def resealed(self, dose, key=None):
        """Open a dose with the key of Paris, and seal it to that of Bastille."""
        key = key or self.bastille
        booking = UUID(dose["booking"])
        mine = bound(self.paris, "paris", booking, dose["tag"])
        identity = open_sealed(from_base64url(dose["sealed"]), self.paris.secret, mine)
        new = seal(identity, key.public, bound(key, dose["centre"], booking, dose["tag"]))
        return {"key_id": key.owner.key_id.hex(), "sealed": text(new)}


def run(campaign, story):
    """Book, close Monday at Paris, and let the staff of Paris do something."""
    town = Town(campaign)

    async def go():
        async with opened(campaign) as (_, desk):
            await town.book(desk)
        async with client_of(campaign) as client:
            await town.close(client, MONDAY)
            headers = await token_of(campaign, "centre", "paris")
            return await story(town, client, headers)

    return town, asyncio.run(go())


def test_the_old_centre_seals_to_the_new_one_which_then_opens(campaign):
    """From the cut to the day list of the new centre; the receipt says so, too."""

    async def story(town, client, headers):
        [dose] = (await client.get(WAITING, headers=headers)).json()["doses"]
        address = f"{WAITING}/{dose['booking']}/{dose['dose_rank']}"
        done = await client.put(address, json=town.resealed(dose), headers=headers)
        again = await client.put(address, json=town.resealed(dose), headers=headers)
        left = (await client.get(WAITING, headers=headers)).json()["doses"]
        other = await token_of(campaign, "centre", "bastille")
        day = await client.get(f"/api/centres/bastille/days/{MONDAY}", headers=other)
        secret = {"Manage-Secret": text(town.visitor.secret)}
        receipt = await client.get(f"/api/bookings/{town.visitor.key}", headers=secret)
        return dose, (done.status_code, again.status_code), left, day.json()["doses"], receipt

    town, (dose, statuses, left, [listed], receipt) = run(campaign, story)
    assert (dose["dose_rank"], dose["centre"], dose["tag"]) == (1, "bastille", town.tag)
    assert (statuses, left) == ((204, 404), [])
    assert [d["to_seal_again"] for d in receipt.json()["doses"]] == [False, False]
    assert not listed["to_seal_again"]
    here = bound(town.bastille, "bastille", town.visitor.key, listed["tag"])
    sealed = from_base64url(listed["sealed"])
    assert open_sealed(sealed, town.bastille.secret, here) == somebody()
    with pytest.raises(Refused):
        open_sealed(sealed, town.paris.secret, here)
    assert [a for a, _ in deeds(campaign) if a.startswith("seal")] == [
        "seals.read", "seal.again", "seals.read",
    ]  # fmt: skip


def test_nothing_is_sealed_to_a_key_that_the_new_centre_does_not_have(campaign):
    """Its own old key, or one that nobody signed: the dose goes on waiting."""

    async def story(town, client, headers):
        [dose] = (await client.get(WAITING, headers=headers)).json()["doses"]
        address = f"{WAITING}/{dose['booking']}/1"
        wrong = [
            await client.put(address, json=town.resealed(dose, key), headers=headers)
            for key in (town.paris, Authority().centre("bastille")[0])
        ]
        return wrong, (await client.get(WAITING, headers=headers)).json()["doses"]

    _, (wrong, doses) = run(campaign, story)
    assert [answer.json()["type"] for answer in wrong] == ["/problems/wrong-key"] * 2
    assert len(doses) == 1


def test_only_the_centre_whose_key_it_is_may_seal_it(campaign):
    """Not the new centre, not a third; not a dose that never left."""

    async def story(town, client, headers):
        [dose] = (await client.get(WAITING, headers=headers)).json()["doses"]
        body, statuses, lists = town.resealed(dose), [], []
        for centre in ("bastille", "bobigny"):
            other = await token_of(campaign, "centre", centre)
            address = f"/api/centres/{centre}/to-seal-again"
            lists.append((await client.get(address, headers=other)).json()["doses"])
            answer = await client.put(f"{address}/{dose['booking']}/1", json=body, headers=other)
            statuses.append(answer.status_code)
        for rank in ("2", "3"):
            address = f"{WAITING}/{dose['booking']}/{rank}"
            answer = await client.put(address, json=body, headers=headers)
            statuses.append(answer.status_code)
        return statuses, lists

    _, (statuses, lists) = run(campaign, story)
    assert statuses == [404] * 4
    assert lists == [[], []]


def test_a_dose_that_comes_back_needs_no_new_seal(campaign):
    """It is sealed to the key of the centre it is at again."""

    async def story(town, client, headers):
        waiting = (await client.get(WAITING, headers=headers)).json()["doses"]
        campaign.add_slot(PARIS, day=MONDAY + timedelta(days=1))
        await town.close(client, MONDAY, "bastille")
        return waiting, (await client.get(WAITING, headers=headers)).json()["doses"]

    _, (before, after) = run(campaign, story)
    assert [dose["centre"] for dose in before] == ["bastille"]
    assert after == []
    marks = "SELECT centre_id, to_seal_again FROM appointment WHERE dose_rank = 1"
    assert campaign.rows(marks) == [{"centre_id": PARIS, "to_seal_again": False}]
