"""Days as positions, and what may be booked on each: the dated rules as arrays over the days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from api.feeds.reference import SECOND_DOSES, Period, PriorityClass, Product, Reference

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


@dataclass(frozen=True, slots=True)
class Calendar:
    """A span of days, `first` in days since 1970-01-01; a position is a day's offset from it."""

    first: int
    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("Must have at least one day.")

    def day(self, position: int) -> date:
        """Date at a position, which may lie outside."""
        return EPOCH + timedelta(days=self.first + position)

    def position(self, day: date) -> int:
        """Position of a date, which may lie outside."""
        return day_number(day) - self.first

    def between(self, from_date: date, to_date: date | None) -> slice:
        """Positions of the days from a date to another (the last, None for no end)."""
        first = max(0, self.position(from_date))
        after = self.days if to_date is None else max(0, self.position(to_date) + 1)
        return slice(first, after)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A product and dose rank; every centre may have its own calendar of it."""

    product: Product
    dose_rank: int


@dataclass(frozen=True, slots=True)
class Run:
    """Days, by position (`last` included), on which the same classes may have a first dose."""

    first: int
    last: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may have what when, over a calendar.

    schedules
        In order of product and rank; a *cell* is a schedule and a day, number
        `schedule * calendar.days + position`.
    classes
        Class ids in the order of `allowed`.
    allowed
        Class x schedule x day, for first doses.
    bookable
        Schedule x day: some class may have it.
    shortest, longest
        Days to the second dose by schedule of first doses and day; -1 where there is none.
    runs
        Days of the same classes, for each schedule of first doses.
    day_names
        ISO dates of the calendar.
    """

    calendar: Calendar
    schedules: tuple[Schedule, ...]
    classes: tuple[int, ...]
    allowed: Bools
    bookable: Bools
    shortest: Ints
    longest: Ints
    runs: tuple[tuple[Run, ...], ...]
    day_names: tuple[str, ...]

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.schedules) * self.calendar.days

    @property
    def numbers(self) -> Mapping[tuple[int, int], int]:
        """Number of a schedule by product id and rank."""
        return {(s.product.product_id, s.dose_rank): i for i, s in enumerate(self.schedules)}

    def pairs(self) -> Iterator[tuple[int, int]]:
        """First and second schedule of each product of two doses."""
        for i, schedule in enumerate(self.schedules):
            if schedule.dose_rank == 2:
                yield i - 1, i


def rules_of(reference: Reference, calendar: Calendar) -> Rules:
    """Lay the dated rules over a calendar."""
    schedules = tuple(
        Schedule(product, rank)
        for product in reference.products
        for rank in range(1, product.doses_needed + 1)
    )
    allowed = np.zeros((len(reference.classes), len(schedules), calendar.days), dtype=np.bool_)
    bookable = np.zeros((len(schedules), calendar.days), dtype=np.bool_)
    shortest, longest = np.full((2, len(schedules), calendar.days), -1, dtype=np.int64)
    for i, schedule in enumerate(schedules):
        product_id = schedule.product.product_id
        if schedule.dose_rank == 2:
            periods = reference.periods.get((product_id, SECOND_DOSES, 2), ())
            bookable[i] = _within(periods, calendar)
            continue
        for k, class_ in enumerate(reference.classes):
            periods = reference.periods.get((product_id, class_.class_id, 1), ())
            allowed[k, i] = _within(periods, calendar)
            allowed[k, i, : max(0, calendar.position(class_.opens_on))] = False
        bookable[i] = allowed[:, i].any(axis=0)
        for interval in reference.intervals.get(product_id, ()):
            days = calendar.between(interval.from_date, None)
            shortest[i, days], longest[i, days] = interval.min_days, interval.max_days
    runs = tuple(tuple(_runs(allowed[:, i], reference.classes)) for i in range(len(schedules)))
    return Rules(
        calendar, schedules, tuple(c.class_id for c in reference.classes), allowed, bookable,
        shortest, longest, runs, tuple(calendar.day(i).isoformat() for i in range(calendar.days)),
    )  # fmt: skip


def _within(periods: tuple[Period, ...], calendar: Calendar) -> Bools:
    days = np.zeros(calendar.days, dtype=np.bool_)
    for period in periods:
        days[calendar.between(period.from_date, period.to_date)] = True
    return days


def _runs(allowed: Bools, classes: tuple[PriorityClass, ...]) -> Iterator[Run]:
    """Cut the days where the set of classes changes; days open to nobody are left out."""
    days = allowed.shape[1]
    changes = np.flatnonzero((allowed[:, 1:] != allowed[:, :-1]).any(axis=0)) + 1
    for first, after in zip([0, *changes], [*changes, days], strict=True):
        names = tuple(c.code for c, ok in zip(classes, allowed[:, first], strict=True) if ok)
        if names:
            yield Run(int(first), int(after) - 1, names)
