"""One round trip that brings what operations ask for, locked in the order of docs/booking.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from api.booking.quota import Quota, QuotaKey
from api.booking.rows import Appointment, Booking, GuardKey
from api.booking.slot import Slot
from api.booking.store import locks
from api.booking.wants import Wants
from api.booking.world import StoredAnswer, World
from api.database.hot import Call, HotConnection, Row, Statement
from api.database.text_form import Plain, array, cell

K = TypeVar("K")

Finding: TypeAlias = tuple[Call, Callable[[World, list[Row]], None]]
"""A statement to send, and what takes note of its rows."""


async def bring(connection: HotConnection, world: World, wants: Wants, *, locked: bool) -> None:
    """Find what is wanted and take note of it; what was locked stays so until the end.

    Parameters
    ----------
    locked
        Whether this belongs to a transaction, begun here if it was not yet; if not, bookings are
        only read.
    """
    findings = list(_findings(world, wants, locked=locked))
    calls = [call for call, _ in findings]
    if locked and not world.begun:
        world.begun = True
        [_, *results] = await connection.trip([(locks.BEGIN, ()), *calls])
    else:
        results = await connection.trip(calls)
    for (_, take), rows in zip(findings, results, strict=True):
        take(world, rows)
    taken = {key.tag for key, owner in wants.guards.items() if world.guards.get(key) != owner}
    if taken:
        [rows] = await connection.trip([(locks.GUARD_OWNERS, (array(sorted(taken)),))])
        world.guards.update({GuardKey(*key): owner for *key, owner in rows})


def _findings(world: World, wants: Wants, *, locked: bool) -> Iterator[Finding]:
    """Guards, homes, bookings, slots, quotas, as they are locked; then what is only read."""
    if wants.guards:
        guards = [(*key, owner) for key, owner in sorted(wants.guards.items())]
        yield _padded(locks.new_guards, guards), _take_new_guards
    if wants.new_homes:
        yield _padded(locks.new_homes, sorted(wants.new_homes.items())), _take_new_homes
    if wants.homes:
        world.homes.update(dict.fromkeys(wants.homes))
        yield (locks.HOMES, (array(wants.homes),)), _take_homes
    statement = locks.LOCK_BOOKINGS if locked else locks.READ_BOOKINGS
    world.bookings.update({id_: None for _, id_ in wants.bookings})
    for centre, ids in _by_centre(wants.bookings):
        yield (statement, (cell(centre), array(ids))), _take_bookings
    for centre, slots in _by_centre(wants.slots):
        yield (locks.LOCK_SLOTS, (cell(centre), array(slots), cell(world.now))), _take_slots
    for centre, wanted in _by_centre((centre, rest) for centre, *rest in wants.quotas):
        columns = (array(column) for column in zip(*wanted, strict=True))
        yield (locks.LOCK_QUOTAS, (cell(centre), *columns)), _take_quotas
    for centre, ids in _by_centre(wants.appointments):
        yield (locks.APPOINTMENTS, (cell(centre), array(ids))), _take_appointments
    for key, route in wants.answers:
        yield (locks.ANSWERS, (array([key]), cell(route))), _take_answers


def _by_centre(pairs: Iterable[tuple[int, K]]) -> Iterator[tuple[int, list[K]]]:
    """Keys of each centre, centres and keys sorted."""
    grouped: dict[int, list[K]] = {}
    for centre, key in sorted(pairs):
        grouped.setdefault(centre, []).append(key)
    yield from grouped.items()


def _padded(statement_of: Callable[[int], Statement], rows: Sequence[Sequence[Plain]]) -> Call:
    """Call a statement of many rows, the last repeated up to a power of two.

    So there are few statements to prepare; a repeated row conflicts with itself and is not made.
    """
    size = 1 << (len(rows) - 1).bit_length()
    padded = [*rows, *[rows[-1]] * (size - len(rows))]
    return statement_of(size), [cell(value) for row in padded for value in row]


def _take_new_guards(world: World, rows: list[Row]) -> None:
    made = {GuardKey(*key): owner for *key, owner in rows}
    world.guards |= made
    world.made_guards |= made


def _take_new_homes(world: World, rows: list[Row]) -> None:
    world.made_homes.update(id_ for (id_,) in rows)


def _take_homes(world: World, rows: list[Row]) -> None:
    world.homes.update(dict(rows))


def _take_bookings(world: World, rows: list[Row]) -> None:
    for row in rows:
        booking = Booking(*row)
        world.bookings[booking.booking_id] = booking


def _take_slots(world: World, rows: list[Row]) -> None:
    for row in rows:
        world.find_slot(Slot(*row))


def _take_quotas(world: World, rows: list[Row]) -> None:
    for *key, slots, taken, open_at in rows:
        world.find_quota(Quota(QuotaKey(*key), slots, taken, open_at))


def _take_appointments(world: World, rows: list[Row]) -> None:
    for row in rows:
        appointment = Appointment(*row)
        doses = world.appointments.setdefault(appointment.booking_id, {})
        doses[appointment.dose_rank] = appointment


def _take_answers(world: World, rows: list[Row]) -> None:
    for row in rows:
        answer = StoredAnswer(*row)
        world.answers[answer.key, answer.route] = answer
