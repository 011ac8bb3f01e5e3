"""Erasing a booking: what is still to come is cancelled, and every row of it removed at once."""

from __future__ import annotations

from uuid import UUID

from api.booking.ending import own_booking
from api.booking.freeing import free_place, free_quota, locked_doses
from api.booking.problems import NotLive
from api.booking.rows import GuardKey
from api.booking.wants import Operation, Steps
from api.booking.world import World

TO_COME = frozenset({"booked", "displaced"})


def erase(booking_id: UUID, secret_hash: bytes) -> Operation:
    """Erase; places of doses that were given or missed stay taken."""
    return Operation(booking_id, lambda world: _erase(booking_id, secret_hash, world))


def _erase(booking_id: UUID, secret_hash: bytes, world: World) -> Steps:
    booking = yield from own_booking(world, booking_id, secret_hash)
    if booking.state == "held":
        raise NotLive
    doses = yield from locked_doses(world, booking)
    for dose in doses:
        if dose.state in TO_COME:
            free_place(world, dose)
        if booking.tag is not None:
            guard = GuardKey(booking.tag, dose.dose_rank, booking.flagged)
            world.changes.gone_guards[guard] = booking_id
    if all(dose.state in TO_COME for dose in doses):
        free_quota(world, booking)
    world.changes.gone_appointments += doses
    world.changes.gone_bookings.append(booking)
    world.changes.gone_homes.add(booking_id)
