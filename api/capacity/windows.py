"""A centre's day as windows of half an hour, in UTC, whatever the clocks do that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from api.capacity.slots import Ints

WINDOW_S = 1800
RELEASE_AT = time(8)
"""Shares and quotas end in the morning, local time, when telephones are answered."""
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Opening:
    """Local opening hours of a centre; closing at 00:00 means midnight at the end of the day."""

    opens_at: time
    closes_at: time
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.closes_at != time(0) and self.closes_at <= self.opens_at:
            raise ValueError("Must have opens_at before closes_at.")

    def span(self, day: date) -> tuple[int, int]:
        """Give opening and closing of a day, seconds of UTC."""
        last = day + timedelta(days=1) if self.closes_at == time(0) else day
        return instant(day, self.opens_at, self.zone), instant(last, self.closes_at, self.zone)


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of several days, in order of time.

    day
        Days since 1970-01-01.
    starts_at, ends_at
        Seconds of UTC.
    """

    day: Ints
    starts_at: Ints
    ends_at: Ints


def instant(day: date, at: time, zone: ZoneInfo) -> int:
    """Seconds of UTC of a local time; a time the clocks skip is taken as they would show it."""
    return int(datetime.combine(day, at, zone).timestamp())


def release(day: date, days_before: int, zone: ZoneInfo) -> int:
    """When what is left of a day opens to everybody, seconds of UTC."""
    return instant(day - timedelta(days=days_before), RELEASE_AT, zone)


def windows_of(opening: Opening, days: Sequence[date]) -> Windows:
    """Cut days into windows; a rest shorter than a window is left to the centre for tidying up.

    Real time is cut, so that a day on which the clocks change has windows more or fewer. A centre
    open for less than one window has one, as long as it is open.
    """
    per_day: list[Ints] = []
    starts: list[Ints] = []
    ends: list[Ints] = []
    for day in days:
        opens, closes = opening.span(day)
        length = min(WINDOW_S, closes - opens)
        start = np.arange(opens, closes - length + 1, length, dtype=np.int64)
        starts.append(start)
        ends.append(start + length)
        per_day.append(np.full(len(start), day_number(day), dtype=np.int64))
    nothing = [np.empty(0, dtype=np.int64)]
    return Windows(*(np.concatenate(c or nothing) for c in (per_day, starts, ends)))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(number: int) -> date:
    """Return the date of a number of days since 1970-01-01."""
    return EPOCH + timedelta(days=int(number))
