"""Sign-on of the staff: rules, people, sessions, passkeys, and sign-ons under way."""

from alembic import op

revision = "0004"
down_revision = "0003"

SCHEMA = """
CREATE TABLE staff_rule (
    rule_id UUID NOT NULL,
    provider TEXT NOT NULL,
    claim TEXT NOT NULL,
    value TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    label TEXT NOT NULL,
    made_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT pk_staff_rule PRIMARY KEY (rule_id),
    CONSTRAINT ck_staff_rule_role CHECK (role in ('planner', 'centre', 'agent', 'auditor'))
);
COMMENT ON TABLE staff_rule IS 'local';
CREATE TABLE staff_person (
    person_id UUID NOT NULL,
    subject_hash BYTEA NOT NULL,
    provider TEXT NOT NULL,
    rules UUID[] NOT NULL,
    signed_on_at timestamptz NOT NULL,
    CONSTRAINT pk_staff_person PRIMARY KEY (person_id),
    CONSTRAINT uq_staff_person_subject_hash UNIQUE (subject_hash)
);
COMMENT ON TABLE staff_person IS 'local';
CREATE TABLE staff_session (
    session_id UUID NOT NULL,
    session_hash BYTEA NOT NULL,
    person_id UUID NOT NULL,
    rule_id UUID NOT NULL,
    way TEXT NOT NULL,
    made_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT pk_staff_session PRIMARY KEY (session_id),
    CONSTRAINT ck_staff_session_way CHECK (way in ('provider', 'passkey')),
    CONSTRAINT uq_staff_session_session_hash UNIQUE (session_hash),
    CONSTRAINT fk_staff_session_person_id FOREIGN KEY(person_id)
        REFERENCES staff_person (person_id),
    CONSTRAINT fk_staff_session_rule_id FOREIGN KEY(rule_id) REFERENCES staff_rule (rule_id)
);
COMMENT ON TABLE staff_session IS 'local';
CREATE TABLE staff_passkey (
    passkey_id UUID NOT NULL,
    credential_id BYTEA NOT NULL,
    person_id UUID NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    label TEXT NOT NULL,
    made_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT pk_staff_passkey PRIMARY KEY (passkey_id),
    CONSTRAINT uq_staff_passkey_credential_id UNIQUE (credential_id),
    CONSTRAINT fk_staff_passkey_person_id FOREIGN KEY(person_id) REFERENCES staff_person (person_id)
);
COMMENT ON TABLE staff_passkey IS 'local';
CREATE TABLE staff_attempt (
    attempt_hash BYTEA NOT NULL,
    kind TEXT NOT NULL,
    content JSONB NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT pk_staff_attempt PRIMARY KEY (attempt_hash)
);
COMMENT ON TABLE staff_attempt IS 'local';
"""


def upgrade() -> None:
    """Apply."""
    op.get_bind().exec_driver_sql(SCHEMA)
