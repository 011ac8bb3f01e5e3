"""A named scenario: what happened or might happen, as data, before it becomes an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One priority class: an age range (both ends included), its weight and its opening."""

    id: str
    label: str
    ages: tuple[int, int]
    weight: float
    opens_on: date


@dataclass(frozen=True, slots=True)
class ProductRule:
    """One product; `due_after_weeks` is when second doses of earlier first doses fall due."""

    id: str
    label: str
    doses_per_vial: int
    doses_needed: int
    interval_days: tuple[int, int] | None
    official_name: str
    vacsi_code: str
    delivery_factor: int
    due_after_weeks: int


@dataclass(frozen=True, slots=True)
class EligibilityRule:
    """One dated rule; classes are empty for rank 2, which is pooled."""

    product: str
    classes: tuple[str, ...]
    dose_rank: int
    from_date: date
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Delay:
    """Deliveries of a product in some weeks arrive later; past the horizon they are lost."""

    product: str
    weeks: tuple[int, ...]
    by_weeks: int


@dataclass(frozen=True, slots=True)
class FirstDosesStopped:
    """Centres of some regions give booked doses only in some weeks."""

    regions: tuple[str, ...]
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """National figures that replace the official files, scaled to the territory by population.

    `people_by_band` is keyed by the lower age of INSEE's five bands; shares are of people of a
    class; `deliveries` and `first_doses_before` are doses by week, the latter ending just before
    the start.
    """

    people_by_band: Mapping[int, int]
    had_first_dose: Mapping[str, float]
    willing: Mapping[str, float]
    peak_injections: int
    stock: Mapping[str, int]
    deliveries: Mapping[str, tuple[int, ...]]
    first_doses_before: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that `scenarios.build` needs, validated."""

    name: str
    purpose: str
    start: date
    weeks: int
    seed: int
    data: str
    measure: str
    regions: tuple[str, ...]
    n_centres: int
    objective: Mapping[str, float]
    floor: float
    price: float
    checkpoints: tuple[int, ...]
    classes: tuple[ClassRule, ...]
    products: tuple[ProductRule, ...]
    eligibility: tuple[EligibilityRule, ...]
    facts: Facts | None
    changes: tuple[Delay | FirstDosesStopped, ...]

    @property
    def tail_weeks(self) -> int:
        """Weeks after the last planned one in which second doses are still given."""
        return max((p.interval_days[1] // 7 for p in self.products if p.interval_days), default=0)

    def monday(self, week: int) -> date:
        """First day of a week, which may lie before the start."""
        return self.start + timedelta(weeks=week)
