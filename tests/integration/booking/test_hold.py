"""Holding: a whole vaccination is blocked, or nothing."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta

import pytest

from api.booking.problems import (
    HoldExpired,
    NotEligible,
    SlotFull,
    SlotGone,
    WrongDoses,
    WrongInterval,
)
from api.problems import KeyReused, MalformedRequest, NotFound
from tests.booking import Hands, Visitor, free_counts, opened
from tests.campaign import MONDAY, NOW


def attempt(campaign, *places, **who):
    """Hold the places for somebody new, and return the receipt."""

    async def run():
        async with opened(campaign) as (_, desk):
            return await Visitor(desk).hold(*places, **who)

    return asyncio.run(run())


def test_a_hold_blocks_both_slots_for_ten_minutes(campaign, pair):
    """What is held is taken from what is free, and its end is told."""
    held = attempt(campaign, *pair)
    assert free_counts(campaign) == dict.fromkeys(pair, 0)
    assert held.state == "held"
    assert held.expires_at == NOW + timedelta(minutes=10)
    assert [(d.dose_rank, d.centre, d.slot, d.day, d.state) for d in held.doses] == [
        (1, "paris", 1, MONDAY, "held"),
        (2, "paris", 2, MONDAY + timedelta(30), "held"),
    ]


def test_the_publisher_is_told_which_slots_changed(campaign, pair):
    """One outbox row a centre stands beside the change, in its transaction."""
    attempt(campaign, *pair)
    assert campaign.rows("SELECT centre_id, slots, changed_at FROM outbox") == [
        {"centre_id": 1, "slots": [1, 2], "changed_at": NOW}
    ]


def test_the_doses_of_a_pair_may_lie_in_two_centres(campaign):
    """The booking lives at the centre of the first dose, each appointment at its own."""
    first = (2, campaign.add_slot(2))
    second = (3, campaign.add_slot(3, rank=2, day=MONDAY + timedelta(30)))
    attempt(campaign, first, second)
    assert campaign.rows("SELECT centre_id FROM booking") == [{"centre_id": 2}]
    assert campaign.rows(
        "SELECT centre_id, home_centre_id FROM appointment ORDER BY dose_rank"
    ) == [{"centre_id": 2, "home_centre_id": 2}, {"centre_id": 3, "home_centre_id": 2}]


def test_a_product_of_one_dose_is_held_alone(campaign):
    """Nothing else is asked for."""
    slot = (1, campaign.add_slot(product="janssen"))
    assert [dose.product for dose in attempt(campaign, slot, class_="50").doses] == ["janssen"]


def test_a_second_dose_is_held_alone_after_a_first_elsewhere(campaign):
    """The day of the first, had without us, begins the interval."""
    slot = (1, campaign.add_slot(rank=2))
    held = attempt(campaign, slot, first=("pfizer", MONDAY - timedelta(21)))
    assert [dose.dose_rank for dose in held.doses] == [2]
    assert campaign.rows("SELECT first_elsewhere_on FROM booking") == [
        {"first_elsewhere_on": MONDAY - timedelta(21)}
    ]


def test_a_full_slot_refuses_the_whole_pair(campaign, pair):
    """The first dose is not kept when there is no second, and the id stays free."""
    other_first = (1, campaign.add_slot(at=time(11)))

    async def run():
        async with opened(campaign) as (_, desk):
            ana, ben = Visitor(desk), Visitor(desk)
            await ana.hold(*pair)
            with pytest.raises(SlotFull, match="dose 2"):
                await ben.hold(other_first, pair[1])
            await ana.release()
            return await ben.hold(other_first, pair[1])

    assert asyncio.run(run()).state == "held"
    assert free_counts(campaign) == {pair[0]: 1, other_first: 0, pair[1]: 0}


@pytest.mark.parametrize("days", [20, 50])
def test_a_second_dose_outside_the_interval_is_refused(campaign, days):
    """Pfizer's second dose lies 21 to 49 days after the first."""
    first = (1, campaign.add_slot())
    second = (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(days)))
    with pytest.raises(WrongInterval, match="21 to 49"):
        attempt(campaign, first, second)


@pytest.mark.parametrize("days", [21, 49])
def test_the_ends_of_the_interval_belong_to_it(campaign, days):
    """Twenty-one and forty-nine days are both allowed."""
    first = (1, campaign.add_slot())
    second = (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(days)))
    assert attempt(campaign, first, second).state == "held"


def test_the_interval_is_that_of_the_day_of_the_first_dose(campaign):
    """A longer interval from 7 June on binds first doses from then on, and no earlier ones."""
    campaign.rows("INSERT INTO dose_interval VALUES (1, '2021-06-07', 35, 49)")
    early, late = (1, campaign.add_slot()), (1, campaign.add_slot(day=date(2021, 6, 7)))
    second = (1, campaign.add_slot(rank=2, day=date(2021, 7, 5), capacity=2))
    assert attempt(campaign, early, second).state == "held"
    with pytest.raises(WrongInterval, match="35 to 49"):
        attempt(campaign, late, second)


