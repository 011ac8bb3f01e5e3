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
from allocator.instance import Floats, Ints


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
    """Duals of weekly capacity (W) and of doses by week of use (P x W).

    Doses drawn are summed up from week to week in columns of their own, so that a bundle enters
    no more than five rows, however many weeks there are.
    """
    P, W = model.pool_net.shape
    K = len(model.class_cost)
    bundles = _columns(model)
    if not bundles:
        return np.zeros(W), np.zeros((P, W))
    k, p, first, second = np.array(bundles, dtype=np.int64).T
    own, two = np.arange(len(bundles)), second >= 0
    shape = (K + W, len(bundles) + P * W)
    shared = _matrix(shape, (k, own), (K + first, own), (K + second[two], own[two]))
    drawn = _matrix(
        (P * W, shape[1]), (p * W + first, own), ((p * W + second)[two], own[two])
    ) + _carried(P, W, len(bundles))
    solution = linprog(
        np.concatenate([model.class_cost[k, first], np.zeros(P * W)]),
        A_ub=shared,
        b_ub=np.concatenate([model.people.sum(axis=0), model.room.sum(axis=0)]),
        A_eq=drawn,
        b_eq=np.zeros(P * W),
        bounds=np.column_stack([np.zeros(shape[1]), _limits(model, len(bundles))]),
        method="highs",
    )
    if solution.status != 0:
        raise RuntimeError(f"the pooled LP ended with: {solution.message}")
    duals = np.maximum(0.0, -solution.ineqlin.marginals)
    by_row = np.maximum(0.0, -solution.upper.marginals)[len(bundles) :].reshape(P, W)
    later = np.cumsum(by_row[:, ::-1], axis=1)[:, ::-1]
    return duals[K:], np.ascontiguousarray(later)


def _matrix(shape: tuple[int, int], *places: tuple[Ints, Ints]) -> coo_array:
    """Ones at these rows and columns; those at one place add up."""
    rows, columns = (np.concatenate(part) for part in zip(*places, strict=True))
    return coo_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _carried(P: int, W: int, bundles: int) -> coo_array:
    """Add doses drawn up to the week before, take off those up to the week: the rest is nought."""
    week = np.arange(P * W)
    later = week[week % W > 0]
    shape = (P * W, bundles + P * W)
    return _matrix(shape, (later, bundles + later - 1)) - _matrix(shape, (week, bundles + week))


def _limits(model: Model, bundles: int) -> Floats:
    """Upper bounds of the columns: doses drawn by a week are those that have come by then."""
    supply = model.pool_net.copy()
    for j, p in zip(*np.nonzero(model.stock_row >= 0), strict=True):
        supply[p] += model.stock_net[model.stock_row[j, p]]
    arrived = np.maximum(np.cumsum(supply, axis=1), 0.0).ravel()
    return np.concatenate([np.full(bundles, np.inf), arrived])
