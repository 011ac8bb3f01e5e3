"""The waiting list and its offers; nobody's contact is here."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
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
    Column("centres", ARRAY(Integer), nullable=False),
    text("state"),
    Column("joined_at", Instant, nullable=False),
    whole("offers_made"),
    Column("ready_at", Instant, nullable=False),
    whole("offer_centre_id", null=True),
    uuid("offer_id", null=True),
    Column("changed_at", Instant, nullable=False),
    CheckConstraint("state in ('waiting', 'standby', 'offered', 'served', 'left')", name="state"),
    CheckConstraint("(offer_id is null) = (offer_centre_id is null)", name="offer"),
    comment="dist:entry_id",
)
"""An entry of the list. `offers_made` counts the offers that held a place for it; the next such is
not made before `ready_at`. `offer_*` name the offer it has, or had last."""

waiting_centre = Table(
    "waiting_centre",
    metadata,
    centre_key(),
    uuid("entry_id", key=True),
    text("state"),
    whole("offers_made"),
    Column("joined_at", Instant, nullable=False),
    Column("ready_at", Instant, nullable=False),
    text("department"),
    small("class_id"),
    Column("products", ARRAY(SmallInteger), nullable=False),
    CheckConstraint("state in ('waiting', 'standby', 'offered')", name="state"),
    Index("ix_waiting_centre_order", "centre_id", "offers_made", "joined_at", "entry_id"),
    comment="dist:centre_id",
)
"""An entry at each centre it accepts, while it is in the list; repeats what choosing whom to offer
to needs, in the order in which offers are made."""

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
    CheckConstraint("(kind = 'reserved') = (booking_id is not null)", name="holds"),
    Index("ix_offer_open", "centre_id", postgresql_where="state = 'open'"),
    comment="dist:centre_id",
)
"""A `reserved` offer holds a place in its slot (first dose) for its window, by the hold
`booking_id`; a `standby` one says that it holds none. An open standby offer with `answered_at` was
answered yes and waits for a place."""
