"""Blocking the slots of a vaccination for some minutes, all or none."""

from __future__ import annotations

from hmac import compare_digest

from api.booking.orders import HoldOrder
from api.booking.problems import HoldExpired, WrongDoses
from api.booking.quota import week_of
from api.booking.receipts import hold_receipt
from api.booking.room import check_free, check_quota, offered, quota_of
from api.booking.rows import Appointment, Booking
from api.booking.rules import Dose, check_eligible, check_whole
from api.booking.slot import Slot
from api.booking.wants import Operation, Steps, Wants
from api.booking.world import World
from api.problems import KeyReused, TryAgain


def hold(order: HoldOrder) -> Operation:
    """Hold; the answer is None when the id was there before: see `held_again`."""
    return Operation(order.booking_id, lambda world: _hold(order, world))


def _hold(order: HoldOrder, world: World) -> Steps:
    quotas = {(*order.places[0], order.department, order.class_id)}
    yield Wants(
        new_homes={order.booking_id: order.places[0][0]},
        slots=set(order.places),
        quotas=set() if order.first_elsewhere else quotas,
    )
    if order.booking_id not in world.made_homes:
        return None
    slots = [offered(world, place, nth) for nth, place in enumerate(order.places, 1)]
    _check(order, world, slots)
    quota = None
    if slots[0].dose_rank == 1:
        quota = quota_of(world, slots[0], order.department, order.class_id)
    if quota is not None:
        check_quota(quota)
        quota.taken += 1
    booking = _booking(order, world, slots, uses_quota=quota is not None)
    doses = [appointment(booking, slot, world) for slot in slots]
    world.changes.new_bookings.append(booking)
    world.changes.new_appointments += doses
    return hold_receipt(world.setting.catalogue, booking, doses)


def _check(order: HoldOrder, world: World, slots: list[Slot]) -> None:
    """Refuse unless the slots make a whole vaccination, open to the class, and have room."""
    catalogue = world.setting.catalogue
    doses = [Dose(slot.product_id, slot.dose_rank, slot.day) for slot in slots]
    if [dose.dose_rank for dose in doses] != sorted({dose.dose_rank for dose in doses}):
        raise WrongDoses("one slot a dose, in the order of their ranks")
    check_whole(catalogue, doses, order.first_elsewhere)
    for dose in doses:
        check_eligible(catalogue, order.class_id, dose)
    for slot in slots:
        check_free(slot, order.channel, world.now)


def _booking(order: HoldOrder, world: World, slots: list[Slot], *, uses_quota: bool) -> Booking:
    places = {slot.dose_rank: (slot.centre_id, slot.slot_id) for slot in slots}
    first, second = places.get(1, (None, None)), places.get(2, (None, None))
    return Booking(
        centre_id=order.places[0][0],
        booking_id=order.booking_id,
        state="held",
        channel=order.channel,
        product_id=slots[0].product_id,
        department=order.department,
        class_id=order.class_id,
        quota_week=week_of(slots[0].day) if uses_quota else None,
        first_elsewhere_on=order.first_elsewhere.day if order.first_elsewhere else None,
        first_centre_id=first[0],
        first_slot_id=first[1],
        second_centre_id=second[0],
        second_slot_id=second[1],
        created_at=world.now,
        expires_at=world.now + (order.hold_for or world.setting.hold_for),
        changed_at=world.now,
        secret_hash=order.secret_hash,
        hold_print=order.print,
        confirm_print=None,
        tag=None,
        flagged=False,
        takes_capacity=True,
        version=1,
    )


def appointment(booking: Booking, slot: Slot, world: World) -> Appointment:
    """Take a place in the slot for a dose of the booking, in the booking's state."""
    return Appointment(
        centre_id=slot.centre_id,
        booking_id=booking.booking_id,
        dose_rank=slot.dose_rank,
        slot_id=slot.slot_id,
        home_centre_id=booking.centre_id,
        state=booking.state,
        day=slot.day,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        to_seal_again=False,
        takes_capacity=True,
        share=slot.take(booking.channel, world.now),
    )


def held_again(order: HoldOrder) -> Operation:
    """Answer a hold that was sent again; only reads."""
    return Operation(order.booking_id, lambda world: _held_again(order, world))


def _held_again(order: HoldOrder, world: World) -> Steps:
    yield Wants(homes={order.booking_id})
    home = world.homes[order.booking_id]
    if home is None:
        raise TryAgain
    yield Wants(bookings={(home, order.booking_id)})
    booking = world.bookings[order.booking_id]
    if booking is None:
        raise TryAgain
    if not compare_digest(booking.hold_print, order.print):
        raise KeyReused
    if booking.state == "cancelled" or booking.is_over(world.now):
        raise HoldExpired
    yield Wants(appointments=booking.appointments)
    return hold_receipt(world.setting.catalogue, booking, world.doses(booking))
