"""The daily split: sums by week, open days, day limits, pairs, leftovers of vials, quotas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.check.calendar import Calendar, calendar_of
from allocator.check.pairing import unpaired
from allocator.check.positions import Columns, Located, locate
from allocator.check.totals import Totals, sums
from allocator.check.violation import Violation, listed
from allocator.instance import Bools, Instance, Ints
from allocator.plan import Plan


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots of each day, J x P x 7W: first and second doses."""

    first: Ints
    second: Ints


def slots_of(instance: Instance, calendar: Calendar, plan: Located) -> Slots:
    """Sum the sessions table by rank."""
    shape = (len(instance.centres.ids), len(instance.products.ids), 7 * calendar.weeks)
    rows, where = plan.sessions, ("centre", "product", "day")
    by_rank = [
        sums({name: cells[rows["dose_rank"] == rank] for name, cells in rows.items()},
             where, shape, "slots")
        for rank in (1, 2)
    ]  # fmt: skip
    return Slots(*by_rank)


def open_days(instance: Instance, calendar: Calendar) -> Bools:
    """Open days, J x 7W: `open_days` inside opens_on..closes_on.

    When none remains in an open week, its Monday to Friday count (MODEL.md: "that week's
    weekdays").
    """
    days = np.datetime64(instance.start, "D") + np.arange(7 * calendar.weeks)
    opens, closes = instance.centres.opens_on[:, None], instance.centres.closes_on[:, None]
    running = (opens <= days) & (np.isnat(closes) | (closes >= days))
    is_open = (running & np.tile(instance.centres.open_days, calendar.weeks)).reshape(
        -1, calendar.weeks, 7
    )
    is_open[calendar.is_open & ~is_open.any(axis=2)] = np.arange(7) < 5
    return is_open.reshape(-1, 7 * calendar.weeks)


def week_sums(instance: Instance, totals: Totals, slots: Slots) -> Iterator[Violation]:
    """Require that the slots of the days of a week equal its first and its second doses."""
    centres, products = instance.centres.ids, instance.products.ids
    for rank, by_day, doses in ((1, slots.first, totals.first), (2, slots.second, totals.second)):
        by_week = by_day.reshape(*doses.shape, 7).sum(axis=3)

        def where(j: int, p: int, week: int, rank: int = rank) -> str:
            return f"centre {centres[j]}, product {products[p]}, dose {rank}, week {week}"

        yield from listed("sessions", by_week - doses, where)


def day_limits(instance: Instance, calendar: Calendar, slots: Slots) -> Iterator[Violation]:
    """Limits: a day takes at most ceil(injections of the week / open days)."""
    is_open = open_days(instance, calendar)
    per_week = is_open.reshape(-1, calendar.weeks, 7).sum(axis=2)
    limit = np.repeat(-(-calendar.injections // np.maximum(per_week, 1)), 7, axis=1)
    used = (slots.first + slots.second).sum(axis=1)
    centres, start = instance.centres.ids, np.datetime64(instance.start, "D")

    def where(j: int, day: int) -> str:
        return f"centre {centres[j]}, {start + day}"

    yield from listed("open days", used * ~is_open, where)
    yield from listed("day limit", np.maximum(used - limit, 0) * is_open, where)


def quotas(instance: Instance, calendar: Calendar, plan: Located) -> Iterator[Violation]:
    """Quotas: those of (centre, product, week, department, class) equal the first doses."""
    names = (
        instance.centres.ids,
        instance.products.ids,
        tuple(range(calendar.weeks)),
        instance.departments,
        instance.classes.ids,
    )
    shape = tuple(len(name) for name in names)
    labels = ("centre", "product", "week", "department", "class")
    keys = np.concatenate(
        [_keys(plan.quotas, labels, shape), _keys(plan.first_doses, labels, shape)]
    )
    found, at = np.unique(keys, return_inverse=True)
    excess = np.zeros(len(found), dtype=np.int64)
    np.add.at(excess, at, np.concatenate([plan.quotas["slots"], -plan.first_doses["people"]]))

    def where(row: int) -> str:
        place = np.unravel_index(int(found[row]), shape)
        cells = zip(labels, names, place, strict=True)
        return ", ".join(f"{label} {name[int(i)]}" for label, name, i in cells)

    yield from listed("quotas", excess, where)


def _keys(rows: Columns, labels: tuple[str, ...], shape: tuple[int, ...]) -> Ints:
    return np.ravel_multi_index(tuple(rows[label] for label in labels), shape).astype(np.int64)


def unpaired_slots(instance: Instance, slots: Slots) -> Ints:
    """First-dose slots a largest matching leaves without a second dose, J x P."""
    products = instance.products
    left = np.zeros(slots.first.shape[:2], dtype=np.int64)
    for p in np.flatnonzero(products.doses_needed == 2).tolist():
        left[:, p] = unpaired(
            slots.first[:, p],
            slots.second[:, p],
            int(products.interval_min_days[p]),
            int(products.interval_max_days[p]),
        )
    return left


def unpaired_by_centre(instance: Instance, plan: Plan) -> pd.DataFrame:
    """Where `slots_unpaired` comes from: columns `centre`, `product`, `slots`, none at 0.

    Raises
    ------
    InputError
        When the plan's tables name what the instance does not know.
    """
    calendar = calendar_of(instance)
    slots = slots_of(instance, calendar, locate(instance, calendar, plan))
    left = unpaired_slots(instance, slots)
    j, p = np.nonzero(left)
    return pd.DataFrame(
        {
            "centre": pd.Series([instance.centres.ids[i] for i in j.tolist()], dtype="str"),
            "product": pd.Series([instance.products.ids[i] for i in p.tolist()], dtype="str"),
            "slots": left[j, p],
        }
    )


def doses_wasted(instance: Instance, slots: Slots) -> int:
    """Doses left in open vials: sum of ceil(slots / V) * V - slots by centre, day, product."""
    vial = instance.products.doses_per_vial[:, None]
    return int((-(slots.first + slots.second) % vial).sum())
