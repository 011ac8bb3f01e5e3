"""The centre's day: who is on the list, and what the desk does with them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.booking import Hands, Visitor, opened, tag_of
from tests.campaign import LATER, MONDAY, NOW, fill_campaign
from tests.serving import client_of
from tests.staff import deeds, token_of, verified

SECOND_DAY = MONDAY + timedelta(days=30)
DAY = f"/api/centres/paris/days/{MONDAY}"


@pytest.fixture
def campaign(database_url):
    """Give a pair of slots with five places each at Paris, and as much at Bastille."""
    campaign = fill_campaign(database_url)
    for centre in (1, 4):
        campaign.add_slot(centre, capacity=5)
        campaign.add_slot(centre, rank=2, day=SECOND_DAY, capacity=5)
    return campaign


FIRST, SECOND, ELSEWHERE = (1, 1), (1, 2), (4, 2)


async def booked(campaign, *, name="ana", places=(FIRST, SECOND), **settings):
    """Book for somebody; give the booking's id."""
    async with opened(campaign, **settings) as (_, desk):
        visitor = Visitor(desk, name)
        await visitor.book(*places)
        return visitor.key


async def mark(client, headers, key, state, rank=1, centre="paris"):
    """Mark a dose."""
    address = f"/api/centres/{centre}/doses/{key}/{rank}"
    return await client.put(address, json={"state": state}, headers=headers)


def on_monday(**time):
    """Give a clock on the day of the first dose, after its time."""
    return Hands(NOW + timedelta(days=3, **time))


def test_the_day_lists_who_comes_sealed_and_in_order_of_time(campaign):
    """The blob as it was sent, and nothing that says who."""

    async def read():
        key = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign) as client:
            first = await client.get(DAY, headers=headers)
            return (
                key,
                first,
                await client.get(f"/api/centres/paris/days/{SECOND_DAY}", headers=headers),
            )

    key, first, second = asyncio.run(read())
    [dose] = first.json()["doses"]
    assert dose == {
        "booking": str(key), "dose_rank": 1, "slot": 1, "starts_at": "2021-05-31T07:00:00Z",
        "ends_at": "2021-05-31T08:00:00Z", "product": "pfizer", "state": "booked",
        "channel": "web", "flagged": False, "to_seal_again": False, "tag": tag_of("ana"),
        "key_id": "key-1", "sealed": "c2VhbGVk",
    }  # fmt: skip
    assert [dose["dose_rank"] for dose in second.json()["doses"]] == [2]
    assert first.headers["cache-control"] == "no-store"
    assert deeds(campaign)[0] == ("day.read", f"paris {MONDAY}")


def test_a_dose_is_on_the_list_of_the_centre_it_is_at(campaign):
    """A second dose elsewhere is found there, though its booking lives at the first centre."""

    async def read():
        key = await booked(campaign, places=(FIRST, ELSEWHERE))
        async with client_of(campaign) as client:
            lists = {}
            for centre in ("paris", "bastille"):
                headers = await token_of(campaign, "centre", centre)
                address = f"/api/centres/{centre}/days/{SECOND_DAY}"
                lists[centre] = (await client.get(address, headers=headers)).json()["doses"]
            return key, lists

    key, lists = asyncio.run(read())
    assert lists["paris"] == []
    assert [dose["booking"] for dose in lists["bastille"]] == [str(key)]


def test_holds_and_cancelled_doses_are_not_on_the_list_and_a_repetition_is_flagged(campaign):
    """Under the neutral policy the second of one person is flagged, a third is not expected."""

    async def read():
        async with opened(campaign, duplicate_policy="neutral") as (_, desk):
            await Visitor(desk, "held").hold(FIRST, SECOND)
            gone = Visitor(desk, "gone")
            await gone.book(FIRST, SECOND)
            await gone.cancel()
            for _ in range(3):
                await Visitor(desk, "ana").book(FIRST, SECOND)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign) as client:
            return (await client.get(DAY, headers=headers)).json()["doses"]

    assert sorted(dose["flagged"] for dose in asyncio.run(read())) == [False, True]


@pytest.mark.parametrize(
    "path", [["arrived", "fulfilled"], ["fulfilled", "arrived", "booked"],
             ["noshow", "arrived", "fulfilled"], ["arrived", "booked", "noshow", "booked"]],
)  # fmt: skip
def test_doses_go_through_their_states_and_mistakes_are_taken_back(campaign, path):
    """Each step is in the audit, with the state before and after."""

    async def go():
        key = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign, clock=on_monday()) as client:
            return key, [await mark(client, headers, key, state) for state in path]

    key, answers = asyncio.run(go())
    assert [answer.json() for answer in answers] == [
        {"booking": str(key), "dose_rank": 1, "state": state} for state in path
    ]
    details = campaign.rows("SELECT detail FROM audit WHERE action = 'dose.mark' ORDER BY entry")
    assert [row["detail"]["to"] for row in details] == path
    [booking] = campaign.rows("SELECT version FROM booking")
    assert booking["version"] == 2 + len(path)
    assert verified(campaign).broken_at is None


