"""The split model is the person-level model: same optimum, with and without whole numbers.

The person-level model sends a group of one zone and class to one (centre, product, first week,
second week) in a single variable, knows no flows and no weekly sums, and is written here in plain
loops from MODEL.md. Nothing of the allocator is used for it but the instance as read.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from allocator.ascent.model import model_of
from allocator.instance import ANY, Instance
from allocator.lp import search_integer, solve_relaxation
from allocator.read import read_instance
from tests.factories import random_instance
from tests.unit.check.reference import Witness

TINY = {"zones": 5, "classes": 2, "centres": 3, "products": 2, "weeks": 4, "people": 60}
SEEDS = range(40)


class PersonLevel:
    """Minimise cost over x[z,k,j,p,t,u], vials v[j,p,w] and missing[c,d]."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.it = Witness(instance)
        self.cost: dict[tuple, float] = {}
        self.rows: dict[tuple, dict[tuple, float]] = defaultdict(lambda: defaultdict(float))
        self.limit: dict[tuple, float] = defaultdict(float)
        self.constant = 0.0
        self._people()
        self._supply()
        self._fairness()

    def _people(self) -> None:
        instance, it = self.instance, self.it
        usable = it.usable()
        for z, k in np.ndindex(*instance.demand.shape):
            weight = instance.classes.weight[k]
            self.constant += weight * instance.objective.unserved * instance.demand[z, k]
            self.limit["demand", z, k] = instance.demand[z, k]
            near = min(it.km(z, j) for j in usable)
            for j, p, t, u in self._bundles(k):
                column = ("x", z, k, j, p, t, u)
                late = instance.objective.week * t - instance.objective.unserved
                far = instance.objective.km * (it.km(z, j) - near)
                self.cost[column] = weight * late + far
                self.rows["demand", z, k][column] += 1
                for week in (t,) if u is None else (t, u):
                    self.rows["capacity", j, week][column] += 1
                    for later in range(week, it.W):
                        self.rows["stock", j, p, later][column] += 1

    def _bundles(self, k: int):
        """Yield the centre, product, first and second week a person of the class may have."""
        instance, it = self.instance, self.it
        shape = (len(instance.centres.ids), len(instance.products.ids), it.T)
        for j, p, t in np.ndindex(*shape):
            if it.allowed(p, k, 1, t):
                if not it.two[p]:
                    yield j, p, t, None
                else:
                    weeks = range(t + it.lo[p], t + it.hi[p] + 1)
                    yield from ((j, p, t, u) for u in weeks if it.allowed(p, ANY, 2, u))

    def _supply(self) -> None:
        instance, it = self.instance, self.it
        for j, week in np.ndindex(len(instance.centres.ids), it.W):
            products = range(len(instance.products.ids))
            taken = sum(it.booked(j, p, week) for p in products)
            self.limit["capacity", j, week] = it.injections(j, week) - taken
            for p in products:
                vial = instance.products.doses_per_vial[p]
                self.cost["v", j, p, week] = 0.0
                own = it.delivered(p, j, week) - it.booked(j, p, week)
                for later in range(week, it.W):
                    self.limit["stock", j, p, later] += own
                    self.rows["stock", j, p, later]["v", j, p, week] -= vial
                    self.rows["pool", p, later]["v", j, p, week] += vial
        for p, week in np.ndindex(len(instance.products.ids), it.W):
            for later in range(week, it.W):
                self.limit["pool", p, later] += it.delivered(p, ANY, week)

    def _fairness(self) -> None:
        instance = self.instance
        fairness = instance.fairness
        home, everybody = instance.zones.department, instance.demand.sum()
        given = [column for column in self.cost if column[0] == "x"]
        for c in fairness.checkpoints:
            for d in range(len(instance.departments)):
                share = fairness.floor * instance.demand[home == d].sum() / everybody
                self.cost["missing", c, d] = fairness.price
                self.rows["fairness", c, d]["missing", c, d] = -1
                for column in given:
                    if column[5] < c:
                        own = 1 if home[column[1]] == d else 0
                        self.rows["fairness", c, d][column] += share - own

    def least(self, *, whole: bool) -> float:
        """Return the least cost, in whole people and vials or in parts of them."""
        columns = {name: i for i, name in enumerate(self.cost)}
        names = list({**self.rows, **self.limit})
        cells = [(i, columns[c], v) for i, n in enumerate(names) for c, v in self.rows[n].items()]
        row, column, value = zip(*cells, strict=True)
        matrix = csr_array((value, (row, column)), shape=(len(names), len(columns)))
        counted = np.array([whole and name[0] != "missing" for name in columns])
        found = milp(
            np.array(list(self.cost.values())),
            integrality=counted.astype(int),
            bounds=Bounds(0, np.inf),
            constraints=LinearConstraint(matrix, -np.inf, [self.limit[name] for name in names]),
            options={"mip_rel_gap": 1e-9, "time_limit": 60},
        )
        assert found.status == 0, found.message
        return found.fun + self.constant


def drawn(seed, tmp_path):
    return read_instance(random_instance(np.random.default_rng(seed), tmp_path / f"{seed}", **TINY))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_split_relaxation_costs_what_the_person_level_one_does(tmp_path, seed):
    """People of one class and département at one centre are exchangeable over weeks."""
    instance = drawn(seed, tmp_path)
    split = solve_relaxation(model_of(instance)).objective
    assert split == pytest.approx(PersonLevel(instance).least(whole=False), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_whole_numbers_the_two_models_cost_the_same_too(tmp_path, seed):
    """Margins in whole numbers have a table in whole numbers, and flows need no integrality."""
    instance = drawn(seed, tmp_path)
    split = search_integer(model_of(instance), 60)
    assert split.status == "optimal"
    least = PersonLevel(instance).least(whole=True)
    assert split.objective == pytest.approx(least, rel=2e-6, abs=1e-5)


def test_the_drawn_instances_are_not_all_easy(tmp_path):
    """The control: costs above 0, floors that bind, second doses, and whole numbers that matter."""
    seen = set()
    for seed in SEEDS:
        instance = drawn(seed, tmp_path)
        model = model_of(instance)
        relaxed = solve_relaxation(model)
        columns = relaxed.columns
        seen |= {"cost"} if relaxed.objective > 1 else set()
        seen |= {"floor"} if relaxed.prices.fairness.max(initial=0) > 1e-6 else set()
        seen |= {"second"} if relaxed.x[columns.second_doses.span].sum() > 1 else set()
        seen |= {"whole"} if search_integer(model, 60).objective > relaxed.objective + 1 else set()
    assert seen == {"cost", "floor", "second", "whole"}
