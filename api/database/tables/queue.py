"""The waiting room: its state, what the machines told, openings and their lists, visits."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    LargeBinary,
    Table,
)

from api.database.tables.metadata import Instant, metadata, small, uuid, whole

queue_room = Table(
    "queue_room",
    metadata,
    small("room_id", key=True),
    Column("signing_key", LargeBinary, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("rate", Float, nullable=False),
    Column("admitted_until", Instant, nullable=False),
    whole("early"),
    Column("early_place", BigInteger, nullable=False),
    Column("calm_s", Float, nullable=False),
    Column("stepped_at", Instant, nullable=False),
    CheckConstraint("room_id = 1", name="only_one"),
    comment="local",
)

queue_told = Table(
    "queue_told",
    metadata,
    uuid("machine_id", key=True),
    Column("second", Instant, primary_key=True),
    whole("tickets"),
    whole("asked"),
    whole("served"),
    Column("pressure", Float, nullable=False),
    comment="local",
)
Index(None, queue_told.c.second)
"""What each process did in each second; nothing of whom."""

queue_opening = Table(
    "queue_opening",
    metadata,
    whole("opening", key=True),
    Column("opens_at", Instant, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("list_digest", LargeBinary),
    whole("tickets", null=True),
    Column("closed_at", Instant),
    comment="local",
)

queue_early = Table(
    "queue_early",
    metadata,
    whole("opening", key=True),
    Column("ticket_id", LargeBinary, primary_key=True),
    comment="local",
)
"""The list of an opening: random numbers."""

queue_visit = Table(
    "queue_visit",
    metadata,
    Column("ticket", LargeBinary, primary_key=True),
    Column("began_at", Instant, nullable=False),
    whole("holds"),
    comment="local",
)
"""Tickets that were used, by their digest: each lets in once."""
