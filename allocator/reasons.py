"""Why slots changed in a re-plan: what became different at the place, the week and the product.

A reason is the nearest difference between the two instances that bears on the row. Slots that no
difference touches moved because others did, and say so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocator.carry import Earlier
from allocator.horizon import Horizon, horizon_of
from allocator.instance import Bools, Instance, Ints

FOLLOWS = "follows from other changes"


def reasons_of(earlier: Earlier, instance: Instance, changes: pd.DataFrame) -> list[str]:
    """Return one reason for each row of `changes_of`."""
    reasons = _Reasons(earlier, instance)
    keys = zip(changes["centre"], changes["product"], changes["week"], changes["dose_rank"],
               changes["after"] < changes["before"], strict=True)  # fmt: skip
    return [reasons.reason(*key) for key in keys]


class _Reasons:
    """Both instances, looked up by id and by week of the changed one."""

    def __init__(self, earlier: Earlier, instance: Instance) -> None:
        self._past = earlier.weeks_past(instance)
        self._was, self._is = _Side(earlier.instance), _Side(instance)

    def reason(self, centre: str, product: str, week: int, rank: int, is_fewer: bool) -> str:
        was_week = week + self._past
        if centre not in self._is.centres or product not in self._is.products:
            return "is no longer part of the instance"
        now, before = self._is, self._was
        if centre not in before.centres or product not in before.products:
            return "is new in the instance"
        here, there = (now.centres[centre], week), (before.centres[centre], was_week)
        is_open = now.at(now.horizon.is_open, *here)
        was_open = before.at(before.horizon.is_open, *there)
        if is_open != was_open:
            return "the centre opens that week" if is_open else "the centre is closed that week"
        if is_fewer and not now.allows(product, week, rank):
            return "the product is no longer allowed then"
        return (
            self._injections(here, there, is_fewer)
            or self._doses(product, week, is_fewer)
            or self._earmarked(centre, product, week, is_fewer)
            or self._people(centre)
            or FOLLOWS
        )

    def _injections(
        self, here: tuple[int, int], there: tuple[int, int], is_fewer: bool
    ) -> str | None:
        """Slots of the centre's week, and bookings that take some of them."""
        now, before = self._is.horizon, self._was.horizon
        injections = self._is.at(now.injections, *here)
        had = self._was.at(before.injections, *there)
        if injections != had and (injections < had) == is_fewer:
            return f"injections of the week go from {had} to {injections}"
        booked = injections - self._is.at(now.room, *here)
        were_booked = had - self._was.at(before.room, *there)
        if booked > were_booked and is_fewer:
            return f"people booked in the week go from {were_booked} to {booked}"
        return None

    def _doses(self, product: str, week: int, is_fewer: bool) -> str | None:
        """Doses that have come by a week: those drawn now are missing in it."""
        now = self._is.supply[self._is.products[product]]
        before = self._was.supply[self._was.products[product]]
        return _first_difference(now, before, self._past, week, is_fewer, "nationally")

    def _earmarked(self, centre: str, product: str, week: int, is_fewer: bool) -> str | None:
        now = self._is.horizon.earmarked[self._is.centres[centre], self._is.products[product]]
        before = self._was.horizon.earmarked[self._was.centres[centre], self._was.products[product]]
        return _first_difference(
            np.cumsum(now), np.cumsum(before), self._past, week, is_fewer, "at the centre"
        )

    def _people(self, centre: str) -> str | None:
        """People of the centre's département who want a dose."""
        code = self._is.departments[self._is.centres[centre]]
        now, before = self._is.people.get(code, 0), self._was.people.get(code, 0)
        if now == before:
            return None
        return f"people who want a dose in département {code} go from {before} to {now}"


def _first_difference(
    now: Ints, before: Ints, past: int, week: int, is_fewer: bool, where: str
) -> str | None:
    """Say from which week on, at or after this one, the doses delivered so far differ that way."""
    weeks = range(week, min(len(now), len(before) - past))
    for w in weeks:
        # What came before the earlier weeks that are past is no difference.
        had = int(before[w + past] - (before[past - 1] if past > 0 else 0))
        if now[w] != had and (now[w] < had) == is_fewer:
            return f"doses delivered {where} by week {w} go from {had} to {int(now[w])}"
    return None


class _Side:
    """One of the two instances."""

    def __init__(self, instance: Instance) -> None:
        self.horizon: Horizon = horizon_of(instance)
        self.centres = {name: j for j, name in enumerate(instance.centres.ids)}
        self.products = {name: p for p, name in enumerate(instance.products.ids)}
        self.departments = [instance.departments[d] for d in instance.centres.department]
        self.supply = np.cumsum(self.horizon.pool, axis=1)
        wanted = np.zeros(len(instance.departments), dtype=np.int64)
        np.add.at(wanted, instance.zones.department, instance.demand.sum(axis=1))
        self.people = dict(zip(instance.departments, wanted.tolist(), strict=True))

    def at(self, values: Ints | Bools, centre: int, week: int) -> int:
        """Value of a centre's week, 0 outside the horizon."""
        return int(values[centre, week]) if 0 <= week < values.shape[1] else 0

    def allows(self, product: str, week: int, rank: int) -> bool:
        """Whether anybody may get the dose in the week."""
        p, horizon = self.products[product], self.horizon
        if rank == 1:
            return week < horizon.T and bool(horizon.first_allowed[p, :, week].any())
        return week < horizon.W and bool(horizon.second_allowed[p, week])
