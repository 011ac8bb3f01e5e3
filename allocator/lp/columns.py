"""The columns of the split model, as index arrays by family.

The decisions of MODEL.md (f, y, s, v) and the fairness shortfall m, and four families of sums over
them: written out once as columns, they keep the rows short.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.ascent.model import Model
from allocator.instance import Bools, Floats, Ints

ZONES_AT_A_TIME = 512
"""Zones whose distances are held at once."""

NO_ROW = -1


@dataclass(frozen=True, slots=True)
class Family:
    """Columns of one kind: the number of the first, and their keys, arrays of one length.

    `families["flows"]["zone"]` is the zone of every flow column.
    """

    first: int
    keys: Mapping[str, Ints]

    def __len__(self) -> int:
        return len(next(iter(self.keys.values())))

    def __getitem__(self, key: str) -> Ints:
        return self.keys[key]

    @property
    def numbers(self) -> Ints:
        """Numbers of the columns in the program."""
        return np.arange(self.first, self.first + len(self), dtype=np.int64)

    @property
    def span(self) -> slice:
        """Where the family stands in a vector of all columns."""
        return slice(self.first, self.first + len(self))


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of a model.

    flows
        f by `zone`, `class`, `centre`; people.
    first_doses
        y by `department`, `class`, `centre`, `product`, `week`; people.
    starts
        Sum of y over départements and classes, by `centre`, `product`, `week`; people.
    second_doses
        s by `centre`, `product`, `first_week`, `week`; people.
    vials
        v, cumulative, by `account`, `week`; vials.
    drawn
        Cumulative doses given out of an account, by `account`, `week`; doses.
    served
        F, cumulative first doses, by `checkpoint` (position) and `department`; people.
    everybody
        Sum of F over départements, by `checkpoint`; people.
    missing
        m, by `checkpoint` and `department`; people.
    flow_km
        Kilometres beyond the nearest usable centre, one for each flow.
    account
        J x P. Accounts 0..P-1 are the national pools; later ones are stocks of one centre, which
        receive vials. A dose is drawn from the account of its centre and product.
    stock_of
        S x 2, centre and product of the stock accounts P, P+1, ...
    count
        Columns in all.
    """

    flows: Family
    first_doses: Family
    starts: Family
    second_doses: Family
    vials: Family
    drawn: Family
    served: Family
    everybody: Family
    missing: Family
    flow_km: Floats
    account: Ints
    stock_of: Ints
    count: int


def columns_of(model: Model, *, nearest: int | None = None, whole_vials: bool = False) -> Columns:
    """Lay out the columns of a model.

    Parameters
    ----------
    model
        The derived instance.
    nearest
        Offer each zone its nearest centres only, this many; None offers every usable one.
    whole_vials
        Give every centre that uses a product a stock of its own. Without, only earmarked stocks
        are kept: where vials may be split, all others can draw on the national pool directly.
    """
    startable = startable_weeks(model)
    flows, km = _flows(model, startable, nearest)
    y = _first_doses(model, startable, flows)
    j, p, t = _unique_starts(model, y)
    account, stock_of = _accounts(model, (j, p) if whole_vials else None)
    n_weeks, n_accounts = model.horizon.W, len(model.instance.products.ids) + len(stock_of)
    n_checkpoints = len(active_checkpoints(model))
    n_departments = len(model.instance.departments)
    stocks = np.arange(n_accounts - len(stock_of), n_accounts)
    by_department = _grid(checkpoint=np.arange(n_checkpoints), department=np.arange(n_departments))
    keys: dict[str, Mapping[str, Ints]] = {
        "flows": flows,
        "first_doses": y,
        "starts": {"centre": j, "product": p, "week": t},
        "second_doses": _second_doses(model, j, p, t),
        "vials": _grid(account=stocks, week=np.arange(n_weeks)),
        "drawn": _grid(account=np.arange(n_accounts), week=np.arange(n_weeks)),
        "served": by_department,
        "everybody": {"checkpoint": np.arange(n_checkpoints)},
        "missing": by_department,
    }
    families, first = {}, 0
    for name, family_keys in keys.items():
        families[name] = Family(first, family_keys)
        first += len(families[name])
    return Columns(**families, flow_km=km, account=account, stock_of=stock_of, count=first)


def count_columns(model: Model) -> int:
    """Count the columns of the relaxation over all usable centres, without building them."""
    horizon, startable = model.horizon, startable_weeks(model)
    zones, by_department = _demand_by_department(model)
    allowed = _allowed(model, startable)
    flows = zones @ allowed.any(axis=(2, 3)).sum(axis=1)
    first_doses = by_department @ allowed.sum(axis=(1, 2, 3))
    started = startable & allowed[by_department > 0].any(axis=0)
    j, p, t = np.nonzero(started)
    sums = len(j) + len(_second_doses(model, j, p, t)["week"])
    n_stocks = int((model.stock_row >= 0).sum())
    n_accounts = len(model.instance.products.ids) + n_stocks
    fairness = len(active_checkpoints(model)) * (1 + 2 * len(model.instance.departments))
    return int(flows + first_doses + sums + (n_accounts + n_stocks) * horizon.W + fairness)


