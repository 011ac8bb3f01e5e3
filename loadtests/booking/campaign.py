"""A campaign as large as wanted, written straight into an empty booking database.

Slots are numbered so that whoever books needs to look up nothing: at every centre, slot `n` is a
first dose and slot `n + firsts` its second one, four weeks later at the same hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg

PRODUCT = "pfizer"
CLASSES = 4
DAYS_A_WEEK = 6
INTERVAL_WEEKS = 4
LONG_AGO = date(2021, 1, 4)
FAR_AHEAD = date(2100, 1, 4)


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a campaign is.

    centres, departments
        The centres of each département follow each other in turn: centre `c` lies in the
        département `(c - 1) % departments + 1`.
    weeks
        Weeks of first doses, of six days.
    windows
        A day, one hour each.
    capacity
        Doses a window, of each rank.
    """

    centres: int = 1600
    departments: int = 100
    weeks: int = 4
    windows: int = 8
    capacity: int = 1000

    def __post_init__(self) -> None:
        if min(self.centres, self.departments, self.weeks, self.windows, self.capacity) < 1:
            raise ValueError("Must have at least one of everything.")
        if self.windows > 14:
            raise ValueError("Must have at most 14 windows a day.")

    @property
    def firsts(self) -> int:
        """Slots of first doses at a centre, numbered from 1; as many second ones follow."""
        return self.weeks * DAYS_A_WEEK * self.windows

    @property
    def slots(self) -> int:
        """Slots of the whole campaign."""
        return 2 * self.firsts * self.centres

    def department(self, centre: int) -> int:
        """Département of a centre; its code is its number."""
        return (centre - 1) % self.departments + 1


def next_monday() -> date:
    """First day of a campaign in which everything is still to come."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())


def fill(url: str, shape: Shape, start: date) -> None:
    """Write the campaign into a migrated, empty database."""
    values = {
        "start": start, "centres": shape.centres, "departments": shape.departments,
        "weeks": shape.weeks, "windows": shape.windows, "capacity": shape.capacity,
        "firsts": shape.firsts, "product": PRODUCT, "classes": CLASSES, "long_ago": LONG_AGO,
        "far_ahead": FAR_AHEAD, "days": DAYS_A_WEEK, "interval": INTERVAL_WEEKS * 7,
    }  # fmt: skip
    with psycopg.connect(url) as connection:
        for statement in _STATEMENTS:
            connection.execute(statement, values)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


_STATEMENTS = (
    "INSERT INTO campaign VALUES (1, 'bench', %(start)s, %(weeks)s + 8)",
    """INSERT INTO department SELECT d::text, 'Département ' || d, '1', 'Europe/Paris'
    FROM generate_series(1, %(departments)s) AS d""",
    """INSERT INTO centre SELECT c, 'c' || c, 'Centre ' || c,
        ((c - 1) %% %(departments)s + 1)::text,
        43 + 7 * ((c * 37) %% 1000) / 1000.0, -1 + 8 * ((c * 91) %% 1000) / 1000.0,
        '', '', 'Ville ' || c, '', %(long_ago)s, NULL, '123456', '08:00', '22:00', 4
    FROM generate_series(1, %(centres)s) AS c""",
    "INSERT INTO product VALUES (1, %(product)s, 'Pfizer', 6, 2)",
    "INSERT INTO dose_interval VALUES (1, %(long_ago)s, 21, 49)",
    """INSERT INTO priority_class SELECT k, k::text, 'Classe ' || k, %(long_ago)s
    FROM generate_series(1, %(classes)s) AS k""",
    """INSERT INTO eligibility SELECT 1, k, CASE k WHEN 0 THEN 2 ELSE 1 END, %(long_ago)s, NULL
    FROM generate_series(0, %(classes)s) AS k""",
    """INSERT INTO schedule SELECT c, rank, 1, rank
    FROM generate_series(1, %(centres)s) AS c, generate_series(1, 2) AS rank""",
    """INSERT INTO slot (centre_id, slot_id, schedule_id, product_id, dose_rank, day, starts_at,
        ends_at, capacity, taken, phone_kept, standby_kept, open_at)
    SELECT c, n + (rank - 1) * %(firsts)s, rank, 1, rank, day,
        (day + hour * interval '1 hour') AT TIME ZONE 'Europe/Paris',
        (day + (hour + 1) * interval '1 hour') AT TIME ZONE 'Europe/Paris',
        %(capacity)s, 0, 0, 0, %(long_ago)s
    FROM generate_series(1, %(centres)s) AS c, generate_series(1, 2) AS rank,
        generate_series(1, %(firsts)s) AS n,
        LATERAL (SELECT 8 + (n - 1) %% %(windows)s AS hour, (n - 1) / %(windows)s AS d) AS at,
        LATERAL (SELECT %(start)s::date + (d / %(days)s) * 7 + d %% %(days)s
            + (rank - 1) * %(interval)s AS day) AS days
    ORDER BY 1, 2""",
    """INSERT INTO quota SELECT c, 1, %(start)s::date + 7 * (w - 1),
        ((c - 1) %% %(departments)s + 1)::text, k,
        %(days)s * %(windows)s * %(capacity)s::int, 0, %(far_ahead)s
    FROM generate_series(1, %(centres)s) AS c, generate_series(1, %(weeks)s) AS w,
        generate_series(1, %(classes)s) AS k""",
)
