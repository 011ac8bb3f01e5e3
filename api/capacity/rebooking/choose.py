"""Who gives up a place when a day holds fewer: first come, first kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.capacity.rebooking.people import Booking, Dose, Loss

Slot = tuple[int, int]
"""Centre and number of a slot."""


def choose_losses(
    bookings: Iterable[Booking], group_of: Mapping[Slot, int], over: Mapping[int, int]
) -> list[Loss]:
    """Choose whose doses leave, the newest bookings first.

    People still filling in their form give way before those who have booked. The bookings come
    back oldest first: in that order they choose a new place.

    Parameters
    ----------
    group_of
        Slots that are cut together, such as those of a day and schedule: whoever stays keeps the
        own slot.
    over
        Doses that must leave, by group.
    """
    left = dict(over)
    losses: list[Loss] = []
    for booking in sorted(bookings, key=_newest_first, reverse=True):
        ranks = set()
        for dose in booking.doses:
            group = group_of.get((dose.centre_id, dose.slot_id))
            if group is not None and _can_leave(dose) and left[group] > 0:
                left[group] -= 1
                ranks.add(dose.dose_rank)
        if ranks:
            losses.append(Loss(booking, frozenset(ranks)))
    return losses[::-1]


def _newest_first(booking: Booking) -> tuple[bool, float, int]:
    return booking.state == "held", booking.created_at.timestamp(), booking.booking_id.int


def _can_leave(dose: Dose) -> bool:
    return dose.state in {"held", "booked"}
