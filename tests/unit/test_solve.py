"""The façade: every named instance at the cost found by hand, and every way to end."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest

from allocator import solve as facade
from allocator.baselines import pro_rata
from allocator.decisions import Decisions
from allocator.instance import Objective
from allocator.lp import UnsolvedError
from allocator.read import read_instance
from allocator.result import Status
from allocator.small import TINY_COLUMNS
from allocator.solve import solve
from tests.corners import CORNERS
from tests.factories import random_instance, write_instance
from tests.instances import (
    NAMED,
    allowed,
    centre,
    class_,
    delivery,
    one_dose,
    people,
    two_doses,
    weekly,
    zone,
)

HAND_MADE = NAMED | CORNERS
PARTS = ("unserved", "week", "km", "fairness")
ROUNDED = "whole_vials_two_centres"
"""The one instance where vials that may be split would cost less."""


@pytest.fixture(params=HAND_MADE)
def known(request, tmp_path):
    """Return a named instance with its smallest cost."""
    return HAND_MADE[request.param](tmp_path / request.param)


def busy(folder, seed=7):
    """Read a random instance with everything in it."""
    return read_instance(random_instance(np.random.default_rng(seed), folder))


def test_the_optimum_found_by_hand_is_found(known):
    """Part by part, as the docstring works it out; feasible, and the bound is not above it."""
    result = solve(read_instance(known.folder))
    assert result.verdict.feasible
    assert result.verdict.cost_parts == pytest.approx({p: getattr(known, p) for p in PARTS})
    assert result.bound <= known.cost + 1e-9
    assert result.status in {Status.GAP_REACHED, Status.NO_BETTER_FOUND}


@pytest.mark.parametrize("name", [name for name in HAND_MADE if name != ROUNDED])
def test_the_optimum_found_by_hand_is_certified(tmp_path, name):
    """Where whole numbers cost nothing, the bound of the relaxation is the optimum itself."""
    known = HAND_MADE[name](tmp_path / name)
    result = solve(read_instance(known.folder))
    assert result.bound == pytest.approx(known.cost)
    assert result.status is Status.GAP_REACHED


def test_the_unit_of_the_prices_does_not_matter(known):
    """All prices a ten-millionth: the same optimum, in the new unit, and the same certificate."""
    instance = read_instance(known.folder)
    objective, fairness = instance.objective, instance.fairness
    small = replace(
        instance,
        objective=Objective(*(1e-7 * price for price in astuple(objective))),
        fairness=replace(fairness, price=1e-7 * fairness.price),
    )
    result = solve(small)
    assert result.verdict.cost == pytest.approx(1e-7 * known.cost)
    assert result.verdict.gap == pytest.approx(solve(instance).verdict.gap, abs=1e-5)


def test_the_relaxation_alone_is_not_above_the_optimum(known):
    """Method `lp`: a value and the bound it proves, no plan."""
    result = solve(read_instance(known.folder), method="lp")
    assert result.status is Status.RELAXATION
    assert result.plan is None
    assert result.bound == pytest.approx(result.relaxation)
    assert result.relaxation <= known.cost + 1e-6


@pytest.mark.parametrize("method", ["pro-rata", "first-come"])
def test_planning_by_rule_is_feasible_and_never_cheaper(known, method):
    """No baseline beats the optimum, and none claims a bound."""
    result = solve(read_instance(known.folder), method=method)
    assert result.verdict.feasible
    assert result.verdict.cost >= known.cost - 1e-9
    assert (result.status, result.bound, result.verdict.gap) == (Status.BASELINE, None, None)


def test_planning_by_rule_is_dearer_somewhere(tmp_path):
    """The control of the test above: the rules leave something on the table."""
    dearer = {
        (name, method)
        for name, build in HAND_MADE.items()
        for method in ("pro-rata", "first-come")
        if solve(
            read_instance((known := build(tmp_path / method / name)).folder), method=method
        ).verdict.cost
        > known.cost + 1
    }
    assert ("fairness_floor", "first-come") in dearer
    assert ("whole_vials_two_centres", "pro-rata") in dearer


def test_a_plan_that_costs_nothing_has_no_gap(tmp_path):
    """With all prices at 0 the cost is 0, proven, and the gap is 0 and not nothing."""
    free = {"objective": {"unserved": 0, "week": 0, "km": 0}, "fairness": {"price": 0}}
    result = solve(read_instance(write_instance(tmp_path / "i", settings=free)))
    assert (result.verdict.cost, result.bound, result.verdict.gap) == (0, 0, 0)
    assert result.status is Status.GAP_REACHED


def test_an_unknown_method_is_refused(tmp_path):
    """The message names it."""
    with pytest.raises(ValueError, match="'guess' is not a valid Method"):
        solve(busy(tmp_path / "i"), method="guess")


@pytest.mark.parametrize("method", ["optimal", "pro-rata", "first-come"])
def test_without_any_time_there_is_a_feasible_plan(tmp_path, method):
    """A time limit of no seconds gives the first plan there is, with its certificate."""
    result = solve(busy(tmp_path / "i"), method=method, time_limit=0.0)
    assert result.verdict.feasible
    if method == "optimal":
        assert result.status in {Status.TIME_LIMIT, Status.GAP_REACHED}
        assert result.bound <= result.verdict.cost


def test_an_interrupted_solve_keeps_its_plan(tmp_path):
    """Ctrl-C from the first moment on; the status says so unless the gap is reached anyway."""
    result = solve(busy(tmp_path / "i"), interrupted=lambda: True, gap=0.0)
    assert result.verdict.feasible
    assert result.status in {Status.INTERRUPTED, Status.GAP_REACHED}


def test_progress_is_told_with_bound_and_cost(tmp_path):
    """Phases come in order, the bound before the cost, and the check last."""
    told = []
    solve(busy(tmp_path / "i"), progress=told.append)
    phases = [beat.phase for beat in told]
    assert phases[0] == "reading the horizon"
    assert phases[-1] == "independent check"
    assert any(beat.bound is not None for beat in told)
    assert all(0 <= beat.share <= 1 for beat in told)


def test_the_seed_is_the_instances_own_unless_given(tmp_path):
    """It is printed, so that a plan can be made again."""
    instance = busy(tmp_path / "i")
    assert solve(instance, method="pro-rata").summary()["seed"] == instance.seed
    assert solve(instance, method="pro-rata", seed=5).summary()["seed"] == 5


def test_the_same_seed_makes_the_same_plan(tmp_path):
    """Table by table."""
    once, again = (solve(busy(tmp_path / "i")).plan for _ in range(2))
    for name, table in once.tables.items():
        assert table.equals(again[name]), name


def few_large_zones(folder):
    """Read six départements as one zone each, some 300 people a class, for six centres."""
    rng = np.random.default_rng(1)
    names = "abcdef"
    places = rng.uniform(0, 3, (2, 6)).round(3).tolist()
    classes = [f"k{k}" for k in range(4)]
    rules = [allowed(p, k) for p in ("pfizer", "janssen") for k in classes]
    return read_instance(write_instance(
        folder,
        settings={"weeks": 12, "fairness": {"checkpoints": [4, 8, 12]}},
        zones=[zone(n, n, lon) for n, lon in zip(names, places[0], strict=True)],
        classes=[class_(k, weight=4 - i) for i, k in enumerate(classes)],
        demand=[people(n, k, int(rng.integers(150, 300))) for n in names for k in classes],
        centres=[centre(n, n, lon) for n, lon in zip(names, places[1], strict=True)],
        capacity=[row for n in names for row in weekly(n, *rng.integers(80, 240, 12).tolist())],
        products=[two_doses(doses_per_vial=6, days=(21, 49)), one_dose(doses_per_vial=5)],
        eligibility=[*rules, allowed("pfizer", "*", rank=2)],
        deliveries=[delivery(w, p, n) for w in range(12) for p, n in
                    (("pfizer", 640), ("janssen", 40))],
    ))  # fmt: skip


def test_a_few_large_zones_are_planned_nearly_as_cheaply_as_can_be(tmp_path):
    """Neither tiny nor large, with many people to a zone: HiGHS alone leaves a gap of 15 %."""
    result = solve(few_large_zones(tmp_path / "i"))
    assert result.columns > TINY_COLUMNS
    assert result.verdict.gap < 0.02


def test_what_highs_cannot_solve_is_left_to_the_ascent(tmp_path, monkeypatch):
    """A small instance whose relaxation HiGHS gives up is solved as a large one is."""

    def gives_up(*_):
        raise UnsolvedError("HiGHS stopped: Unknown.")

    monkeypatch.setattr(facade, "solve_small", gives_up)
    result = solve(busy(tmp_path / "i", seed=20))
    assert result.verdict.feasible
    assert 0 < result.bound <= result.verdict.cost


def test_a_plan_that_breaks_the_model_is_never_returned(tmp_path, monkeypatch):
    """The control of all the rest: a method that cheats is caught by the independent check."""

    def cheat(instance):
        honest = pro_rata(instance)
        return Decisions(
            honest.flows, honest.first_doses, honest.second_doses, honest.shipments[:0]
        )

    monkeypatch.setattr(facade, "pro_rata", cheat)
    with pytest.raises(RuntimeError, match="the plan made breaks the model: stock at centre"):
        solve(busy(tmp_path / "i"), method="pro-rata")
