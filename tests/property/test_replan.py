"""Re-planning after events of every kind: what must hold whatever the numbers are."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocator import again
from allocator.carry import Earlier
from allocator.errors import InputError
from allocator.instance import Instance
from allocator.plan import Plan, write_plan
from allocator.read import read_instance, sha256_of
from allocator.replan import Replanned, replan
from allocator.solve import solve
from tests.events import EVENTS, write_event
from tests.factories import random_instance
from tests.recount import recount

seeds = st.integers(0, 1_000_000)
sizes = st.sampled_from(["small", "large"])
"""`large`: the earlier prices are carried over and climbed from, as where nothing is exact."""


def replanned(instance: Instance, earlier: Earlier, size: str = "small", **limits) -> Replanned:
    """Re-plan; a small instance as a large one when asked to."""
    with pytest.MonkeyPatch.context() as patch:
        if size == "large":
            patch.setattr(again, "SMALL_COLUMNS", 0)
        return replan(instance, earlier, **{"time_limit": 6, **limits})


def before_and_after(seed: int, kind: str, scratch: Path) -> tuple[Earlier, Instance, Path]:
    """Draw an instance, plan it, let something happen; examples nobody can plan are left out."""
    rng = np.random.default_rng(seed)
    folder = random_instance(rng, scratch / "before")
    plan = solve(read_instance(folder), time_limit=2).plan
    event, after = write_event(rng, kind, folder, plan, scratch)
    try:
        instance = read_instance(folder, [event])
    except InputError:  # no centre has a slot left, say
        assume(False)
    assert kind == "a centre closes" or instance.input_sha256 == sha256_of(after)
    return Earlier(read_instance(folder), plan), instance, after


@pytest.mark.parametrize("kind", EVENTS)
@given(seed=seeds, size=sizes)
@settings(deadline=None, max_examples=5)
def test_a_replan_keeps_every_rule_and_everybody_booked(kind, seed, size):
    """Checked by the other checker; booked people still have their slots and doses in it."""
    with tempfile.TemporaryDirectory() as scratch:
        earlier, instance, after = before_and_after(seed, kind, Path(scratch))
        try:
            done = replanned(instance, earlier, size)
        except InputError as error:  # what was booked has lost its slots or its doses
            assume("bookings do not fit" not in str(error))
            raise
        write_plan(Path(scratch) / "p", done.result.plan, dict)
        counted = recount(after, Path(scratch) / "p")
    assert counted.broken == {}
    verdict = done.result.verdict
    assert sum(counted.cost_parts.values()) == pytest.approx(verdict.cost, rel=1e-9, abs=1e-6)
    assert done.result.bound <= verdict.cost


@pytest.mark.parametrize("kind", EVENTS)
@given(seed=seeds, size=sizes)
@settings(deadline=None, max_examples=4)
def test_warm_and_from_scratch_differ_by_no_more_than_the_gap(kind, seed, size):
    """Both bounds are below both costs, so neither plan is further off than its own gap says."""
    with tempfile.TemporaryDirectory() as scratch:
        earlier, instance, _ = before_and_after(seed, kind, Path(scratch))
    try:
        warm = replanned(instance, earlier, size).result.verdict
    except InputError:
        assume(False)
    cold = solve(instance, time_limit=6).verdict
    assert max(warm.bound, cold.bound) <= min(warm.cost, cold.cost) + 1e-9 * abs(warm.cost)
    allowed = max(warm.gap or 0.0, cold.gap or 0.0) * max(abs(warm.cost), abs(cold.cost))
    assert abs(warm.cost - cold.cost) <= allowed + 1e-6


def slots(plan: Plan) -> Counter[tuple[str, str, int, int]]:
    """Count slots by centre, product, week and dose rank, the slow way."""
    counted: Counter[tuple[str, str, int, int]] = Counter()
    for name, rank in (("first_doses", 1), ("second_doses", 2)):
        for row in plan[name].itertuples():
            counted[row.centre, row.product, row.week, rank] += row.people
    return counted


@given(seed=seeds, kind=st.sampled_from(sorted(EVENTS)))
@settings(deadline=None, max_examples=20)
def test_moved_slots_are_those_gone_and_not_booked(seed, kind):
    """Counted from the two plans and the two lists of people booked."""
    with tempfile.TemporaryDirectory() as scratch:
        earlier, instance, _ = before_and_after(seed, kind, Path(scratch))
    try:
        done = replanned(instance, earlier)
    except InputError:
        assume(False)
    sold = booked(instance) - booked(earlier.instance)
    gone = slots(earlier.plan) - sold - slots(done.result.plan)
    assert done.moved_slots == gone.total()
    assert done.changes["why"].str.len().gt(0).all()


def booked(instance: Instance) -> Counter[tuple[str, str, int, int]]:
    """Count people booked by centre, product, week and dose rank."""
    rows = instance.booked
    counted: Counter[tuple[str, str, int, int]] = Counter()
    for j, p, w, r, n in zip(rows.centre, rows.product, rows.week, rows.dose_rank, rows.people,
                             strict=True):  # fmt: skip
        counted[instance.centres.ids[j], instance.products.ids[p], int(w), int(r)] += int(n)
    return counted


@given(seed=seeds, size=sizes)
@settings(deadline=None, max_examples=10)
def test_when_nothing_happens_a_good_plan_stays_as_it_is(seed, size):
    """The earlier plan is within the gap asked for, so not one slot moves."""
    with tempfile.TemporaryDirectory() as scratch:
        earlier, instance, _ = before_and_after(seed, "nothing", Path(scratch))
    gap = solve(instance, time_limit=2).verdict.gap or 0.0
    done = replanned(instance, earlier, size, gap=gap + 0.05)
    assert done.moved_slots == 0


@given(seed=seeds, kind=st.sampled_from(sorted(EVENTS)), asked=st.integers(0, 40))
@settings(deadline=None, max_examples=15)
def test_stopped_at_any_moment_there_is_a_checked_plan(seed, kind, asked):
    """Interrupted after so many looks at the clock, or out of time from the start."""
    with tempfile.TemporaryDirectory() as scratch:
        earlier, instance, _ = before_and_after(seed, kind, Path(scratch))
    looks = iter(range(10**9))
    try:
        done = replanned(
            instance, earlier, "large", gap=0.0, interrupted=lambda: next(looks) >= asked
        )
        late = replanned(instance, earlier, "large", gap=0.0, time_limit=0)
    except InputError:
        assume(False)
    for result in (done.result, late.result):
        assert result.verdict.feasible
        assert result.bound <= result.verdict.cost
