"""From a free place to a booking: who is offered it, who stands by, and what becomes of it."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta

import pytest

from api.booking.expiry import expire_holds
from api.problems import NotFound
from api.waiting.problems import OfferOver
from tests.booking import Visitor, free_counts, opened
from tests.campaign import LATER, MONDAY, fill_campaign
from tests.waiting import offers_of, open_room

SECOND_DAY = MONDAY + timedelta(days=30)
SATURDAY = MONDAY - timedelta(days=2)
"""The day after the tests' clock: near enough for any free place to be offered."""


@pytest.fixture
def campaign(database_url):
    """Give one first dose kept for the waiting list in three weeks, and two second doses."""
    campaign = fill_campaign(database_url)
    campaign.add_slot(1, day=MONDAY + timedelta(days=21), standby_kept=1, open_at=LATER)
    campaign.add_slot(1, rank=2, day=SECOND_DAY + timedelta(days=21), capacity=2)
    return campaign


def test_the_first_who_came_gets_the_place_and_others_stand_by(campaign):
    """One place, one hold; nobody else is told that theirs is sure."""

    async def go():
        async with open_room(campaign) as room:
            people = await room.joined("ana", "bob", "cleo")
            report = await room.maker.turn()
            return report, [await one.status() for one in people], free_counts(campaign)

    report, (ana, bob, cleo), free = asyncio.run(go())
    assert (report.reserved, report.standby) == (1, 2)
    assert (ana.state, bob.state, cleo.state) == ("offered", "standby", "standby")
    assert ana.offer.kind == "reserved"
    assert [dose.dose_rank for dose in ana.offer.doses] == [1, 2]
    assert ana.reasons == []
    assert bob.offer.kind == "standby"
    assert bob.offer.doses == []
    assert bob.reasons[-1].reason == "next"
    assert cleo.reasons[-1].people == 1
    assert free == {(1, 1): 0, (1, 2): 1}


def test_an_offer_is_confirmed_like_any_hold_and_uses_the_share(campaign):
    """A booking of channel standby; the entry is served, those who stood by wait again."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob = await room.joined("ana", "bob")
            await room.maker.turn()
            booked = await ana.confirm()
            at_once = await ana.status()
            await room.maker.turn()
            return booked, at_once, await ana.status(), await bob.status()

    booked, at_once, ana, bob = asyncio.run(go())
    assert (booked.state, at_once.state, ana.state, bob.state) == (
        "booked", "served", "served", "waiting",
    )  # fmt: skip
    assert at_once.booking == ana.booking == booked.booking
    assert campaign.rows("SELECT channel FROM booking") == [{"channel": "standby"}]
    assert campaign.rows("SELECT share FROM appointment ORDER BY dose_rank")[0] == {
        "share": "standby"
    }
    assert offers_of(campaign) == [("reserved", "taken"), ("standby", "ended")]
    assert campaign.rows("SELECT 1 AS n FROM waiting_centre") == [{"n": 1}]


def test_an_offer_that_ends_goes_on_to_who_said_yes_then_to_the_next(campaign):
    """Whoever stands by and said yes comes first; who let it go by waits for two hours."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob, cleo = await room.joined("ana", "bob", "cleo")
            await room.maker.turn()
            wanted = await cleo.claim()
            room.clock.go_on(minutes=59)
            await room.maker.turn()
            still = await ana.status()
            room.clock.go_on(minutes=2)
            after = await ana.status()
            await expire_holds(room.maker._context)
            await room.maker.turn()
            return wanted, still, after, [await one.status() for one in (ana, bob, cleo)]

    wanted, still, after, (ana, bob, cleo) = asyncio.run(go())
    assert wanted.offer.wanted
    assert still.state == "offered"
    assert (after.state, after.reasons[1].reason) == ("waiting", "after-an-offer")
    assert (ana.state, bob.state, cleo.state) == ("waiting", "standby", "offered")
    assert ana.offers_made == 1
    assert bob.offers_made == 0
    assert [reason.reason for reason in ana.reasons][-1] == "people-before"


