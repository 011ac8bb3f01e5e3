"""The program as HiGHS takes it: costs, bounds and one sparse matrix, columns first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array

from allocator.ascent.model import Model
from allocator.instance import Bools, Floats
from allocator.lp import rows
from allocator.lp.columns import Columns, columns_of


@dataclass(frozen=True, slots=True)
class Program:
    """Minimise `constant + cost x` with `row_lower <= matrix x <= row_upper`, `x >= 0`.

    `spans` says where each family of rows stands.
    """

    columns: Columns
    cost: Floats
    constant: float
    matrix: csc_array
    row_lower: Floats
    row_upper: Floats
    spans: Mapping[str, slice]

    def row_excess(self, x: Floats) -> float:
        """How far the worst row is from its bounds, 0 when all are kept."""
        activity = self.matrix @ x
        worst = np.maximum(self.row_lower - activity, activity - self.row_upper)
        return float(max(0.0, worst.max(initial=0.0), (-x).max(initial=0.0)))

    def cost_of(self, x: Floats) -> float:
        """Cost of a point, the constant included (MODEL.md's cost)."""
        return self.constant + float(self.cost @ x)


def program_of(
    model: Model, *, nearest: int | None = None, whole_vials: bool = False
) -> Program:  # fmt: skip
    """Write the program of a model; see `columns_of` for the parameters."""
    columns = columns_of(model, nearest=nearest, whole_vials=whole_vials)
    families = {
        "demand": rows.demand(model, columns),
        "link": rows.link(model, columns),
        "starts": rows.starts(model, columns),
        "second_doses": rows.second_doses(model, columns),
        "capacity": rows.capacity(model, columns),
        "drawn": rows.drawn(model, columns),
        "pool": rows.pool(model, columns, whole_vials=whole_vials),
        "stock": rows.stock(model, columns),
        "no_return": rows.no_return(model, columns),
        "served": rows.served(model, columns),
        "fairness": rows.fairness(model, columns),
    }
    spans, first = {}, 0
    for name, family in families.items():
        spans[name] = slice(first, first + len(family))
        first += len(family)
    number = np.concatenate([f.row + spans[name].start for name, f in families.items()])
    column = np.concatenate([f.column for f in families.values()])
    value = np.concatenate([f.value for f in families.values()])
    return Program(
        columns=columns,
        cost=costs(model, columns),
        constant=model.constant,
        matrix=coo_array((value, (number, column)), shape=(first, columns.count)).tocsc(),
        row_lower=np.concatenate([f.lower for f in families.values()]),
        row_upper=np.concatenate([f.upper for f in families.values()]),
        spans=spans,
    )


def costs(model: Model, columns: Columns) -> Floats:
    """Price kilometres on f, waiting less the price of being unserved on y, and the shortfall."""
    cost = np.zeros(columns.count)
    y = columns.first_doses
    cost[columns.flows.span] = model.km_price * columns.flow_km
    cost[y.span] = model.class_cost[y["class"], y["week"]]
    cost[columns.missing.span] = model.instance.fairness.price
    return cost


def whole_columns(columns: Columns) -> Bools:
    """Columns that must be whole so that all the others can be.

    With starts, second doses and vials whole, flows and first doses form a network (people of a
    zone -> class and département at a centre -> starts), whose vertices are whole. A fairness
    floor adds sums over départements that are not a network, so first doses are kept whole too.
    """
    whole = np.zeros(columns.count, dtype=bool)
    for family in (columns.starts, columns.second_doses, columns.vials):
        whole[family.span] = True
    whole[columns.first_doses.span] = len(columns.missing) > 0
    return whole
