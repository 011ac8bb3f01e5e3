"""Races in pairs: with the lock switched off each of them happens, with the lock it does not.

A test that only showed that nothing goes wrong would say nothing about the lock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.booking.expiry import expire_holds
from tests.balance import broken_rules
from tests.booking import Visitor, free_counts
from tests.campaign import MONDAY, NOW

NEVER_OVERSOLD = "ALTER TABLE slot DROP CONSTRAINT ck_slot_never_oversold"


async def last_place(race, desks, pair):
    """Two people ask two workers for the last pair."""
    return await race(*(Visitor(desk).hold(*pair) for _, desk in desks))


def test_without_the_lock_the_last_place_is_sold_twice(
    campaign, pair, at_desks, race, without_lock
):
    """Both read that one is left."""
    campaign.rows(NEVER_OVERSOLD)
    without_lock("LOCK_SLOTS")
    assert at_desks(lambda desks: last_place(race, desks, pair)) == ["done", "done"]
    assert free_counts(campaign) == dict.fromkeys(pair, -1)


def test_with_the_lock_the_last_place_is_sold_once(campaign, pair, at_desks, race):
    """Even without the constraint behind it."""
    campaign.rows(NEVER_OVERSOLD)
    assert at_desks(lambda desks: last_place(race, desks, pair)) == ["done", "slot-full"]
    assert free_counts(campaign) == dict.fromkeys(pair, 0)


def test_the_constraint_is_the_last_guard_where_the_lock_is_missing(
    campaign, pair, at_desks, race, without_lock
):
    """Whoever comes second is told that the slot is full, and nothing of theirs is left."""
    without_lock("LOCK_SLOTS")
    assert at_desks(lambda desks: last_place(race, desks, pair)) == ["done", "slot-full"]
    assert broken_rules(campaign) == {}


@pytest.fixture
def quota_pair(campaign):
    """Add two first slots with room, one quota over both, and second doses."""
    firsts = [(1, campaign.add_slot(day=MONDAY + timedelta(n), capacity=5)) for n in (0, 1)]
    seconds = [
        (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30 + n), capacity=5)) for n in (0, 1)
    ]
    campaign.add_quota("75", "75", 1)
    return list(zip(firsts, seconds, strict=True))


async def two_slots_one_quota(race, desks, pairs):
    """Two people, different slots, the same quota."""
    return await race(
        *(Visitor(desk).hold(*pair) for (_, desk), pair in zip(desks, pairs, strict=True))
    )


def test_without_the_lock_a_quota_is_sold_twice(campaign, quota_pair, at_desks, race, without_lock):
    """No lock of a slot stands between them, and no constraint."""
    without_lock("LOCK_QUOTAS")
    assert at_desks(lambda d: two_slots_one_quota(race, d, quota_pair)) == ["done", "done"]
    assert campaign.rows("SELECT taken, slots FROM quota") == [{"taken": 2, "slots": 1}]


def test_with_the_lock_a_quota_is_sold_once(campaign, quota_pair, at_desks, race):
    """The second finds it used up."""
    assert at_desks(lambda d: two_slots_one_quota(race, d, quota_pair)) == [
        "done",
        "quota-exhausted",
    ]
    assert broken_rules(campaign) == {}


@pytest.fixture
def two_pairs(campaign):
    """Add slots with room for two."""
    first = (1, campaign.add_slot(capacity=2))
    return first, (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30), capacity=2))


async def one_person_twice(race, desks, pair):
    """One person confirms two holds at two workers at the same time."""
    visitors = [Visitor(desk) for _, desk in desks]
    for visitor in visitors:
        await visitor.hold(*pair)
    return await race(*(visitor.confirm() for visitor in visitors))


def test_without_the_key_a_person_is_booked_twice(campaign, two_pairs, at_desks, race):
    """Nothing else knows that both are the same person."""
    campaign.rows("ALTER TABLE person_guard DROP CONSTRAINT pk_person_guard")

    def scenario(desks):
        return one_person_twice(race, desks, two_pairs)

    assert at_desks(scenario, duplicate_policy="reject") == ["done", "done"]
    assert campaign.rows("SELECT count(DISTINCT tag) AS n FROM booking") == [{"n": 1}]


def test_with_the_key_a_person_is_booked_once(campaign, two_pairs, at_desks, race):
    """The second waits for the first and is told, where the policy says so."""

    def scenario(desks):
        return one_person_twice(race, desks, two_pairs)

    assert at_desks(scenario, duplicate_policy="reject") == ["already-booked", "done"]
    assert broken_rules(campaign) == {}


def test_with_the_key_the_second_is_flagged_and_the_third_takes_nothing(
    campaign, two_pairs, at_desks, race
):
    """Policy `neutral`, three workers at once."""
    campaign.rows("UPDATE slot SET capacity = 3")

    def scenario(desks):
        return one_person_twice(race, desks, two_pairs)

    assert at_desks(scenario, desks=3, duplicate_policy="neutral") == ["done"] * 3
    assert free_counts(campaign) == dict.fromkeys(two_pairs, 1)
    assert broken_rules(campaign) == {}


async def confirmed_while_it_expires(race, desks, pair):
    """Confirm a moment before the end of a hold while the worker's clock is a moment after it."""
    (_, desk), (context, _) = desks
    worker = replace(context, clock=lambda: NOW + timedelta(minutes=10))
    ana = Visitor(desk)
    await ana.hold(*pair)
    return await race(ana.confirm(), expire_holds(worker))


def test_without_the_lock_what_expires_is_booked_as_well(
    campaign, pair, at_desks, race, without_lock
):
    """A booking whose places are free for others."""
    without_lock("LOCK_BOOKINGS")
    assert at_desks(lambda d: confirmed_while_it_expires(race, d, pair)) == ["done", "done"]
    assert broken_rules(campaign) != {}


def test_with_the_lock_a_hold_is_confirmed_or_expires(campaign, pair, at_desks, race):
    """Whoever locks it first decides, and the other finds it decided."""
    answers = at_desks(lambda desks: confirmed_while_it_expires(race, desks, pair))
    assert answers in (["done", "done"], ["done", "hold-expired"])
    assert broken_rules(campaign) == {}


async def cancelled_twice(race, desks, pair):
    """One booking is cancelled at two workers at once, beside somebody else's."""
    (_, one), (_, other) = desks
    ana = Visitor(one)
    await ana.book(*pair)
    await Visitor(other, "ben").book(*pair)
    twin = Visitor(other, key=ana.key, secret=ana.secret)
    return await race(ana.cancel(), twin.cancel())


def test_without_the_lock_a_cancellation_frees_two_places(
    campaign, two_pairs, at_desks, race, without_lock
):
    """Somebody else's place is shown as free."""
    without_lock("LOCK_BOOKINGS", "LOCK_SLOTS")
    at_desks(lambda desks: cancelled_twice(race, desks, two_pairs))
    assert free_counts(campaign) == dict.fromkeys(two_pairs, 2)


def test_with_the_lock_a_cancellation_frees_one_place(campaign, two_pairs, at_desks, race):
    """The second finds it cancelled, and says so as well."""
    assert at_desks(lambda desks: cancelled_twice(race, desks, two_pairs)) == ["done", "done"]
    assert free_counts(campaign) == dict.fromkeys(two_pairs, 1)
    assert broken_rules(campaign) == {}
