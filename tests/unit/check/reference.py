"""The planning model once more, as one explicit LP in plain loops: a witness for the bound.

Nothing of `allocator.check` is used here. Columns and rows are named by tuples, so that the
prices of the rows can be read off by name.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from allocator.certificate import Prices
from allocator.instance import ANY, Instance


@dataclass
class Lp:
    """Minimise cost; rows are `<=` but for those in `equal`."""

    cost: dict[tuple, float] = field(default_factory=lambda: defaultdict(float))
    rows: dict[tuple, dict[tuple, float]] = field(default_factory=lambda: defaultdict(dict))
    limit: dict[tuple, float] = field(default_factory=lambda: defaultdict(float))
    equal: set[tuple] = field(default_factory=set)
    constant: float = 0.0

    def put(self, row: tuple, column: tuple, value: float) -> None:
        """Add to one cell of the matrix; its column and row come to be."""
        cells = self.rows[row]
        cells[column] = cells.get(column, 0.0) + value
        self.cost[column] += 0.0

    def solve(self) -> tuple[float, dict[tuple, float]]:
        """Return the least cost and the price (>= 0) of every `<=` row."""
        columns = {name: i for i, name in enumerate(self.cost)}
        below = [name for name in self.rows if name not in self.equal]
        found = linprog(
            np.array(list(self.cost.values())),
            A_ub=self._matrix(below, columns),
            b_ub=[self.limit[name] for name in below],
            A_eq=self._matrix(sorted(self.equal), columns),
            b_eq=[self.limit[name] for name in sorted(self.equal)],
            method="highs",
        )
        assert found.status == 0, found.message
        prices = dict(zip(below, (-found.ineqlin.marginals).tolist(), strict=True))
        return found.fun + self.constant, prices

    def _matrix(self, names: list[tuple], columns: dict[tuple, int]) -> csr_array:
        cells = [(i, columns[c], v) for i, n in enumerate(names) for c, v in self.rows[n].items()]
        row, column, value = zip(*cells, strict=True) if cells else ((), (), ())
        return csr_array((value, (row, column)), shape=(len(names), len(columns)))


class Witness:
    """Weeks, distances and rules of one instance, straight from MODEL.md."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.T = instance.weeks
        products = instance.products
        self.two = [n == 2 for n in products.doses_needed]
        self.lo = [math.ceil(d / 7) for d in products.interval_min_days]
        self.hi = [d // 7 for d in products.interval_max_days]
        self.W = self.T + max((h for h, two in zip(self.hi, self.two, strict=True) if two),
                              default=0)  # fmt: skip
        self.base = range(max(0, self.T - 4), self.T)
        travel = instance.travel
        self.listed = {
            (int(z), int(j)): float(km)
            for z, j, km in zip(travel.zone, travel.centre, travel.km, strict=True)
        }

    def monday(self, week: int) -> date:
        """Return the first day of a week."""
        return self.instance.start + timedelta(weeks=week)

    def is_open(self, j: int, week: int) -> bool:
        """Tell whether the centre is open on some day of the week."""
        opens, closes = (self.instance.centres.opens_on[j], self.instance.centres.closes_on[j])
        if opens.item() > self.monday(week) + timedelta(days=6):
            return False
        return closes.item() is None or closes.item() >= self.monday(week)

    def injections(self, j: int, week: int) -> int:
        """Return the injections of a week, tail included."""
        if not self.is_open(j, week):
            return 0
        if week < self.T:
            return int(self.instance.injections[j, week])
        return sum(self.injections(j, w) for w in self.base) // len(self.base)

    def delivered(self, p: int, j: int, week: int) -> int:
        """Return the doses arriving in a week (j = ANY: without a centre), tail included."""
        if week >= self.T:
            return sum(self.delivered(p, j, w) for w in self.base) // len(self.base)
        rows = self.instance.deliveries
        here = (rows.product == p) & (rows.centre == j) & (rows.week == week)
        return int(rows.doses[here].sum())

    def booked(self, j: int, p: int, week: int) -> int:
        """Return the people booked, both ranks."""
        rows = self.instance.booked
        here = (rows.product == p) & (rows.centre == j) & (rows.week == week)
        return int(rows.people[here].sum())

    def allowed(self, p: int, class_: int, rank: int, week: int) -> bool:
        """Tell whether the dated rules allow the dose in this week."""
        rows, monday = self.instance.eligibility, self.monday(min(week, self.T - 1))
        if rank == 1 and self.instance.classes.opens_on[class_].item() > monday:
            return False
        for i in range(len(rows.product)):
            if (rows.product[i], rows.class_[i], rows.dose_rank[i]) == (p, class_, rank):
                until = rows.to_date[i].item()
                if rows.from_date[i].item() <= monday and (until is None or until >= monday):
                    return True
        return False

    def km(self, z: int, j: int) -> float:
        """Return the kilometres from a zone to a centre."""
        if (z, j) in self.listed:
            return self.listed[z, j]
        zones, centres = self.instance.zones, self.instance.centres
        a, b = math.radians(zones.lat[z]), math.radians(centres.lat[j])
        turn = math.radians(centres.lon[j] - zones.lon[z])
        half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
        return 1.3 * 6371.0088 * 2 * math.asin(min(1.0, math.sqrt(half)))

    def usable(self) -> list[int]:
        """Return the centres with an injection in some week of the horizon."""
        centres = range(len(self.instance.centres.ids))
        return [j for j in centres if any(self.injections(j, t) for t in range(self.T))]


def relaxation(instance: Instance) -> Lp:
    """Write the whole model without whole numbers, over all centres."""
    lp, it = Lp(), Witness(instance)
    _people(lp, it)
    for j in range(len(instance.centres.ids)):
        for p in range(len(instance.products.ids)):
            _doses(lp, it, j, p)
            _stock(lp, it, j, p)
        for week in range(it.W):
            taken = sum(it.booked(j, p, week) for p in range(len(instance.products.ids)))
            lp.limit["capacity", j, week] = it.injections(j, week) - taken
    for p in range(len(instance.products.ids)):
        for week in range(it.W):
            lp.limit["pool", p, week] = sum(it.delivered(p, ANY, w) for w in range(week + 1))
    _fairness(lp, it)
    return lp


def _people(lp: Lp, it: Witness) -> None:
    """Demand, the flow side of the link, unserved people and kilometres."""
    instance = it.instance
    usable = it.usable()
    for z, k in np.ndindex(*instance.demand.shape):
        worth = instance.classes.weight[k] * instance.objective.unserved
        lp.constant += worth * instance.demand[z, k]
        near = min(it.km(z, j) for j in usable)
        lp.limit["demand", z, k] = instance.demand[z, k]
        for j in range(len(instance.centres.ids)):
            lp.cost["f", z, k, j] += instance.objective.km * (it.km(z, j) - near) - worth
            lp.put(("demand", z, k), ("f", z, k, j), 1)
            link = ("link", int(instance.zones.department[z]), k, j)
            lp.equal.add(link)
            lp.put(link, ("f", z, k, j), 1)


def _doses(lp: Lp, it: Witness, j: int, p: int) -> None:
    """First and second doses: link, completion, capacity, stock, waiting."""
    instance = it.instance
    for t in range(it.T):
        first = []
        for k in range(len(instance.classes.ids)):
            if it.allowed(p, k, 1, t):
                first += [("y", d, k, j, p, t) for d in range(len(instance.departments))]
        for column in first:
            _, d, k, *_ = column
            lp.equal.add(("link", d, k, j))
            lp.cost[column] += instance.classes.weight[k] * instance.objective.week * t
            lp.put(("link", d, k, j), column, -1)
            _use(lp, it, column, j, p, t)
        if it.two[p]:
            lp.equal.add(("second", j, p, t))
            for column in first:
                lp.put(("second", j, p, t), column, -1)
            for week in range(t + it.lo[p], t + it.hi[p] + 1):
                if it.allowed(p, ANY, 2, week):
                    column = ("s", j, p, t, week)
                    lp.put(("second", j, p, t), column, 1)
                    _use(lp, it, column, j, p, week)


def _use(lp: Lp, it: Witness, column: tuple, j: int, p: int, week: int) -> None:
    lp.put(("capacity", j, week), column, 1)
    for later in range(week, it.W):
        lp.put(("stock", j, p, later), column, 1)


def _stock(lp: Lp, it: Witness, j: int, p: int) -> None:
    vial = it.instance.products.doses_per_vial[p]
    given = 0
    for week in range(it.W):
        given += it.delivered(p, j, week) - it.booked(j, p, week)
        lp.limit["stock", j, p, week] = given
        for later in range(week, it.W):
            lp.put(("stock", j, p, later), ("v", j, p, week), -vial)
            lp.put(("pool", p, later), ("v", j, p, week), vial)


def _fairness(lp: Lp, it: Witness) -> None:
    """Write missing[c,d] >= floor N(c) people_d - F(d,c), priced."""
    instance = it.instance
    people = np.zeros(len(instance.departments))
    np.add.at(people, instance.zones.department, instance.demand.sum(axis=1))
    doses = [name for name in lp.cost if name[0] == "y"]
    for c in instance.fairness.checkpoints:
        for d in range(len(instance.departments)):
            row, share = ("fairness", c, d), people[d] / people.sum()
            lp.cost["missing", c, d] += instance.fairness.price
            lp.put(row, ("missing", c, d), -1)
            for column in doses:
                if column[5] < c:
                    own = 1.0 if column[1] == d else 0.0
                    lp.put(row, column, instance.fairness.floor * share - own)


def prices_of(instance: Instance, found: dict[tuple, float]) -> Prices:
    """Arrange the prices of the LP's rows as a certificate."""
    weeks = Witness(instance).W
    n_centres, n_products = len(instance.centres.ids), len(instance.products.ids)

    def series(*head: object) -> np.ndarray:
        return np.array([found.get((*head, week), 0.0) for week in range(weeks)])

    return Prices(
        capacity=np.array([series("capacity", j) for j in range(n_centres)]),
        pool=np.array([series("pool", p) for p in range(n_products)]),
        stock={(j, p): series("stock", j, p) for j in range(n_centres) for p in range(n_products)},
        fairness=np.array(
            [
                [found["fairness", c, d] for d in range(len(instance.departments))]
                for c in instance.fairness.checkpoints
            ]
        ).reshape(-1, len(instance.departments)),
    )
