"""Moving doses of a booking to other slots: the new are taken and the old freed, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.booking.ending import own_booking
from api.booking.freeing import free_place, free_quota, locked_doses
from api.booking.orders import MoveOrder, Seal
from api.booking.problems import DoseSettled, NotLive, WrongDoses
from api.booking.quota import Quota, week_of
from api.booking.receipts import receipt
from api.booking.repeats import answer_again, remember
from api.booking.room import check_free, check_quota, offered, quota_of
from api.booking.rows import Appointment, Booking
from api.booking.rules import Dose, FirstElsewhere, check_eligible, check_whole
from api.booking.slot import Share, Slot
from api.booking.wants import Operation, Steps, Wants
from api.booking.world import World
from api.problems import MalformedRequest

MOVE = "move"


@dataclass(frozen=True, slots=True)
class _Change:
    """A dose, the slot it moves to (None: it stays), and a new seal."""

    dose: Appointment
    slot: Slot | None
    seal: Seal | None


def move(order: MoveOrder) -> Operation:
    """Move; doses whose slot is not another one stay as they are."""
    return Operation(order.booking_id, lambda world: _move(order, world))


def _move(order: MoveOrder, world: World) -> Steps:
    remembered = Wants(answers={(order.key, MOVE)})
    booking = yield from own_booking(world, order.booking_id, order.secret_hash, remembered)
    if (again := answer_again(world, order, MOVE)) is not None:
        return again
    if booking.state != "booked":
        raise NotLive
    if len(order.places) != len(booking.doses):
        raise WrongDoses("every dose of the booking, those that stay with their slot")
    doses = yield from locked_doses(world, booking, *order.places)
    changes = _changes(order, world, doses)
    quota = _check(order, world, booking, changes)
    after = _apply(order, world, booking, changes, quota)
    answer = receipt(world.setting.catalogue, after, world.doses(after))
    remember(world, order, MOVE, answer)
    return answer


def _changes(order: MoveOrder, world: World, doses: Sequence[Appointment]) -> list[_Change]:
    """Match the places of the order with the doses, both by rank."""
    changes = []
    for nth, (dose, place, seal) in enumerate(
        zip(doses, order.places, order.seals, strict=True), 1
    ):
        stays = place == (dose.centre_id, dose.slot_id)
        changes.append(_Change(dose, None if stays else offered(world, place, nth), seal))
    return changes


def _check(
    order: MoveOrder, world: World, booking: Booking, changes: Sequence[_Change]
) -> Quota | None:
    """Refuse unless the doses are still a whole vaccination and all that move find room.

    Returns
    -------
    The quota the first dose uses at its new place, if it moves and one binds it.
    """
    catalogue = world.setting.catalogue
    on = booking.first_elsewhere_on
    elsewhere = FirstElsewhere(booking.product_id, on) if on else None
    check_whole(catalogue, [_dose(booking, change) for change in changes], elsewhere)
    for change in changes:
        if change.slot is not None:
            _check_one(order, world, booking, change, change.slot)
    first = changes[0]
    if first.slot is None or first.slot.dose_rank != 1:
        return None
    quota = quota_of(world, first.slot, booking.department, booking.class_id)
    if quota is not None and not _keeps_quota(booking, first.dose, first.slot):
        check_quota(quota)
    return quota


def _check_one(
    order: MoveOrder, world: World, booking: Booking, change: _Change, slot: Slot
) -> None:
    if change.dose.state not in {"booked", "displaced"}:
        raise DoseSettled(f"dose {change.dose.dose_rank}")
    if slot.dose_rank != change.dose.dose_rank:
        raise WrongDoses("one slot a dose, in the order of their ranks")
    if slot.centre_id != change.dose.centre_id and change.seal is None:
        raise MalformedRequest("key_id and sealed are needed for a dose that changes its centre")
    check_eligible(world.setting.catalogue, booking.class_id, _dose(booking, change))
    check_free(slot, order.channel, world.now)


def _dose(booking: Booking, change: _Change) -> Dose:
    if change.slot is None:
        return Dose(booking.product_id, change.dose.dose_rank, change.dose.day)
    return Dose(change.slot.product_id, change.slot.dose_rank, change.slot.day)


def _keeps_quota(booking: Booking, dose: Appointment, slot: Slot) -> bool:
    """Tell whether the new place is in the quota the dose uses, or seems to.

    A booking that takes no capacity uses none, and must not be told from one that does.
    """
    before = (dose.centre_id, booking.product_id, week_of(dose.day))
    after = (slot.centre_id, slot.product_id, week_of(slot.day))
    return before == after and (booking.quota_week is not None or not booking.takes_capacity)


def _apply(
    order: MoveOrder,
    world: World,
    booking: Booking,
    changes: Sequence[_Change],
    quota: Quota | None,
) -> Booking:
    """Take the new places, free the old ones, and give the booking as it then is."""
    moving = {change.dose.dose_rank: change.slot for change in changes if change.slot}
    if not moving and not any(change.seal for change in changes):
        return booking
    quota_week = booking.quota_week
    if 1 in moving:
        free_quota(world, booking)
        quota_week = None
        if quota is not None and booking.takes_capacity:
            quota.taken += 1
            quota_week = quota.key.week
    for change in changes:
        _apply_one(order, world, booking, change)
    after = replace(
        _with_places(booking, moving),
        quota_week=quota_week,
        changed_at=world.now,
        version=booking.version + 1,
    )
    world.changes.bookings.append(after)
    return after


def _apply_one(order: MoveOrder, world: World, booking: Booking, change: _Change) -> None:
    before, slot, seal = change.dose, change.slot, change.seal
    if slot is None and seal is None:
        return
    after = before
    if slot is not None:
        free_place(world, before)
        share = slot.take(order.channel, world.now) if booking.takes_capacity else None
        after = _moved(before, slot, share, takes_capacity=booking.takes_capacity)
    if seal is not None:
        after = replace(after, key_id=seal.key_id, sealed=seal.sealed, to_seal_again=False)
    world.appointments[booking.booking_id][before.dose_rank] = after
    if after.centre_id == before.centre_id:
        world.changes.appointments.append(after)
    else:
        world.changes.gone_appointments.append(before)
        world.changes.new_appointments.append(after)


def _moved(
    dose: Appointment, slot: Slot, share: Share | None, *, takes_capacity: bool
) -> Appointment:
    return replace(
        dose,
        centre_id=slot.centre_id,
        slot_id=slot.slot_id,
        state="booked",
        day=slot.day,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        takes_capacity=takes_capacity,
        share=share,
    )


def _with_places(booking: Booking, moving: Mapping[int, Slot]) -> Booking:
    first, second = moving.get(1), moving.get(2)
    if first is not None:
        booking = replace(
            booking,
            product_id=first.product_id,
            first_centre_id=first.centre_id,
            first_slot_id=first.slot_id,
        )
    if second is not None:
        booking = replace(
            booking,
            product_id=second.product_id,
            second_centre_id=second.centre_id,
            second_slot_id=second.slot_id,
        )
    return booking
