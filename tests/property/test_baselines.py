"""Baselines on random tiny instances: always feasible, never lazy, always the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.baselines import first_come, pro_rata
from allocator.check.verdict import judge
from allocator.decisions import Decisions
from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.plan import COLUMNS, Plan
from allocator.read import read_instance
from tests.factories import random_instance

BASELINES = [pro_rata, first_come]
WEEKLY_RULES = {
    "demand", "link", "second doses", "interval", "capacity", "pool", "stock", "eligibility",
    "horizon",
}  # fmt: skip
"""Rules of the judge on the weekly decisions; the daily split is somebody else's."""

seeds = st.integers(0, 100_000)


def drawn(seed: int, **limits) -> Instance:
    """Read a random instance."""
    with tempfile.TemporaryDirectory() as folder:
        return read_instance(random_instance(np.random.default_rng(seed), Path(folder), **limits))


def plan_of(instance: Instance, decisions: Decisions) -> Plan:
    """Write decisions as the tables of a plan, without sessions."""
    ids = {
        "zone": instance.zones.ids,
        "class": instance.classes.ids,
        "centre": instance.centres.ids,
        "product": instance.products.ids,
        "department": instance.departments,
    }
    tables = {}
    for name, columns in COLUMNS.items():
        rows = getattr(decisions, name, np.zeros((0, len(columns)), dtype=np.int64))
        tables[name] = pd.DataFrame(
            {
                column: pd.Series([ids[column][i] for i in values], dtype="str")
                if column in ids
                else values
                for column, values in zip(columns, rows.T, strict=True)
            }
        )
    return Plan(tables)


def broken(instance: Instance, decisions: Decisions) -> list[object]:
    """List what the judge finds wrong with the weekly decisions."""
    verdict = judge(instance, plan_of(instance, decisions))
    return [found for found in verdict.violations if found.rule in WEEKLY_RULES]


@pytest.mark.parametrize("baseline", BASELINES)
@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_a_baseline_breaks_no_rule(baseline, seed):
    """Whatever the instance, the independent judge finds nothing to say on the weekly plan."""
    instance = drawn(seed)
    assert broken(instance, baseline(instance)) == []


@pytest.mark.parametrize("table", ["flows", "first_doses", "second_doses", "shipments"])
def test_the_judge_would_see_a_baseline_that_cheats(table):
    """Positive control: one table thrown away, or one row doubled, is a violation."""
    instance = drawn(3, people=200)
    honest = first_come(instance)
    assert broken(instance, honest) == []
    tables = {name: getattr(honest, name) for name in Decisions.__slots__}
    assert len(tables[table]) > 0
    assert broken(instance, Decisions(**tables | {table: tables[table][:0]}))
    if table != "shipments":
        doubled = tables[table].copy()
        doubled[0, -1] *= 2
        assert broken(instance, Decisions(**tables | {table: doubled}))


@pytest.mark.parametrize("baseline", BASELINES)
@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_a_baseline_is_the_same_every_time(baseline, seed):
    """The seed of the instance settles every tie."""
    instance = drawn(seed)
    first, again = baseline(instance), baseline(instance)
    for name in Decisions.__slots__:
        assert np.array_equal(getattr(first, name), getattr(again, name))


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_first_come_turns_nobody_away_while_a_slot_and_a_dose_are_free(seed):
    """With one-dose products, nobody is unserved where slot, dose and rule would allow one."""
    instance = drawn(seed, two_doses=False)
    horizon = horizon_of(instance)
    decisions = first_come(instance)
    unserved = instance.demand.sum(axis=0)
    room = horizon.room.copy()
    stock = (horizon.earmarked - horizon.booked_doses).cumsum(axis=2)
    sent = np.zeros(horizon.pool.shape, dtype=np.int64)
    for _, k, j, p, t, people in decisions.first_doses:
        unserved[k] -= people
        room[j, t] -= people
        stock[j, p, t:] -= people
    for j, p, t, vials in decisions.shipments:
        stock[j, p, t:] += vials * instance.products.doses_per_vial[p]
        sent[p, t] += vials
    pool = horizon.pool.cumsum(axis=1) // instance.products.doses_per_vial[:, None]
    free_vials = pool - sent.cumsum(axis=1)
    for p, k, t in np.argwhere(horizon.first_allowed):
        doses = np.maximum(stock[:, p, t:].min(axis=1), free_vials[p, t:].min())
        assert unserved[k] == 0 or not ((doses > 0) & (room[:, t] > 0)).any()


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_pro_rata_serves_a_lone_departement_as_first_come_does(seed):
    """With one département there is nothing to split, so both rules give the same plan."""
    instance = drawn(seed, departments=1)
    fair, free = pro_rata(instance), first_come(instance)
    for name in Decisions.__slots__:
        assert np.array_equal(getattr(fair, name), getattr(free, name))
