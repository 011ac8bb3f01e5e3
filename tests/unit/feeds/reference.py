"""A small reference without a database: one product of two doses, one of one, two classes."""

from __future__ import annotations

from datetime import date, time

import numpy as np

from api.feeds.calendar import Calendar, Rules, day_number, rules_of
from api.feeds.reference import (
    Department,
    Interval,
    Period,
    Place,
    PriorityClass,
    Product,
    Reference,
)
from api.feeds.store.slots import QuotaRows, SlotRows

START = date(2021, 3, 22)
"""A Monday; the clocks go forward on the Sunday after it."""
CALENDAR = Calendar(day_number(START), 90)
FIRST, SECOND, SINGLE = range(3)
"""Numbers of the schedules."""


def reference(
    intervals: tuple[Interval, ...] = (Interval(date(2021, 1, 1), 21, 28),),
    second_doses: tuple[Period, ...] = (Period(date(2021, 1, 1), None),),
) -> Reference:
    """Make it; the young may have the single dose from 5 April on, the old until 4 April."""
    place = Place(
        7, "paris", "Mairie", "75", 48.85, 2.35, "1 rue du Lac", "75000", "Paris", "0100000000",
        date(2021, 1, 1), None, "1234567", time(9), time(18), 2,
    )  # fmt: skip
    return Reference(
        departments={"75": Department("75", "Paris", "11", "Europe/Paris")},
        places={7: place},
        products=(Product(1, "pfizer", "Pfizer", 6, 2), Product(3, "janssen", "Janssen", 5, 1)),
        classes=(
            PriorityClass(1, "old", "Old", date(2021, 1, 1)),
            PriorityClass(2, "young", "Young", date(2021, 4, 1)),
        ),
        intervals={1: intervals},
        periods={
            (1, 1, 1): (Period(date(2021, 1, 1), None),),
            (1, 2, 1): (Period(date(2021, 1, 1), None),),
            (1, 0, 2): second_doses,
            (3, 1, 1): (Period(date(2021, 1, 1), date(2021, 4, 4)),),
            (3, 2, 1): (Period(date(2021, 4, 5), None),),
        },
    )


def rules(**changes: object) -> Rules:
    """Lay its rules over the calendar."""
    return rules_of(reference(**changes), CALENDAR)


def slot_rows(*rows: tuple[int, ...]) -> SlotRows:
    """Make rows of (slot, product, rank, day, begins, ends, capacity, taken, kept, open_at)."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 10)
    return SlotRows(*(table[:, i] for i in range(10)))


def quota_rows(*rows: tuple[int, int, str, int, int, int]) -> QuotaRows:
    """Make rows of (product, week, département, class, room, open_at)."""
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 6
    return QuotaRows(
        *(
            list(column) if i == 2 else np.array(column, dtype=np.int64)
            for i, column in enumerate(columns)
        )
    )
