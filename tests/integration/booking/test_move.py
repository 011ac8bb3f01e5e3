"""Moving: the new places are taken and the old ones freed, or nothing happens."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from api.booking.problems import (
    DoseSettled,
    NotEligible,
    NotLive,
    SlotFull,
    SlotGone,
    WrongDoses,
    WrongInterval,
)
from api.problems import KeyReused, MalformedRequest, NotFound
from tests.booking import Visitor, free_counts, opened
from tests.campaign import MONDAY

DAY = timedelta(days=1)


def booked_then(campaign, pair, move, **settings):
    """Book the pair, and give what `move(visitor)` gives."""

    async def run():
        async with opened(campaign, **settings) as (_, desk):
            ana = Visitor(desk)
            await ana.book(*pair)
            return await move(ana)

    return asyncio.run(run())


def test_one_dose_moves_and_the_other_stays(campaign, pair):
    """Only the slots it concerns change, and the publisher hears of those."""
    other = (1, campaign.add_slot(at=time(11)))
    campaign.rows("TRUNCATE outbox")
    moved = booked_then(campaign, pair, lambda ana: ana.move(other, pair[1]))
    assert [(d.slot, d.state) for d in moved.doses] == [(3, "booked"), (2, "booked")]
    assert moved.version == 3
    assert free_counts(campaign) == {pair[0]: 1, other: 0, pair[1]: 0}
    assert campaign.rows("SELECT slots FROM outbox ORDER BY cardinality(slots), slots") == [
        {"slots": [1, 2]}, {"slots": [1, 3]},
    ]  # fmt: skip


def test_what_was_sealed_stays_with_a_dose_that_stays_in_its_centre(campaign, pair):
    """It is sealed to the centre's key, not to the slot."""
    other = (1, campaign.add_slot(at=time(11)))
    booked_then(campaign, pair, lambda ana: ana.move(other, pair[1]))
    assert (
        campaign.rows("SELECT key_id, sealed FROM appointment")
        == [{"key_id": "key-1", "sealed": b"sealed"}] * 2
    )


def test_a_dose_that_changes_its_centre_is_sealed_anew(campaign, pair):
    """The appointment goes to the other centre, the booking keeps its home."""
    there = (2, campaign.add_slot(2))
    booked_then(campaign, pair, lambda ana: ana.move(there, pair[1], seal=True))
    assert campaign.rows(
        "SELECT centre_id, home_centre_id, key_id, sealed FROM appointment WHERE dose_rank = 1"
    ) == [{"centre_id": 2, "home_centre_id": 1, "key_id": "key-2", "sealed": b"anew"}]
    assert campaign.rows("SELECT centre_id, first_centre_id FROM booking") == [
        {"centre_id": 1, "first_centre_id": 2}
    ]
    assert free_counts(campaign) == {pair[0]: 1, there: 0, pair[1]: 0}


def test_without_a_new_seal_no_dose_changes_its_centre(campaign, pair):
    """The new centre could not read who comes."""
    there = (2, campaign.add_slot(2))
    with pytest.raises(MalformedRequest, match="sealed"):
        booked_then(campaign, pair, lambda ana: ana.move(there, pair[1]))
    assert free_counts(campaign)[there] == 1


def test_both_doses_move_to_another_product_together(campaign, pair):
    """Both of it, or neither."""
    first = (1, campaign.add_slot(product="moderna"))
    second = (1, campaign.add_slot(product="moderna", rank=2, day=MONDAY + 30 * DAY))

    async def move(ana):
        with pytest.raises(WrongDoses):
            await ana.move(first, pair[1])
        return await ana.move(first, second)

    moved = booked_then(campaign, pair, move)
    assert {dose.product for dose in moved.doses} == {"moderna"}


def test_a_move_may_not_break_the_interval_or_the_rules(campaign, pair):
    """Whatever is checked at a hold is checked for what moves."""
    too_late = (1, campaign.add_slot(day=MONDAY + 14 * DAY))
    full = (1, campaign.add_slot(at=time(12), capacity=0))
    past = (1, campaign.add_slot(day=date(2021, 5, 24)))
    refusals = [
        (WrongInterval, too_late, pair[1]),
        (SlotFull, full, pair[1]),
        (SlotGone, past, pair[1]),
        (SlotGone, (1, 99), pair[1]),
        (WrongDoses, pair[1], pair[0]),
        (WrongDoses, pair[0]),
    ]

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            before = await ana.book(*pair)
            for problem, *places in refusals:
                with pytest.raises(problem):
                    await ana.move(*places)
            assert await ana.fetch() == before

    asyncio.run(run())


