"""The days that are replayed: control points as they were reported, and what lies between them.

Sources and sums are in docs/performance.md. No hour-by-hour record of any of these days is public,
so every curve is *interpolated*: straight lines between points, some of which are only chosen so
that the known sums come out. A point says which it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

LABEL = "interpolated"
MINUTES_AN_HOUR = 60


class Point(NamedTuple):
    """People who want to book at a time of the day.

    clock
        Local time, `HH:MM`. Two points at one time are a jump.
    per_min
        Bookings a minute.
    reported
        Whether somebody reported this figure; else it is chosen, to meet a reported sum.
    """

    clock: str
    per_min: float
    reported: bool = False

    @property
    def minute(self) -> int:
        """Minutes after midnight."""
        hours, minutes = self.clock.split(":")
        return MINUTES_AN_HOUR * int(hours) + int(minutes)


@dataclass(frozen=True, slots=True)
class Curve:
    """A day, or the part of it that is replayed.

    top
        The first and last clock of its plateau; both are points.
    offered
        What is offered at a scale of 1, as a multiple of the curve: a record cannot be reached by
        offering no more than the record.
    searches
        Reads of availability for a booking: of that day, or assumed (docs/performance.md).
    source
        Where the reported figures come from.
    """

    name: str
    points: tuple[Point, ...]
    top: tuple[str, str]
    searches: float
    source: str
    offered: float = 1.0

    def __post_init__(self) -> None:
        minutes = [point.minute for point in self.points]
        if len(minutes) < 2 or minutes != sorted(minutes) or minutes[0] == minutes[-1]:
            raise ValueError("Must have points in the order of the clock.")
        if any(point.per_min < 0 for point in self.points):
            raise ValueError("Must have no negative rate.")
        clocks = [point.clock for point in self.points]
        if any(clock not in clocks for clock in self.top) or self.top[0] >= self.top[1]:
            raise ValueError("Must have a plateau between two of its points.")

    @property
    def plateau(self) -> tuple[int, int]:
        """Its first and last minute."""
        return Point(self.top[0], 0).minute, Point(self.top[1], 0).minute

    def around_top(self) -> tuple[Point, ...]:
        """Give the plateau, and as much time before and after it, as far as there is any."""
        first, last = self.plateau
        lo = max(self.points[0].minute, 2 * first - last)
        hi = min(self.points[-1].minute, 2 * last - first)
        inner = [point for point in self.points if lo <= point.minute <= hi]
        before = [self._at(lo)] if inner[0].minute > lo else []
        return (*before, *inner, *([self._at(hi)] if inner[-1].minute < hi else []))

    def _at(self, minute: int) -> Point:
        """Read the curve between two of its points."""
        for a, b in pairwise(self.points):
            if a.minute <= minute <= b.minute and a.minute < b.minute:
                part = (minute - a.minute) / (b.minute - a.minute)
                clock = f"{minute // MINUTES_AN_HOUR:02}:{minute % MINUTES_AN_HOUR:02}"
                return Point(clock, a.per_min + (b.per_min - a.per_min) * part)
        raise ValueError("Must be a minute of the curve.")

    def bookings(self, first: str, last: str) -> float:
        """Sum up the curve between two of its clocks."""
        lo, hi = Point(first, 0).minute, Point(last, 0).minute
        return sum(
            (b.minute - a.minute) * (a.per_min + b.per_min) / 2
            for a, b in pairwise(self.points)
            if lo <= a.minute and b.minute <= hi
        )


PEAK = Curve(
    "peak-2021-07-12",
    (
        Point("20:00", 104, reported=True), Point("20:13", 104, reported=True),
        Point("20:30", 17_000, reported=True), Point("21:00", 20_000, reported=True),
        Point("21:07", 20_000), Point("21:12", 300), Point("24:00", 100),
    ),
    ("20:30", "21:07"),
    searches=90,
    source="12 July 2021: 17,000 a minute at 20:30, 20,000 at about 21:00; 926,000 by midnight",
    offered=1.2,
)  # fmt: skip
OPENING = Curve(
    "opening-2021-05-27",
    (
        Point("10:45", 104, reported=True), Point("11:00", 104), Point("11:00", 3_000),
        Point("11:15", 2_400), Point("11:30", 1_900), Point("12:00", 1_500), Point("14:00", 1_150),
    ),
    ("11:00", "11:15"),
    searches=40,
    source="27 May 2021, all adults from 11:00 sharp: 472,000 in the day; of the first three hours,"
    " the first has 44 %, as on the first evening of CoWIN",
)  # fmt: skip
PRESS = Curve(
    "press-2021-11-25",
    (
        Point("12:30", 250), Point("13:00", 250), Point("13:15", 5_000), Point("13:45", 5_000),
        Point("14:30", 2_130),
    ),
    ("13:15", "13:45"),
    searches=90,
    source="25 November 2021, press conference at 13:00: 350,000 in the 90 minutes after",
)  # fmt: skip
DRIP = Curve(
    "drip-2021-05-11",
    (Point("08:00", 380), Point("10:00", 580), Point("18:00", 520), Point("20:00", 390)),
    ("10:00", "18:00"),
    searches=28,
    source="11 May 2021, doses of the next day open to all: 470,000 booked, 13 million searches",
)
COWIN = Curve(
    "cowin-2021-04-28",
    (
        Point("15:45", 0), Point("16:00", 0), Point("16:00", 68_000), Point("16:30", 58_000),
        Point("17:00", 49_000), Point("19:00", 26_000),
    ),
    ("16:00", "16:30"),
    searches=48,
    source="28 April 2021, 16:00: 3.5 million registrations in the first hour, 8 million and"
    " 383 million reads in three, 55,000 reads a second at most",
)  # fmt: skip
MONDAY = Curve(
    "normal-monday",
    (
        Point("07:00", 40), Point("08:00", 200), Point("09:00", 416, reported=True),
        Point("11:00", 416, reported=True), Point("12:00", 150), Point("14:00", 100),
        Point("20:00", 60),
    ),
    ("09:00", "11:00"),
    searches=40,
    source="spring of 2021: 150,000 bookings a day, four times the mean on a Monday morning",
)  # fmt: skip
CURVES = {curve.name: curve for curve in (PEAK, OPENING, PRESS, DRIP, COWIN, MONDAY)}
