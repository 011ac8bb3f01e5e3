-- One pair of doses, held and confirmed: the statements, transactions and round trips of the
-- application, on the campaign of campaign.py. pgbench is told the rest by -D: see pgbench.py.
\set draw random(1, 100)
\if :draw <= :percent
\set centre random(1, :hot)
\else
\set centre random(:hot + 1, :centres)
\endif
\set department (:centre - 1) % :departments + 1
\set class random(1, :classes)
\set n random(1, :firsts)
\set second :n + :firsts
\set week (:n - 1) / (6 * :windows) * 7
\set day :week + (:n - 1) / :windows % 6
\set key random(1, 4611686018427387904)
\set person random(1, 4611686018427387904)

\startpipeline
BEGIN;

INSERT INTO booking_home (booking_id, centre_id)
VALUES (lpad(to_hex(:key::bigint), 32, '0')::uuid, :centre::int)
ON CONFLICT DO NOTHING RETURNING booking_id;

SELECT centre_id, slot_id, product_id, dose_rank, day, starts_at, ends_at,
    capacity, taken, phone_kept, standby_kept, open_at,
    dose_rank = 1 AND (SELECT true FROM quota
        WHERE quota.centre_id = slot.centre_id AND quota.product_id = slot.product_id
        AND quota.week = slot.day - (extract(isodow FROM slot.day)::int - 1)
        AND quota.open_at > :now::timestamptz LIMIT 1) IS NOT NULL
FROM slot WHERE centre_id = :centre AND slot_id = ANY(ARRAY[:n, :second]::int[])
ORDER BY slot_id FOR NO KEY UPDATE;

SELECT centre_id, product_id, week, department, class_id, slots, taken, open_at
FROM quota WHERE centre_id = :centre AND (product_id, week, department, class_id) IN (
    SELECT slot.product_id, slot.day - (extract(isodow FROM slot.day)::int - 1),
        wanted.department, wanted.class_id
    FROM unnest(ARRAY[:n]::int[], ARRAY[:department]::text[], ARRAY[:class]::smallint[])
        AS wanted(slot_id, department, class_id)
    JOIN slot ON slot.centre_id = :centre AND slot.slot_id = wanted.slot_id AND slot.dose_rank = 1)
ORDER BY product_id, week, department, class_id FOR NO KEY UPDATE;
\endpipeline

\startpipeline
UPDATE slot SET taken = slot.taken + d.taken, phone_kept = slot.phone_kept + d.phone_kept,
    standby_kept = slot.standby_kept + d.standby_kept
FROM unnest(ARRAY[:centre, :centre]::int[], ARRAY[:n, :second]::int[], ARRAY[1, 1]::int[],
    ARRAY[0, 0]::int[], ARRAY[0, 0]::int[])
    AS d(centre_id, slot_id, taken, phone_kept, standby_kept)
WHERE slot.centre_id = d.centre_id AND slot.slot_id = d.slot_id;

UPDATE quota SET taken = quota.taken + d.taken
FROM unnest(ARRAY[:centre]::int[], ARRAY[1]::smallint[], ARRAY[:start::date + :week::int]::date[],
    ARRAY[:department]::text[], ARRAY[:class]::smallint[], ARRAY[1]::int[])
    AS d(centre_id, product_id, week, department, class_id, taken)
WHERE quota.centre_id = d.centre_id AND quota.product_id = d.product_id AND quota.week = d.week
    AND quota.department = d.department AND quota.class_id = d.class_id;

INSERT INTO outbox (centre_id, change_id, slots, changed_at)
SELECT d.centre_id, d.change_id, d.slots::int[], :now::timestamptz
FROM unnest(ARRAY[:centre]::int[], ARRAY[lpad(to_hex(:key::bigint), 32, '0')]::uuid[],
    ARRAY['{' || :n::text || ',' || :second::text || '}']::text[]) AS d(centre_id, change_id, slots);

INSERT INTO booking (centre_id, booking_id, state, channel, product_id, department, class_id,
    quota_week, first_elsewhere_on, first_centre_id, first_slot_id, second_centre_id,
    second_slot_id, created_at, expires_at, changed_at, secret_hash, hold_print, confirm_print,
    tag, flagged, takes_capacity, version)
SELECT * FROM unnest(ARRAY[:centre]::int[], ARRAY[lpad(to_hex(:key::bigint), 32, '0')]::uuid[],
    ARRAY['held']::text[], ARRAY['web']::text[], ARRAY[1]::smallint[],
    ARRAY[:department]::text[], ARRAY[:class]::smallint[], ARRAY[:start::date + :week::int]::date[],
    ARRAY[NULL]::date[], ARRAY[:centre]::int[], ARRAY[:n]::int[], ARRAY[:centre]::int[],
    ARRAY[:second]::int[], ARRAY[:now]::timestamptz[], ARRAY[:later]::timestamptz[],
    ARRAY[:now]::timestamptz[], ARRAY[:bytes]::bytea[], ARRAY[:bytes]::bytea[],
    ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[], ARRAY[false]::boolean[], ARRAY[true]::boolean[],
    ARRAY[1]::int[]);

