"""Reading a booking, for whoever holds its secret."""

from __future__ import annotations

from uuid import UUID

from api.booking.ending import own_booking
from api.booking.receipts import receipt
from api.booking.wants import Operation, Steps, Wants
from api.booking.world import World
from api.problems import TryAgain

TRIES = 3


def fetch(booking_id: UUID, secret_hash: bytes) -> Operation:
    """Read a booking and its doses."""
    return Operation(booking_id, lambda world: _fetch(booking_id, secret_hash, world))


def _fetch(booking_id: UUID, secret_hash: bytes, world: World) -> Steps:
    # Nothing is locked: doses are read again when a move came in between.
    for _ in range(TRIES):
        booking = yield from own_booking(world, booking_id, secret_hash)
        world.appointments.pop(booking_id, None)
        yield Wants(appointments=booking.appointments)
        doses = world.doses(booking)
        if {dose.dose_rank: (dose.centre_id, dose.slot_id) for dose in doses} == booking.doses:
            return receipt(world.setting.catalogue, booking, doses)
    raise TryAgain
