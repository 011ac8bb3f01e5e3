"""Key figures of a plan (MODEL.md, Key figures), each fit for JSON."""

from __future__ import annotations

import numpy as np

from allocator.check.calendar import Calendar
from allocator.check.cost import people_by_department
from allocator.check.positions import Located
from allocator.check.totals import Totals, sums
from allocator.instance import Floats, Instance, Ints


def kpis_of(
    instance: Instance, calendar: Calendar, plan: Located, totals: Totals, km: Floats
) -> dict[str, float | int | None]:
    """Figures that do not depend on the days.

    `km` is km(z,j) of each flow. The median and 90th percentile are the smallest distances not
    exceeded by half and by nine tenths of the people; null when nobody is sent anywhere.
    """
    people = int(instance.demand.sum())
    first_doses = int(totals.first.sum())
    return {
        "people": people,
        "first_doses": first_doses,
        "unserved": people - first_doses,
        "second_doses_on_time": _on_time(instance, calendar, plan, totals),
        "km_median": _quantile(km, plan.flows["people"], 0.5),
        "km_p90": _quantile(km, plan.flows["people"], 0.9),
        **_coverage(instance, totals),
        "vials": int(totals.vials.sum()),
    }


def _on_time(instance: Instance, calendar: Calendar, plan: Located, totals: Totals) -> float:
    """Share of first doses of two-dose products completed inside the interval; 1 when none."""
    rows = plan.second_doses
    product, apart = rows["product"], rows["week"] - rows["first_week"]
    inside = (apart >= calendar.lo[product]) & (apart <= calendar.hi[product])
    kept = {name: cells[inside] for name, cells in rows.items()}
    keys = ("centre", "product", "first_week")
    completed = sums(kept, keys, totals.first.shape, "people")
    owed = totals.first * (instance.products.doses_needed == 2)[:, None]
    if not owed.any():
        return 1.0
    return float(np.minimum(completed, owed).sum() / owed.sum())


def _quantile(values: Floats, people: Ints, share: float) -> float | None:
    if not people.any():
        return None
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(people[order])
    return float(values[order[np.searchsorted(reached, share * reached[-1])]])


def _coverage(instance: Instance, totals: Totals) -> dict[str, float | int | None]:
    """First doses by person of each département with people, at the end of the horizon.

    The spread (max / min) has no value, null, when a département got nothing at all.
    """
    people = people_by_department(instance)
    some = people > 0
    given = totals.first_by_department[some, : instance.weeks].sum(axis=1)
    coverage = given / people[some]
    low, high = float(coverage.min()), float(coverage.max())
    return {
        "coverage_min": low,
        "coverage_max": high,
        "coverage_spread": high / low if low > 0 else None,
        "coverage_gini": gini(coverage, people[some]),
    }


def gini(values: Floats, weights: Floats) -> float:
    """Gini index of non-negative values: mean absolute difference over twice the mean; 0 if all 0.

    The pairs are weighted by the product of their weights.
    """
    total = float(values @ weights)
    if total == 0:
        return 0.0
    apart = np.abs(values[:, None] - values[None, :])
    return float(weights @ apart @ weights / (2 * total * weights.sum()))