@pytest.mark.parametrize("path", [["fulfilled", "noshow"], ["noshow", "fulfilled"]])
def test_a_step_that_makes_no_sense_is_refused(campaign, path):
    """Whoever was vaccinated did come."""

    async def go():
        key = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign, clock=on_monday()) as client:
            return [await mark(client, headers, key, state) for state in path]

    first, second = asyncio.run(go())
    assert first.status_code == 200
    assert (second.status_code, second.json()["type"]) == (409, "/problems/wrong-dose-state")
    assert len(campaign.rows("SELECT 1 FROM audit WHERE action = 'dose.mark'")) == 1


def test_marking_again_changes_nothing(campaign):
    """A click too many leaves no trace."""

    async def go():
        key = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign, clock=on_monday()) as client:
            return [(await mark(client, headers, key, "arrived")).status_code for _ in range(3)]

    assert asyncio.run(go()) == [200, 200, 200]
    assert len(campaign.rows("SELECT 1 FROM audit WHERE action = 'dose.mark'")) == 1


def test_nobody_arrives_before_the_day_or_misses_a_time_to_come(campaign):
    """The clock of the centre decides."""

    async def go():
        key = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        before, early = Hands(), Hands(NOW + timedelta(days=2, hours=15))
        found = []
        for clock, state in [(before, "arrived"), (early, "arrived"), (early, "noshow")]:
            async with client_of(campaign, clock=clock) as client:
                answer = await mark(client, headers, key, state)
                found.append((answer.status_code, answer.json().get("type")))
        return found

    # 23:00 in UTC on Sunday is Monday in Paris.
    assert asyncio.run(go()) == [
        (409, "/problems/too-early"), (200, None), (409, "/problems/too-early"),
    ]  # fmt: skip


def test_only_the_centre_of_the_dose_marks_it(campaign):
    """Another centre, another role, a dose that is not there: the same answer."""

    async def go():
        key = await booked(campaign)
        paris, bastille, planner = [
            await token_of(campaign, role, scope)
            for role, scope in [
                ("centre", "paris"),
                ("centre", "bastille"),
                ("planner", "national"),
            ]
        ]
        async with client_of(campaign, clock=on_monday()) as client:
            answers = [
                await mark(client, bastille, key, "arrived"),
                await mark(client, bastille, key, "arrived", centre="bastille"),
                await mark(client, planner, key, "arrived"),
                await mark(client, paris, uuid4(), "arrived"),
                await mark(client, paris, key, "arrived", rank=3),
                await mark(client, paris, "x", "arrived"),
            ]
            wrong = await mark(client, paris, key, "vanished")
        return [answer.status_code for answer in answers], wrong.status_code

    assert asyncio.run(go()) == ([404] * 6, 422)


def test_who_did_not_come_may_book_again_and_then_not_arrive_after_all(campaign):
    """The guard goes with the state: one booking a person and dose, whatever happens."""

    async def go():
        async with opened(campaign) as (_, desk):
            missed = Visitor(desk, "ana")
            await missed.book(FIRST, SECOND)
            headers = await token_of(campaign, "centre", "paris")
            async with client_of(campaign, clock=on_monday()) as client:
                noshow = await mark(client, headers, missed.key, "noshow")
                await missed.cancel()
                again = Visitor(desk, "ana")
                await again.book(FIRST, SECOND)
                late = await mark(client, headers, missed.key, "arrived")
                await again.cancel()
                then = await mark(client, headers, missed.key, "arrived")
        return [(a.status_code, a.json().get("type")) for a in (noshow, late, then)]

    assert asyncio.run(go()) == [
        (200, None), (409, "/problems/already-booked"), (200, None),
    ]  # fmt: skip
    guards = campaign.rows("SELECT dose_rank FROM person_guard")
    assert guards == [{"dose_rank": 1}]


def test_a_dose_marked_twice_at_the_same_time_is_marked_once(campaign):
    """Two desks of one centre: one transition, one entry."""

    async def go():
        key = await booked(campaign)
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign, clock=on_monday()) as client:
            marks = [mark(client, headers, key, "arrived") for _ in range(4)]
            return [answer.status_code for answer in await asyncio.gather(*marks)]

    assert asyncio.run(go()) == [200] * 4
    assert len(campaign.rows("SELECT 1 FROM audit WHERE action = 'dose.mark'")) == 1
    assert verified(campaign).broken_at is None


def test_the_desk_sees_what_each_channel_may_book(campaign):
    """The agent sees the telephone's share, the centre all that is left."""
    campaign.add_slot(1, "moderna", capacity=6, phone_kept=2, standby_kept=1, open_at=LATER)

    async def go():
        found = {}
        for role, scope in [("agent", "75"), ("centre", "paris"), ("agent", "93")]:
            headers = await token_of(campaign, role, scope)
            async with client_of(campaign) as client:
                answer = await client.get(f"{DAY}/slots", headers=headers)
                slots = answer.json().get("slots", [])
                found[role, scope] = [(s["product"], s["dose_rank"], s["free"]) for s in slots]
        return found

    assert asyncio.run(go()) == {
        ("agent", "75"): [("pfizer", 1, 5), ("moderna", 1, 5)],
        ("centre", "paris"): [("pfizer", 1, 5), ("moderna", 1, 6)],
        ("agent", "93"): [],
    }
