"""Whole people and whole vials: the optimum, proven by hand, by the judge and by the relaxation."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.ascent.model import model_of
from allocator.check.bound import lower_bound
from allocator.lp import (
    UnsolvedError,
    integer,
    search_integer,
    solve_integer,
    solve_relaxation,
)
from allocator.read import read_instance
from tests.factories import random_instance, write_instance
from tests.instances import NAMED
from tests.unit.check.plans import campaign
from tests.unit.lp.plans import OVERBOOKED, TWO_WEEKS, hand_made, verdict_on

SEEDS = range(200, 225)
TIME_S = 20.0


def drawn(seed, tmp_path):
    return read_instance(random_instance(np.random.default_rng(seed), tmp_path / f"i{seed}"))


@pytest.mark.parametrize("name", NAMED)
def test_the_optimum_found_by_hand_is_found(tmp_path, name):
    """Cost, part by part, as the docstring of the instance works it out; no rule is broken."""
    known = NAMED[name](tmp_path / name)
    instance = read_instance(known.folder)
    verdict = verdict_on(instance, solve_integer(model_of(instance), TIME_S))
    assert verdict.feasible
    assert verdict.cost == pytest.approx(known.cost)
    parts = {name: getattr(known, name) for name in ("unserved", "week", "km", "fairness")}
    assert verdict.cost_parts == pytest.approx(parts)


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_break_no_rule_and_cost_what_they_say(tmp_path, seed):
    """The judge recounts the plan: feasible, of the search's own cost, not below the bound."""
    instance = drawn(seed, tmp_path)
    model = model_of(instance)
    solution = search_integer(model, TIME_S)
    relaxed = solve_relaxation(model)
    verdict = verdict_on(instance, solution.decisions, relaxed.prices)
    assert solution.status == "optimal"
    assert verdict.violations == ()
    assert verdict.cost == pytest.approx(solution.objective, rel=1e-9, abs=1e-6)
    assert verdict.cost >= relaxed.objective - 1e-6
    assert verdict.cost == pytest.approx(solution.bound, rel=1e-5, abs=1e-4)


def test_whole_numbers_cost_something_in_some_of_the_drawn_instances(tmp_path):
    """The control of the test above: its instances are not all solved by the relaxation."""
    models = [model_of(drawn(seed, tmp_path)) for seed in SEEDS]
    dearer = [
        search_integer(m, TIME_S).objective > solve_relaxation(m).objective + 0.1 for m in models
    ]
    assert sum(dearer) >= 3


def test_a_plan_to_start_from_is_returned_when_there_is_no_time(tmp_path):
    """Without any time the search has nothing; from a given plan it has at least that."""
    instance = campaign(tmp_path / "i")
    model = model_of(instance)
    assert solve_integer(model, 0.0) is None
    plan = hand_made(instance)
    kept = search_integer(model, 0.0, plan)
    assert kept.status == "time limit"
    assert kept.objective == pytest.approx(verdict_on(instance, plan).cost)
    assert verdict_on(instance, kept.decisions).feasible


def test_a_plan_to_start_from_does_not_change_the_optimum(tmp_path):
    """Started from the hand-made plan, the search improves on it and ends at the same cost."""
    instance = campaign(tmp_path / "i")
    model = model_of(instance)
    best = search_integer(model, TIME_S)
    assert best.objective < verdict_on(instance, hand_made(instance)).cost
    started = search_integer(model, TIME_S, hand_made(instance))
    assert started.objective == pytest.approx(best.objective)


def test_a_start_that_breaks_a_rule_is_dropped(tmp_path):
    """More people than there are: HiGHS refuses the point, the optimum is found all the same."""
    instance = campaign(tmp_path / "i")
    plan = hand_made(instance)
    plan.flows[:, -1] += 50
    best = search_integer(model_of(instance), TIME_S)
    assert search_integer(model_of(instance), TIME_S, plan).objective == best.objective


def test_a_plan_to_start_from_is_kept_when_the_search_ends_without_an_answer(tmp_path, monkeypatch):
    """What HiGHS finds is not whole after all: the plan known before is returned, or none."""
    instance = campaign(tmp_path / "i")
    model, plan = model_of(instance), hand_made(instance)

    def not_whole(*_):
        raise UnsolvedError("HiGHS left a count that is not whole.")

    monkeypatch.setattr(integer, "made_whole", not_whole)
    kept = search_integer(model, TIME_S, plan)
    assert (kept.status, kept.decisions) == ("unsolved", plan)
    assert kept.objective == pytest.approx(verdict_on(instance, plan).cost)
    assert search_integer(model, TIME_S).decisions is None


def test_a_search_that_finds_only_dearer_plans_returns_the_one_it_started_from(
    tmp_path, monkeypatch
):
    """The answer is made to be the plan that serves nobody; the better one is kept."""
    model = model_of(campaign(tmp_path / "i"))
    best = search_integer(model, TIME_S)
    monkeypatch.setattr(integer, "made_whole", lambda program, _: 0 * program.cost)
    assert search_integer(model, TIME_S, best.decisions).decisions is best.decisions


def test_the_same_instance_gives_the_same_plan(tmp_path):
    """Deterministic: one thread, a fixed seed."""
    model = model_of(drawn(206, tmp_path))
    once, again = (solve_integer(model, TIME_S) for _ in range(2))
    for name in ("flows", "first_doses", "second_doses", "shipments"):
        assert np.array_equal(getattr(once, name), getattr(again, name))


def test_without_a_feasible_plan_there_are_no_decisions(tmp_path):
    """Six booked in five slots."""
    folder = write_instance(tmp_path / "i", settings=TWO_WEEKS, **OVERBOOKED)
    solution = search_integer(model_of(read_instance(folder)), TIME_S)
    assert (solution.status, solution.decisions) == ("infeasible", None)


def test_the_bound_of_the_certificate_is_not_above_any_integer_optimum(tmp_path):
    """Prices of the relaxation bound the best plan in whole numbers from below."""
    for name, build in NAMED.items():
        known = build(tmp_path / name)
        instance = read_instance(known.folder)
        prices = solve_relaxation(model_of(instance)).prices
        assert lower_bound(instance, prices) <= known.cost
