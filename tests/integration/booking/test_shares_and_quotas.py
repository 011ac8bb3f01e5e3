"""Shares of a slot and quotas of a week: who may take what is left, and until when."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta

import pytest

from api.booking.expiry import expire_holds
from api.booking.problems import QuotaExhausted, SlotFull
from tests.booking import Hands, Visitor, free_counts, opened
from tests.campaign import LATER, MONDAY, NOW


@pytest.fixture
def second(campaign):
    """Roomy second doses for first doses of 31 May and of the week after."""
    return (1, campaign.add_slot(rank=2, day=date(2021, 7, 1), capacity=50))


def kept(campaign, slot):
    """Return what is kept of a slot, for the telephone and for the waiting list."""
    [row] = campaign.rows("SELECT phone_kept, standby_kept FROM slot WHERE slot_id = %s", slot[1])
    return row["phone_kept"], row["standby_kept"]


def hold_all(campaign, *attempts, **settings):
    """Hold one after the other; give True or the problem's slug for each."""

    async def run():
        outcomes = []
        async with opened(campaign, **settings) as (_, desk):
            for places, who in attempts:
                try:
                    await Visitor(desk).hold(*places, **who)
                    outcomes.append(True)
                except (SlotFull, QuotaExhausted) as problem:
                    outcomes.append(problem.slug)
        return outcomes

    return asyncio.run(run())


def test_the_web_leaves_what_is_kept_for_others(campaign, second):
    """Of four places one is kept for the telephone and one for the waiting list."""
    slot = (1, campaign.add_slot(capacity=4, phone_kept=1, standby_kept=1, open_at=LATER))
    web = ((slot, second), {})
    assert hold_all(campaign, web, web, web) == [True, True, "slot-full"]
    assert kept(campaign, slot) == (1, 1)


def test_the_telephone_takes_its_own_share_first_and_leaves_the_other(campaign, second):
    """Three are for the telephone: its own, then what the web could have; never the standby's."""
    slot = (1, campaign.add_slot(capacity=4, phone_kept=1, standby_kept=1, open_at=LATER))
    phone = ((slot, second), {"channel": "phone"})
    assert hold_all(campaign, phone) == [True]
    assert kept(campaign, slot) == (0, 1)
    assert hold_all(campaign, phone, phone, phone) == [True, True, "slot-full"]
    assert kept(campaign, slot) == (0, 1)


def test_an_offer_takes_the_share_of_the_waiting_list(campaign, second):
    """And leaves the telephone's."""
    slot = (1, campaign.add_slot(capacity=3, phone_kept=1, standby_kept=1, open_at=LATER))
    offer = ((slot, second), {"channel": "standby"})
    assert hold_all(campaign, offer, offer, offer) == [True, True, "slot-full"]
    assert kept(campaign, slot) == (1, 0)


def test_the_desk_of_the_centre_takes_what_is_there(campaign, second):
    """Nothing is kept from the people who stand in front of it."""
    slot = (1, campaign.add_slot(capacity=2, phone_kept=1, standby_kept=1, open_at=LATER))
    desk = ((slot, second), {"channel": "centre"})
    assert hold_all(campaign, desk, desk, desk) == [True, True, "slot-full"]


def test_after_the_release_everything_is_open_to_all(campaign, second):
    """From the instant itself on."""
    slot = (1, campaign.add_slot(capacity=2, phone_kept=1, standby_kept=1, open_at=NOW))
    web = ((slot, second), {})
    just_before = Hands(NOW - timedelta(seconds=1))
    assert hold_all(campaign, web, clock=just_before) == ["slot-full"]
    assert hold_all(campaign, web, web, web) == [True, True, "slot-full"]


@pytest.mark.parametrize("ending", ["release", "expiry", "cancel"])
def test_a_freed_place_returns_to_the_share_it_came_from(campaign, second, ending):
    """A telephone hold that ends leaves the telephone what it had."""
    slot = (1, campaign.add_slot(capacity=4, phone_kept=2, open_at=LATER))
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (context, desk):
            caller = Visitor(desk)
            await caller.hold(slot, second, channel="phone")
            assert kept(campaign, slot) == (1, 0)
            if ending == "release":
                await caller.release()
            elif ending == "expiry":
                hands.go_on(minutes=10)
                assert await expire_holds(context) == 1
            else:
                await caller.confirm()
                await caller.cancel()

    asyncio.run(run())
    assert kept(campaign, slot) == (2, 0)
    assert free_counts(campaign)[slot] == 4


