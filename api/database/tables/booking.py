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
    Index("ix_booking_expiry", "expires_at", postgresql_where="expires_at is not null"),
    comment="dist:centre_id",
)
"""The authority on a pair, at the centre of its first dose (or only dose).

`hold_print` and `confirm_print` are digests of the requests: the same id with another request is
refused. `flagged` bookings of somebody already booked wait for the centre's staff; those that take
no capacity answer like any other (duplicate policy `neutral`). `quota_week` is the Monday of the
quota row the booking uses; null when it uses none. `version` counts changes (the ETag)."""

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
    text("key_id", null=True),
    Column("sealed", LargeBinary),
    Column("to_seal_again", Boolean, nullable=False),
    ForeignKeyConstraint(["centre_id", "slot_id"], ["slot.centre_id", "slot.slot_id"]),
    CheckConstraint(
        "state in ('held', 'booked', 'arrived', 'fulfilled', 'noshow', 'cancelled')", name="state"
    ),
    CheckConstraint("dose_rank in (1, 2)", name="one_or_two"),
    Index("ix_appointment_centre_id_slot_id", "centre_id", "slot_id"),
    Index("ix_appointment_centre_id_day", "centre_id", "day"),
    comment="dist:centre_id",
)
"""One dose of a booking, with its centre; `home_centre_id` is where the booking row lives."""

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
