"""Writing what a transaction decided and committing it, in one round trip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import uuid4

from api.booking.rows import Appointment
from api.booking.store.columns import (
    APPOINTMENT,
    APPOINTMENT_KEY,
    BOOKING,
    BOOKING_FOR_EVER,
    BOOKING_KEY,
    SEALED,
    Columns,
    arrays_of,
    names,
    readers,
    unnested,
    without,
)
from api.booking.world import World
from api.database.hot import Call, HotConnection, Row, Statement
from api.database.text_form import array, arrays, cell

COMMIT = Statement("commit", "COMMIT")
ROLLBACK = Statement("rollback", "ROLLBACK")

UPDATE_SLOTS = Statement(
    "update_slots",
    """UPDATE slot SET taken = slot.taken + d.taken, phone_kept = slot.phone_kept + d.phone_kept,
    standby_kept = slot.standby_kept + d.standby_kept
FROM unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::int[])
    AS d(centre_id, slot_id, taken, phone_kept, standby_kept)
WHERE slot.centre_id = d.centre_id AND slot.slot_id = d.slot_id""",
)
UPDATE_QUOTAS = Statement(
    "update_quotas",
    """UPDATE quota SET taken = quota.taken + d.taken
FROM unnest($1::int[], $2::smallint[], $3::date[], $4::text[], $5::smallint[], $6::int[])
    AS d(centre_id, product_id, week, department, class_id, taken)
WHERE quota.centre_id = d.centre_id AND quota.product_id = d.product_id AND quota.week = d.week
    AND quota.department = d.department AND quota.class_id = d.class_id""",
)
DELETE_GUARDS = Statement(
    "delete_guards",
    """DELETE FROM person_guard
USING unnest($1::bytea[], $2::smallint[], $3::boolean[], $4::uuid[])
    AS d(tag, dose_rank, flagged, booking_id)
WHERE person_guard.tag = d.tag AND person_guard.dose_rank = d.dose_rank
    AND person_guard.flagged = d.flagged AND person_guard.booking_id = d.booking_id""",
)
DELETE_BOOKINGS = Statement(
    "delete_bookings",
    """DELETE FROM booking USING unnest($1::int[], $2::uuid[]) AS d(centre_id, booking_id)
WHERE booking.centre_id = d.centre_id AND booking.booking_id = d.booking_id""",
)
DELETE_HOMES = Statement(
    "delete_homes", "DELETE FROM booking_home WHERE booking_id = ANY($1::uuid[])"
)


def _insert(table: str, columns: Columns) -> Statement:
    sql = f"INSERT INTO {table} ({names(columns)}) SELECT * FROM {unnested(columns)}"
    return Statement(f"insert_{table}", sql)


def _matching(table: str, key: Iterable[str]) -> str:
    return " AND ".join(f"{table}.{name} = d.{name}" for name in key)


BOOKING_CHANGES = without(BOOKING, *BOOKING_FOR_EVER)
APPOINTMENT_ROW = {**APPOINTMENT, **SEALED}
APPOINTMENT_CHANGES = without(APPOINTMENT_ROW, "home_centre_id")
SEALING = {name: APPOINTMENT_ROW[name] for name in (*APPOINTMENT_KEY, *SEALED, "takes_capacity")}
GONE = {name: APPOINTMENT[name] for name in APPOINTMENT_KEY}

INSERT_BOOKINGS = _insert("booking", BOOKING)
UPDATE_BOOKINGS = Statement(
    "update_bookings",
    f"""UPDATE booking
SET {", ".join(f"{name} = d.{name}" for name in without(BOOKING_CHANGES, *BOOKING_KEY))}
FROM {unnested(BOOKING_CHANGES)} AS d({names(BOOKING_CHANGES)})
WHERE {_matching("booking", BOOKING_KEY)}""",
)
INSERT_APPOINTMENTS = _insert("appointment", APPOINTMENT_ROW)
UPDATE_APPOINTMENTS = Statement(
    "update_appointments",
    # What was sealed stays until it is sealed anew, and goes when the dose is cancelled.
    f"""UPDATE appointment
SET {", ".join(f"{n} = d.{n}" for n in without(APPOINTMENT_CHANGES, *APPOINTMENT_KEY, *SEALED))},
    key_id = CASE WHEN d.state <> 'cancelled' THEN coalesce(d.key_id, appointment.key_id) END,
    sealed = CASE WHEN d.state <> 'cancelled' THEN coalesce(d.sealed, appointment.sealed) END