def test_a_quota_sells_what_it_has_and_no_more(campaign, second):
    """The slot has room, the week's quota for this département and class has not."""
    slot = (1, campaign.add_slot(capacity=9))
    campaign.add_quota("75", "75", 2)
    ours = ((slot, second), {"department": "75"})
    assert hold_all(campaign, ours, ours, ours) == [True, True, "quota-exhausted"]


def test_a_week_with_quotas_is_closed_to_whom_they_do_not_name(campaign, second):
    """Another département or another class of the same one finds nothing, another week is open."""
    slot = (1, campaign.add_slot(capacity=9))
    next_week = (1, campaign.add_slot(day=date(2021, 6, 7), capacity=9))
    campaign.add_quota("75", "75", 5)
    assert hold_all(
        campaign,
        ((slot, second), {"department": "93"}),
        ((slot, second), {"class_": "50"}),
        ((next_week, second), {"department": "93"}),
        ((slot, second), {}),
    ) == ["quota-exhausted", "quota-exhausted", True, True]


def test_the_sunday_belongs_to_the_week_before_the_monday(campaign, second):
    """The quota's week runs from its Monday to the Sunday."""
    sunday = (1, campaign.add_slot(day=date(2021, 6, 6), capacity=9))
    monday = (1, campaign.add_slot(day=date(2021, 6, 7), capacity=9))
    campaign.add_quota("75", "75", 0)
    assert hold_all(campaign, ((sunday, second), {}), ((monday, second), {})) == [
        "quota-exhausted", True,
    ]  # fmt: skip


def test_quotas_open_to_all_on_their_release(campaign, second):
    """What was not sold is anybody's, and is counted no more."""
    slot = (1, campaign.add_slot(capacity=9))
    campaign.add_quota("75", "75", 1, open_at=NOW)
    just_before = Hands(NOW - timedelta(seconds=1))
    theirs, ours = ((slot, second), {"department": "93"}), ((slot, second), {})
    assert hold_all(campaign, theirs, ours, clock=just_before) == ["quota-exhausted", True]
    assert hold_all(campaign, theirs, ours) == [True, True]


def test_second_doses_use_no_quota(campaign):
    """A second dose alone needs none, whatever is kept that week."""
    slot = (1, campaign.add_slot(rank=2, capacity=2))
    campaign.add_quota("75", "75", 0)
    alone = ((slot,), {"first": ("pfizer", MONDAY - timedelta(30))})
    assert hold_all(campaign, alone) == [True]


@pytest.mark.parametrize("ending", ["release", "expiry", "cancel"])
def test_a_freed_first_dose_returns_to_its_quota(campaign, second, ending):
    """Whoever comes next may have it."""
    slot = (1, campaign.add_slot(capacity=9))
    campaign.add_quota("75", "75", 1)
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (context, desk):
            ana = Visitor(desk)
            await ana.hold(slot, second)
            if ending == "release":
                await ana.release()
            elif ending == "expiry":
                hands.go_on(minutes=10)
                await expire_holds(context)
            else:
                await ana.confirm()
                await ana.cancel()
            return await Visitor(desk, "ben").book(slot, second)

    assert asyncio.run(run()).state == "booked"


def test_a_duplicate_that_takes_nothing_leaves_the_quota_to_others(campaign, second):
    """The third booking of one person gives back what its hold took."""
    slot = (1, campaign.add_slot(capacity=9))
    campaign.add_quota("75", "75", 3)

    async def run():
        async with opened(campaign, duplicate_policy="neutral") as (_, desk):
            for _ in range(3):
                await Visitor(desk).book(slot, second)
            await Visitor(desk, "ben").book(slot, second)
            with pytest.raises(QuotaExhausted):
                await Visitor(desk, "eve").hold(slot, second)

    asyncio.run(run())


def test_a_move_inside_a_week_keeps_its_quota_and_one_to_another_week_changes_it(campaign, second):
    """Also when the quota is used up by the mover alone."""
    early, late = ((1, campaign.add_slot(at=time(at), capacity=2)) for at in (9, 11))
    next_week = (1, campaign.add_slot(day=date(2021, 6, 7), capacity=2))
    campaign.add_quota("75", "75", 1)
    campaign.add_quota("75", "75", 1, week=date(2021, 6, 7))

    def taken():
        return [r["taken"] for r in campaign.rows("SELECT taken FROM quota ORDER BY week")]

    async def run():
        async with opened(campaign) as (_, desk):
            ana, ben = Visitor(desk), Visitor(desk, "ben")
            await ana.book(early, second)
            await ana.move(late, second)
            assert taken() == [1, 0]
            await ana.move(next_week, second)
            assert taken() == [0, 1]
            await ben.book(early, second)
            with pytest.raises(QuotaExhausted):
                await ben.move(next_week, second)

    asyncio.run(run())
    assert taken() == [1, 1]
