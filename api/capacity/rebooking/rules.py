"""The dated rules a new pair must keep: intervals, openings of classes, eligibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a product may be given; `to_date` is the last one, if any."""

    from_date: date
    to_date: date | None

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the campaign.

    intervals
        By product, (from, fewest days, most days), oldest first: the newest not after the first
        dose counts.
    eligible
        By product, class (0: any) and dose rank.
    opens_on
        Opening of each class.
    """

    intervals: Mapping[int, Sequence[tuple[date, int, int]]]
    eligible: Mapping[tuple[int, int, int], Sequence[Period]]
    opens_on: Mapping[int, date]

    def interval(self, product_id: int, first: date) -> tuple[int, int] | None:
        """Fewest and most days after a first dose; None when no rule holds."""
        dated = [row for row in self.intervals.get(product_id, ()) if row[0] <= first]
        return dated[-1][1:] if dated else None

    def allows(self, product_id: int, class_id: int, dose_rank: int, day: date) -> bool:
        """Whether a class may have this dose on this day."""
        if dose_rank == 1 and not (class_id in self.opens_on and self.opens_on[class_id] <= day):
            return False
        who = class_id if dose_rank == 1 else 0
        return any(p.holds(day) for p in self.eligible.get((product_id, who, dose_rank), ()))
