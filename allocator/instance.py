"""The planning instance: what MODEL.md calls the input, as validated arrays.

Everything here is as read: weeks not yet opened, tails not yet added. What follows from it is
derived twice, by the solver (`allocator.horizon`) and by the checker (`allocator.check`), which
share nothing but this page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Bools = NDArray[np.bool_]

ANY = -1
"""Position meaning "no id given" (national pool, pooled class, unknown département)."""


@dataclass(frozen=True, slots=True)
class Objective:
    """Prices of the cost: per person unserved and per week waited (times weight), and per km."""

    unserved: float
    week: float
    km: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """Coverage floor as a share of the national one, its price per person, checkpoint weeks."""

    floor: float
    price: float
    checkpoints: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Zones:
    """Demand zones (communes). Arrays of length Z; `department` indexes `Instance.departments`."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    department: Ints
    regions: tuple[str, ...]
    lat: Floats
    lon: Floats
    population: Ints


@dataclass(frozen=True, slots=True)
class Classes:
    """Priority classes. Arrays of length K."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    weight: Floats
    opens_on: Dates


@dataclass(frozen=True, slots=True)
class Centres:
    """Vaccination centres. Arrays of length J; `open_days` is J x 7, Monday first."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    department: Ints
    lat: Floats
    lon: Floats
    opens_on: Dates
    closes_on: Dates
    open_days: Bools


@dataclass(frozen=True, slots=True)
class Products:
    """Products. Arrays of length P; intervals in days, 0 for one-dose products."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    doses_per_vial: Ints
    doses_needed: Ints
    interval_min_days: Ints
    interval_max_days: Ints


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Dated rules, one row each: `class_` is ANY for rank 2, `to_date` NaT when open-ended."""

    product: Ints
    class_: Ints
    dose_rank: Ints
    from_date: Dates
    to_date: Dates


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Doses arriving, one row each; `centre` is ANY for the national pool."""

    week: Ints
    product: Ints
    doses: Ints
    centre: Ints


@dataclass(frozen=True, slots=True)
class Booked:
    """People already booked, one row each; `department` and `class_` are ANY when not given."""

    centre: Ints
    week: Ints
    product: Ints
    dose_rank: Ints
    department: Ints
    class_: Ints
    people: Ints


@dataclass(frozen=True, slots=True)
class Travel:
    """Distances that replace the great circle, one row a (zone, centre) pair, in km."""

    zone: Ints
    centre: Ints
    km: Floats


@dataclass(frozen=True, slots=True)
class Instance:
    """One planning problem, validated by `allocator.read.read_instance`.

    `demand` is Z x K people, `injections` J x T; `departments` is sorted by code.
    """

    name: str
    start: date
    weeks: int
    seed: int
    objective: Objective
    fairness: Fairness
    departments: tuple[str, ...]
    zones: Zones
    classes: Classes
    demand: Ints
    centres: Centres
    injections: Ints
    products: Products
    eligibility: Eligibility
    deliveries: Deliveries
    booked: Booked
    travel: Travel
    input_sha256: str
