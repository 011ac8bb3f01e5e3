"""The nation as one centre: a small LP whose duals start the ascent.

All centres pooled, distance free: 5 classes x 4 products x 24 weeks. Its value is a certified
bound by itself (prices that are equal everywhere are valid prices).
"""

from __future__ import annotations

from itertools import product as cartesian

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from allocator.ascent.model import BLOCKED, Model, Prices
from allocator.instance import Floats


def pooled_prices(model: Model) -> Prices:
    """Prices of the pooled LP: capacity alike at every centre, supply as national."""
    horizon = model.horizon
    J, W = model.room.shape
    P = len(model.pool_net)
    mu, lam = _solve(model)
    capacity = np.where(model.room > 0, mu[None, :], BLOCKED).astype(float)
    rows, products = np.nonzero(model.stock_row >= 0)
    stock = np.zeros((len(model.stock_net), W))
    stock[model.stock_row[rows, products]] = lam[products]
    shape = (model.n_checkpoints, len(model.people_d))
    assert capacity.shape == (J, W)
    assert lam.shape == (P, horizon.W)
    return Prices(capacity=capacity, pool=lam, stock=stock, fairness=np.zeros(shape))


def _columns(model: Model) -> list[tuple[int, int, int, int]]:
    """Pooled bundles: class, product, first week, second week (-1 for one dose)."""
    horizon = model.horizon
    P, K, T = horizon.first_allowed.shape
    columns = []
    for k, p, t in cartesian(range(K), range(P), range(T)):
        if not horizon.first_allowed[p, k, t]:
            continue
        if not horizon.two_dose[p]:
            columns.append((k, p, t, -1))
            continue
        last = min(t + int(horizon.hi[p]), horizon.W - 1)
        columns.extend(
            (k, p, t, u) for u in range(t + int(horizon.lo[p]), last + 1)
            if horizon.second_allowed[p, u]
        )  # fmt: skip
    return columns


def _solve(model: Model) -> tuple[Floats, Floats]:
    """Duals of weekly capacity (W) and of doses by week of use (P x W)."""
    horizon = model.horizon
    P, K, _ = horizon.first_allowed.shape
    W = horizon.W
    columns = _columns(model)
    rows: list[int] = []
    cols: list[int] = []
    values: list[float] = []
    cost = np.array([model.class_cost[k, t] for k, _, t, _ in columns])
    for c, (k, p, t, u) in enumerate(columns):
        rows.append(k)
        cols.append(c)
        for week in (t, u) if u >= 0 else (t,):
            rows.append(K + week)
            cols.append(c)
            supply = K + W + p * W
            rows.extend(range(supply + week, supply + W))
            cols.extend([c] * (W - week))
        values.extend([1.0] * (len(rows) - len(values)))
    if not columns:
        return np.zeros(W), np.zeros((P, W))
    supply_doses = model.pool_net.copy()
    for j, p in zip(*np.nonzero(model.stock_row >= 0), strict=True):
        supply_doses[p] += model.stock_net[model.stock_row[j, p]]
    limits = np.concatenate(
        [model.people.sum(axis=0), model.room.sum(axis=0),
         np.maximum(np.cumsum(supply_doses, axis=1), 0.0).ravel()]
    )  # fmt: skip
    matrix = coo_array((values, (rows, cols)), shape=(len(limits), len(columns))).tocsc()
    solution = linprog(cost, A_ub=matrix, b_ub=limits, method="highs")
    if solution.status != 0:
        raise RuntimeError(f"the pooled LP ended with: {solution.message}")
    duals = np.maximum(0.0, -solution.ineqlin.marginals)
    by_row = duals[K + W :].reshape(P, W)
    later = np.cumsum(by_row[:, ::-1], axis=1)[:, ::-1]
    return duals[K : K + W], np.ascontiguousarray(later)
