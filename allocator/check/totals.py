"""Sums of a plan's rows that several rules look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.check.calendar import Calendar
from allocator.check.positions import Columns, Located
from allocator.instance import Instance, Ints


@dataclass(frozen=True, slots=True)
class Totals:
    """Doses and vials by centre, product and week; first doses by département and by class.

    first, second, vials
        J x P x W: first doses, second doses (by the week they are given), vials shipped.
    first_by_department, first_by_class
        D x W and K x W people.
    """

    first: Ints
    second: Ints
    vials: Ints
    first_by_department: Ints
    first_by_class: Ints


def totals_of(instance: Instance, calendar: Calendar, plan: Located) -> Totals:
    """Sum up the rows of a plan."""
    by_week = (len(instance.centres.ids), len(instance.products.ids), calendar.weeks)
    where = ("centre", "product", "week")
    departments, classes = len(instance.departments), len(instance.classes.ids)
    first = plan.first_doses
    return Totals(
        first=sums(first, where, by_week, "people"),
        second=sums(plan.second_doses, where, by_week, "people"),
        vials=sums(plan.shipments, where, by_week, "vials"),
        first_by_department=sums(
            first, ("department", "week"), (departments, calendar.weeks), "people"
        ),
        first_by_class=sums(first, ("class", "week"), (classes, calendar.weeks), "people"),
    )


def sums(columns: Columns, keys: tuple[str, ...], shape: tuple[int, ...], counted: str) -> Ints:
    """Sum one column into an array indexed by the key columns."""
    total = np.zeros(shape, dtype=np.int64)
    np.add.at(total, tuple(columns[key] for key in keys), columns[counted])
    return total
