"""Staff access, the audit chain, and the memory of answered requests."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    LargeBinary,
    SmallInteger,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB

from api.database.tables.metadata import Instant, metadata, text, uuid

staff_token = Table(
    "staff_token",
    metadata,
    uuid("token_id", key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    text("role"),
    text("scope"),
    text("label"),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    CheckConstraint("role in ('planner', 'centre', 'agent', 'auditor')", name="role"),
    comment="local",
)
"""`scope` is `national`, or the code of a region, centre or département, as the role asks."""

audit = Table(
    "audit",
    metadata,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    text("actor"),
    text("action"),
    text("subject"),
    Column("detail", JSONB, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    comment="local",
)
"""Append-only; `digest` is SHA-256 over `previous` and the entry, so that no entry can be altered,
dropped or put in between without breaking every later one."""

idempotency = Table(
    "idempotency",
    metadata,
    text("key", key=True),
    text("route", key=True),
    Column("print", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("answer", JSONB, nullable=False),
    Column("made_at", Instant, nullable=False),
    comment="dist:key",
)
"""Answers of requests that are neither a hold nor a confirmation (those remember themselves)."""
