"""Bookings, places and rules for the tests of re-booking, made in a line each."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from api.capacity.rebooking.people import Booking, Dose, Place
from api.capacity.rebooking.rules import Period, Rules
from api.capacity.rebooking.supply import FreeSlot, Supply

MONDAY = date(2021, 5, 31)
PFIZER = 1
RULES = Rules(
    intervals={PFIZER: [(date(2021, 1, 1), 21, 28)]},
    eligible={
        (PFIZER, 1, 1): [Period(date(2021, 1, 1), date(2021, 6, 30))],
        (PFIZER, 0, 2): [Period(date(2021, 1, 1), None)],
    },
    opens_on={1: date(2021, 1, 18)},
)
"""Second doses three to four weeks later; first doses until the end of June."""


def on(day: int) -> date:
    """Return a day counted from the first Monday."""
    return MONDAY + timedelta(days=day)


def at(day: int, hour: int) -> int:
    """Return an instant, seconds of UTC."""
    return int(datetime.combine(on(day), time(hour), UTC).timestamp())


def dose(rank, day, *, centre=1, slot=1, hour=9, state="booked"):
    """Return a dose."""
    return Dose(rank, centre, slot, on(day), at(day, hour), state, None)


def booking(*doses, number=1, state="booked", minute=0, **about):
    """Return a booking made at some minute."""
    fields = {
        "quota_week": None, "first_elsewhere_on": None, "department": "22", "class_id": 1,
        "product_id": PFIZER,
    } | about  # fmt: skip
    created_at = datetime(2021, 5, 20, 8, minute, tzinfo=UTC)
    return Booking(UUID(int=number), 1, 0, state, created_at=created_at, doses=doses, **fields)


def place(day, *, centre=1, slot=1, hour=9):
    """Return a place."""
    return Place(centre, slot, on(day), at(day, hour), at(day, hour) + 1800)


def free(rank, day, number=1, **where):
    """Free places."""
    return FreeSlot(place(day, **where), rank, number)


def supply(*slots):
    """Return what a centre has."""
    return Supply(slots)
