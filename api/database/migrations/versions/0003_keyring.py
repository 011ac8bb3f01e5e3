"""Keys of the campaign and of its centres, and the doses that wait to be sealed again."""

from alembic import op

revision = "0003"
down_revision = "0002"

SCHEMA = """
CREATE TABLE signed_campaign (
    campaign_id SMALLINT NOT NULL,
    code TEXT NOT NULL,
    authority BYTEA NOT NULL,
    document BYTEA NOT NULL,
    installed_at timestamptz NOT NULL,
    CONSTRAINT pk_signed_campaign PRIMARY KEY (campaign_id),
    CONSTRAINT ck_signed_campaign_only_one CHECK (campaign_id = 1)
);
COMMENT ON TABLE signed_campaign IS 'ref';
CREATE TABLE centre_key (
    centre_id INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    signed BYTEA,
    first_day DATE,
    key_file BYTEA,
    version INTEGER NOT NULL,
    changed_at timestamptz NOT NULL,
    destroyed_at timestamptz,
    CONSTRAINT pk_centre_key PRIMARY KEY (centre_id, key_id),
    CONSTRAINT ck_centre_key_signed_for_days CHECK ((signed is null) = (first_day is null)),
    CONSTRAINT ck_centre_key_destroyed CHECK (destroyed_at is null or key_file is null)
);
COMMENT ON TABLE centre_key IS 'dist:centre_id';
CREATE INDEX ix_appointment_to_seal_again ON appointment (key_id) WHERE to_seal_again;
"""


def upgrade() -> None:
    """Apply."""
    op.get_bind().exec_driver_sql(SCHEMA)
