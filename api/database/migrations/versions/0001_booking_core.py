"""Booking core, as it was first laid down: written out, so that later tables are not in it."""

from alembic import op

revision = "0001"
down_revision = None

SCHEMA = """
CREATE TABLE campaign (
    campaign_id SMALLINT NOT NULL,
    name TEXT NOT NULL,
    start DATE NOT NULL,
    weeks INTEGER NOT NULL,
    CONSTRAINT pk_campaign PRIMARY KEY (campaign_id),
    CONSTRAINT ck_campaign_only_one CHECK (campaign_id = 1)
);
COMMENT ON TABLE campaign IS 'ref';
CREATE TABLE department (
    department TEXT NOT NULL,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    timezone TEXT NOT NULL,
    CONSTRAINT pk_department PRIMARY KEY (department)
);
COMMENT ON TABLE department IS 'ref';
CREATE TABLE centre (
    centre_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    department TEXT NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    address TEXT NOT NULL,
    postcode TEXT NOT NULL,
    city TEXT NOT NULL,
    phone TEXT NOT NULL,
    opens_on DATE NOT NULL,
    closes_on DATE,
    open_days TEXT NOT NULL,
    opens_at TIME WITHOUT TIME ZONE NOT NULL,
    closes_at TIME WITHOUT TIME ZONE NOT NULL,
    lines INTEGER NOT NULL,
    CONSTRAINT pk_centre PRIMARY KEY (centre_id),
    CONSTRAINT uq_centre_code UNIQUE (code),
    CONSTRAINT fk_centre_department FOREIGN KEY(department) REFERENCES department (department)
);
COMMENT ON TABLE centre IS 'ref';
CREATE TABLE product (
    product_id SMALLINT NOT NULL,
    code TEXT NOT NULL,
    label TEXT NOT NULL,
    doses_per_vial SMALLINT NOT NULL,
    doses_needed SMALLINT NOT NULL,
    CONSTRAINT pk_product PRIMARY KEY (product_id),
    CONSTRAINT uq_product_code UNIQUE (code),
    CONSTRAINT ck_product_one_or_two CHECK (doses_needed in (1, 2))
);
COMMENT ON TABLE product IS 'ref';
CREATE TABLE dose_interval (
    product_id SMALLINT NOT NULL,
    from_date DATE NOT NULL,
    min_days INTEGER NOT NULL,
    max_days INTEGER NOT NULL,
    CONSTRAINT pk_dose_interval PRIMARY KEY (product_id, from_date),
    CONSTRAINT ck_dose_interval_ordered CHECK (0 <= min_days and min_days <= max_days),
    CONSTRAINT fk_dose_interval_product_id FOREIGN KEY(product_id) REFERENCES product (product_id)
);
COMMENT ON TABLE dose_interval IS 'ref';
CREATE TABLE priority_class (
    class_id SMALLINT NOT NULL,
    code TEXT NOT NULL,
    label TEXT NOT NULL,
    opens_on DATE NOT NULL,
    CONSTRAINT pk_priority_class PRIMARY KEY (class_id),
    CONSTRAINT uq_priority_class_code UNIQUE (code)
);
COMMENT ON TABLE priority_class IS 'ref';
CREATE TABLE eligibility (
    product_id SMALLINT NOT NULL,
    class_id SMALLINT NOT NULL,
    dose_rank SMALLINT NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE,
    CONSTRAINT pk_eligibility PRIMARY KEY (product_id, class_id, dose_rank, from_date),
    CONSTRAINT fk_eligibility_product_id FOREIGN KEY(product_id) REFERENCES product (product_id)
);
COMMENT ON TABLE eligibility IS 'ref';
CREATE TABLE schedule (
    centre_id INTEGER NOT NULL,
    schedule_id INTEGER NOT NULL,
    product_id SMALLINT NOT NULL,
    dose_rank SMALLINT NOT NULL,
    CONSTRAINT pk_schedule PRIMARY KEY (centre_id, schedule_id),
    CONSTRAINT uq_schedule_centre_id_product_id_dose_rank UNIQUE (centre_id, product_id, dose_rank)
);
COMMENT ON TABLE schedule IS 'dist:centre_id';
CREATE TABLE slot (
    centre_id INTEGER NOT NULL,
    slot_id INTEGER NOT NULL,
    schedule_id INTEGER NOT NULL,
    product_id SMALLINT NOT NULL,
    dose_rank SMALLINT NOT NULL,
    day DATE NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    capacity INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    phone_kept INTEGER NOT NULL,
    standby_kept INTEGER NOT NULL,
    open_at timestamptz NOT NULL,
    CONSTRAINT pk_slot PRIMARY KEY (centre_id, slot_id),
    CONSTRAINT uq_slot_centre_id_schedule_id_starts_at UNIQUE (centre_id, schedule_id, starts_at),
    CONSTRAINT fk_slot_centre_id_schedule_id FOREIGN KEY(centre_id, schedule_id) REFERENCES
        schedule (centre_id, schedule_id),
    CONSTRAINT ck_slot_never_oversold CHECK (0 <= taken and taken <= capacity),
    CONSTRAINT ck_slot_shares CHECK (phone_kept >= 0 and standby_kept >= 0),
    CONSTRAINT ck_slot_ordered CHECK (starts_at < ends_at)
);
COMMENT ON TABLE slot IS 'dist:centre_id';
CREATE TABLE quota (
    centre_id INTEGER NOT NULL,
    product_id SMALLINT NOT NULL,
    week DATE NOT NULL,
    department TEXT NOT NULL,
    class_id SMALLINT NOT NULL,
    slots INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    open_at timestamptz NOT NULL,
    CONSTRAINT pk_quota PRIMARY KEY (centre_id, product_id, week, department, class_id),
    CONSTRAINT ck_quota_counted CHECK (0 <= taken)
);
COMMENT ON TABLE quota IS 'dist:centre_id';
CREATE TABLE publication (
    centre_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    publication_id UUID NOT NULL,
    published_at timestamptz NOT NULL,
    source TEXT NOT NULL,
    changes JSONB NOT NULL,
    CONSTRAINT pk_publication PRIMARY KEY (centre_id, number)
);
CREATE INDEX ix_publication_id ON publication (publication_id);
COMMENT ON TABLE publication IS 'dist:centre_id';
CREATE TABLE booking (
    centre_id INTEGER NOT NULL,
    booking_id UUID NOT NULL,
    state TEXT NOT NULL,
    channel TEXT NOT NULL,
    product_id SMALLINT NOT NULL,
    department TEXT NOT NULL,
    class_id SMALLINT NOT NULL,
    quota_week DATE,
    first_elsewhere_on DATE,
    first_centre_id INTEGER,
    first_slot_id INTEGER,
    second_centre_id INTEGER,
    second_slot_id INTEGER,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    changed_at timestamptz NOT NULL,
    secret_hash BYTEA NOT NULL,
    hold_print BYTEA NOT NULL,
    confirm_print BYTEA,
    tag BYTEA,
    flagged BOOLEAN NOT NULL,
    takes_capacity BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_booking PRIMARY KEY (centre_id, booking_id),
    CONSTRAINT ck_booking_state CHECK (state in ('held', 'booked', 'cancelled')),
    CONSTRAINT ck_booking_channel CHECK (channel in ('web', 'phone', 'standby', 'centre')),
    CONSTRAINT ck_booking_holds_end CHECK ((state = 'held') = (expires_at is not null)),
    CONSTRAINT ck_booking_booked_for_somebody CHECK (state <> 'booked' or tag is not null),
    CONSTRAINT ck_booking_of_one_or_two_doses CHECK ((first_centre_id is null) = (first_slot_id
        is null) and (second_centre_id is null) = (second_slot_id is null) and
        coalesce(first_slot_id, second_slot_id) is not null)
);
CREATE INDEX ix_booking_expiry ON booking (expires_at) WHERE expires_at is not null;
COMMENT ON TABLE booking IS 'dist:centre_id';
CREATE TABLE appointment (
    centre_id INTEGER NOT NULL,
    booking_id UUID NOT NULL,
    dose_rank SMALLINT NOT NULL,
    slot_id INTEGER NOT NULL,
    home_centre_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    day DATE NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    key_id TEXT,
    sealed BYTEA,
    to_seal_again BOOLEAN NOT NULL,
    takes_capacity BOOLEAN NOT NULL,
    share TEXT,
    CONSTRAINT pk_appointment PRIMARY KEY (centre_id, booking_id, dose_rank),
    CONSTRAINT fk_appointment_centre_id_slot_id FOREIGN KEY(centre_id, slot_id) REFERENCES slot
        (centre_id, slot_id),
    CONSTRAINT ck_appointment_state
        CHECK (state in
            ('held', 'booked', 'displaced', 'arrived', 'fulfilled', 'noshow', 'cancelled')),
    CONSTRAINT ck_appointment_one_or_two CHECK (dose_rank in (1, 2)),
    CONSTRAINT ck_appointment_share CHECK (share in ('phone', 'standby'))
);
CREATE INDEX ix_appointment_centre_id_day ON appointment (centre_id, day);
CREATE INDEX ix_appointment_centre_id_slot_id ON appointment (centre_id, slot_id);
CREATE INDEX ix_appointment_displaced ON appointment (centre_id) WHERE state = 'displaced';
COMMENT ON TABLE appointment IS 'dist:centre_id';
CREATE TABLE booking_home (
    booking_id UUID NOT NULL,
    centre_id INTEGER NOT NULL,
    CONSTRAINT pk_booking_home PRIMARY KEY (booking_id)
);
COMMENT ON TABLE booking_home IS 'dist:booking_id';
CREATE TABLE person_guard (
    tag BYTEA NOT NULL,
    dose_rank SMALLINT NOT NULL,
    flagged BOOLEAN NOT NULL,
    booking_id UUID NOT NULL,
    CONSTRAINT pk_person_guard PRIMARY KEY (tag, dose_rank, flagged)
);
COMMENT ON TABLE person_guard IS 'dist:tag';
CREATE TABLE outbox (
    centre_id INTEGER NOT NULL,
    change_id UUID NOT NULL,
    slots INTEGER[] NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (centre_id, change_id)
);
COMMENT ON TABLE outbox IS 'dist:centre_id';
CREATE TABLE waiting (
    entry_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    join_print BYTEA NOT NULL,
    department TEXT NOT NULL,
    class_id SMALLINT NOT NULL,
    products SMALLINT[] NOT NULL,
    centres INTEGER[] NOT NULL,
    state TEXT NOT NULL,
    joined_at timestamptz NOT NULL,
    offers_made INTEGER NOT NULL,
    ready_at timestamptz NOT NULL,
    offer_centre_id INTEGER,
    offer_id UUID,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_waiting PRIMARY KEY (entry_id),
    CONSTRAINT ck_waiting_state
        CHECK (state in ('waiting', 'standby', 'offered', 'served', 'left')),
    CONSTRAINT ck_waiting_offer CHECK ((offer_id is null) = (offer_centre_id is null))
);
COMMENT ON TABLE waiting IS 'dist:entry_id';
CREATE TABLE waiting_centre (
    centre_id INTEGER NOT NULL,
    entry_id UUID NOT NULL,
    state TEXT NOT NULL,
    offers_made INTEGER NOT NULL,
    joined_at timestamptz NOT NULL,
    ready_at timestamptz NOT NULL,
    department TEXT NOT NULL,
    class_id SMALLINT NOT NULL,
    products SMALLINT[] NOT NULL,
    CONSTRAINT pk_waiting_centre PRIMARY KEY (centre_id, entry_id),
    CONSTRAINT ck_waiting_centre_state CHECK (state in ('waiting', 'standby', 'offered'))
);
CREATE INDEX ix_waiting_centre_order ON waiting_centre
    (centre_id, offers_made, joined_at, entry_id);
COMMENT ON TABLE waiting_centre IS 'dist:centre_id';
CREATE TABLE offer (
    centre_id INTEGER NOT NULL,
    offer_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    booking_id UUID,
    slot_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    made_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT pk_offer PRIMARY KEY (centre_id, offer_id),
    CONSTRAINT ck_offer_state CHECK (state in ('open', 'taken', 'refused', 'ended')),
    CONSTRAINT ck_offer_kind CHECK (kind in ('reserved', 'standby')),
    CONSTRAINT ck_offer_holds CHECK ((kind = 'reserved') = (booking_id is not null))
);
CREATE INDEX ix_offer_open ON offer (centre_id) WHERE state = 'open';
COMMENT ON TABLE offer IS 'dist:centre_id';
CREATE TABLE staff_token (
    token_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    label TEXT NOT NULL,
    made_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT pk_staff_token PRIMARY KEY (token_id),
    CONSTRAINT ck_staff_token_role CHECK (role in ('planner', 'centre', 'agent', 'auditor')),
    CONSTRAINT uq_staff_token_token_hash UNIQUE (token_hash)
);
COMMENT ON TABLE staff_token IS 'local';
CREATE TABLE audit (
    entry BIGINT NOT NULL,
    at timestamptz NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail JSONB NOT NULL,
    previous BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (entry)
);
COMMENT ON TABLE audit IS 'local';
CREATE TABLE idempotency (
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    print BYTEA NOT NULL,
    status SMALLINT NOT NULL,
    answer JSONB NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (key, route)
);
COMMENT ON TABLE idempotency IS 'dist:key';
"""


def upgrade() -> None:
    """Apply."""
    op.get_bind().exec_driver_sql(SCHEMA)
