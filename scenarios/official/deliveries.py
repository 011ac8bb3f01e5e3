"""National deliveries by product and week."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InputError
from scenarios.figures import Dropped
from scenarios.official.cells import days, refuse_end_before
from scenarios.official.files import Source

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Doses by product name and week; rows are in the order of the file."""

    file: str
    product: tuple[str, ...]
    ends_on: NDArray[np.datetime64]
    doses: Ints

    def weekly(self, product: str, start: date, weeks: int) -> tuple[int, ...]:
        """Doses of the weeks from `start` (a Monday) on; a week not named brought none.

        Raises
        ------
        InputError
            When the file does not reach the last week, or has never heard of the product.
        """
        if product not in self.product:
            raise InputError(self.file, f"type_de_vaccin {product!r} does not appear")
        refuse_end_before(self.file, self.ends_on, start + timedelta(days=7 * weeks - 1))
        week = (self.ends_on - np.datetime64(start, "D")).astype(np.int64) // 7
        here = (np.array(self.product) == product) & (week >= 0) & (week < weeks)
        return tuple(np.bincount(week[here], self.doses[here], weeks).astype(int).tolist())

    def before(self, product: str, start: date) -> int:
        """All doses of a product delivered before `start`."""
        earlier = self.ends_on < np.datetime64(start, "D")
        return int(self.doses[(np.array(self.product) == product) & earlier].sum())

    def others(self, products: Collection[str], start: date, weeks: int) -> Dropped:
        """Rows of the horizon that no product of the scenario takes."""
        week = (self.ends_on - np.datetime64(start, "D")).astype(np.int64) // 7
        here = (week >= 0) & (week < weeks) & ~np.isin(self.product, list(products))
        return Dropped(self.file, "not a product of the scenario", int(here.sum()))


def deliveries(source: Source) -> Deliveries:
    """Read the table, whose weeks are named by their Sunday."""
    table = source.table
    ends_on = days(table, "date_fin_semaine")
    weekday = (ends_on.astype(np.int64) + 3) % 7
    cells = table.columns["date_fin_semaine"]
    table.refuse_first(weekday != 6, lambda r: f"date_fin_semaine is not a Sunday: {cells[r]}")
    table.refuse_repeats("date_fin_semaine", "type_de_vaccin")
    product = tuple(table.text("type_de_vaccin"))
    return Deliveries(source.name, product, ends_on, table.counts("nb_doses"))