def test_a_claim_in_time_is_kept_until_the_place_is_free(campaign):
    """Whoever stands by and said yes is not forgotten while a place is in play."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob = await room.joined("ana", "bob")
            await room.maker.turn()
            await bob.claim()
            await ana.refuse()
            await room.maker.turn()
            return await ana.status(), await bob.status()

    ana, bob = asyncio.run(go())
    assert (ana.state, bob.state) == ("waiting", "offered")
    assert sorted(offers_of(campaign)) == [
        ("reserved", "open"), ("reserved", "refused"), ("standby", "taken"),
    ]  # fmt: skip


def test_a_refused_place_is_free_at_once(campaign):
    """And the refusal is over: refusing or claiming again is told so."""

    async def go():
        async with open_room(campaign) as room:
            [ana] = await room.joined("ana")
            await room.maker.turn()
            offer = (await ana.status()).offer
            await ana.refuse()
            free = free_counts(campaign)
            with pytest.raises(OfferOver):
                await room.list.refuse(ana.key, offer.offer, ana.secret_hash)
            with pytest.raises(OfferOver):
                await room.list.claim(ana.key, offer.offer, ana.secret_hash)
            return free

    assert asyncio.run(go()) == {(1, 1): 1, (1, 2): 2}
    [slot] = campaign.rows("SELECT standby_kept FROM slot WHERE slot_id = 1")
    assert slot["standby_kept"] == 1


def test_leaving_refuses_what_is_offered(campaign):
    """The place goes to the next one; leaving again changes nothing."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob = await room.joined("ana", "bob")
            await room.maker.turn()
            await ana.leave()
            await ana.leave()
            await room.maker.turn()
            return await ana.status(), await bob.status()

    ana, bob = asyncio.run(go())
    assert (ana.state, ana.offer, ana.reasons) == ("left", None, [])
    assert bob.state == "offered"
    assert campaign.rows("SELECT count(*) AS n FROM waiting_centre") == [{"n": 1}]


