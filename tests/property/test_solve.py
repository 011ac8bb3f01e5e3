"""Random instances of every kind, by every method: what must hold whatever the numbers are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import solve as facade
from allocator.ascent.model import model_of
from allocator.check.bound import lower_bound
from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.lp import search_integer, solve_relaxation
from allocator.plan import Plan, write_plan
from allocator.read import read_instance
from allocator.result import Result
from allocator.solve import solve
from tests.factories import random_instance
from tests.recount import recount
from tests.recount.campaign import rows_of
from tests.rewritten import append, by_another_hand, rewrite, set_cells, set_key

METHODS = ["optimal", "national", "pro-rata", "first-come"]
"""`national` is `optimal` as large instances are solved: price ascent, rounding and search."""

seeds = st.integers(0, 1_000_000)
Twist = Callable[[np.random.Generator, Path], Path]


def nothing_costs(_: np.random.Generator, folder: Path) -> Path:
    """Set every price to 0."""
    for key in ("unserved", "week", "km", "price"):
        set_key(folder, key, 0)
    return folder


def long_intervals(rng: np.random.Generator, folder: Path) -> Path:
    """Give two-dose products intervals longer than the horizon, or up to a year from no days."""
    low, high = [(77, 140), (70, 70), (0, 364)][rng.integers(3)]
    return set_cells(
        folder, "products", doses_needed=2, interval_min_days=low, interval_max_days=high
    )


def scarce(rng: np.random.Generator, folder: Path) -> Path:
    """Deliver next to nothing, or leave next to no slot."""
    name, column = [("deliveries", "doses"), ("capacity", "injections")][rng.integers(2)]

    def thinned(rows):
        return [row | {column: str(int(rng.integers(0, 3)))} for row in rows]

    rewrite(folder, name, thinned)
    return rewrite(folder, "capacity", lambda rows: [rows[0] | {"injections": "1"}, *rows[1:]])


def endless(_: np.random.Generator, folder: Path) -> Path:
    """Let every number be as large as a file may hold."""
    set_cells(folder, "capacity", injections=10**9)
    set_cells(folder, "deliveries", doses=10**9)
    return set_cells(folder, "demand", people=10**9)


def odd_company(_: np.random.Generator, folder: Path) -> Path:
    """Add everything that has no counterpart elsewhere.

    A zone without people in a département of its own, a centre without capacity in another one
    and a closed one with capacity, both with doses of their own, a class that nothing is allowed
    to but a product that never comes.
    """
    centre = {"name": "x", "department": "only here", "lat": "48", "lon": "2",
              "opens_on": "2021-01-01", "closes_on": ""}  # fmt: skip
    product = {"product": "never", "label": "x", "doses_per_vial": "7", "doses_needed": "2",
               "interval_min_days": "0", "interval_max_days": "90"}  # fmt: skip
    append(folder, "zones", {"zone": "empty", "name": "x", "department": "nobody", "region": "x",
                             "lat": "48", "lon": "2", "population": "0"})  # fmt: skip
    append(folder, "centres", centre | {"centre": "idle"})
    append(folder, "centres", centre | {"centre": "closed", "closes_on": "2021-01-02"})
    append(folder, "capacity", {"centre": "closed", "week": "0", "injections": "99"})
    append(folder, "classes", {"class": "left out", "label": "x", "weight": "3",
                               "opens_on": "2021-01-01"})  # fmt: skip
    zones = rows_of(folder / "zones.csv")
    append(folder, "demand", {"zone": zones[0]["zone"], "class": "left out", "people": "7"})
    first = rows_of(folder / "products.csv")[0]["product"]
    for name in ("idle", "closed"):
        append(folder, "deliveries",
               {"week": "0", "product": first, "doses": "33", "centre": name})  # fmt: skip
    append(folder, "products", product)
    for class_, rank in (("left out", "1"), ("*", "2")):
        append(folder, "eligibility", {"product": "never", "class": class_, "dose_rank": rank,
                                       "from_date": "2021-01-01", "to_date": ""})  # fmt: skip
    return folder


def two_years(rng: np.random.Generator, folder: Path) -> Path:
    """Plan 104 weeks, with up to a year between doses."""
    return long_intervals(rng, set_key(folder, "weeks", 104))


TWISTS: dict[str, tuple[dict[str, object], Twist]] = {
    "as drawn": ({}, lambda _, folder: folder),
    "one week": ({"weeks": 1}, lambda _, folder: folder),
    "one dose": ({"two_doses": False}, lambda _, folder: folder),
    "by another hand": ({}, by_another_hand),
    "nothing costs": ({}, nothing_costs),
    "unserved for free": ({}, lambda _, folder: set_key(folder, "unserved", 0)),
    "no weight": ({}, lambda _, folder: set_cells(folder, "classes", weight=0)),
    "no floor": ({}, lambda _, folder: set_key(folder, "floor", 0)),
    "floor above all": ({}, lambda _, folder: set_key(folder, "floor", 3)),
    "same week": (
        {"booked": False},
        lambda _, folder: set_cells(
            folder, "products", doses_needed=2, interval_min_days=0, interval_max_days=6
        ),
    ),
    "long intervals": ({"booked": False}, long_intervals),
    "scarce": ({"booked": False}, scarce),
    "endless": ({"booked": False}, endless),
    "odd company": ({}, odd_company),
    "two years": ({"booked": False}, two_years),
    "huge vials": (
        {"booked": False}, lambda _, folder: set_cells(folder, "products", doses_per_vial=10**9),
    ),
    "all at one place": ({}, lambda _, folder: set_cells(folder, "zones", lat=90, lon=-180)),
    "one lone zone": ({"zones": 1, "classes": 1, "centres": 1, "people": 9}, lambda _, f: f),
}  # fmt: skip
"""Limits of `random_instance`, and what is then done to the folder."""


def drawn(seed: int, scratch: Path, twist: str = "as drawn", **limits) -> Path:
    """Write a random instance of a kind."""
    rng = np.random.default_rng(seed)
    own_limits, change = TWISTS[twist]
    return change(rng, random_instance(rng, scratch / "i", **{**own_limits, **limits}))


def solved(instance: Instance, method: str) -> Result:
    """Solve by a method; `national` for a small instance as if it were large."""
    if method != "national":
        return solve(instance, method=method, time_limit=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facade, "SMALL_COLUMNS", 0)
        return solve(instance, time_limit=4)


@pytest.mark.parametrize("seed", [3, 4, 6324])
def test_a_thousand_million_people_are_planned_to_an_end(seed, tmp_path):
    """One by one, moves would take hours; of the second, HiGHS's integer program has no end."""
    result = solved(read_instance(drawn(seed, tmp_path, "endless")), "optimal")
    assert result.verdict.feasible
    assert result.bound <= result.verdict.cost * (1 + 1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("twist", TWISTS)
@given(seed=seeds)
@settings(deadline=None, max_examples=4)
def test_every_method_makes_a_plan_that_both_checkers_accept(twist, method, seed):
    """Feasible, of the cost that is printed, not below the bound that is printed."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = drawn(seed, Path(scratch), twist)
        result = solved(read_instance(folder), method)
        write_plan(Path(scratch) / "p", result.plan, dict)
        again = recount(folder, Path(scratch) / "p")
    assert again.broken == {}
    assert sum(again.cost_parts.values()) == pytest.approx(result.verdict.cost, rel=1e-9, abs=1e-6)
    assert again.kpis["slots_unpaired"] == sum(left.slots for left in result.unpaired)
    if result.bound is not None:
        assert result.bound <= result.verdict.cost


@given(seed=seeds, method=st.sampled_from(METHODS))
@settings(deadline=None, max_examples=25)
def test_people_doses_slots_and_quotas_are_conserved(seed, method):
    """Who is sent is served, who is served has a quota and a slot, twice if two doses are due."""
    with tempfile.TemporaryDirectory() as scratch:
        instance = read_instance(drawn(seed, Path(scratch)))
    result = solved(instance, method)
    plan, kpis = result.plan, result.verdict.kpis
    first, second = plan["first_doses"], plan["second_doses"]
    assert plan["flows"]["people"].sum() == first["people"].sum() == kpis["first_doses"]
    assert kpis["first_doses"] + kpis["unserved"] == kpis["people"] == instance.demand.sum()
    key = ["centre", "product", "week", "department", "class"]
    assert total(first, key, "people") == total(plan["quotas"], key, "slots")
    slots = plan["sessions"].groupby("dose_rank")["slots"].sum()
    assert slots.get(1, 0) == first["people"].sum()
    assert slots.get(2, 0) == second["people"].sum()
    two = [p for p, n in zip(instance.products.ids, instance.products.doses_needed, strict=True)
           if n == 2]  # fmt: skip
    owed = first[first["product"].isin(two)]
    by_start = second.rename(columns={"week": "given", "first_week": "week"})
    key = ["centre", "product", "week"]
    assert total(owed, key, "people") == total(by_start, key, "people")


def total(table, key: list[str], counted: str) -> dict[object, int]:
    """Sum a column by key."""
    return {k: n for k, n in table.groupby(key)[counted].sum().items() if n}


@given(seed=seeds, method=st.sampled_from(METHODS))
@settings(deadline=None, max_examples=25)
def test_first_doses_of_two_dose_products_are_at_most_half_of_what_comes(seed, method):
    """Of a product's doses delivered through the tail, every first dose takes two."""
    with tempfile.TemporaryDirectory() as scratch:
        instance = read_instance(drawn(seed, Path(scratch)))
    horizon = horizon_of(instance)
    coming = horizon.pool.sum(axis=1) + (horizon.earmarked - horizon.booked_doses).sum(axis=(0, 2))
    first = total(solved(instance, method).plan["first_doses"], ["product"], "people")
    for p, product in enumerate(instance.products.ids):
        doses = instance.products.doses_needed[p] * first.get(product, 0)
        assert doses <= coming[p]


TINY = {"zones": 4, "classes": 2, "centres": 3, "products": 2, "weeks": 4, "people": 60}


@given(seed=seeds)
@settings(deadline=None, max_examples=20)
def test_no_bound_is_above_the_optimum_and_no_plan_below_it(seed):
    """Bound <= relaxation <= optimum in whole numbers <= plan, for every method's bound and plan.

    The optimum is HiGHS's, proven to a millionth; it lies between its own bound and its own plan.
    """
    with tempfile.TemporaryDirectory() as scratch:
        instance = read_instance(drawn(seed, Path(scratch), **TINY))
    best = search_integer(model_of(instance), 30)
    slack = 1e-6 * max(1.0, best.objective)
    relaxed = solved(instance, "lp")
    assert relaxed.bound <= relaxed.relaxation + slack
    assert relaxed.relaxation <= best.objective + slack
    for method in METHODS:
        result = solved(instance, method)
        assert result.bound is None or result.bound <= best.objective + slack
        assert result.verdict.cost >= best.bound - slack
    assert solved(instance, "optimal").verdict.cost <= best.objective + slack


@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_the_order_and_the_names_of_things_change_nothing(seed):
    """Relaxation, bound and optimum cost the same when another hand writes the same campaign."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = drawn(seed, Path(scratch), **TINY)
        one = figures(read_instance(folder))
        other = figures(read_instance(by_another_hand(np.random.default_rng(seed), folder)))
    assert one == pytest.approx(other, rel=3e-6, abs=1e-5)


def figures(instance: Instance) -> tuple[float, float, float]:
    """Cost of the relaxation, bound of its prices, cost of the optimum."""
    model = model_of(instance)
    relaxed = solve_relaxation(model)
    best = search_integer(model, 30).objective
    return relaxed.objective, lower_bound(instance, relaxed.prices), best


def test_the_order_of_the_rows_alone_moves_no_figure_of_a_plan_without_a_choice(tmp_path):
    """A control of the rewriting: the folder differs, the campaign read from it does not."""
    folder = drawn(5, tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    first = read_instance(folder)
    again = read_instance(by_another_hand(np.random.default_rng(1), folder))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} != before
    assert again.zones.ids != first.zones.ids
    assert np.sort(again.demand.sum(axis=1)).tolist() == np.sort(first.demand.sum(axis=1)).tolist()
    assert again.injections.sum() == first.injections.sum()
    assert isinstance(solve(again).plan, Plan)