@pytest.mark.parametrize("days", [20, 50])
def test_a_first_dose_elsewhere_must_fit_the_interval_too(campaign, days):
    """Too early or too late after it, the second is refused."""
    slot = (1, campaign.add_slot(rank=2))
    with pytest.raises(WrongInterval):
        attempt(campaign, slot, first=("pfizer", MONDAY - timedelta(days)))


def test_half_a_pair_is_refused(campaign, pair):
    """Neither a first dose alone, nor a second without a first, nor two first doses."""
    other = (1, campaign.add_slot(day=MONDAY + timedelta(30)))
    for places in ([pair[0]], [pair[1]], [pair[0], other], [pair[1], pair[0]], [pair[0], pair[0]]):
        with pytest.raises(WrongDoses):
            attempt(campaign, *places)
    assert free_counts(campaign) == {pair[0]: 1, pair[1]: 1, other: 1}


def test_two_products_are_no_pair(campaign, pair):
    """Both doses are of one vaccine, the one had elsewhere included."""
    moderna = (1, campaign.add_slot(product="moderna", rank=2, day=MONDAY + timedelta(30)))
    with pytest.raises(WrongDoses):
        attempt(campaign, pair[0], moderna)
    with pytest.raises(WrongDoses):
        attempt(campaign, moderna, first=("pfizer", MONDAY))
    with pytest.raises(WrongDoses):
        attempt(campaign, *pair, first=("pfizer", MONDAY - timedelta(30)))


def test_a_class_is_let_in_from_the_day_it_opens(campaign):
    """Class 18 opens on 7 June: a slot of that day is theirs, one of the day before is not."""
    second = (1, campaign.add_slot(rank=2, day=date(2021, 7, 5)))
    before, on = (
        (1, campaign.add_slot(day=date(2021, 6, 6))),
        (1, campaign.add_slot(day=date(2021, 6, 7))),
    )
    with pytest.raises(NotEligible, match="dose 1"):
        attempt(campaign, before, second, class_="18")
    assert attempt(campaign, on, second, class_="18").state == "held"


def test_a_product_that_is_not_for_the_class_is_refused(campaign):
    """Janssen is not for class 18, whenever it opens."""
    slot = (1, campaign.add_slot(product="janssen", day=date(2021, 6, 14)))
    with pytest.raises(NotEligible):
        attempt(campaign, slot, class_="18")


def test_a_second_dose_must_be_allowed_on_its_day(campaign, pair):
    """A product suspended before the second dose is not begun."""
    campaign.rows("UPDATE eligibility SET to_date = '2021-06-29' WHERE dose_rank = 2")
    with pytest.raises(NotEligible, match="dose 2"):
        attempt(campaign, *pair)


def test_a_slot_that_has_begun_or_never_was_is_gone(campaign, pair):
    """It is a conflict with what was shown, not a mistake in the form of the request."""
    past = (1, campaign.add_slot(day=date(2021, 5, 28), at=time(10)))
    for first in (past, (1, 99), (4, 1)):
        with pytest.raises(SlotGone, match="dose 1"):
            attempt(campaign, first, pair[1])


def test_codes_of_no_campaign_are_malformed(campaign, pair):
    """The place is named, never the value."""
    for who in ({"department": "99"}, {"class_": "90"}, {"first": ("sputnik", MONDAY)}):
        with pytest.raises(MalformedRequest, match="has none with this code"):
            attempt(campaign, *pair, **who)


def test_the_same_hold_sent_again_gets_the_same_answer(campaign, pair):
    """Its end does not move, and no second place is taken."""
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (_, desk):
            ana = Visitor(desk)
            first = await ana.hold(*pair)
            hands.go_on(minutes=9)
            return first, await ana.hold(*pair)

    first, again = asyncio.run(run())
    assert first == again


def test_a_hold_sent_again_after_its_end_is_told_so(campaign, pair):
    """By time, before and after the worker has been there."""
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            hands.go_on(minutes=10)
            with pytest.raises(HoldExpired):
                await ana.hold(*pair)
            await ana.release()
            with pytest.raises(HoldExpired):
                await ana.hold(*pair)

    asyncio.run(run())
    assert free_counts(campaign) == dict.fromkeys(pair, 1)


def test_an_id_cannot_be_used_for_another_hold_or_by_another_secret(campaign, pair):
    """The key belongs to the first request."""
    other = (1, campaign.add_slot(at=time(11)))

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            with pytest.raises(KeyReused):
                await ana.hold(other, pair[1])
            with pytest.raises(KeyReused):
                await Visitor(desk, key=ana.key).hold(*pair)
            with pytest.raises(NotFound):
                await Visitor(desk, key=ana.key).release()

    asyncio.run(run())
    assert free_counts(campaign) == {pair[0]: 0, other: 1, pair[1]: 0}
