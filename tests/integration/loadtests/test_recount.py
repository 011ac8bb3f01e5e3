"""The verdict finds what it is there to find: faults are planted into real bookings."""

from __future__ import annotations

import asyncio
from itertools import islice
from random import Random
from uuid import UUID

import pytest

from api.booking.requests import Choice, ConfirmRequest, HoldRequest, Sealing
from api.clock import now
from loadtests.booking.campaign import Shape, fill, next_monday
from loadtests.booking.hotspots import tenth_takes_sixty
from loadtests.booking.ledger import Ledger
from loadtests.booking.wishes import SEALED, Wishes
from loadtests.recount import recount
from tests.booking import opened
from tests.campaign import Campaign

SHAPE = Shape(centres=5, departments=2, weeks=1, windows=1, capacity=6)


async def book(campaign, wishes):
    """Book as the application does."""
    async with opened(campaign, clock=now) as (_, desk):
        for wish in wishes:
            key, secret = UUID(wish.booking_id), bytes(32)
            doses = [Choice(f"c{wish.centre}", slot) for slot in (wish.first, wish.second)]
            asked = HoldRequest(str(wish.department), str(wish.class_), doses)
            await desk.hold(key, secret, asked)
            seals = [Sealing(rank, "key", SEALED) for rank in (1, 2)]
            await desk.confirm(key, secret, ConfirmRequest(wish.tag, seals))


@pytest.fixture
def booked(database_url):
    """Give a campaign with some bookings, and the ledger of whoever made them."""
    fill(database_url, SHAPE, next_monday())
    wishes = list(islice(Wishes(SHAPE, tenth_takes_sixty(5), Random(2)), 12))
    asyncio.run(book(Campaign(database_url), wishes))
    return Campaign(database_url), Ledger(confirmed=wishes)


def test_real_bookings_are_found_whole(booked):
    """Nothing is wrong, and nothing is found."""
    campaign, ledger = booked
    counted = recount(campaign.url, ledger)
    assert counted.holds
    assert counted.faults() == []
    [row] = campaign.rows("SELECT count(*) AS n FROM appointment WHERE state = 'booked'")
    assert row["n"] == 24


def test_an_acknowledged_booking_that_is_not_there_is_found(booked):
    """Booking, appointments and counts gone without a trace: only the ledger knows."""
    campaign, ledger = booked
    lost = ledger.confirmed[3]
    campaign.rows(
        "UPDATE slot SET taken = taken - 1 FROM appointment a WHERE a.booking_id = %s"
        " AND (a.centre_id, a.slot_id) = (slot.centre_id, slot.slot_id)",
        lost.booking_id,
    )
    for table in ("appointment", "booking", "booking_home", "person_guard"):
        campaign.rows(f"DELETE FROM {table} WHERE booking_id = %s", lost.booking_id)
    counted = recount(campaign.url, ledger)
    assert counted.lost == (lost.booking_id,)
    assert (counted.oversold, counted.miscounted, counted.half, counted.ghosts) == (0, 0, (), ())
    assert counted.faults() == [f"lost: 1, such as {lost.booking_id}"]


def test_an_acknowledged_booking_at_another_slot_is_lost(booked):
    """What was acknowledged is these two slots, not any two."""
    campaign, ledger = booked
    moved = ledger.confirmed[0]
    campaign.rows(
        "UPDATE booking SET first_slot_id = first_slot_id %% 6 + 1 WHERE booking_id = %s",
        moved.booking_id,
    )
    counted = recount(campaign.url, ledger)
    assert counted.lost == (moved.booking_id,)
    assert counted.half == (moved.booking_id,)


def test_half_a_pair_is_found(booked):
    """The second dose is gone, though the slot's count was set right."""
    campaign, ledger = booked
    half = ledger.confirmed[5].booking_id
    campaign.rows("DELETE FROM appointment WHERE booking_id = %s AND dose_rank = 2", half)
    counted = recount(campaign.url, ledger)
    assert counted.half == (half,)
    assert counted.lost == (half,)
    assert counted.miscounted == 1


def test_a_dose_that_is_only_held_is_half_a_pair(booked):
    """Confirmed means both."""
    campaign, ledger = booked
    half = ledger.confirmed[5].booking_id
    campaign.rows("UPDATE appointment SET state = 'held' WHERE booking_id = %s"
                  " AND dose_rank = 1", half)  # fmt: skip
    counted = recount(campaign.url, ledger)
    assert (counted.half, counted.lost) == ((half,), (half,))


def test_an_oversold_slot_is_found(booked):
    """Capacity is below what is booked, as no update of the counts would allow."""
    campaign, ledger = booked
    [row] = campaign.rows("SELECT max(taken) AS most FROM slot")
    assert row["most"] >= 2
    campaign.rows("ALTER TABLE slot DROP CONSTRAINT ck_slot_never_oversold")
    campaign.rows("UPDATE slot SET capacity = taken - 1 WHERE taken = %s", row["most"])
    counted = recount(campaign.url, ledger)
    [row] = campaign.rows("SELECT count(*) AS n FROM slot WHERE capacity < taken")
    assert counted.oversold == row["n"] > 0
    assert f"{counted.oversold} doses oversold" in counted.faults()


def test_a_count_that_is_wrong_is_found(booked):
    """A slot that says it has less than is booked would be oversold next."""
    campaign, ledger = booked
    campaign.rows("UPDATE slot SET taken = taken - 1 WHERE (centre_id, slot_id) ="
                  " (SELECT centre_id, slot_id FROM slot WHERE taken > 0 LIMIT 1)")  # fmt: skip
    assert recount(campaign.url, ledger).miscounted == 1


def test_a_refused_booking_that_exists_is_found(booked):
    """Somebody was told no, and is booked."""
    campaign, ledger = booked
    ghost = ledger.confirmed.pop()
    ledger.refused.append(ghost)
    counted = recount(campaign.url, ledger)
    assert counted.ghosts == (ghost.booking_id,)
    assert not counted.holds


def test_without_an_answer_either_is_right(booked):
    """Whoever got none may be booked or not."""
    campaign, ledger = booked
    ledger.unknown.append(ledger.confirmed.pop())
    assert recount(campaign.url, ledger).holds