def active_checkpoints(model: Model) -> tuple[int, ...]:
    """Checkpoints of the fairness floor, none when no shortfall can ever cost anything."""
    fairness = model.instance.fairness
    return fairness.checkpoints if fairness.price > 0 and fairness.floor > 0 else ()


def startable_weeks(model: Model) -> Bools:
    """J x P x T: a centre has room for a first dose and, where needed, for a second one in time."""
    horizon = model.horizon
    free = model.room > 0
    startable: Bools = np.repeat(free[:, None, : horizon.T], len(horizon.two_dose), axis=1)
    for p in np.flatnonzero(horizon.two_dose):
        second = free & horizon.second_allowed[p]
        weeks = np.arange(horizon.T)
        reachable = np.zeros_like(startable[:, p])
        for apart in range(horizon.lo[p], horizon.hi[p] + 1):
            reachable |= second[:, weeks + apart]
        startable[:, p] &= reachable
    return startable


def _allowed(model: Model, startable: Bools) -> Bools:
    """K x J x P x T: a class may start there and then."""
    by_class = model.horizon.first_allowed.transpose(1, 0, 2)
    allowed: Bools = startable[None] & by_class[:, None]
    return allowed


def _demand_by_department(model: Model) -> tuple[Ints, Ints]:
    """Count, by class, the zones and the départements where anybody asks for a dose."""
    asks = model.people > 0
    present = np.zeros((len(model.instance.departments), asks.shape[1]), dtype=bool)
    np.logical_or.at(present, model.instance.zones.department, asks)
    return asks.sum(axis=0), present.sum(axis=0)


def _flows(
    model: Model, startable: Bools, nearest: int | None
) -> tuple[dict[str, Ints], Floats]:  # fmt: skip
    """Flow keys and their extra kilometres, zone by zone."""
    allowed = _allowed(model, startable)[:, model.usable]
    offered = np.logical_or.reduce(allowed, axis=(2, 3))
    zones = np.flatnonzero(model.people.any(axis=1))
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []
    for first in range(0, len(zones), ZONES_AT_A_TIME):
        some = zones[first : first + ZONES_AT_A_TIME]
        km = model.distances.rows(some)[:, model.usable]
        kept = np.ones_like(km, dtype=bool)
        if nearest is not None and nearest < km.shape[1]:
            kept[:] = False
            order = np.argsort(km, axis=1, kind="stable")[:, :nearest]
            np.put_along_axis(kept, order, values=True, axis=1)
        asked = model.people[some] > 0
        row, k, place = np.nonzero(asked[:, :, None] & offered[None] & kept[:, None, :])
        extra = km[row, place] - model.near[some[row]]
        parts.append((some[row], k, model.usable[place], extra))
    zone, class_, centre = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return {"zone": zone, "class": class_, "centre": centre}, np.concatenate(
        [part[3] for part in parts]
    )


def _first_doses(model: Model, startable: Bools, flows: Mapping[str, Ints]) -> dict[str, Ints]:
    """First-dose keys, for the (département, class, centre) that some flow reaches."""
    department = model.instance.zones.department[flows["zone"]]
    shape = (len(model.instance.departments), model.people.shape[1], len(startable))
    reached = np.zeros(shape, dtype=bool)
    reached[department, flows["class"], flows["centre"]] = True
    d, k, j = np.nonzero(reached)
    link, p, t = np.nonzero(_allowed(model, startable)[k, j])
    return {
        "department": d[link], "class": k[link], "centre": j[link], "product": p, "week": t,
    }  # fmt: skip


def _unique_starts(model: Model, y: Mapping[str, Ints]) -> tuple[Ints, Ints, Ints]:
    P, _, T = model.horizon.first_allowed.shape
    codes = np.unique((y["centre"] * P + y["product"]) * T + y["week"])
    return codes // (P * T), codes // T % P, codes % T


def _second_doses(model: Model, j: Ints, p: Ints, t: Ints) -> dict[str, Ints]:
    """Second-dose keys: weeks in the interval of each start, allowed and with room."""
    horizon = model.horizon
    widest = int((horizon.hi - horizon.lo).max(initial=0)) + 1
    week = (t + horizon.lo[p])[:, None] + np.arange(widest)
    inside = horizon.two_dose[p][:, None] & (week <= (t + horizon.hi[p])[:, None])
    within = np.minimum(week, horizon.W - 1)
    inside &= horizon.second_allowed[p[:, None], within] & (model.room[j[:, None], within] > 0)
    start, _ = np.nonzero(inside)
    return {
        "centre": j[start], "product": p[start], "first_week": t[start], "week": week[inside],
    }  # fmt: skip


def _accounts(model: Model, used: tuple[Ints, Ints] | None) -> tuple[Ints, Ints]:
    """J x P accounts, and the (centre, product) of the stocks among them."""
    own = model.stock_row >= 0
    if used is not None:
        own = own | model.horizon.booked_doses.any(axis=2)
        own[used] = True
    n_products = own.shape[1]
    account = np.broadcast_to(np.arange(n_products), own.shape).copy()
    account[own] = n_products + np.arange(own.sum())
    return account, np.argwhere(own).astype(np.int64)


def _grid(**axes: Ints) -> dict[str, Ints]:
    """Every combination of the axes, the last one fastest."""
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    return {name: values.ravel() for name, values in zip(axes, mesh, strict=True)}
