"""A plan already known, as a point of the program to start from."""

from __future__ import annotations

import numpy as np

from allocator.ascent.model import Model
from allocator.decisions import Decisions
from allocator.instance import Floats, Ints
from allocator.lp.columns import Columns, Family, active_checkpoints


def point_of(model: Model, columns: Columns, plan: Decisions) -> Floats:
    """Set every column to what a plan gives it; decisions without a column are left out.

    A plan that uses columns left out by `nearest` becomes an incomplete point, which HiGHS checks
    and drops.
    """
    x = np.zeros(columns.count)
    for family, table in (
        (columns.flows, plan.flows),
        (columns.first_doses, plan.first_doses),
        (columns.second_doses, plan.second_doses),
    ):
        x[family.span] = _matched(family, table)
    y = columns.first_doses
    _add(x, columns.starts, y["centre"], y["product"], y["week"], values=x[y.span])
    _set_doses(x, columns, model)
    _set_vials(x, columns, model, plan.shipments)
    _set_served(x, columns, model)
    return x


def _matched(family: Family, table: Ints) -> Floats:
    """Values of a family's columns from a table of the same keys and a count."""
    sizes = [int(max(keys.max(initial=0), table[:, i].max(initial=0))) + 1
             for i, keys in enumerate(family.keys.values())]  # fmt: skip
    own = np.ravel_multi_index(tuple(family.keys.values()), sizes)
    given = np.ravel_multi_index(tuple(table[:, :-1].T), sizes)
    order = np.argsort(own)
    at = np.minimum(np.searchsorted(own, given, sorter=order), max(len(own) - 1, 0))
    values = np.zeros(len(own))
    if len(own):
        found = own[order[at]] == given
        values[order[at[found]]] = table[found, -1]
    return values


def _add(x: Floats, family: Family, *keys: Ints, values: Floats) -> None:
    """Add values to the columns of these keys, which all exist."""
    sizes = [int(own.max(initial=0)) + 1 for own in family.keys.values()]
    column = np.zeros(sizes, dtype=np.int64)
    column[tuple(family.keys.values())] = family.numbers
    np.add.at(x, column[keys], values)


def _set_doses(x: Floats, columns: Columns, model: Model) -> None:
    given = np.zeros((int(columns.drawn["account"].max()) + 1, model.horizon.W))
    for family in (columns.starts, columns.second_doses):
        account = columns.account[family["centre"], family["product"]]
        np.add.at(given, (account, family["week"]), x[family.span])
    x[columns.drawn.span] = np.cumsum(given, axis=1).ravel()


def _set_vials(x: Floats, columns: Columns, model: Model, shipments: Ints) -> None:
    n_products = len(model.horizon.lo)
    weekly = np.zeros((len(columns.stock_of), model.horizon.W))
    account = columns.account[shipments[:, 0], shipments[:, 1]] - n_products
    held = account >= 0
    np.add.at(weekly, (account[held], shipments[held, 2]), shipments[held, 3])
    x[columns.vials.span] = np.cumsum(weekly, axis=1).ravel()


def _set_served(x: Floats, columns: Columns, model: Model) -> None:
    y = columns.first_doses
    for c, checkpoint in enumerate(active_checkpoints(model)):
        before = y["week"] < checkpoint
        served = np.bincount(
            y["department"][before], x[y.span][before], minlength=len(model.people_d)
        )
        row = columns.served["checkpoint"] == c
        x[columns.served.numbers[row]] = served
        x[columns.everybody.first + c] = served.sum()
        short = np.maximum(0.0, model.floor_share * served.sum() - served)
        x[columns.missing.numbers[row]] = short
