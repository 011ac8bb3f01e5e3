"""Giving places back: to the slot, to the share and the quota they came from."""

from __future__ import annotations

from collections.abc import Generator

from api.booking.orders import Place
from api.booking.rows import Appointment, Booking
from api.booking.wants import Wants
from api.booking.world import World


def locked_doses(
    world: World, booking: Booking, *others: Place
) -> Generator[Wants, None, list[Appointment]]:
    """Lock the slots and quotas of a booking whose row is locked, and read its doses.

    Parameters
    ----------
    others
        Places it may move to: locked as well.
    """
    places = [*booking.doses.values(), *others]
    yield Wants(
        slots=set(places),
        quotas={(*place, booking.department, booking.class_id) for place in places},
        appointments=booking.appointments,
    )
    return world.doses(booking)


def free_places(world: World, booking: Booking) -> Generator[Wants, None, list[Appointment]]:
    """Lock and free every place a booking takes; give its doses as they were."""
    doses = yield from locked_doses(world, booking)
    for dose in doses:
        free_place(world, dose)
    free_quota(world, booking)
    return doses


def free_place(world: World, dose: Appointment) -> None:
    """Free the place of a dose, if it takes one."""
    if dose.takes_capacity:
        world.slots[dose.centre_id, dose.slot_id].give_back(dose.share)


def free_quota(world: World, booking: Booking) -> None:
    """Give the first dose of a booking back to its quota, if there still is one."""
    key = booking.quota_key
    if key is not None and key in world.quotas:
        world.quotas[key].taken -= 1
