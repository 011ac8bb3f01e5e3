"""What can be booked: schedules (centre x product x dose rank), their slots, and the quotas."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from api.database.tables.metadata import (
    Instant,
    centre_key,
    metadata,
    small,
    text,
    uuid,
    whole,
)

schedule = Table(
    "schedule",
    metadata,
    centre_key(),
    whole("schedule_id", key=True),
    small("product_id"),
    small("dose_rank"),
    UniqueConstraint("centre_id", "product_id", "dose_rank"),
    comment="dist:centre_id",
)

slot = Table(
    "slot",
    metadata,
    centre_key(),
    whole("slot_id", key=True),
    whole("schedule_id"),
    small("product_id"),
    small("dose_rank"),
    Column("day", Date, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    whole("capacity"),
    whole("taken"),
    whole("phone_kept"),
    whole("standby_kept"),
    Column("open_at", Instant, nullable=False),
    UniqueConstraint("centre_id", "schedule_id", "starts_at"),
    ForeignKeyConstraint(
        ["centre_id", "schedule_id"], ["schedule.centre_id", "schedule.schedule_id"]
    ),
    CheckConstraint("0 <= taken and taken <= capacity", name="never_oversold"),
    CheckConstraint("phone_kept >= 0 and standby_kept >= 0", name="shares"),
    CheckConstraint("starts_at < ends_at", name="ordered"),
    comment="dist:centre_id",
)
"""`taken` counts doses held and booked. Until `open_at`, `phone_kept` of what is left is for the
telephone and `standby_kept` for the waiting list; after it everything is open. `day` is the local
day; `product_id` and `dose_rank` repeat the schedule's, so that booking reads one row."""

quota = Table(
    "quota",
    metadata,
    centre_key(),
    small("product_id", key=True),
    Column("week", Date, primary_key=True),
    text("department", key=True),
    small("class_id", key=True),
    whole("slots"),
    whole("taken"),
    Column("open_at", Instant, nullable=False),
    CheckConstraint("0 <= taken", name="counted"),
    comment="dist:centre_id",
)
"""First doses of a centre, product and week (its Monday) meant for one département and class.

Until `open_at` these people only; a (centre, product, week) without rows has no quota."""

publication = Table(
    "publication",
    metadata,
    centre_key(),
    whole("number", key=True),
    uuid("publication_id"),
    Column("published_at", Instant, nullable=False),
    text("source"),
    Column("changes", JSONB, nullable=False),
    Index("ix_publication_id", "publication_id"),
    comment="dist:centre_id",
)
"""One centre's part of a publication and what it changed; `source` names the plan or the hand.

`number` counts a centre's publications from 1: two that saw the same one before exclude each other
by the primary key, and it is the version of the centre's capacity (the ETag)."""
