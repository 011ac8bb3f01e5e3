"""The relaxation is solved exactly, and its prices prove it."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.ascent.model import model_of
from allocator.check.bound import lower_bound
from allocator.lp import solve_relaxation
from allocator.read import read_instance
from tests.factories import random_instance, write_instance
from tests.instances import NAMED
from tests.unit.check.plans import campaign
from tests.unit.check.reference import relaxation
from tests.unit.lp.plans import OVERBOOKED, TWO_WEEKS

SEEDS = range(100, 125)


def drawn(seed, tmp_path):
    return read_instance(random_instance(np.random.default_rng(seed), tmp_path / f"i{seed}"))


@pytest.mark.parametrize("name", [name for name in NAMED if name != "whole_vials_two_centres"])
def test_where_whole_numbers_cost_nothing_the_relaxation_finds_the_optimum_found_by_hand(
    tmp_path, name
):
    """Each named instance but one has a best plan that needs no rounding."""
    known = NAMED[name](tmp_path / name)
    solution = solve_relaxation(model_of(read_instance(known.folder)))
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(known.cost)


def test_vials_that_may_be_split_are_cheaper_than_whole_ones(tmp_path):
    """Three doses of the one vial at home of the three (0), seven at home of the ten: 3 wait."""
    known = NAMED["whole_vials_two_centres"](tmp_path / "i")
    solution = solve_relaxation(model_of(read_instance(known.folder)))
    assert solution.objective == pytest.approx(3)
    assert known.cost == 9


@pytest.mark.parametrize("seed", SEEDS)
def test_the_prices_prove_the_objective(tmp_path, seed):
    """Strong duality: the judge's bound at the row duals is the cost of the relaxation."""
    instance = drawn(seed, tmp_path)
    solution = solve_relaxation(model_of(instance))
    assert lower_bound(instance, solution.prices) == pytest.approx(
        solution.objective, rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_another_writing_of_the_model_costs_the_same(tmp_path, seed):
    """A witness LP in plain loops, with a stock for every centre and no sums, agrees."""
    instance = drawn(seed, tmp_path)
    least, _ = relaxation(instance).solve()
    solution = solve_relaxation(model_of(instance))
    assert solution.objective == pytest.approx(least, rel=1e-6, abs=1e-6)


def test_some_of_the_drawn_instances_are_worth_solving(tmp_path):
    """The control of the two tests above: several cost something and price every kind of row."""
    costs, kinds = [], set()
    for seed in SEEDS:
        solution = solve_relaxation(model_of(drawn(seed, tmp_path)))
        costs.append(solution.objective)
        prices = solution.prices
        rows = {"capacity": prices.capacity, "pool": prices.pool, "fairness": prices.fairness}
        rows |= {"stock": np.array(list(prices.stock.values()) or [0.0])}
        kinds |= {kind for kind, values in rows.items() if values.max(initial=0) > 1e-6}
    assert np.median(costs) > 10
    assert kinds == {"capacity", "pool", "fairness", "stock"}


@pytest.mark.parametrize("solver", ["simplex", "ipx"])
def test_every_solver_finds_the_same_cost(tmp_path, solver):
    """The choice of the algorithm changes the time, not the cost."""
    model = model_of(campaign(tmp_path / "i"))
    assert solve_relaxation(model, solver=solver).objective == pytest.approx(
        solve_relaxation(model).objective
    )


def test_hipo_finds_the_same_cost_to_its_tolerance(tmp_path):
    """Without crossover the duals are inexact; the bound they prove is still close."""
    pytest.importorskip("highspy_extras", reason="needs the package highspy-extras")
    instance = campaign(tmp_path / "i")
    model = model_of(instance)
    solution = solve_relaxation(model, solver="hipo")
    best = solve_relaxation(model).objective
    assert solution.objective == pytest.approx(best, rel=1e-5)
    assert best * (1 - 1e-3) <= lower_bound(instance, solution.prices) <= best * (1 + 1e-9)


def test_a_solver_that_is_not_there_is_refused(tmp_path):
    """HiGHS would go on with its default and say nothing."""
    with pytest.raises(RuntimeError, match="HiGHS refused option solver=nonsense"):
        solve_relaxation(model_of(campaign(tmp_path / "i")), solver="nonsense")


def test_bookings_that_do_not_fit_leave_no_plan(tmp_path):
    """Six booked in five slots: said in words; with one booked fewer it is solved."""
    folder = write_instance(tmp_path / "i", settings=TWO_WEEKS, **OVERBOOKED)
    with pytest.raises(RuntimeError, match="No plan is feasible"):
        solve_relaxation(model_of(read_instance(folder)))
    fewer = [{**OVERBOOKED["booked"][0], "people": 5}]
    folder = write_instance(tmp_path / "j", settings=TWO_WEEKS, **{**OVERBOOKED, "booked": fewer})
    assert solve_relaxation(model_of(read_instance(folder))).objective == pytest.approx(3)


def test_a_time_limit_ends_the_search_and_is_said(tmp_path):
    """No time: whatever was reached is above the optimum, and its prices prove a bound below."""
    instance = campaign(tmp_path / "i")
    model = model_of(instance)
    best, solution = solve_relaxation(model), solve_relaxation(model, 0.0)
    assert best.status == "optimal"
    assert solution.status == "time limit"
    assert solution.objective >= best.objective
    assert lower_bound(instance, solution.prices) <= best.objective


def test_fewer_centres_cost_more(tmp_path):
    """`nearest` restricts the program: its cost is no lower, and here it is higher."""
    instance = campaign(
        tmp_path / "i", capacity=[{"centre": "x", "week": 0, "injections": 1},
                                  {"centre": "y", "week": 0, "injections": 40}],
    )  # fmt: skip
    model = model_of(instance)
    assert solve_relaxation(model, nearest=1).objective > solve_relaxation(model).objective + 1
