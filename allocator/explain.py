"""`explain`: the dearest prices of a plan, and their proof by solving again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from allocator.ascent.climb import Climb, constant
from allocator.ascent.evaluate import Evaluator
from allocator.ascent.lists import Lists
from allocator.ascent.model import Model, Prices, model_of
from allocator.ascent.rows import ascent_prices
from allocator.ascent.scan import Scanner
from allocator.certificate import from_table
from allocator.errors import InputError
from allocator.horizon import Horizon
from allocator.instance import Instance
from allocator.lp import count_columns, solve_relaxation
from allocator.plan import read_plan
from allocator.read import read_instance

EXACT_COLUMNS = 100_000
"""Up to here the relaxation is solved again by HiGHS; above, climbed again from the prices."""
CLIMB_STEPS = 40


def explain_plan(
    instance_folder: Path, plan_folder: Path, *, top: int, confirm: int
) -> list[dict[str, Any]]:
    """Return the `top` dearest rows of the plan's prices; the first `confirm` of them proven.

    A proven row carries `one_more` (what one unit more saves) and `one_less` (what one unit less
    costs), both of the continuous relaxation; the price lies between them. `one_less` is None
    where there is no unit to take away, or the people booked need it.

    Raises
    ------
    InputError
        For unreadable folders, or a price whose row the instance does not have.
    """
    instance = read_instance(instance_folder)
    plan = read_plan(plan_folder)
    dearest = plan["prices"].head(max(top, confirm))
    rows = [{str(k): v for k, v in row.items()} for row in dearest.to_dict("records")]
    if confirm and rows:
        prices = from_table(instance, plan["certificate"])
        if prices is None:
            raise InputError("certificate", "is empty, so there is nothing to confirm")
        again = _Again(model_of(instance), prices)
        for row in rows[:confirm]:
            more, less = (again.cost(row, unit) for unit in (1, -1))
            row["one_more"] = None if more is None else again.base - more
            row["one_less"] = None if less is None else less - again.base
    return rows


class _Again:
    """Solves the relaxation of slightly different models."""

    def __init__(self, model: Model, rows: Any) -> None:
        self._model = model
        self._exact = count_columns(model) <= EXACT_COLUMNS
        self._prices: Prices = ascent_prices(model, rows)
        self._lists: Lists | None = None
        self.base = self._solve(model)

    def cost(self, row: dict[str, Any], unit: int) -> float | None:
        """Cost with `unit` more of this row; None when no plan can spare it."""
        changed = _perturbed(self._model, row, unit)
        return None if changed is None else self._solve(changed)

    def _solve(self, model: Model) -> float:
        if self._exact:
            return solve_relaxation(model).objective
        with Evaluator(model) as evaluator:
            if self._lists is None:
                scanner = Scanner(model)
                self._lists = scanner.lists(self._prices, evaluator, 60.0 * model.km_price)
            tau = 2e-4 * model.constant / float(model.people.sum()) / 2.6
            climb = Climb(evaluator, self._prices.copy(), self._lists, 5.0 * tau)
            for _ in climb.run(constant(tau, CLIMB_STEPS, 0.35)):
                pass
            return climb.soft_plan(tau).value


def _perturbed(model: Model, row: dict[str, Any], unit: int) -> Model | None:
    """Return the model with `unit` more of what the row prices; None when none can be spared."""
    instance, horizon, week = model.instance, model.horizon, int(row["week"])
    where = str(row["where"])
    if row["what"] == "fairness":
        waived = model.waived.copy()
        c = _place(instance.fairness.checkpoints, week)
        waived[c, _place(instance.departments, where)] += unit
        return replace(model, waived=waived)
    if week >= horizon.W:
        raise InputError("prices", f"week {week} is outside 0..{horizon.W - 1}")
    if row["what"] == "capacity":
        room = horizon.room.copy()
        room[_place(instance.centres.ids, where), week] += unit
        changed = replace(horizon, room=room)
    elif row["what"] == "pool":
        pool = horizon.pool.copy()
        pool[_place(instance.products.ids, where), week] += unit
        changed = replace(horizon, pool=pool)
    elif row["what"] == "stock":
        earmarked = horizon.earmarked.copy()
        j, p = _stock_place(instance, where)
        earmarked[j, p, week] += unit
        changed = replace(horizon, earmarked=earmarked)
    else:
        raise InputError("prices", f"unknown what: {row['what']!r}")
    return model_of(instance, changed) if _is_enough(changed) else None


def _is_enough(horizon: Horizon) -> bool:
    """Whether nothing is negative and the people booked have slots and doses, vials split."""
    if min(horizon.room.min(), horizon.pool.min(), horizon.earmarked.min()) < 0:
        return False
    drawn = np.cumsum(horizon.booked_doses - horizon.earmarked, axis=2)
    needed = np.maximum.accumulate(np.maximum(drawn, 0), axis=2).sum(axis=0)
    return bool((needed <= np.cumsum(horizon.pool, axis=1)).all())


def _place(names: tuple[str, ...] | tuple[int, ...], name: str | int) -> int:
    for place, known in enumerate(names):
        if known == name:
            return place
    raise InputError("prices", f"the instance has no {name!r}")


def _stock_place(instance: Instance, where: str) -> tuple[int, int]:
    """Centre and product of a stock row, written `centre product`; both may hold spaces."""
    for p, product in enumerate(instance.products.ids):
        centre = where.removesuffix(f" {product}")
        if centre != where and centre in instance.centres.ids:
            return instance.centres.ids.index(centre), p
    raise InputError("prices", f"the instance has no centre and product {where!r}")
