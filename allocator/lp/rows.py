"""The constraints of the split model, one function a family, as sparse cells and bounds.

Three further families (`starts`, `drawn`, `served`) define sums that would otherwise be written
out again in every later row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.ascent.model import Model
from allocator.instance import Floats, Ints
from allocator.lp.columns import NO_ROW, Columns, Family, active_checkpoints

Cells = tuple[Ints, Ints, Floats | float]
"""Rows, columns and values of some cells of the matrix; a lone value stands for all of them."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Constraints `lower <= matrix x <= upper` of one family; row numbers start at 0."""

    row: Ints
    column: Ints
    value: Floats
    lower: Floats
    upper: Floats

    def __len__(self) -> int:
        return len(self.lower)


def demand(model: Model, columns: Columns) -> Rows:
    """Serve no one twice: sum over j of f[z,k,j] <= people[z,k]."""
    flows, n_classes = columns.flows, model.people.shape[1]
    groups, row = np.unique(flows["zone"] * n_classes + flows["class"], return_inverse=True)
    people = model.people.ravel()[groups].astype(float)
    return _rows([(row, flows.numbers, 1.0)], np.full(len(groups), -np.inf), people)


def link(model: Model, columns: Columns) -> Rows:
    """Vaccinate who is sent: sum over z in d of f[z,k,j] = sum over p,t of y[d,k,j,p,t]."""
    flows, y = columns.flows, columns.first_doses
    n_classes, n_centres = model.people.shape[1], len(columns.account)
    department = model.instance.zones.department[flows["zone"]]
    sent = (department * n_classes + flows["class"]) * n_centres + flows["centre"]
    given = (y["department"] * n_classes + y["class"]) * n_centres + y["centre"]
    groups, row = np.unique(np.concatenate([sent, given]), return_inverse=True)
    cells: list[Cells] = [
        (row[: len(flows)], flows.numbers, 1.0),
        (row[len(flows) :], y.numbers, -1.0),
    ]
    return _equal(cells, len(groups))


def starts(model: Model, columns: Columns) -> Rows:
    """Sum first doses: starts[j,p,t] = sum over d,k of y[d,k,j,p,t]."""
    y = columns.first_doses
    own = np.arange(len(columns.starts))
    row = _start_row(model, columns)[y["centre"], y["product"], y["week"]]
    return _equal([(own, columns.starts.numbers, 1.0), (row, y.numbers, -1.0)], len(own))


def second_doses(model: Model, columns: Columns) -> Rows:
    """Complete every first dose in time: sum over u of s[j,p,t,u] = starts[j,p,t]."""
    first, s = columns.starts, columns.second_doses
    two = np.flatnonzero(model.horizon.two_dose[first["product"]])
    row_of = np.full(len(first), NO_ROW, dtype=np.int64)
    row_of[two] = np.arange(len(two))
    start = _start_row(model, columns)[s["centre"], s["product"], s["first_week"]]
    return _equal(
        [(row_of[start], s.numbers, 1.0), (row_of[two], first.numbers[two], -1.0)], len(two)
    )


def capacity(model: Model, columns: Columns) -> Rows:
    """Keep to the slots: first + second doses of centre j in week w <= injections - booked.

    One row for each (j, w), so that the duals are the J x W prices. A negative right-hand side
    (more booked than there is room for) makes the program infeasible, as the model is.
    """
    n_weeks = model.horizon.W
    cells: list[Cells] = [
        (family["centre"] * n_weeks + family["week"], family.numbers, 1.0)
        for family in (columns.starts, columns.second_doses)
    ]
    room = model.horizon.room.ravel().astype(float)
    return _rows(cells, np.full(len(room), -np.inf), room)


def drawn(model: Model, columns: Columns) -> Rows:
    """Add up doses: drawn[a,w] = drawn[a,w-1] + first + second doses of account a in week w."""
    n_weeks, total = model.horizon.W, columns.drawn
    own = np.arange(len(total))
    later = np.flatnonzero(total["week"] > 0)
    cells: list[Cells] = [
        (own, total.numbers, 1.0),
        (later, total.numbers[later - 1], -1.0),
    ]
    for family in (columns.starts, columns.second_doses):
        account = columns.account[family["centre"], family["product"]]
        cells.append((account * n_weeks + family["week"], family.numbers, -1.0))
    return _equal(cells, len(own))


