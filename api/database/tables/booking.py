"""Bookings: held, booked, cancelled. One row a booking, one row a dose; no column for a name."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
)
from sqlalchemy.dialects.postgresql import ARRAY

from api.database.tables.metadata import (
    Instant,
    centre_key,
    metadata,
    small,
    text,
    uuid,
    whole,
)

booking = Table(
    "booking",
    metadata,
    centre_key(),
    uuid("booking_id", key=True),
    text("state"),
    text("channel"),
    small("product_id"),
    text("department"),
    small("class_id"),
    Column("quota_week", Date),
    Column("first_elsewhere_on", Date),
    whole("first_centre_id", null=True),
    whole("first_slot_id", null=True),
    whole("second_centre_id", null=True),
    whole("second_slot_id", null=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("hold_print", LargeBinary, nullable=False),
    Column("confirm_print", LargeBinary),
    Column("tag", LargeBinary),
    Column("flagged", Boolean, nullable=False),
    Column("takes_capacity", Boolean, nullable=False),
    whole("version"),
    CheckConstraint("state in ('held', 'booked', 'cancelled')", name="state"),
    CheckConstraint("channel in ('web', 'phone', 'standby', 'centre')", name="channel"),
    CheckConstraint("(state = 'held') = (expires_at is not null)", name="holds_end"),
    CheckConstraint("state <> 'booked' or tag is not null", name="booked_for_somebody"),
    CheckConstraint(
        "(first_centre_id is null) = (first_slot_id is null)"
        " and (second_centre_id is null) = (second_slot_id is null)"
        " and coalesce(first_slot_id, second_slot_id) is not null",
        name="of_one_or_two_doses",
    ),
    Index("ix_booking_expiry", "expires_at", postgresql_where="expires_at is not null"),
    comment="dist:centre_id",
)
"""The authority on a pair: which doses it has, where they are, in what state it is.

`centre_id` is its home: the centre its first (or only) dose was held at. The home never changes;
a move or a re-booking changes `first_*` and `second_*`, the slots of its doses (null: no such
dose), in the transaction that changes the appointments. `quota_week` is the Monday of the quota
row the booking uses, which is (first_centre_id, product_id, quota_week, department, class_id);
null when it uses none.

`hold_print` and `confirm_print` are digests of the requests: the same id with another request is
refused. `flagged` bookings of somebody already booked wait for the centre's staff; those that take
no capacity answer like any other (duplicate policy `neutral`). `version` counts changes."""

appointment = Table(
    "appointment",
    metadata,
    centre_key(),
    uuid("booking_id", key=True),
    small("dose_rank", key=True),
    whole("slot_id"),
    whole("home_centre_id"),
    text("state"),
    Column("day", Date, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    text("key_id", null=True),
    Column("sealed", LargeBinary),
    Column("to_seal_again", Boolean, nullable=False),
    Column("takes_capacity", Boolean, nullable=False),
    text("share", null=True),
    ForeignKeyConstraint(["centre_id", "slot_id"], ["slot.centre_id", "slot.slot_id"]),
    CheckConstraint(
        "state in ('held', 'booked', 'displaced', 'arrived', 'fulfilled', 'noshow', 'cancelled')",
        name="state",
    ),
    CheckConstraint("dose_rank in (1, 2)", name="one_or_two"),
    CheckConstraint("share in ('phone', 'standby')", name="share"),
    Index("ix_appointment_centre_id_slot_id", "centre_id", "slot_id"),
    Index("ix_appointment_centre_id_day", "centre_id", "day"),
    Index("ix_appointment_displaced", "centre_id", postgresql_where="state = 'displaced'"),
    Index("ix_appointment_to_seal_again", "key_id", postgresql_where="to_seal_again"),
    comment="dist:centre_id",
)
"""One dose of a booking, with its centre; `home_centre_id` is where the booking row lives.

`day`, `starts_at` and `ends_at` repeat the slot's. `takes_capacity` repeats the booking's, so that
`slot.taken` is the number of its appointments that take capacity and are not cancelled. `share`
names the kept share of the slot the dose was taken from; it goes back there when it is freed.

A `displaced` dose lost its slot to a supply cut and nothing else was free: it names the slot it
had, takes no capacity, and gets a place as soon as there is one."""

booking_home = Table(
    "booking_home",
    metadata,
    uuid("booking_id", key=True),
    whole("centre_id"),
    comment="dist:booking_id",
)
"""Where to find a booking by its id alone; makes the id unique everywhere."""

person_guard = Table(
    "person_guard",
    metadata,
    Column("tag", LargeBinary, primary_key=True),
    small("dose_rank", key=True),
    Column("flagged", Boolean, primary_key=True),
    uuid("booking_id"),
    comment="dist:tag",
)
"""One live booking a person and dose rank, and one flagged beside it."""

outbox = Table(
    "outbox",
    metadata,
    centre_key(),
    uuid("change_id", key=True),
    Column("slots", ARRAY(Integer), nullable=False),
    Column("changed_at", Instant, nullable=False),
    comment="dist:centre_id",
)
"""What the publisher must look at again: these slots, or the whole centre when there are none."""
