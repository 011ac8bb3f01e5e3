"""What a centre keeps for départements and classes, and how far that binds each day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from api.feeds.calendar import Bools, Ints, Rules
from api.feeds.store.slots import QuotaRows

UNBOUND = np.iinfo(np.int32).max
"""Limit of a cell that no quota binds."""
_WEEK = np.arange(7)
_WEEKS = 1 << 20
"""More than any day's number."""


@dataclass(frozen=True, slots=True)
class CentreQuotas:
    """Quotas of one centre in order of product and week, as the database has them.

    group
        Number of the product and week of each row, from 0.
    ends
        When the last quota of each group ends, seconds since 1970-01-01: until then the whole
        group binds, a département and class without a row included.
    """

    rows: QuotaRows
    group: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.rows.week)

    def binding(self, now: int) -> Bools:
        """Tell which rows still bind."""
        return (self.ends > now)[self.group]

    def next_end(self, now: int) -> int | None:
        """Return the next second at which a quota ends."""
        later = self.rows.open_at[self.rows.open_at > now]
        return int(later.min()) if len(later) else None

    def limits(self, rules: Rules, now: int) -> Ints:
        """Sum by cell what those keep who may book on that day; `UNBOUND` where nothing binds.

        A row that has ended binds its own people no more, though the others of its week still do.
        """
        limits = np.full(rules.n_cells, UNBOUND, dtype=np.int64)
        binding = np.flatnonzero(self.binding(now))
        if not len(binding):
            return limits
        days = rules.calendar.days
        schedule = _first_schedules(self.rows.product_id[binding], rules)
        class_ = np.searchsorted(rules.classes, self.rows.class_id[binding])
        position = (self.rows.week[binding] - rules.calendar.first)[:, None] + _WEEK
        inside = (position >= 0) & (position < days)
        place = np.clip(position, 0, days - 1)
        cells = schedule[:, None] * days + place
        allowed = rules.allowed[class_[:, None], schedule[:, None], place]
        left = np.where(self.rows.open_at[binding] > now, self.rows.room[binding], UNBOUND)
        room = np.where(allowed, left[:, None], 0)
        limits[cells[inside]] = 0
        np.add.at(limits, cells[inside], room[inside])
        return np.minimum(limits, UNBOUND)

    def without(self, weeks: Collection[tuple[int, int]]) -> QuotaRows:
        """Rows of all other products and weeks."""
        left_out = [product * _WEEKS + week for product, week in weeks]
        keys = self.rows.product_id * _WEEKS + self.rows.week
        return _rows_at(self.rows, np.flatnonzero(~np.isin(keys, left_out)))


def _first_schedules(product_id: Ints, rules: Rules) -> Ints:
    distinct, place = np.unique(product_id, return_inverse=True)
    numbers = rules.numbers
    schedules: Ints = np.array([numbers[int(p), 1] for p in distinct], dtype=np.int64)[place]
    return schedules


def quotas_of(rows: QuotaRows) -> CentreQuotas:
    """Group the quotas of a centre."""
    order = np.lexsort((rows.week, rows.product_id))
    rows = _rows_at(rows, order)
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (rows.product_id[1:] != rows.product_id[:-1]) | (rows.week[1:] != rows.week[:-1])
    ends = (
        np.maximum.reduceat(rows.open_at, np.flatnonzero(begins))
        if len(order)
        else np.empty(0, dtype=np.int64)
    )
    return CentreQuotas(rows, np.cumsum(begins) - 1, ends)


def no_quotas() -> CentreQuotas:
    """Quotas of a centre that has none."""
    nothing = np.empty(0, dtype=np.int64)
    return quotas_of(QuotaRows(nothing, nothing, [], nothing, nothing, nothing))


def replaced(
    quotas: CentreQuotas, weeks: Collection[tuple[int, int]], rows: QuotaRows | None
) -> CentreQuotas:
    """Put what was read again in the place of these products and weeks (days since 1970-01-01)."""
    kept = quotas.without(weeks)
    if rows is None:
        return quotas_of(kept)
    return quotas_of(
        QuotaRows(
            np.concatenate([kept.product_id, rows.product_id]),
            np.concatenate([kept.week, rows.week]),
            [*kept.department, *rows.department],
            np.concatenate([kept.class_id, rows.class_id]),
            np.concatenate([kept.room, rows.room]),
            np.concatenate([kept.open_at, rows.open_at]),
        )
    )


def _rows_at(rows: QuotaRows, places: Ints) -> QuotaRows:
    return QuotaRows(
        rows.product_id[places],
        rows.week[places],
        [rows.department[i] for i in places.tolist()],
        rows.class_id[places],
        rows.room[places],
        rows.open_at[places],
    )