INSERT INTO appointment (centre_id, booking_id, dose_rank, slot_id, home_centre_id, state, day,
    starts_at, ends_at, to_seal_again, takes_capacity, share, key_id, sealed)
SELECT * FROM unnest(ARRAY[:centre, :centre]::int[],
    ARRAY[lpad(to_hex(:key::bigint), 32, '0'), lpad(to_hex(:key::bigint), 32, '0')]::uuid[],
    ARRAY[1, 2]::smallint[], ARRAY[:n, :second]::int[], ARRAY[:centre, :centre]::int[],
    ARRAY['held', 'held']::text[], ARRAY[:start::date + :day::int, :start::date + :day::int + 28]::date[],
    ARRAY[:later, :later]::timestamptz[], ARRAY[:later, :later]::timestamptz[],
    ARRAY[false, false]::boolean[], ARRAY[true, true]::boolean[], ARRAY[NULL, NULL]::text[],
    ARRAY[NULL, NULL]::text[], ARRAY[NULL, NULL]::bytea[]);

COMMIT;
\endpipeline

SELECT booking_id, centre_id FROM booking_home
WHERE booking_id = ANY(ARRAY[lpad(to_hex(:key::bigint), 32, '0')]::uuid[]);

\startpipeline
BEGIN;

INSERT INTO person_guard (tag, dose_rank, flagged, booking_id)
VALUES (decode(lpad(to_hex(:person::bigint), 64, '0'), 'hex')::bytea, 1::smallint, false::boolean,
        lpad(to_hex(:key::bigint), 32, '0')::uuid),
    (decode(lpad(to_hex(:person::bigint), 64, '0'), 'hex')::bytea, 2::smallint, false::boolean,
        lpad(to_hex(:key::bigint), 32, '0')::uuid)
ON CONFLICT DO NOTHING RETURNING tag, dose_rank, flagged, booking_id;

SELECT centre_id, booking_id, state, channel, product_id, department, class_id, quota_week,
    first_elsewhere_on, first_centre_id, first_slot_id, second_centre_id, second_slot_id,
    created_at, expires_at, changed_at, secret_hash, hold_print, confirm_print, tag, flagged,
    takes_capacity, version
FROM booking
WHERE centre_id = :centre AND booking_id = ANY(ARRAY[lpad(to_hex(:key::bigint), 32, '0')]::uuid[])
ORDER BY booking_id FOR NO KEY UPDATE;
\endpipeline

\startpipeline
UPDATE booking
SET state = d.state, product_id = d.product_id, quota_week = d.quota_week,
    first_centre_id = d.first_centre_id, first_slot_id = d.first_slot_id,
    second_centre_id = d.second_centre_id, second_slot_id = d.second_slot_id,
    expires_at = d.expires_at, changed_at = d.changed_at, confirm_print = d.confirm_print,
    tag = d.tag, flagged = d.flagged, takes_capacity = d.takes_capacity, version = d.version
FROM unnest(ARRAY[:centre]::int[], ARRAY[lpad(to_hex(:key::bigint), 32, '0')]::uuid[],
    ARRAY['booked']::text[], ARRAY[1]::smallint[], ARRAY[:start::date + :week::int]::date[],
    ARRAY[:centre]::int[], ARRAY[:n]::int[], ARRAY[:centre]::int[], ARRAY[:second]::int[],
    ARRAY[NULL]::timestamptz[], ARRAY[:now]::timestamptz[], ARRAY[:bytes]::bytea[],
    ARRAY[decode(lpad(to_hex(:person::bigint), 64, '0'), 'hex')]::bytea[],
    ARRAY[false]::boolean[], ARRAY[true]::boolean[], ARRAY[2]::int[])
    AS d(centre_id, booking_id, state, product_id, quota_week, first_centre_id, first_slot_id,
        second_centre_id, second_slot_id, expires_at, changed_at, confirm_print, tag, flagged,
        takes_capacity, version)
WHERE booking.centre_id = d.centre_id AND booking.booking_id = d.booking_id;

UPDATE appointment
SET state = 'booked', key_id = d.key_id, sealed = d.sealed, takes_capacity = d.takes_capacity,
    share = CASE WHEN d.takes_capacity THEN appointment.share END
FROM unnest(ARRAY[:centre, :centre]::int[],
    ARRAY[lpad(to_hex(:key::bigint), 32, '0'), lpad(to_hex(:key::bigint), 32, '0')]::uuid[],
    ARRAY[1, 2]::smallint[], ARRAY['bench', 'bench']::text[], ARRAY[:sealed, :sealed]::bytea[],
    ARRAY[true, true]::boolean[])
    AS d(centre_id, booking_id, dose_rank, key_id, sealed, takes_capacity)
WHERE appointment.centre_id = d.centre_id AND appointment.booking_id = d.booking_id
    AND appointment.dose_rank = d.dose_rank
RETURNING appointment.centre_id, appointment.booking_id, appointment.dose_rank,
    appointment.slot_id, appointment.home_centre_id, appointment.state, appointment.day,
    appointment.starts_at, appointment.ends_at, appointment.to_seal_again,
    appointment.takes_capacity, appointment.share;

COMMIT;
\endpipeline
