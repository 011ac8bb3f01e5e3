"""The certificate: a proven lower bound on the cost of every plan, from any prices.

Weak duality on the relaxation without whole numbers. The coupling rows are priced: capacity mu,
national pool pi, centre stock rho (both of cumulative rows), fairness phi. What remains falls
apart into the people of each (zone, class), who each take the cheapest (centre, product, first
week, second week) there is, over *all* centres. Whatever the prices, the value is a lower bound;
good prices make it tight. docs/certificate.md derives it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.certificate import Prices
from allocator.check.calendar import Calendar, calendar_of
from allocator.check.cost import people_by_department
from allocator.check.geography import Geography, geography_of
from allocator.instance import Floats, Instance

MAX_PRICE = 1e12
"""Suggested prices are cut here: no cost needs more, and sums stay finite."""

FLOAT_SLACK = 1e-12
"""Share of the sum of all absolute terms by which the bound is lowered against rounding."""
KM_SLACK = 1e-14
"""The same for kilometres to the nearest centre, which are taken from others in one step."""


def lower_bound(instance: Instance, prices: Prices) -> float:
    """Bound the cost of every feasible plan from below.

    Parameters
    ----------
    instance
        The planning problem.
    prices
        Any numbers; they are repaired to dual feasibility first.

    Returns
    -------
    float
        The bound in cost units, at least 0 since no term of the cost is negative. On an instance
        without any feasible plan the value means nothing.
    """
    calendar, geography = calendar_of(instance), geography_of(instance)
    near_km = geography.nearest_km(calendar.usable)
    return bound_at(instance, calendar, geography, near_km, prices)


def bound_at(
    instance: Instance, calendar: Calendar, geography: Geography, near_km: Floats, prices: Prices
) -> float:
    """:func:`lower_bound` with what the judge has already derived."""
    duals = _repaired(instance, prices)
    reward = _fairness_reward(instance, calendar, duals.fairness)
    km_price = instance.objective.km
    best = geography.least(km_price, _person_cost(instance, calendar, duals, reward))
    to_nearest = km_price * near_km
    gain = instance.demand * np.minimum(0.0, best - to_nearest[:, None])
    weighed = instance.classes.weight * instance.objective.unserved
    everybody = instance.demand.sum(axis=0) * weighed
    left = np.maximum(calendar.injections - calendar.booked.sum(axis=1), 0)
    terms = (
        everybody,
        -duals.capacity * left,
        -duals.pool * calendar.pool,
        -duals.stock * calendar.earmarked,
        duals.stock * calendar.booked,
        gain,
    )
    # What cancels out inside the terms is rounded too.
    rewards = np.abs(reward).max(axis=1) * people_by_department(instance)
    absolute = sum(float(np.abs(term).sum()) for term in terms) + float(rewards.sum())
    slack = FLOAT_SLACK * absolute + KM_SLACK * float(instance.demand.sum(axis=1) @ to_nearest)
    return max(0.0, sum(float(term.sum()) for term in terms) - slack)


@dataclass(frozen=True, slots=True)
class _Duals:
    """Feasible duals; `pool` P x W and `stock` J x P x W are what a dose used in a week costs."""

    capacity: Floats
    pool: Floats
    stock: Floats
    fairness: Floats


def _repaired(instance: Instance, prices: Prices) -> _Duals:
    """Nearest feasible duals: prices >= 0, stock no dearer than the pool, phi <= its price.

    The price of a dose used in week t sums the row prices of week t and later, since a dose used
    early is missing in every later cumulative row. Shipping is free in the relaxation, so a dose
    at a centre may not cost more than one of the pool in the same week; the minimum of two
    sequences that never rise never rises either, so it belongs to rows priced >= 0.
    """
    pool = _from_week_on(prices.pool)
    shape = (len(instance.centres.ids), *pool.shape)
    stock = np.broadcast_to(pool, shape).copy()
    for (j, p), row in prices.stock.items():
        stock[j, p] = np.minimum(pool[p], _from_week_on(row))
    return _Duals(
        capacity=np.clip(prices.capacity, 0.0, MAX_PRICE),
        pool=pool,
        stock=stock,
        fairness=np.clip(prices.fairness, 0.0, instance.fairness.price),
    )


def _from_week_on(row_prices: Floats) -> Floats:
    """Sum over w >= t of the row prices, along the last axis."""
    kept = np.clip(row_prices, 0.0, MAX_PRICE)
    summed: Floats = np.cumsum(kept[..., ::-1], axis=-1)[..., ::-1]
    return summed


def _fairness_reward(instance: Instance, calendar: Calendar, phi: Floats) -> Floats:
    """Phi[d,t], D x T: what a first dose in d in week t takes off the priced fairness rows.

    Sum over checkpoints c > t of phi[d,c] - floor * sum over d' of phi[d',c] people_d' / people.
    """
    share = people_by_department(instance) / instance.demand.sum()
    net = phi - instance.fairness.floor * (phi @ share)[:, None]
    reward = np.zeros((len(instance.departments), calendar.first_weeks))
    for row, checkpoint in enumerate(instance.fairness.checkpoints):
        reward[:, :checkpoint] += net[row][:, None]
    return reward


def _person_cost(
    instance: Instance, calendar: Calendar, duals: _Duals, reward: Floats
) -> Floats:  # fmt: skip
    """g[d,k,j]: cheapest priced first dose (with its second) of class k of d at j, D x K x J.

    g = min over allowed (p,t) of w_k (week t - unserved) + dose[j,p,t] - Phi[d,t], infinite where
    nothing is allowed; the distance is not in it.
    """
    price, weight = instance.objective, instance.classes.weight
    doses = _dose_cost(instance, calendar, duals)
    shape = (len(instance.departments), len(weight), len(instance.centres.ids))
    least = np.full(shape, np.inf)
    for k in range(len(weight)):
        for t in range(calendar.first_weeks):
            allowed = calendar.first_allowed[k, :, t]
            if allowed.any():
                dose = doses[:, allowed, t].min(axis=1)
                offer = dose + weight[k] * (price.week * t - price.unserved)
                np.minimum(least[:, k], offer - reward[:, t, None], out=least[:, k])
    return least


def _dose_cost(instance: Instance, calendar: Calendar, duals: _Duals) -> Floats:
    """Priced slot, dose and, for two-dose products, cheapest second dose in reach, J x P x T."""
    # A week with nothing left to give may be priced infinitely at no cost: nobody can use it.
    left = calendar.injections > calendar.booked.sum(axis=1)
    slot = np.where(left, duals.capacity, np.inf)[:, None, :]
    given = slot + duals.stock
    first = given[:, :, : calendar.first_weeks]
    second = np.where(calendar.second_allowed, given, np.inf)
    cost = first.copy()
    for p in np.flatnonzero(instance.products.doses_needed == 2).tolist():
        in_reach = np.full(first[:, p].shape, np.inf)
        for apart in range(int(calendar.lo[p]), int(calendar.hi[p]) + 1):
            window = second[:, p, apart : apart + calendar.first_weeks]
            np.minimum(in_reach, window, out=in_reach)
        cost[:, p] += in_reach
    return cost
