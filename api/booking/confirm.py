"""Turning a hold into a booking of one person: once, and one a person."""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest
from uuid import UUID

from api.booking.freeing import free_places
from api.booking.orders import ConfirmOrder
from api.booking.problems import AlreadyBooked, HoldExpired, WrongDoses
from api.booking.receipts import receipt
from api.booking.rows import Booking, GuardKey
from api.booking.wants import Operation, Steps, Wants, Written
from api.booking.world import SealedDose, World
from api.problems import KeyReused, NotFound


def confirm(order: ConfirmOrder) -> Operation:
    """Confirm; sent again, it answers with the booking as it stands."""
    return Operation(order.booking_id, lambda world: _confirm(order, world), order.tag)


def _confirm(order: ConfirmOrder, world: World) -> Steps:
    yield Wants(homes={order.booking_id})
    home = world.homes[order.booking_id]
    if home is None:
        raise NotFound
    yield Wants(guards=_guards(order, flagged=False), bookings={(home, order.booking_id)})
    booking = world.bookings[order.booking_id]
    if booking is None or not compare_digest(booking.secret_hash, order.secret_hash):
        raise NotFound
    if booking.confirm_print is not None:
        return (yield from _confirmed_again(order, world, booking))
    if booking.state != "held" or booking.is_over(world.now):
        raise HoldExpired
    if order.seals.keys() != booking.doses.keys():
        raise WrongDoses("one sealed identity for each dose that is held")
    booking = yield from _for_one_person(order, world, booking)
    _seal(order, world, booking)
    yield Written()
    return receipt(world.setting.catalogue, booking, world.doses(booking))


def _guards(order: ConfirmOrder, *, flagged: bool) -> dict[GuardKey, UUID]:
    return {GuardKey(order.tag, rank, flagged): order.booking_id for rank in order.seals}


def _confirmed_again(order: ConfirmOrder, world: World, booking: Booking) -> Steps:
    world.drop_guards(order.booking_id)
    if not compare_digest(booking.confirm_print or b"", order.print):
        raise KeyReused
    yield Wants(appointments=booking.appointments)
    return receipt(world.setting.catalogue, booking, world.doses(booking))


def _for_one_person(order: ConfirmOrder, world: World, booking: Booking) -> Steps:
    """Book for the person of the tag, or, when there is a booking already, as the policy says.

    Policy `neutral`: the second is stored flagged, for the centre's staff; further ones are stored
    without taking anything. The one that was there before is left alone.
    """
    booked = replace(
        booking,
        state="booked",
        expires_at=None,
        changed_at=world.now,
        confirm_print=order.print,
        tag=order.tag,
        version=booking.version + 1,
    )
    if world.owns(_guards(order, flagged=False)):
        return booked
    if world.setting.policy == "reject":
        raise AlreadyBooked
    world.drop_guards(order.booking_id)
    yield Wants(guards=_guards(order, flagged=True))
    if world.owns(_guards(order, flagged=True)):
        return replace(booked, flagged=True)
    world.drop_guards(order.booking_id)
    yield from free_places(world, booking)
    return replace(booked, takes_capacity=False, quota_week=None)


def _seal(order: ConfirmOrder, world: World, booking: Booking) -> None:
    world.changes.bookings.append(booking)
    world.changes.sealed += [
        SealedDose(
            centre_id,
            booking.booking_id,
            rank,
            order.seals[rank].key_id,
            order.seals[rank].sealed,
            booking.takes_capacity,
        )
        for rank, (centre_id, _) in booking.doses.items()
    ]
