"""Ending what was held or booked: release, expiry, cancellation."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from hmac import compare_digest
from uuid import UUID

from api.booking.freeing import free_place, free_places, free_quota, locked_doses
from api.booking.orders import ChangeOrder
from api.booking.problems import AlreadyConfirmed, NotLive
from api.booking.receipts import Receipt, receipt
from api.booking.repeats import answer_again, remember
from api.booking.rows import Appointment, Booking, GuardKey
from api.booking.wants import Operation, Steps, Wants
from api.booking.world import World
from api.problems import NotFound

CANCEL = "cancel"


def release(booking_id: UUID, secret_hash: bytes) -> Operation:
    """End a hold; ending it again changes nothing."""
    return Operation(booking_id, lambda world: _release(booking_id, secret_hash, world))


def expire(booking_id: UUID, home: int) -> Operation:
    """End a hold whose time is over; tells whether it did."""
    return Operation(booking_id, lambda world: _expire(booking_id, home, world))


def cancel(order: ChangeOrder) -> Operation:
    """Cancel every dose of a booking that is still to come."""
    return Operation(order.booking_id, lambda world: _cancel(order, world))


def cancel_here(booking_id: UUID, centre_id: int) -> Operation:
    """Cancel likewise, for the staff of a centre that one of its doses is at."""
    return Operation(booking_id, lambda world: _cancel_here(booking_id, centre_id, world))


def own_booking(
    world: World, booking_id: UUID, secret_hash: bytes, wants: Wants | None = None
) -> Generator[Wants, None, Booking]:
    """Find (in a transaction, lock) a booking, together with whatever else is wanted then.

    Raises
    ------
    NotFound
        When there is none, and likewise when the secret is another.
    """
    booking = yield from _some_booking(world, booking_id, wants)
    if not compare_digest(booking.secret_hash, secret_hash):
        raise NotFound
    return booking


def _some_booking(
    world: World, booking_id: UUID, wants: Wants | None = None
) -> Generator[Wants, None, Booking]:
    yield Wants(homes={booking_id})
    home = world.homes[booking_id]
    if home is None:
        raise NotFound
    together = Wants(bookings={(home, booking_id)})
    together.add(wants or Wants())
    yield together
    booking = world.bookings[booking_id]
    if booking is None:
        raise NotFound
    return booking


def _release(booking_id: UUID, secret_hash: bytes, world: World) -> Steps:
    booking = yield from own_booking(world, booking_id, secret_hash)
    if booking.state == "booked":
        raise AlreadyConfirmed
    if booking.state == "held":
        yield from _end_hold(world, booking)


def _expire(booking_id: UUID, home: int, world: World) -> Steps:
    yield Wants(bookings={(home, booking_id)})
    booking = world.bookings[booking_id]
    if booking is None or not booking.is_over(world.now):
        return False
    yield from _end_hold(world, booking)
    return True


def _end_hold(world: World, booking: Booking) -> Generator[Wants, None, None]:
    doses = yield from free_places(world, booking)
    world.changes.appointments += [_cancelled(dose) for dose in doses]
    world.changes.bookings.append(_ended(world, booking))


def _cancel(order: ChangeOrder, world: World) -> Steps:
    remembered = Wants(answers={(order.key, CANCEL)})
    booking = yield from own_booking(world, order.booking_id, order.secret_hash, remembered)
    if (again := answer_again(world, order, CANCEL)) is not None:
        return again
    answer = yield from _cancel_doses(world, booking)
    remember(world, order, CANCEL, answer)
    return answer


def _cancel_here(booking_id: UUID, centre_id: int, world: World) -> Steps:
    booking = yield from _some_booking(world, booking_id)
    if centre_id not in {centre for centre, _ in booking.doses.values()}:
        raise NotFound
    return (yield from _cancel_doses(world, booking))


def _cancel_doses(world: World, booking: Booking) -> Generator[Wants, None, Receipt]:
    if booking.confirm_print is None:
        raise NotLive
    doses = yield from locked_doses(world, booking)
    to_come = [dose for dose in doses if dose.state in {"booked", "displaced"}]
    if to_come:
        booking = _without(world, booking, to_come, whole=len(to_come) == len(doses))
    kept = [dose for dose in doses if dose not in to_come]
    return receipt(world.setting.catalogue, booking, [*kept, *map(_cancelled, to_come)])


def _without(world: World, booking: Booking, doses: list[Appointment], *, whole: bool) -> Booking:
    """Cancel doses, let their guards go, and the whole booking when no other dose was given."""
    assert booking.tag is not None
    for dose in doses:
        free_place(world, dose)
        guard = GuardKey(booking.tag, dose.dose_rank, booking.flagged)
        world.changes.gone_guards[guard] = booking.booking_id
    if whole:
        free_quota(world, booking)
        booking = _ended(world, booking)
    else:
        booking = replace(booking, changed_at=world.now, version=booking.version + 1)
    world.changes.appointments += map(_cancelled, doses)
    world.changes.bookings.append(booking)
    return booking


def _ended(world: World, booking: Booking) -> Booking:
    """Give the booking without a trace of the person; `confirm_print` tells it was booked once."""
    return replace(
        booking,
        state="cancelled",
        expires_at=None,
        changed_at=world.now,
        tag=None,
        flagged=False,
        quota_week=None,
        version=booking.version + 1,
    )


def _cancelled(dose: Appointment) -> Appointment:
    return replace(dose, state="cancelled", takes_capacity=False, share=None, to_seal_again=False)
