"""What others do in the middle: new centres, moves between two reads, leftovers of a crash."""

from __future__ import annotations

import asyncio
from datetime import date, time

import pytest

from api.booking.expiry import expire_holds
from api.database.hot import HotConnection
from api.problems import TryAgain
from tests.booking import Hands, Visitor, opened
from tests.campaign import LONG_AGO


def test_a_centre_newer_than_what_the_worker_keeps_is_named_all_the_same(campaign, pair):
    """A re-booking may have brought somebody there."""
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            campaign.rows(
                "INSERT INTO centre VALUES (9, 'neuf', 'Neuf', '75', 48.8, 2.3, 'a', '75000',"
                " 'Paris', '01', %s, NULL, '123456', '09:00', '18:00', 4)", LONG_AGO,
            )  # fmt: skip
            campaign.rows("INSERT INTO schedule VALUES (9, 1, 1, 1)")
            campaign.add_slot(9)
            campaign.rows("UPDATE slot SET taken = 1 WHERE centre_id = 9")
            campaign.rows("UPDATE slot SET taken = 0 WHERE centre_id = 1 AND slot_id = 1")
            campaign.rows("UPDATE appointment SET centre_id = 9 WHERE dose_rank = 1")
            campaign.rows("UPDATE booking SET first_centre_id = 9")
            hands.go_on(seconds=2)
            return await ana.fetch()

    assert [dose.centre for dose in asyncio.run(run()).doses] == ["neuf", "paris"]


def test_a_code_newer_than_what_the_worker_keeps_is_understood(campaign, pair):
    """A class that was published a moment ago."""
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands) as (_, desk):
            await Visitor(desk).hold(*pair)
            campaign.rows("INSERT INTO priority_class VALUES (9, 'new', 'Neu', '2021-01-01')")
            campaign.rows("INSERT INTO eligibility VALUES (1, 9, 1, '2021-01-01', NULL)")
            campaign.rows("UPDATE slot SET capacity = 2")
            hands.go_on(seconds=2)
            return await Visitor(desk).hold(*pair, class_="new")

    assert asyncio.run(run()).state == "held"


def test_a_rule_that_changed_counts_after_five_seconds(campaign, pair):
    """Rules are data."""
    hands = Hands()
    campaign.rows("UPDATE slot SET capacity = 3")

    async def run():
        async with opened(campaign, clock=hands) as (_, desk):
            await Visitor(desk).hold(*pair)
            campaign.rows("INSERT INTO dose_interval VALUES (1, %s, 40, 49)", date(2021, 5, 1))
            hands.go_on(seconds=5)
            await Visitor(desk).hold(*pair)

    with pytest.raises(Exception, match="40 to 49"):
        asyncio.run(run())


def test_a_booking_that_moves_between_two_reads_is_read_again(campaign, pair, monkeypatch):
    """Never the old place of one dose with the new one of the other."""
    other = (1, campaign.add_slot(at=time(11)))
    trip = HotConnection.trip
    moves = []

    async def moved_before_the_doses_are_read(self, calls):
        if moves and any(statement.name == "appointments" for statement, _ in calls):
            campaign.rows(moves.pop())
            campaign.rows("UPDATE booking SET first_slot_id = %s, version = 3", other[1])
            campaign.rows("UPDATE slot SET taken = 1 - taken WHERE slot_id <> 2")
        return await trip(self, calls)

    monkeypatch.setattr(HotConnection, "trip", moved_before_the_doses_are_read)

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            moves.append(f"UPDATE appointment SET slot_id = {other[1]} WHERE dose_rank = 1")
            return await ana.fetch()

    receipt = asyncio.run(run())
    assert (receipt.version, [dose.slot for dose in receipt.doses]) == (3, [other[1], 2])


def test_a_home_without_a_booking_is_tried_again_and_never_taken_for_a_hold(campaign, pair):
    """It is gone when whoever made it is."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            campaign.rows("INSERT INTO booking_home VALUES (%s, 1)", ana.key)
            with pytest.raises(TryAgain):
                await ana.hold(*pair)
            campaign.rows("TRUNCATE booking_home")
            return await ana.hold(*pair)

    assert asyncio.run(run()).state == "held"


def test_what_somebody_keeps_locked_expires_later(campaign, pair):
    """The worker goes on, and comes back in a moment."""
    hands = Hands()

    async def run():
        async with opened(campaign, clock=hands, lock_timeout_ms=50) as (context, desk):
            await Visitor(desk).hold(*pair)
            hands.go_on(minutes=10)
            async with context.engine.begin() as connection:
                await connection.exec_driver_sql("SELECT FROM slot WHERE slot_id = 1 FOR UPDATE")
                meanwhile = await expire_holds(context)
            return meanwhile, await expire_holds(context)

    assert asyncio.run(run()) == (0, 1)
