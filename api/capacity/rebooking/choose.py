"""Who gives up a place when a slot holds fewer: first come, first kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.capacity.rebooking.people import Booking, Dose, Loss

Slot = tuple[int, int]
"""Centre and number of a slot."""


def choose_losses(bookings: Iterable[Booking], over: Mapping[Slot, int]) -> list[Loss]:
    """Choose whose doses leave slots that are over, the newest bookings first.

    People still filling in their form give way before those who have booked. The bookings come
    back oldest first: in that order they choose a new place.

    Parameters
    ----------
    over
        Doses that must leave, by slot.
    """
    left = dict(over)
    losses: list[Loss] = []
    for booking in sorted(bookings, key=_newest_first, reverse=True):
        ranks = set()
        for dose in booking.doses:
            if _can_leave(dose) and left.get((dose.centre_id, dose.slot_id), 0) > 0:
                left[dose.centre_id, dose.slot_id] -= 1
                ranks.add(dose.dose_rank)
        if ranks:
            losses.append(Loss(booking, frozenset(ranks)))
    return losses[::-1]


def _newest_first(booking: Booking) -> tuple[bool, float, int]:
    return booking.state == "held", booking.created_at.timestamp(), booking.booking_id.int


def _can_leave(dose: Dose) -> bool:
    return dose.state in {"held", "booked"}
