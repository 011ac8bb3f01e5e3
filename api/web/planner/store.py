"""SQL of the live campaign: sums over centres, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import AsyncConnection
from psycopg.rows import class_row

from api.staff.grants import NATIONAL

_WEEKS = """
SELECT (s.day - (extract(isodow FROM s.day)::int - 1)) AS week, p.label AS product,
       s.dose_rank, sum(s.capacity)::int AS planned, sum(s.taken)::int AS booked
FROM slot s JOIN centre c USING (centre_id) JOIN department d USING (department)
JOIN product p USING (product_id)
WHERE (%(region)s = 'national' OR d.region = %(region)s)
    AND s.capacity > 0 AND s.day >= %(today)s - 28
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
_TROUBLE = """
WITH coming AS (
    SELECT s.centre_id, sum(s.capacity)::int AS planned, sum(s.taken)::int AS booked
    FROM slot s WHERE s.day >= %(today)s AND s.day < %(today)s + 14 GROUP BY 1
), doses AS (
    SELECT a.centre_id,
           count(*) FILTER (WHERE state = 'displaced')::int AS displaced,
           count(*) FILTER (WHERE state = 'noshow' AND day >= %(today)s - 14)::int AS missed,
           count(*) FILTER (WHERE state = 'fulfilled' AND day >= %(today)s - 14)::int AS given
    FROM appointment a WHERE a.takes_capacity OR state = 'displaced' GROUP BY 1
)
SELECT c.code, c.name, c.department, coalesce(planned, 0) AS planned,
       coalesce(booked, 0) AS booked, coalesce(displaced, 0) AS displaced,
       coalesce(missed, 0) AS missed, coalesce(given, 0) AS given
FROM centre c JOIN department d USING (department)
LEFT JOIN coming USING (centre_id) LEFT JOIN doses USING (centre_id)
WHERE (%(region)s = 'national' OR d.region = %(region)s) ORDER BY c.department, c.name"""
_WAITING = """
SELECT w.department, pc.label AS class_label,
       count(*) FILTER (WHERE state IN ('waiting', 'standby'))::int AS waiting,
       count(*) FILTER (WHERE state = 'offered')::int AS offered,
       count(*) FILTER (WHERE state = 'served')::int AS served,
       min(joined_at) FILTER (WHERE state IN ('waiting', 'standby')) AS oldest
FROM waiting w JOIN priority_class pc USING (class_id) JOIN department d USING (department)
WHERE (%(region)s = 'national' OR d.region = %(region)s) AND state <> 'left'
GROUP BY 1, 2, pc.class_id ORDER BY 1, pc.class_id"""
_LAST = """
SELECT source, max(published_at) AS published_at, count(*)::int AS centres
FROM publication WHERE publication_id = (
    SELECT publication_id FROM publication ORDER BY published_at DESC, centre_id LIMIT 1
) GROUP BY source"""


@dataclass(frozen=True, slots=True)
class WeekSum:
    """Doses of a week, product and rank: offered, and held or booked of them."""

    week: date
    product: str
    dose_rank: int
    planned: int
    booked: int


@dataclass(frozen=True, slots=True)
class CentreSum:
    """A centre: the next fourteen days, and no-shows and given doses of the last fourteen."""

    code: str
    name: str
    department: str
    planned: int
    booked: int
    displaced: int
    missed: int
    given: int

    @property
    def filled(self) -> float | None:
        """Share of the coming doses that is booked."""
        return self.booked / self.planned if self.planned else None

    @property
    def missed_share(self) -> float | None:
        """Share of no-shows among those expected whose state is known."""
        known = self.missed + self.given
        return self.missed / known if known else None


@dataclass(frozen=True, slots=True)
class WaitingSum:
    """Entries of the waiting list, by département and class."""

    department: str
    class_label: str
    waiting: int
    offered: int
    served: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class LastPublication:
    """The newest publication, a plan's or one made by hand."""

    source: str
    published_at: datetime
    centres: int


@dataclass(frozen=True, slots=True)
class Live:
    """The campaign as it is now, of a region or the nation."""

    weeks: list[WeekSum]
    centres: list[CentreSum]
    waiting: list[WaitingSum]


async def read_live(connection: AsyncConnection, scope: str, today: date) -> Live:
    """Add the campaign up, for the scope of a planner."""
    asked = {"region": scope or NATIONAL, "today": today}
    async with connection.cursor(row_factory=class_row(WeekSum)) as cursor:
        weeks = await (await cursor.execute(_WEEKS, asked)).fetchall()
    async with connection.cursor(row_factory=class_row(CentreSum)) as cursor:
        centres = await (await cursor.execute(_TROUBLE, asked)).fetchall()
    async with connection.cursor(row_factory=class_row(WaitingSum)) as cursor:
        waiting = await (await cursor.execute(_WAITING, asked)).fetchall()
    return Live(weeks, centres, waiting)


async def last_publication(connection: AsyncConnection) -> LastPublication | None:
    """Read which publication was the last one."""
    async with connection.cursor(row_factory=class_row(LastPublication)) as cursor:
        return await (await cursor.execute(_LAST)).fetchone()