def pool(model: Model, columns: Columns, *, whole_vials: bool = False) -> Rows:
    """Ship no more than arrived: drawn[p,w] + vial[p] sum over j of v[j,p,w] <= cumulative pool.

    What is drawn from the pool directly is needed only where vials may be split; otherwise the
    cumulative deliveries are cut to whole vials.
    """
    n_products, n_weeks = model.pool_net.shape
    vial = model.instance.products.doses_per_vial
    supply = np.cumsum(model.horizon.pool, axis=1)
    if whole_vials:
        supply = supply // vial[:, None] * vial[:, None]
    no_stock = columns.account < n_products
    booked = (model.horizon.booked_doses * no_stock[:, :, None]).sum(axis=0)
    product = columns.stock_of[columns.vials["account"] - n_products, 1]
    direct = np.arange(n_products * n_weeks)
    cells: list[Cells] = [
        (direct, columns.drawn.numbers[direct], 1.0),
        (product * n_weeks + columns.vials["week"], columns.vials.numbers, vial[product] * 1.0),
    ]
    left = (supply - np.cumsum(booked, axis=1)).ravel().astype(float)
    return _rows(cells, np.full(len(left), -np.inf), left)


def stock(model: Model, columns: Columns) -> Rows:
    """Give only doses that are there: drawn[j,p,w] - vial[p] v[j,p,w] <= earmarked - booked.

    Doses and vials are cumulative; so is the right-hand side. One row for each (stock, w).
    """
    horizon, v = model.horizon, columns.vials
    n_products = len(horizon.lo)
    own = np.arange(len(v))
    vial = model.instance.products.doses_per_vial[columns.stock_of[v["account"] - n_products, 1]]
    of_stocks = columns.drawn.numbers[n_products * horizon.W :]
    j, p = columns.stock_of.T
    net = np.cumsum(horizon.earmarked[j, p] - horizon.booked_doses[j, p], axis=1)
    cells: list[Cells] = [(own, of_stocks, 1.0), (own, v.numbers, -1.0 * vial)]
    return _rows(cells, np.full(len(v), -np.inf), net.ravel().astype(float))


def no_return(model: Model, columns: Columns) -> Rows:
    """Take no vial back: v[j,p,w] >= v[j,p,w-1], where earmarked doses could make that pay.

    Elsewhere the net need of a stock never falls, so that nothing is gained by a return.
    """
    v = columns.vials
    j, p = columns.stock_of[v["account"] - len(model.horizon.lo)].T
    later = np.flatnonzero((v["week"] > 0) & (model.stock_row[j, p] >= 0))
    own = np.arange(len(later))
    cells: list[Cells] = [(own, v.numbers[later], 1.0), (own, v.numbers[later - 1], -1.0)]
    return _rows(cells, np.zeros(len(own)), np.full(len(own), np.inf))


def served(model: Model, columns: Columns) -> Rows:
    """Add up people: F[c,d] = F[c-1,d] + first doses of d between the checkpoints; N[c] = sum F."""
    checkpoints, y = active_checkpoints(model), columns.first_doses
    n_departments = len(model.people_d)
    total, everybody = columns.served, columns.everybody
    own = np.arange(len(total))
    later = np.flatnonzero(total["checkpoint"] > 0)
    # The first checkpoint c with week < c: the first doses of weeks 0..c-1 count at c.
    at = np.searchsorted(np.array(checkpoints, dtype=np.int64), y["week"], side="right")
    counted = np.flatnonzero(at < len(checkpoints))
    nation = len(own) + everybody["checkpoint"]
    cells: list[Cells] = [
        (own, total.numbers, 1.0),
        (later, total.numbers[later - n_departments], -1.0),
        (at[counted] * n_departments + y["department"][counted], y.numbers[counted], -1.0),
        (nation, everybody.numbers, 1.0),
        (nation[total["checkpoint"]], total.numbers, -1.0),
    ]
    return _equal(cells, len(own) + len(everybody))


def fairness(model: Model, columns: Columns) -> Rows:
    """Pay for the shortfall: m[c,d] + F[c,d] - floor people_d / people N[c] >= -waived[c,d]."""
    m = columns.missing
    own = np.arange(len(m))
    cells: list[Cells] = [
        (own, m.numbers, 1.0),
        (own, columns.served.numbers, 1.0),
        (own, columns.everybody.numbers[m["checkpoint"]], -model.floor_share[m["department"]]),
    ]
    waived = model.waived[m["checkpoint"], m["department"]]
    return _rows(cells, -waived, np.full(len(m), np.inf))


def _start_row(model: Model, columns: Columns) -> Ints:
    """J x P x T: position of a start among the starts."""
    first: Family = columns.starts
    row = np.full((*columns.account.shape, model.horizon.T), NO_ROW, dtype=np.int64)
    row[first["centre"], first["product"], first["week"]] = np.arange(len(first))
    return row


def _equal(cells: Sequence[Cells], count: int) -> Rows:
    return _rows(cells, np.zeros(count), np.zeros(count))


def _rows(cells: Sequence[Cells], lower: Floats, upper: Floats) -> Rows:
    row = np.concatenate([part[0] for part in cells])
    column = np.concatenate([part[1] for part in cells])
    value = np.concatenate([np.broadcast_to(part[2], len(part[0])) for part in cells])
    kept = value != 0.0  # HiGHS is slow on explicit zeros, and refuses none of them
    return Rows(row[kept], column[kept], value[kept].astype(float), lower, upper)
