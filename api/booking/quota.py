"""First doses of a centre, product and week that are kept for one département and class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple


class QuotaKey(NamedTuple):
    """Which quota: its row's key, in the order rows are locked in."""

    centre_id: int
    product_id: int
    week: date
    department: str
    class_id: int


@dataclass(slots=True)
class Quota:
    """A quota whose row is locked."""

    key: QuotaKey
    slots: int
    taken: int
    open_at: datetime


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
