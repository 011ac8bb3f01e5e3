"""Many at once: one slot sold to the last place and no further, pairs that cross, no deadlock."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from api.booking.problems import QuotaExhausted, SlotFull
from api.booking.store import finding
from tests.balance import broken_rules
from tests.booking import Visitor, free_counts
from tests.campaign import CENTRES, MONDAY

CLIENTS = 200
CAPACITY = 37


async def book(visitor, *places):
    """Hold and confirm; give the slug when it is refused."""
    try:
        receipt = await visitor.book(*places)
    except (SlotFull, QuotaExhausted) as problem:
        return problem.slug
    return receipt.state


@pytest.fixture
def hot_pair(campaign):
    """Add a slot that all want, and second doses for all of them."""
    first = (1, campaign.add_slot(capacity=CAPACITY))
    return first, (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30), capacity=CLIENTS))


def crowd(hot_pair):
    """Give the scenario of 200 people at the same slot, over all desks."""

    async def scenario(desks):
        visitors = [Visitor(desks[n % len(desks)][1], f"visitor {n}") for n in range(CLIENTS)]
        outcomes = await asyncio.gather(*(book(visitor, *hot_pair) for visitor in visitors))
        return [outcomes.count(what) for what in ("booked", "slot-full", "quota-exhausted")]

    return scenario


def test_200_clients_at_one_slot_confirm_exactly_its_capacity(campaign, hot_pair, at_desks):
    """Four workers; everybody else is told that it is full."""
    counts = at_desks(crowd(hot_pair), desks=4)
    assert counts == [CAPACITY, CLIENTS - CAPACITY, 0]
    assert free_counts(campaign) == {hot_pair[0]: 0, hot_pair[1]: CLIENTS - CAPACITY}
    assert broken_rules(campaign) == {}


def test_200_clients_at_one_quota_confirm_exactly_what_it_has(campaign, hot_pair, at_desks):
    """The slot would have room for more."""
    campaign.add_quota("75", "75", 11)
    assert at_desks(crowd(hot_pair), desks=4) == [11, 0, CLIENTS - 11]
    assert broken_rules(campaign) == {}


def test_one_person_200_times_is_booked_once_and_flagged_once(campaign, hot_pair, at_desks):
    """Policy `neutral`: everybody hears the same, two places are taken."""
    campaign.rows("UPDATE slot SET capacity = %s", CLIENTS)

    async def scenario(desks):
        visitors = [Visitor(desks[n % len(desks)][1]) for n in range(CLIENTS)]
        receipts = await asyncio.gather(*(visitor.book(*hot_pair) for visitor in visitors))
        return {(receipt.state, receipt.version, str(receipt.doses)) for receipt in receipts}

    assert len(at_desks(scenario, desks=4, duplicate_policy="neutral")) == 1
    assert free_counts(campaign) == dict.fromkeys(hot_pair, CLIENTS - 2)
    assert broken_rules(campaign) == {}


@pytest.fixture
def crossing(campaign):
    """Add roomy slots everywhere; give pairs from each centre to each other one."""
    campaign.rows(f"ALTER DATABASE {campaign.url.partition('?')[0].rpartition('/')[2]}"
                  " SET deadlock_timeout = '20ms'")  # fmt: skip
    firsts = {c: (c, campaign.add_slot(c, capacity=1000)) for c in CENTRES}
    seconds = {
        c: (c, campaign.add_slot(c, rank=2, day=MONDAY + timedelta(30), capacity=1000))
        for c in CENTRES
    }
    return [(firsts[a], seconds[b]) for a in CENTRES for b in CENTRES if a != b]


def deadlocks(campaign):
    """Count what PostgreSQL had to break up in this database."""
    [row] = campaign.rows(
        "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database"
        " WHERE datname = current_database()"
    )
    return row["deadlocks"]


def crossing_crowd(crossing, people=120):
    """Give the scenario of people who book pairs in all directions at four workers."""
    rng = random.Random(7)

    async def scenario(desks):
        visitors = [Visitor(desks[n % len(desks)][1], f"visitor {n}") for n in range(people)]
        booking = (visitor.book(*rng.choice(crossing)) for visitor in visitors)
        receipts = await asyncio.gather(*booking)
        return {receipt.state for receipt in receipts}

    return scenario


def test_pairs_that_cross_two_centres_in_both_orders_never_deadlock(campaign, crossing, at_desks):
    """Everybody locks in the order of centre and slot, whichever dose comes first."""
    assert at_desks(crossing_crowd(crossing), desks=4) == {"booked"}
    assert deadlocks(campaign) == 0
    assert broken_rules(campaign) == {}


def test_in_any_other_order_they_would(campaign, crossing, at_desks, monkeypatch):
    """The positive control; still everybody is booked, by the second try."""
    sort = finding._by_centre
    turn = random.Random(3)

    def unsorted(pairs):
        groups = list(sort(pairs))
        turn.shuffle(groups)
        return iter(groups)

    monkeypatch.setattr(finding, "_by_centre", unsorted)
    for _ in range(10):
        assert at_desks(crossing_crowd(crossing), desks=4) == {"booked"}
        if deadlocks(campaign):
            break
        campaign.rows("TRUNCATE booking, appointment, booking_home, person_guard")
        campaign.rows("UPDATE slot SET taken = 0")
    assert deadlocks(campaign) > 0
    assert broken_rules(campaign) == {}
