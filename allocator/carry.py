"""An earlier plan in a changed instance: its decisions and prices by id and calendar week.

What the changed instance no longer has (a centre, a product, a week that is past) is left out;
what it has anew gets the prices of what is most like it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator import certificate
from allocator.ascent.climb import project
from allocator.ascent.model import Model, Prices
from allocator.ascent.pooled import pooled_prices
from allocator.ascent.rows import price_of_use
from allocator.decisions import Decisions
from allocator.errors import InputError
from allocator.horizon import horizon_of
from allocator.instance import Bools, Floats, Instance, Ints
from allocator.plan import COLUMNS, Plan

_DECIDED = ("flows", "first_doses", "second_doses", "shipments")
_WEEKS = ("week", "first_week")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A plan and the instance it was made for."""

    instance: Instance
    plan: Plan

    def weeks_past(self, instance: Instance) -> int:
        """Weeks by which another instance starts later."""
        return (instance.start - self.instance.start).days // 7


def carry_decisions(earlier: Earlier, instance: Instance) -> Decisions:
    """Return the plan's decisions as positions of a changed instance, whatever it allows now.

    Raises
    ------
    InputError
        For an id that the plan's own instance does not know.
    """
    past = earlier.weeks_past(instance)
    tables = {name: _located(earlier, instance, name, past) for name in _DECIDED}
    return Decisions(**tables)


def _located(earlier: Earlier, instance: Instance, name: str, past: int) -> Ints:
    table = earlier.plan[name]
    kept = np.ones(len(table), dtype=bool)
    columns = []
    for column in COLUMNS[name]:
        if column in _WEEKS:
            values = table[column].to_numpy(dtype=np.int64) - past
            kept &= values >= 0
        elif column in ("people", "vials"):
            values = table[column].to_numpy(dtype=np.int64)
        else:
            values = _places(name, column, table[column], earlier.instance, instance)
            kept &= values >= 0
        columns.append(values)
    return np.column_stack(columns)[kept]


def _places(
    name: str, column: str, cells: pd.Series[str], before: Instance, after: Instance
) -> Ints:
    codes, found = pd.factorize(cells)
    known, now = set(ids_of(before, column)), _positions(ids_of(after, column))
    for cell in found:
        if cell not in known:
            raise InputError(name, f"unknown {column}: {cell!r}; is this the instance's plan?")
    places = np.array([now.get(cell, -1) for cell in found] + [-1], dtype=np.int64)
    return places[codes]


def ids_of(instance: Instance, column: str) -> Sequence[str]:
    """Ids that a column of a plan's table may hold."""
    known: Mapping[str, Sequence[str]] = {
        "zone": instance.zones.ids,
        "class": instance.classes.ids,
        "centre": instance.centres.ids,
        "product": instance.products.ids,
        "department": instance.departments,
    }
    return known[column]


def _positions(ids: Sequence[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(ids)}


def carry_prices(earlier: Earlier, model: Model) -> Prices:
    """Return the plan's prices as a start for the changed instance.

    A slot where there was none costs what it costs at the nearest centre that had some; a product
    that was not there is priced as if the nation were one centre. Any prices prove a bound, so
    what this guesses wrong costs time and nothing else.

    Raises
    ------
    InputError
        When the certificate does not fit the plan's own instance.
    """
    pooled = pooled_prices(model)
    rows = certificate.from_table(earlier.instance, earlier.plan["certificate"])
    if rows is None:
        return pooled
    before, instance = earlier.instance, model.instance
    weeks = np.arange(model.room.shape[1]) + earlier.weeks_past(instance)
    weeks = np.clip(weeks, 0, rows.capacity.shape[1] - 1)
    products = _sources(before.products.ids, instance.products.ids)
    pool = np.where(products[:, None] >= 0, price_of_use(rows.pool)[products][:, weeks],
                    pooled.pool)  # fmt: skip
    prices = Prices(
        capacity=_capacity(earlier, model, rows, weeks),
        pool=pool,
        stock=_stock(earlier, model, rows, pool, weeks),
        fairness=_fairness(earlier, instance, rows),
    )
    project(model, prices, np.ones_like(prices.pool), np.ones_like(prices.stock))
    return prices


def _sources(before: Sequence[str], after: Sequence[str]) -> Ints:
    """Position in the earlier instance of each id of the changed one, -1 when new."""
    known = _positions(before)
    return np.array([known.get(name, -1) for name in after], dtype=np.int64)


def _capacity(earlier: Earlier, model: Model, rows: certificate.Prices, weeks: Ints) -> Floats:
    """Slot prices; a slot where there was none takes that of the nearest centre that had some."""
    centres = _sources(earlier.instance.centres.ids, model.instance.centres.ids)
    had_room = (horizon_of(earlier.instance).room > 0)[centres][:, weeks]
    had_room[centres < 0] = False
    capacity = rows.capacity[centres][:, weeks]
    anew: Bools = (model.room > 0) & ~had_room
    for j in np.flatnonzero(anew.any(axis=1)).tolist():
        points = model.distances.centres
        by_distance = np.argsort(((points - points[j]) ** 2).sum(axis=1), kind="stable")
        for w in np.flatnonzero(anew[j]).tolist():
            like = by_distance[had_room[by_distance, w]][:1]
            capacity[j, w] = capacity[like, w].sum()
    return capacity


def _stock(
    earlier: Earlier, model: Model, rows: certificate.Prices, pool: Floats, weeks: Ints
) -> Floats:
    """Prices of earmarked doses; where nothing was earmarked before, those of the pool."""
    before, instance = earlier.instance, model.instance
    stock = np.zeros_like(model.stock_net)
    centres, products = _positions(before.centres.ids), _positions(before.products.ids)
    for j, p in np.argwhere(model.stock_row >= 0).tolist():
        key = centres.get(instance.centres.ids[j], -1), products.get(instance.products.ids[p], -1)
        row = rows.stock.get(key)
        stock[model.stock_row[j, p]] = pool[p] if row is None else price_of_use(row)[weeks]
    return stock


def _fairness(earlier: Earlier, instance: Instance, rows: certificate.Prices) -> Floats:
    """Prices of the floor, by the calendar week of the checkpoint."""
    past = earlier.weeks_past(instance)
    known = {week - past: c for c, week in enumerate(earlier.instance.fairness.checkpoints)}
    departments = _sources(earlier.instance.departments, instance.departments)
    fairness = np.zeros((len(instance.fairness.checkpoints), len(departments)))
    for c, week in enumerate(instance.fairness.checkpoints):
        if week in known:
            fairness[c] = np.where(departments >= 0, rows.fairness[known[week]][departments], 0.0)
    return fairness
