"""The campaign's places and dated rules, as the reference tables say them at one time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Department:
    """A département and the clock its centres go by."""

    code: str
    name: str
    region: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Place:
    """A centre; `centre_id` is its number in the tables, `code` its name to everybody else."""

    centre_id: int
    code: str
    name: str
    department: str
    lat: float
    lon: float
    address: str
    postcode: str
    city: str
    phone: str
    opens_on: date
    closes_on: date | None
    open_days: str
    opens_at: time
    closes_at: time
    lines: int


@dataclass(frozen=True, slots=True)
class Product:
    """A vaccine."""

    product_id: int
    code: str
    label: str
    doses_per_vial: int
    doses_needed: int


@dataclass(frozen=True, slots=True)
class Interval:
    """Days between both doses, for first doses from a date on."""

    from_date: date
    min_days: int
    max_days: int


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """A class of people and the first day they may be vaccinated."""

    class_id: int
    code: str
    label: str
    opens_on: date


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a product is allowed; `to_date` is the last, None for no end."""

    from_date: date
    to_date: date | None


SECOND_DOSES = 0
"""Class of the eligibility rows of rank 2."""


@dataclass(frozen=True, slots=True)
class Reference:
    """All reference tables.

    places
        By `centre_id`.
    products, classes
        In order of their ids.
    intervals
        By product id, oldest first.
    periods
        By product id, class id (`SECOND_DOSES` for rank 2) and dose rank.
    """

    departments: Mapping[str, Department]
    places: Mapping[int, Place]
    products: tuple[Product, ...]
    classes: tuple[PriorityClass, ...]
    intervals: Mapping[int, tuple[Interval, ...]]
    periods: Mapping[tuple[int, int, int], tuple[Period, ...]]
