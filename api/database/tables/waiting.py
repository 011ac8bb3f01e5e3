"""The waiting list and its offers; nobody's contact is here."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    SmallInteger,
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

waiting = Table(
    "waiting",
    metadata,
    uuid("entry_id", key=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("join_print", LargeBinary, nullable=False),
    text("department"),
    small("class_id"),
    Column("products", ARRAY(SmallInteger), nullable=False),
    text("state"),
    Column("joined_at", Instant, nullable=False),
    whole("offers_made"),
    CheckConstraint("state in ('waiting', 'offered', 'served', 'left')", name="state"),
    comment="dist:entry_id",
)

waiting_centre = Table(
    "waiting_centre",
    metadata,
    centre_key(),
    uuid("entry_id", key=True),
    Column("joined_at", Instant, nullable=False),
    small("class_id"),
    Column("products", ARRAY(SmallInteger), nullable=False),
    Index("ix_waiting_centre_order", "centre_id", "joined_at", "entry_id"),
    comment="dist:centre_id",
)
"""An entry at each centre it accepts; repeats what choosing whom to offer to needs."""

offer = Table(
    "offer",
    metadata,
    centre_key(),
    uuid("offer_id", key=True),
    uuid("entry_id"),
    uuid("booking_id", null=True),
    whole("slot_id"),
    text("state"),
    text("kind"),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("answered_at", Instant),
    CheckConstraint("state in ('open', 'taken', 'refused', 'ended')", name="state"),
    CheckConstraint("kind in ('reserved', 'standby')", name="kind"),
    Index("ix_offer_entry_id", "centre_id", "entry_id"),
    comment="dist:centre_id",
)
"""A `reserved` offer holds its slot for its window; a `standby` one says that it does not."""
