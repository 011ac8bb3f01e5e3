"""Free places of one centre and product, by dose rank and day; taking one makes it less."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from api.capacity.rebooking.people import Place

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A slot with free places."""

    place: Place
    dose_rank: int
    free: int


class Supply:
    """Free places of a centre for one product."""

    def __init__(self, slots: Iterable[FreeSlot]) -> None:
        self._slots: dict[tuple[int, date], dict[Place, int]] = defaultdict(dict)
        for slot in slots:
            if slot.free > 0:
                self._slots[slot.dose_rank, slot.place.day][slot.place] = slot.free
        self._days = {rank: sorted(day for r, day in self._slots if r == rank) for rank in (1, 2)}

    def days_near(self, dose_rank: int, wish: date) -> Iterator[date]:
        """Days with a free place, nearest to the wish first, of two equally near the earlier."""
        days = self._days[dose_rank]
        after = bisect_left(days, wish)
        before = after - 1
        while before >= 0 or after < len(days):
            if after == len(days) or (before >= 0 and wish - days[before] <= days[after] - wish):
                yield days[before]
                before -= 1
            else:
                yield days[after]
                after += 1

    def place_on(self, dose_rank: int, day: date, wish: int) -> Place:
        """Choose the place of a day nearest to the time of day of an instant."""
        places = self._slots[dose_rank, day]
        return min(places, key=lambda p: (abs((p.starts_at - wish + DAY_S // 2) % DAY_S
                                              - DAY_S // 2), p.starts_at, p.slot_id))  # fmt: skip

    def take(self, dose_rank: int, place: Place) -> None:
        """Take one place."""
        places = self._slots[dose_rank, place.day]
        places[place] -= 1
        if places[place] == 0:
            del places[place]
        if not places:
            self._days[dose_rank].remove(place.day)
