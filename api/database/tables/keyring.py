"""Keys of the campaign and of its centres: public ones, signed, and private ones, wrapped."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, LargeBinary, Table

from api.database.tables.metadata import Instant, centre_key, metadata, small, text, whole

signed_campaign = Table(
    "signed_campaign",
    metadata,
    small("campaign_id", key=True),
    text("code"),
    Column("authority", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("installed_at", Instant, nullable=False),
    CheckConstraint("campaign_id = 1", name="only_one"),
    comment="ref",
)
"""`authority` is the public key that signs for the campaign; `document` what it signed, byte for
byte; `code` names the campaign to every client, and is part of what identities are sealed with."""

centre_keys = Table(
    "centre_key",
    metadata,
    centre_key(),
    text("key_id", key=True),
    Column("signed", LargeBinary),
    Column("first_day", Date),
    Column("key_file", LargeBinary),
    whole("version"),
    Column("changed_at", Instant, nullable=False),
    Column("destroyed_at", Instant),
    CheckConstraint("(signed is null) = (first_day is null)", name="signed_for_days"),
    CheckConstraint("destroyed_at is null or key_file is null", name="destroyed"),
    comment="dist:centre_id",
)
"""A key of a centre. `signed` is the public key with the authority's signature, from `first_day`
on; `key_file` the private one, wrapped once for each holder, which nothing here can open.

`version` counts the key files; a key that was destroyed keeps its row, so that it never returns."""
