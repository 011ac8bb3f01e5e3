"""What the availability files should say, counted again in SQL: for databases of any size.

Nothing here is shared with the publisher. `tests/integration/feeds/recount.py` says the same in
words, slot by slot; a test holds one against the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg

COUNTS: LiteralString = """
WITH calendar AS MATERIALIZED (SELECT DISTINCT day FROM slot),
allowed AS MATERIALIZED (
    SELECT DISTINCT day, product_id, dose_rank, class_id
    FROM calendar JOIN eligibility ON day BETWEEN from_date AND coalesce(to_date, 'infinity')
    LEFT JOIN priority_class USING (class_id)
    WHERE dose_rank = 2 OR opens_on <= day),
bound AS (
    SELECT centre_id, product_id, week, class_id,
        CASE WHEN open_at > %(now)s THEN greatest(slots - taken, 0) ELSE 1000000000 END AS room
    FROM quota JOIN (
        SELECT centre_id, product_id, week FROM quota
        GROUP BY 1, 2, 3 HAVING max(open_at) > %(now)s) AS kept
    USING (centre_id, product_id, week)),
limited AS MATERIALIZED (
    SELECT centre_id, product_id, day, coalesce(sum(room) FILTER (WHERE EXISTS (
        SELECT FROM allowed WHERE allowed.day = calendar.day AND dose_rank = 1 AND
        (allowed.product_id, allowed.class_id) = (bound.product_id, bound.class_id))), 0) AS most
    FROM bound JOIN calendar ON day BETWEEN week AND week + 6 GROUP BY 1, 2, 3),
slots AS (
    SELECT centre_id, product_id, dose_rank, day, greatest(0, capacity - taken
        - CASE WHEN %(now)s < open_at THEN phone_kept + standby_kept ELSE 0 END) AS free
    FROM slot WHERE starts_at > %(now)s),
cells AS MATERIALIZED (
    SELECT department, code AS centre, slots.product_id, dose_rank, slots.day,
        least(sum(free), min(most)) AS free
    FROM slots JOIN centre USING (centre_id)
    LEFT JOIN limited ON dose_rank = 1 AND (limited.centre_id, limited.product_id, limited.day)
        = (slots.centre_id, slots.product_id, slots.day)
    WHERE (slots.day, slots.product_id, dose_rank)
        IN (SELECT day, product_id, dose_rank FROM allowed)
    GROUP BY 1, 2, 3, 4, 5),
offered AS MATERIALIZED (
    SELECT DISTINCT department, product_id, dose_rank, day FROM cells WHERE free > 0),
interval_of AS (
    SELECT product_id, from_date, min_days, max_days,
        lead(from_date, 1, 'infinity') OVER (PARTITION BY product_id ORDER BY from_date) AS until
    FROM dose_interval),
pairs AS MATERIALIZED (
    SELECT f.department, f.product_id, f.day AS first, s.day AS second
    FROM offered f JOIN interval_of i ON i.product_id = f.product_id AND f.dose_rank = 1
        AND f.day >= i.from_date AND f.day < i.until
    JOIN offered s ON (s.department, s.product_id, s.dose_rank) = (f.department, f.product_id, 2)
        AND s.day BETWEEN f.day + i.min_days AND f.day + i.max_days),
alone AS (
    SELECT DISTINCT product_id, day FROM calendar JOIN interval_of
    ON greatest(from_date, day - max_days) <= least(%(today)s, until - 1, day - min_days)),
shown AS (
    SELECT department, product_id, 1 AS dose_rank, first AS day FROM pairs
    UNION SELECT department, product_id, 2, second FROM pairs
    UNION SELECT department, product_id, 1, day FROM offered JOIN product USING (product_id)
        WHERE doses_needed = 1
    UNION SELECT department, product_id, 2, day FROM offered JOIN alone USING (product_id, day)
        WHERE dose_rank = 2)
SELECT department, centre, product.code, dose_rank, day, free::int
FROM cells JOIN shown USING (department, product_id, dose_rank, day)
JOIN product USING (product_id) WHERE free > 0
"""
"""Rows of cells that are shown; `now` an instant, `today` the local day."""
PARIS = ZoneInfo("Europe/Paris")
Cells = Counter[tuple[str, int, object]]
"""Places by product, dose rank and day."""


def counts_in_tables(url: str, now: datetime) -> dict[str, dict[str, Cells]]:
    """Count what each centre of each département can show; without those that have nothing."""
    found: dict[str, dict[str, Cells]] = defaultdict(lambda: defaultdict(Counter))
    with psycopg.connect(url) as connection:
        today = now.astimezone(PARIS).date()
        for department, centre, *cell, free in connection.execute(
            COUNTS, {"now": now, "today": today}
        ):
            found[department][centre][tuple(cell)] = free
    return found
