"""What the campaign is about: places, products, and the dated rules. Small, the same everywhere."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Table,
    Time,
    UniqueConstraint,
)

from api.database.tables.metadata import metadata, small, text, whole

campaign = Table(
    "campaign",
    metadata,
    small("campaign_id", key=True),
    text("name"),
    Column("start", Date, nullable=False),
    whole("weeks"),
    CheckConstraint("campaign_id = 1", name="only_one"),
    comment="ref",
)

department = Table(
    "department",
    metadata,
    text("department", key=True),
    text("name"),
    text("region"),
    text("timezone"),
    comment="ref",
)

centre = Table(
    "centre",
    metadata,
    whole("centre_id", key=True),
    text("code"),
    text("name"),
    Column("department", ForeignKey(department.c.department), nullable=False),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    text("address"),
    text("postcode"),
    text("city"),
    text("phone"),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date),
    text("open_days"),
    Column("opens_at", Time, nullable=False),
    Column("closes_at", Time, nullable=False),
    whole("lines"),
    UniqueConstraint("code"),
    comment="ref",
)
"""`code` is the id of instance folders; `open_days` are weekday digits, Monday 1, like `12345`."""

product = Table(
    "product",
    metadata,
    small("product_id", key=True),
    text("code"),
    text("label"),
    small("doses_per_vial"),
    small("doses_needed"),
    UniqueConstraint("code"),
    CheckConstraint("doses_needed in (1, 2)", name="one_or_two"),
    comment="ref",
)

dose_interval = Table(
    "dose_interval",
    metadata,
    Column("product_id", ForeignKey(product.c.product_id), primary_key=True),
    Column("from_date", Date, primary_key=True),
    whole("min_days"),
    whole("max_days"),
    CheckConstraint("0 <= min_days and min_days <= max_days", name="ordered"),
    comment="ref",
)
"""Days between both doses, by the day of the first: the newest row not after it counts."""

priority_class = Table(
    "priority_class",
    metadata,
    small("class_id", key=True),
    text("code"),
    text("label"),
    Column("opens_on", Date, nullable=False),
    UniqueConstraint("code"),
    comment="ref",
)

eligibility = Table(
    "eligibility",
    metadata,
    Column("product_id", ForeignKey(product.c.product_id), primary_key=True),
    small("class_id", key=True),
    small("dose_rank", key=True),
    Column("from_date", Date, primary_key=True),
    Column("to_date", Date),
    comment="ref",
)
"""`class_id` is 0 for rank 2, which is pooled over classes; `to_date` is the last day, if any."""
