"""The availability files, member by member, as docs/feeds.md explains them.

Days are local dates, instants are UTC. Every file begins with two more members: `generated_at`,
when it was written, and `changed_at`, when what it says last changed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

Count = Annotated[int, Meta(ge=0)]
Day = date


class Counts(Struct):
    """Places by day of one product and dose rank, days without any in between included.

    classes
        Codes of the classes that may book them (first doses only).
    alone
        Whether they can be booked without a first dose here (second doses only).
    first_day
        Day of the first count; the following counts are of the following days.
    free
        Places of each day; with quotas, never more than all quotas of the day together.
    """

    product: str
    dose_rank: int
    first_day: str
    free: list[Count]
    classes: tuple[str, ...] | UnsetType = UNSET
    alone: bool | UnsetType = UNSET


class Quota(Struct):
    """First doses of a product and week that are kept until an instant.

    rooms
        Département of the person, class, and doses left; null when these people are not bound any
        more, though others are. Who is not listed can book none.
    """

    product: str
    week: Day
    open_at: datetime
    rooms: list[tuple[str, str, Count | None]]


class Release(Struct):
    """Places of kept shares that open to everybody at the next such instant."""

    at: datetime
    product: str
    dose_rank: int
    doses: Count


class CentreCounts(Struct):
    """What a département's file says of one centre; one with nothing to book has no counts."""

    centre: str
    counts: list[Counts]
    quotas: list[Quota]
    releases: list[Release]


class DepartmentFile(Struct):
    """`availability/departments/{code}.json`."""

    department: str
    timezone: str
    centres: list[CentreCounts]


class Windows(Struct):
    """Windows of one product, dose rank and length that can be booked, in order of time.

    minutes
        Length of each window.
    days, per_day
        Days with windows, and how many windows each has.
    slots
        Number of the first window's slot, then what to add for each following one.
    starts
        Beginning of each window, minutes after local midnight as the clocks show it.
    free
        Places of each window.
    """

    product: str
    dose_rank: int
    minutes: int
    days: list[str]
    per_day: list[Count]
    slots: list[int]
    starts: list[int]
    free: list[Count]


class CentreFile(Struct):
    """`availability/centres/{code}.json`."""

    centre: str
    department: str
    timezone: str
    windows: list[Windows]


class CentrePlace(Struct):
    """A centre of `availability/centres.json`; coordinates in degrees, hours local."""

    centre: str
    name: str
    department: str
    lat: float
    lon: float
    address: str
    postcode: str
    city: str
    phone: str
    opens_on: Day
    closes_on: Day | None
    open_days: str
    opens_at: str
    closes_at: str


class CentresFile(Struct):
    """`availability/centres.json`: every centre, for choosing by distance in the browser."""

    centres: list[CentrePlace]


class DepartmentEntry(Struct):
    """A département and its centres, by code."""

    department: str
    name: str
    region: str
    timezone: str
    centres: list[str]


class IntervalEntry(Struct):
    """Days between both doses for first doses from a day on, until the next entry."""

    from_date: Day
    min_days: int
    max_days: int


class ProductEntry(Struct):
    """A vaccine with its intervals, oldest first; none for a single dose."""

    product: str
    label: str
    doses_needed: int
    intervals: list[IntervalEntry]


class ClassEntry(Struct, rename={"class_": "class"}):
    """A class of people; it can book days from `opens_on` on."""

    class_: str
    label: str
    opens_on: Day


class EligibilityEntry(Struct, rename={"class_": "class"}):
    """Days a product is allowed, first and last; `class` is null for second doses."""

    product: str
    class_: str | None
    dose_rank: int
    from_date: Day
    to_date: Day | None


class IndexFile(Struct):
    """`availability/index.json`: what there is, and the dated rules."""

    departments: list[DepartmentEntry]
    products: list[ProductEntry]
    classes: list[ClassEntry]
    eligibility: list[EligibilityEntry]


class CentreKeys(Struct):
    """`keys/centres/{code}.json`: documents `creneau-signed-key/1`, the newest first day first."""

    centre: str
    keys: list[Raw]


class PublisherFile(Struct):
    """`availability/publisher.json`, written every second or so while the publisher lives.

    checked_at
        Whatever was committed before that instant is in the files.
    stopped
        Open feeds that were not written, and why.
    """

    checked_at: datetime
    stopped: dict[str, str]


FILES = (DepartmentFile, CentreFile, CentresFile, IndexFile, PublisherFile)