FROM {unnested(APPOINTMENT_CHANGES)} AS d({names(APPOINTMENT_CHANGES)})
WHERE {_matching("appointment", APPOINTMENT_KEY)}""",
)
SEAL_APPOINTMENTS = Statement(
    "seal_appointments",
    f"""UPDATE appointment
SET state = 'booked', key_id = d.key_id, sealed = d.sealed, takes_capacity = d.takes_capacity,
    share = CASE WHEN d.takes_capacity THEN appointment.share END
FROM {unnested(SEALING)} AS d({names(SEALING)})
WHERE {_matching("appointment", APPOINTMENT_KEY)}
RETURNING {names(APPOINTMENT, "appointment.")}""",
    readers(APPOINTMENT),
)
DELETE_APPOINTMENTS = Statement(
    "delete_appointments",
    f"""DELETE FROM appointment USING {unnested(GONE)} AS d({names(GONE)})
WHERE {_matching("appointment", APPOINTMENT_KEY)}""",
)
INSERT_ANSWERS = Statement(
    "insert_answers",
    """INSERT INTO idempotency (key, route, print, status, answer, made_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::smallint[], $5::jsonb[],
    $6::timestamptz[])""",
)
INSERT_OUTBOX = Statement(
    "insert_outbox",
    """INSERT INTO outbox (centre_id, change_id, slots, changed_at)
SELECT d.centre_id, d.change_id, d.slots::int[], $4::timestamptz
FROM unnest($1::int[], $2::uuid[], $3::text[]) AS d(centre_id, change_id, slots)""",
)


async def write(connection: HotConnection, world: World) -> None:
    """Write every change and commit; afterwards the doses that were sealed are known.

    Raises
    ------
    StatementError
        When the database refuses a change; nothing is written then.
    ConnectionLostError
        When the commit may or may not have been carried out.
    """
    calls = list(_calls(world))
    if not calls:
        await connection.trip([(ROLLBACK, ())])
        return
    results = await connection.trip([*calls, (COMMIT, ())])
    for (statement, _), rows in zip(calls, results, strict=False):
        if statement is SEAL_APPOINTMENTS:
            _take_sealed(world, rows)


def _calls(world: World) -> Iterator[Call]:
    changes = world.changes
    yield from _count_calls(world)
    if changes.new_bookings:
        yield INSERT_BOOKINGS, arrays_of(BOOKING, changes.new_bookings)
    if changes.bookings:
        yield UPDATE_BOOKINGS, arrays_of(BOOKING_CHANGES, changes.bookings)
    if changes.gone_bookings:
        yield DELETE_BOOKINGS, arrays_of(BOOKING_KEY, changes.gone_bookings)
    if changes.gone_appointments:
        yield DELETE_APPOINTMENTS, arrays_of(GONE, changes.gone_appointments)
    if changes.new_appointments:
        yield INSERT_APPOINTMENTS, arrays_of(APPOINTMENT_ROW, changes.new_appointments)
    if changes.appointments:
        yield UPDATE_APPOINTMENTS, arrays_of(APPOINTMENT_CHANGES, changes.appointments)
    if changes.sealed:
        yield SEAL_APPOINTMENTS, arrays_of(SEALING, changes.sealed)
    if changes.gone_guards:
        guards = [(*key, owner) for key, owner in changes.gone_guards.items()]
        yield DELETE_GUARDS, [array(column) for column in zip(*guards, strict=True)]
    if changes.gone_homes:
        yield DELETE_HOMES, (array(changes.gone_homes),)
    if changes.answers:
        answers = [(*answer, world.now) for answer in changes.answers]
        yield INSERT_ANSWERS, [array(column) for column in zip(*answers, strict=True)]


def _count_calls(world: World) -> Iterator[Call]:
    """Write the counts of slots and quotas, and tell the publisher which slots changed."""
    if slots := [(*key, *difference) for key, difference in world.changed_slots()]:
        yield UPDATE_SLOTS, [array(column) for column in zip(*slots, strict=True)]
    if quotas := [(*key, difference) for key, difference in world.changed_quotas()]:
        yield UPDATE_QUOTAS, [array(column) for column in zip(*quotas, strict=True)]
    changed: dict[int, list[int]] = {}
    for centre, slot, *_ in slots:
        changed.setdefault(centre, []).append(slot)
    if changed:
        ids = [uuid4() for _ in changed]
        yield INSERT_OUTBOX, (array(changed), array(ids), arrays(changed.values()), cell(world.now))


def _take_sealed(world: World, rows: list[Row]) -> None:
    for row in rows:
        appointment = Appointment(*row)
        doses = world.appointments.setdefault(appointment.booking_id, {})
        doses[appointment.dose_rank] = appointment
