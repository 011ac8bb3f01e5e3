"""Sealing doses anew that were moved to a centre whose key does not open them."""

from __future__ import annotations

from dataclasses import replace

from api.booking.ending import own_booking
from api.booking.orders import SealOrder
from api.booking.problems import NotLive
from api.booking.receipts import receipt
from api.booking.wants import Operation, Steps, Wants
from api.booking.world import World


def seal_again(order: SealOrder) -> Operation:
    """Put new seals to the doses that are marked; any others stay as they are."""
    return Operation(order.booking_id, lambda world: _seal_again(order, world))


def _seal_again(order: SealOrder, world: World) -> Steps:
    booking = yield from own_booking(world, order.booking_id, order.secret_hash)
    if booking.state != "booked":
        raise NotLive
    yield Wants(appointments=booking.appointments)
    doses = {dose.dose_rank: dose for dose in world.doses(booking)}
    sealed = [
        replace(doses[rank], key_id=seal.key_id, sealed=seal.sealed, to_seal_again=False)
        for rank, seal in order.seals.items()
        if rank in doses and doses[rank].to_seal_again
    ]
    if sealed:
        booking = replace(booking, changed_at=world.now, version=booking.version + 1)
        world.changes.bookings.append(booking)
        world.changes.appointments += sealed
        doses |= {dose.dose_rank: dose for dose in sealed}
    return receipt(world.setting.catalogue, booking, doses.values())
