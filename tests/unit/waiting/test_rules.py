"""Which places are offered, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.booking.slot import Slot
from api.waiting.rules import places_to_offer, window
from tests.campaign import MONDAY, NOW

HOUR = timedelta(hours=1)


def slot(starts_in, *, capacity=10, taken=0, phone=0, standby=0, opens_in=-HOUR):
    """Give a slot that begins and is released so long from now."""
    starts = NOW + starts_in
    return Slot(1, 1, 1, 1, MONDAY, starts, starts + HOUR, capacity, taken, phone, standby,
                NOW + opens_in, False)  # fmt: skip


FAR, LATER = 240 * HOUR, 100 * HOUR


@pytest.mark.parametrize(
    ("found", "places"),
    [
        (slot(FAR), 0),
        (slot(FAR, standby=2), 0),
        (slot(FAR, standby=2, opens_in=LATER), 2),
        (slot(FAR, standby=2, taken=9, opens_in=LATER), 1),
        (slot(FAR, standby=2, phone=3, taken=6, opens_in=LATER), 1),
        (slot(FAR, standby=2, phone=4, taken=8, opens_in=LATER), 0),
        (slot(48 * HOUR), 10),
        (slot(48 * HOUR, taken=10), 0),
        (slot(40 * HOUR, phone=4, standby=2, opens_in=HOUR), 6),
        (slot(timedelta(minutes=20)), 10),
        (slot(timedelta(minutes=19)), 0),
        (slot(-HOUR), 0),
    ],
)
def test_the_share_until_the_release_and_near_its_time_whatever_is_free(found, places):
    """What is free further away is for everybody; what the telephone keeps is never offered."""
    assert places_to_offer(found, NOW) == places


@pytest.mark.parametrize(
    ("ahead", "minutes"), [(240 * HOUR, 60), (2 * HOUR, 30), (HOUR, 15), (HOUR / 3, 10)]
)
def test_an_offer_is_open_for_a_quarter_of_the_time_left(ahead, minutes):
    """Ten minutes at least, an hour at most, and never beyond the slot."""
    opened = window(NOW + ahead, NOW)
    assert opened == timedelta(minutes=minutes)
    assert opened < ahead
