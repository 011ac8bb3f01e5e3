"""Reading the reference tables, which are small and the same everywhere."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeAlias, TypeVar

from psycopg import Connection

from api.feeds.reference import (
    Department,
    Interval,
    Period,
    Place,
    PriorityClass,
    Product,
    Reference,
)

K = TypeVar("K")
V = TypeVar("V")
Row: TypeAlias = tuple[Any, ...]

_DEPARTMENTS = "SELECT department, name, region, timezone FROM department ORDER BY department"
_PLACES = """SELECT centre_id, code, name, department, lat, lon, address, postcode, city, phone,
opens_on, closes_on, open_days, opens_at, closes_at, lines FROM centre ORDER BY centre_id"""
_PRODUCTS = """SELECT product_id, code, label, doses_per_vial, doses_needed
FROM product ORDER BY product_id"""
_CLASSES = "SELECT class_id, code, label, opens_on FROM priority_class ORDER BY class_id"
_INTERVALS = """SELECT product_id, from_date, min_days, max_days
FROM dose_interval ORDER BY product_id, from_date"""
_PERIODS = """SELECT product_id, class_id, dose_rank, from_date, to_date
FROM eligibility ORDER BY product_id, class_id, dose_rank, from_date"""


def read_reference(connection: Connection[Row]) -> Reference:
    """Read all of them."""
    departments = [Department(*row) for row in connection.execute(_DEPARTMENTS)]
    places = [Place(*row) for row in connection.execute(_PLACES)]
    return Reference(
        departments={d.code: d for d in departments},
        places={place.centre_id: place for place in places},
        products=tuple(Product(*row) for row in connection.execute(_PRODUCTS)),
        classes=tuple(PriorityClass(*row) for row in connection.execute(_CLASSES)),
        intervals=_grouped(
            [(product, Interval(*rest)) for product, *rest in connection.execute(_INTERVALS)]
        ),
        periods=_grouped(
            [((p, c, r), Period(*rest)) for p, c, r, *rest in connection.execute(_PERIODS)]
        ),
    )


def _grouped(pairs: list[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
