"""Sign-on of the staff: rules, people by a digest, sessions, passkeys, and sign-ons under way."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from api.database.tables.metadata import Instant, metadata, text, uuid

staff_rule = Table(
    "staff_rule",
    metadata,
    uuid("rule_id", key=True),
    text("provider"),
    text("claim"),
    text("value"),
    text("role"),
    text("scope"),
    text("label"),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    CheckConstraint("role in ('planner', 'centre', 'agent', 'auditor')", name="role"),
    comment="local",
)
"""Whoever a provider says this of has that role and scope; nobody has one without a rule."""

staff_person = Table(
    "staff_person",
    metadata,
    uuid("person_id", key=True),
    Column("subject_hash", LargeBinary, nullable=False, unique=True),
    text("provider"),
    Column("rules", ARRAY(Uuid), nullable=False),
    Column("signed_on_at", Instant, nullable=False),
    comment="local",
)
"""`rules` held when the provider last spoke of them; `subject_hash` is all that is kept of who."""

staff_session = Table(
    "staff_session",
    metadata,
    uuid("session_id", key=True),
    Column("session_hash", LargeBinary, nullable=False, unique=True),
    Column("person_id", Uuid, ForeignKey("staff_person.person_id"), nullable=False),
    Column("rule_id", Uuid, ForeignKey("staff_rule.rule_id"), nullable=False),
    text("way"),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("closed_at", Instant),
    CheckConstraint("way in ('provider', 'passkey')", name="way"),
    comment="local",
)

staff_passkey = Table(
    "staff_passkey",
    metadata,
    uuid("passkey_id", key=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("person_id", Uuid, ForeignKey("staff_person.person_id"), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    text("label"),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    comment="local",
)

staff_attempt = Table(
    "staff_attempt",
    metadata,
    Column("attempt_hash", LargeBinary, primary_key=True),
    text("kind"),
    Column("content", JSONB, nullable=False),
    Column("ends_at", Instant, nullable=False),
    comment="local",
)
"""State, nonce and verifier, or a challenge: removed by the answer, whatever it is."""
