"""The waiting room."""

from alembic import op

revision = "0005"
down_revision = "0004"

SCHEMA = """
CREATE TABLE queue_room (
    room_id SMALLINT NOT NULL,
    signing_key BYTEA NOT NULL,
    is_open BOOLEAN NOT NULL,
    rate FLOAT NOT NULL,
    admitted_until timestamptz NOT NULL,
    early INTEGER NOT NULL,
    early_place BIGINT NOT NULL,
    calm_s FLOAT NOT NULL,
    stepped_at timestamptz NOT NULL,
    CONSTRAINT pk_queue_room PRIMARY KEY (room_id),
    CONSTRAINT ck_queue_room_only_one CHECK (room_id = 1)
);
COMMENT ON TABLE queue_room IS 'local';
CREATE TABLE queue_told (
    machine_id UUID NOT NULL,
    second timestamptz NOT NULL,
    tickets INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    served INTEGER NOT NULL,
    pressure FLOAT NOT NULL,
    CONSTRAINT pk_queue_told PRIMARY KEY (machine_id, second)
);
COMMENT ON TABLE queue_told IS 'local';
CREATE INDEX ix_queue_told_second ON queue_told (second);
CREATE TABLE queue_opening (
    opening INTEGER NOT NULL,
    opens_at timestamptz NOT NULL,
    secret BYTEA NOT NULL,
    list_digest BYTEA,
    tickets INTEGER,
    closed_at timestamptz,
    CONSTRAINT pk_queue_opening PRIMARY KEY (opening)
);
COMMENT ON TABLE queue_opening IS 'local';
CREATE TABLE queue_early (
    opening INTEGER NOT NULL,
    ticket_id BYTEA NOT NULL,
    CONSTRAINT pk_queue_early PRIMARY KEY (opening, ticket_id)
);
COMMENT ON TABLE queue_early IS 'local';
CREATE TABLE queue_visit (
    ticket BYTEA NOT NULL,
    began_at timestamptz NOT NULL,
    holds INTEGER NOT NULL,
    CONSTRAINT pk_queue_visit PRIMARY KEY (ticket)
);
COMMENT ON TABLE queue_visit IS 'local';
"""


def upgrade() -> None:
    """Apply."""
    op.get_bind().exec_driver_sql(SCHEMA)
