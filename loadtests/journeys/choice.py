"""What somebody picks of what is shown: a centre they want, and a pair that can be booked there."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import NamedTuple

from loadtests.booking.hotspots import tenth_takes_sixty
from loadtests.journeys.files import CentreCounts, CentreFile, Counts, Index, Product, Windows

LOOKED_AT = 60
"""Windows somebody looks at, of those that come first."""


class Pair(NamedTuple):
    """A first and a second dose at one centre, for somebody of this département and class."""

    centre: str
    department: str
    class_: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Map:
    """What people know before they look: where the centres are, and which of them all want.

    The top tenth of places has 60 % of what is wanted, as it had of what was visible in April 2021.
    They are spread over the country, the same ones in every run.
    """

    index: Index
    places: tuple[tuple[str, str], ...]
    hot: frozenset[str]
    products: dict[str, Product] = field(repr=False)

    @staticmethod
    def of(index: Index) -> Map:
        """Draw the map of a campaign."""
        places = [(d.department, centre) for d in index.departments for centre in d.centres]
        Random(2021).shuffle(places)  # noqa: S311 - a map is no secret
        hot = frozenset(c for _, c in places[: tenth_takes_sixty(len(places)).hot])
        return Map(index, tuple(places), hot, {p.product: p for p in index.products})

    def wish(self, random: Random) -> tuple[str, str]:
        """Draw a département and a centre as people want them."""
        return self.places[tenth_takes_sixty(len(self.places)).draw(random) - 1]


def choose(
    known: Map, counts: CentreCounts, file: CentreFile, department: str, random: Random
) -> Pair | None:
    """Pick a pair at random among the first that are shown; None when nothing fits."""
    firsts = [w for w in file.windows if w.dose_rank == 1 and w.slots]
    if not firsts:
        return None
    first = random.choice(firsts)
    nth = random.randrange(min(LOOKED_AT, len(first.slots)))
    day = _day_of(first, nth)
    class_ = _class_on(counts, first.product, day, department, random)
    product = known.products[first.product]
    seconds = [w for w in file.windows if w.product == first.product and w.dose_rank == 2]
    second = _second(seconds, product, day, random)
    if class_ is None or second is None:
        return None
    return Pair(file.centre, department, class_, _slot(first, nth), second)


def is_whole(file: CentreFile) -> bool:
    """Tell whether columns are as long as each other, and show no window without room."""
    return all(
        len(w.slots) == len(w.starts) == len(w.free) == sum(w.per_day)
        and len(w.days) == len(w.per_day)
        and min(w.free, default=1) > 0
        for w in file.windows
    )


def _second(
    seconds: Sequence[Windows], product: Product, day: dt.date, random: Random
) -> int | None:
    intervals = [i for i in product.intervals if i.from_date <= day]
    if not intervals or not seconds:
        return None
    windows = seconds[0]
    ends = list(accumulate(windows.per_day))
    shortest, longest = (
        day + dt.timedelta(days=n) for n in (intervals[-1].min_days, intervals[-1].max_days)
    )
    from_, to = bisect_left(windows.days, shortest), bisect_right(windows.days, longest)
    lo = ends[from_ - 1] if from_ else 0
    hi = ends[to - 1] if to else 0
    return _slot(windows, random.randrange(lo, min(hi, lo + LOOKED_AT))) if lo < hi else None


def _slot(windows: Windows, nth: int) -> int:
    return sum(windows.slots[: nth + 1])


def _day_of(windows: Windows, nth: int) -> dt.date:
    return windows.days[bisect_right(list(accumulate(windows.per_day)), nth)]


def _class_on(
    centre: CentreCounts, product: str, day: dt.date, department: str, random: Random
) -> str | None:
    """Draw a class that may book this first dose, and has a place kept where places are kept."""
    allowed = {c for row in centre.counts for c in _classes(row, product, day)}
    monday = day - dt.timedelta(days=day.weekday())
    for quota in centre.quotas:
        if (quota.product, quota.week) == (product, monday):
            allowed &= {c for d, c, room in quota.rooms if d == department and room != 0}
    return random.choice(sorted(allowed)) if allowed else None


def _classes(row: Counts, product: str, day: dt.date) -> Sequence[str]:
    is_of = (row.product, row.dose_rank) == (product, 1)
    return row.classes if is_of and 0 <= (day - row.first_day).days < len(row.free) else ()
