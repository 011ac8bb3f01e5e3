"""The constraints of MODEL.md, one function per family, each yielding its violations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocator.check.calendar import Calendar
from allocator.check.positions import Located
from allocator.check.totals import Totals, sums
from allocator.check.violation import Violation, listed
from allocator.instance import Instance


def demand(instance: Instance, plan: Located) -> Iterator[Violation]:
    """1. For each (z,k): sum over j of f[z,k,j] <= people(z,k)."""
    sent = sums(plan.flows, ("zone", "class"), instance.demand.shape, "people")
    excess = np.maximum(sent - instance.demand, 0)
    zones, classes = instance.zones.ids, instance.classes.ids
    yield from listed("demand", excess, lambda z, k: f"zone {zones[z]}, class {classes[k]}")


def link(instance: Instance, plan: Located) -> Iterator[Violation]:
    """2. For each (d,k,j): sum over zones z of d of f[z,k,j] = sum over p,t of y[d,k,j,p,t]."""
    departments, classes = instance.departments, instance.classes.ids
    centres = instance.centres.ids
    shape = (len(departments), len(classes), len(centres))
    flows = dict(plan.flows)
    flows["department"] = instance.zones.department[flows["zone"]]
    keys = ("department", "class", "centre")
    sent = sums(flows, keys, shape, "people")
    given = sums(plan.first_doses, keys, shape, "people")
    yield from listed(
        "link",
        sent - given,
        lambda d, k, j: f"department {departments[d]}, class {classes[k]}, centre {centres[j]}",
    )


def second_doses(
    instance: Instance, calendar: Calendar, plan: Located, totals: Totals
) -> Iterator[Violation]:
    """3. For each two-dose (j,p,t): sum over t' of s[j,p,t,t'] = sum over d,k of y[d,k,j,p,t]."""
    shape = totals.first.shape
    keys = ("centre", "product", "first_week")
    completed = sums(plan.second_doses, keys, shape, "people")
    owed = totals.first * (instance.products.doses_needed == 2)[:, None]
    yield from listed("second doses", completed - owed, _Place(instance).week)
    yield from _interval(instance, calendar, plan)


def _interval(instance: Instance, calendar: Calendar, plan: Located) -> Iterator[Violation]:
    """3. Every second dose of p lies in a week t' with lo(p) <= t' - t <= hi(p)."""
    rows = plan.second_doses
    product, apart = rows["product"], rows["week"] - rows["first_week"]
    wrong = (apart < calendar.lo[product]) | (apart > calendar.hi[product])
    centres, products = instance.centres.ids, instance.products.ids

    def where(row: int) -> str:
        place = f"centre {centres[rows['centre'][row]]}, product {products[product[row]]}"
        return f"{place}, weeks {rows['first_week'][row]} to {rows['week'][row]}"

    yield from listed("interval", rows["people"] * wrong, where)


def capacity(instance: Instance, calendar: Calendar, totals: Totals) -> Iterator[Violation]:
    """4. For each (j, week): first + second + booked <= injections."""
    used = (totals.first + totals.second + calendar.booked).sum(axis=1)
    excess = np.maximum(used - calendar.injections, 0)
    centres = instance.centres.ids
    yield from listed("capacity", excess, lambda j, week: f"centre {centres[j]}, week {week}")


def national_pool(instance: Instance, calendar: Calendar, totals: Totals) -> Iterator[Violation]:
    """5. For each (p, week): cumulative vials x doses_per_vial <= cumulative pool deliveries."""
    # In floats, where huge counts round and never wrap around.
    vials = totals.vials.sum(axis=0).astype(np.float64)
    shipped = np.cumsum(vials * instance.products.doses_per_vial[:, None], axis=1)
    excess = np.maximum(shipped - np.cumsum(calendar.pool, axis=1), 0)
    products = instance.products.ids
    yield from listed("pool", excess, lambda p, week: f"product {products[p]}, week {week}")


def centre_stock(instance: Instance, calendar: Calendar, totals: Totals) -> Iterator[Violation]:
    """6. For each (j,p, week): cumulative doses and booked <= cumulative shipped + earmarked."""
    used = totals.first + totals.second + calendar.booked
    shipped = totals.vials.astype(np.float64) * instance.products.doses_per_vial[:, None]
    stock = np.cumsum(shipped + calendar.earmarked - used, axis=2)
    yield from listed("stock", np.maximum(-stock, 0), _Place(instance).week)


def eligibility(
    instance: Instance, calendar: Calendar, plan: Located, totals: Totals
) -> Iterator[Violation]:
    """7. A first dose of p to k in t and a second of p in t' only where the dated rules allow."""
    classes, products = instance.classes.ids, instance.products.ids
    keys = ("class", "product", "week")
    first = sums(plan.first_doses, keys, calendar.first_allowed.shape, "people")
    yield from listed(
        "eligibility",
        first * ~calendar.first_allowed,
        lambda k, p, week: f"class {classes[k]}, product {products[p]}, first dose in week {week}",
    )
    yield from listed(
        "eligibility",
        totals.second.sum(axis=0) * ~calendar.second_allowed,
        lambda p, week: f"product {products[p]}, second dose in week {week}",
    )


class _Place:
    """Names (centre, product, week) for people."""

    def __init__(self, instance: Instance) -> None:
        self._centres = instance.centres.ids
        self._products = instance.products.ids

    def week(self, j: int, p: int, week: int) -> str:
        return f"centre {self._centres[j]}, product {self._products[p]}, week {week}"
