"""What a rehearsal tells; apart from it, as whoever reads it needs no plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec


class WeekChange(msgspec.Struct, frozen=True):
    """Doses of a week, product and rank, where they differ."""

    week: date
    product: str
    dose_rank: int
    before: int
    after: int


class CentreChange(msgspec.Struct, frozen=True):
    """Doses of a centre on the days that differ, and bookings that find no dose there."""

    centre: str
    name: str
    before: int
    after: int
    displaced: int
    beyond_plan: int


class Rehearsal(msgspec.Struct, frozen=True):
    """What a publication would change.

    new_centres
        Centres the plan has and the campaign does not: everything there would be new.
    centres
        Those where something changes, the largest change first.
    rebooked
        Bookings that would move, by what becomes of them.
    """

    source: str
    weeks: tuple[WeekChange, ...]
    centres: tuple[CentreChange, ...]
    unchanged: int
    new_centres: int
    new_doses: int
    rebooked: Mapping[str, int]
    beyond_plan: int