def test_nobody_reads_an_entry_without_its_secret(campaign):
    """Nor claims, refuses or ends it; the offer of another is not theirs."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob = await room.joined("ana", "bob")
            await room.maker.turn()
            theirs = (await ana.status()).offer.offer
            stranger = room.somebody("eve")
            for deed in [
                room.list.status(ana.key, stranger.secret_hash),
                room.list.status(stranger.key, stranger.secret_hash),
                room.list.leave(ana.key, stranger.secret_hash),
                room.list.refuse(ana.key, theirs, stranger.secret_hash),
                room.list.claim(bob.key, theirs, bob.secret_hash),
                room.list.refuse(bob.key, theirs, bob.secret_hash),
            ]:
                with pytest.raises(NotFound):
                    await deed
            return await ana.status()

    assert asyncio.run(go()).state == "offered"


def test_a_free_place_far_away_is_for_everybody_and_near_its_time_for_the_list(campaign):
    """A cancellation the day before is held for who waits; the reason said where to look."""
    campaign.rows("DELETE FROM slot WHERE slot_id = 1")
    far = campaign.add_slot(4, day=MONDAY + timedelta(days=14), capacity=3)
    campaign.add_slot(4, rank=2, day=MONDAY + timedelta(days=44), capacity=3)

    async def go():
        async with open_room(campaign) as room:
            [ana] = await room.joined("ana", centres=["bastille"])
            await room.maker.turn()
            before = await ana.status()
            campaign.rows("UPDATE slot SET starts_at = starts_at - interval '13 days',"
                          " ends_at = ends_at - interval '13 days', day = day - 13"
                          " WHERE centre_id = 4 AND slot_id = %s", far)  # fmt: skip
            await room.maker.turn()
            still_far = await ana.status()
            room.clock.go_on(days=2, hours=12)
            await room.maker.turn()
            return before, still_far, await ana.status()

    before, still_far, near = asyncio.run(go())
    assert [reason.reason for reason in before.reasons] == ["bookable", "next"]
    assert still_far.state == "waiting"
    assert near.state == "offered"


def test_a_freed_place_is_held_for_who_waits(campaign):
    """Somebody cancels what came from the share: it is offered again, to the next in order."""

    async def go():
        async with open_room(campaign) as room:
            ana, bob = await room.joined("ana", "bob")
            await room.maker.turn()
            booked = await ana.confirm()
            await room.maker.turn()
            waits = await bob.status()
            await room.desk.cancel(booked.booking, ana.secret_hash, ana.key)
            await room.maker.turn()
            return waits, await bob.status()

    waits, offered = asyncio.run(go())
    assert (waits.state, [r.reason for r in waits.reasons]) == ("waiting", ["all-taken", "next"])
    assert offered.state == "offered"


def test_whoever_cannot_have_the_dose_is_passed_over_and_told_why(campaign):
    """A class that is not open, a product not accepted, a quota for others."""
    campaign.add_quota("93", "75", 5, week=MONDAY + timedelta(days=21))

    async def go():
        async with open_room(campaign) as room:
            [late] = await room.joined("late", class_="18")
            [other] = await room.joined("other", products=["moderna"])
            [far] = await room.joined("far", department="75")
            [near] = await room.joined("near", department="93")
            await room.maker.turn()
            return [await one.status() for one in (late, other, far, near)]

    late, other, far, near = asyncio.run(go())
    assert [one.state for one in (late, other, far, near)] == [
        "waiting", "waiting", "waiting", "offered",
    ]  # fmt: skip
    assert late.reasons[0].reason == "class-not-open"
    assert other.reasons[0].reason == "no-dose"
    assert far.reasons != []


def test_a_place_without_a_second_dose_is_not_offered(campaign):
    """Never half a pair: no second dose in the interval, no offer."""
    campaign.rows("UPDATE slot SET taken = capacity WHERE dose_rank = 2")

    async def go():
        async with open_room(campaign) as room:
            [ana] = await room.joined("ana")
            await room.maker.turn()
            return await ana.status()

    assert asyncio.run(go()).state == "waiting"
    assert offers_of(campaign) == []


def test_one_dose_is_offered_alone_where_one_is_enough(campaign):
    """A single-dose product needs no second slot."""
    campaign.add_slot(2, "janssen", day=SATURDAY)

    async def go():
        async with open_room(campaign) as room:
            [ana] = await room.joined("ana", centres=["bobigny"], products=["janssen"])
            await room.maker.turn()
            status = await ana.status()
            await ana.confirm([1])
            return status

    status = asyncio.run(go())
    assert [dose.dose_rank for dose in status.offer.doses] == [1]


def test_somebody_else_may_take_a_place_before_the_turn_comes(campaign):
    """Nobody is offered what a visitor booked in between."""
    campaign.rows("UPDATE slot SET open_at = '2021-01-01' WHERE slot_id = 1")

    async def go():
        async with open_room(campaign) as room:
            [ana] = await room.joined("ana")
            await Visitor(room.desk, "web").book((1, 1), (1, 2))
            await room.maker.turn()
            room.clock.go_on(seconds=30)
            return await ana.status()

    status = asyncio.run(go())
    assert [reason.reason for reason in status.reasons] == ["all-taken", "next"]


def test_several_slots_of_an_evening_go_to_several_people_in_order(campaign):
    """As many holds as places, in the order of time and of the list."""
    for hour in (18, 19, 20):
        campaign.add_slot(1, "janssen", day=SATURDAY, at=time(hour), capacity=2)

    async def go():
        async with open_room(campaign) as room:
            people = await room.joined(*"abcdefgh", products=["janssen"])
            report = await room.maker.turn()
            return report, [await one.status() for one in people]

    report, statuses = asyncio.run(go())
    assert (report.reserved, report.standby) == (6, 2)
    assert [one.offer.first.slot for one in statuses[:6]] == [3, 3, 4, 4, 5, 5]
    assert [one.state for one in statuses[6:]] == ["standby", "standby"]


def test_who_stands_by_elsewhere_still_gets_a_place_of_their_own(campaign):
    """Standing by does not cost anybody their turn."""
    campaign.add_slot(2, "janssen", day=SATURDAY)

    async def go():
        async with open_room(campaign) as room:
            await room.joined("ana")
            [bob] = await room.joined(
                "bob", centres=["paris", "bobigny"], products=["pfizer", "janssen"]
            )
            await room.maker.turn()
            return await bob.status()

    status = asyncio.run(go())
    assert (status.state, status.offer.first.centre) == ("offered", "bobigny")
    assert offers_of(campaign).count(("standby", "open")) == 0


def test_two_workers_do_not_offer_one_place_twice(campaign):
    """Whoever takes the turn second does nothing."""

    async def go():
        async with open_room(campaign) as one, opened(campaign) as (context, desk):
            from api.waiting.offering import OfferMaker  # noqa: PLC0415

            other = OfferMaker(context, desk)
            await one.joined(*"abcde")
            reports = await asyncio.gather(one.maker.turn(), other.turn())
            return sorted(report.reserved for report in reports)

    assert asyncio.run(go()) == [0, 1]
    [slot] = campaign.rows("SELECT taken FROM slot WHERE slot_id = 1")
    assert slot["taken"] == 1


def test_a_crash_between_hold_and_offer_loses_nobody(campaign, monkeypatch):
    """The hold ends by itself, and the entry never left the list."""

    async def go():
        async with open_room(campaign) as room:
            [ana] = await room.joined("ana")

            async def crash(_connection, _offer):
                raise RuntimeError("killed")

            with monkeypatch.context() as patched:
                patched.setattr("api.waiting.store.offers.add", crash)
                with pytest.raises(RuntimeError, match="killed"):
                    await room.maker.turn()
            held = free_counts(campaign)[1, 1]
            status = await ana.status()
            room.clock.go_on(minutes=61)
            await expire_holds(room.maker._context)
            await room.maker.turn()
            return held, status, await ana.status()

    held, status, after = asyncio.run(go())
    assert (held, status.state, after.state) == (0, "waiting", "offered")
