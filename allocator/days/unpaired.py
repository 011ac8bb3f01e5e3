"""First-dose slots without a second, and the sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.days.pairing import Pairing
from allocator.instance import Bools, Instance, Ints

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Unpaired:
    """First-dose slots of a product left over by a largest matching at one centre.

    `centre` and `product` are positions in the instance; `reason` is a sentence for the planner.
    """

    centre: int
    product: int
    slots: int
    reason: str


def unpaired_slots(instance: Instance, pairing: Pairing, opened: Bools) -> tuple[Unpaired, ...]:
    """List what the pairing leaves over; `opened` tells the days used, J x 7W."""
    return tuple(
        Unpaired(
            int(j),
            int(p),
            int(pairing.unpaired[j, p]),
            _reason(instance, pairing.loose[:, j, p], opened[j], int(p), pairing.is_proven[j]),
        )
        for j, p in np.argwhere(pairing.unpaired)
    )


def _reason(instance: Instance, loose: Ints, opened: Bools, p: int, is_proven: bool) -> str:
    low, high = instance.products.interval_min_days[p], instance.products.interval_max_days[p]
    apart = f"{low}" if low == high else f"{low} to {high}"
    firsts, seconds = (_by_week(loose[rank], opened) for rank in (0, 1))
    if not seconds:
        return f"no second dose is planned for the first doses of {firsts}"
    proof = "no other split leaves fewer" if is_proven else "the search for a better split was cut"
    return (
        f"first doses of {firsts} find no second dose {apart} days later: "
        f"those left over are in {seconds} ({proof})"
    )


def _by_week(loose: Ints, opened: Bools) -> str:
    """Name the weeks of leftovers and the open days of each: `week 0 (only Saturday open)`."""
    weeks = np.flatnonzero(loose.reshape(-1, 7).any(axis=1))
    return ", ".join(
        f"week {week} ({_days_named(opened[7 * week : 7 * week + 7])} open)" for week in weeks
    )


def _days_named(opened: Bools) -> str:
    days = np.flatnonzero(opened)
    if len(days) == 1:
        return f"only {_WEEKDAYS[days[0]]}"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{_WEEKDAYS[days[0]]} to {_WEEKDAYS[days[-1]]}"
    return " and ".join(_WEEKDAYS[day] for day in days)