def test_the_new_day_must_be_open_to_the_class(campaign, pair):
    """Janssen is withdrawn for dose 1 after the booking: no move to a day after that."""
    later = (1, campaign.add_slot(day=MONDAY + DAY))
    campaign.rows("UPDATE eligibility SET to_date = '2021-05-31' WHERE class_id = 1")
    with pytest.raises(NotEligible, match="dose 1"):
        booked_then(campaign, pair, lambda ana: ana.move(later, pair[1]))


def test_a_second_dose_alone_moves_inside_its_interval(campaign):
    """The first dose, had elsewhere, still counts."""
    slot = (1, campaign.add_slot(rank=2))
    fits, late = ((1, campaign.add_slot(rank=2, day=MONDAY + n * DAY)) for n in (10, 40))

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.book(slot, ranks=[2], first=("pfizer", MONDAY - 21 * DAY))
            with pytest.raises(WrongInterval):
                await ana.move(late)
            return await ana.move(fits)

    assert [dose.slot for dose in asyncio.run(run()).doses] == [fits[1]]


@pytest.mark.parametrize("state", ["arrived", "fulfilled", "noshow"])
def test_a_dose_that_is_settled_stays_and_the_other_moves(campaign, pair, state):
    """Who has had the first dose may still move the second."""
    other_first, other_second = (
        (1, campaign.add_slot(at=time(11))),
        (1, campaign.add_slot(rank=2, day=MONDAY + 31 * DAY)),
    )

    async def move(ana):
        campaign.rows("UPDATE appointment SET state = %s WHERE dose_rank = 1", state)
        with pytest.raises(DoseSettled, match="dose 1"):
            await ana.move(other_first, pair[1])
        return await ana.move(pair[0], other_second)

    moved = booked_then(campaign, pair, move)
    assert [(dose.slot, dose.state) for dose in moved.doses] == [(1, state), (4, "booked")]


def test_a_displaced_dose_finds_a_place_by_a_move(campaign, pair):
    """It took none since the supply was cut; with the move it takes one again."""
    other = (1, campaign.add_slot(at=time(11)))

    async def move(ana):
        campaign.rows(
            "UPDATE appointment SET state = 'displaced', takes_capacity = false WHERE dose_rank = 1"
        )
        campaign.rows("UPDATE slot SET taken = 0, capacity = 0 WHERE slot_id = 1")
        return await ana.move(other, pair[1])

    moved = booked_then(campaign, pair, move)
    assert [dose.state for dose in moved.doses] == ["booked", "booked"]
    assert free_counts(campaign) == {pair[0]: 0, other: 0, pair[1]: 0}


def test_sealing_anew_without_a_move_clears_the_mark(campaign, pair):
    """A dose that others moved waits to be sealed to its new centre's key."""

    async def move(ana):
        campaign.rows("UPDATE appointment SET to_seal_again = true WHERE dose_rank = 1")
        assert [d.to_seal_again for d in (await ana.fetch()).doses] == [True, False]
        return await ana.move(*pair, seal=True)

    moved = booked_then(campaign, pair, move)
    assert [dose.to_seal_again for dose in moved.doses] == [False, False]
    assert campaign.rows("SELECT DISTINCT key_id FROM appointment") == [{"key_id": "key-2"}]


def test_a_move_to_where_it_is_changes_nothing(campaign, pair):
    """Not even the version."""
    assert booked_then(campaign, pair, lambda ana: ana.move(*pair)).version == 2


def test_the_same_move_sent_again_gets_the_same_answer(campaign, pair):
    """Also after the booking has moved on; with another content the key is refused."""
    other, third = ((1, campaign.add_slot(at=time(at))) for at in (11, 13))
    key = uuid4()

    async def move(ana):
        first = await ana.move(other, pair[1], key=key)
        await ana.move(third, pair[1])
        again = await ana.move(other, pair[1], key=key)
        with pytest.raises(KeyReused):
            await ana.move(third, pair[1], key=key)
        return first, again, await ana.fetch()

    first, again, now = booked_then(campaign, pair, move)
    assert first == again
    assert now.doses[0].slot == third[1]


def test_only_a_live_booking_of_the_secret_s_owner_moves(campaign, pair):
    """Held, cancelled, or somebody else's."""

    async def run():
        async with opened(campaign) as (_, desk):
            ana = Visitor(desk)
            await ana.hold(*pair)
            with pytest.raises(NotLive):
                await ana.move(*pair)
            await ana.confirm()
            for stranger in (Visitor(desk, key=ana.key), Visitor(desk)):
                with pytest.raises(NotFound):
                    await stranger.move(*pair)
            await ana.cancel()
            with pytest.raises(NotLive):
                await ana.move(*pair)

    asyncio.run(run())
