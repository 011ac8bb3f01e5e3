"""The judge and a second checker, written from the model's page alone, agree on any plan."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.check.verdict import Verdict, judge
from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.plan import COLUMNS, Plan, read_plan, write_plan
from allocator.read import read_instance
from allocator.solve import solve
from tests.factories import random_instance
from tests.recount import Recount, recount

METHODS = ["optimal", "pro-rata", "first-come"]
TABLES = ("flows", "first_doses", "second_doses", "shipments", "sessions", "quotas")
COUNTED = {"people", "vials", "slots"}
Table = pd.DataFrame


def both(folder: Path, tables: dict[str, Table]) -> tuple[Verdict, Recount]:
    """Write the plan, and let each checker read what is written."""
    write_plan(folder / "p", Plan(tables), dict)
    verdict = judge(read_instance(folder / "i"), read_plan(folder / "p"))
    return verdict, recount(folder / "i", folder / "p")


def amounts(verdict: Verdict) -> dict[str, int]:
    """Sum the judge's violations by rule."""
    found: Counter[str] = Counter()
    for violation in verdict.violations:
        found[violation.rule] += violation.amount
    return dict(found)


def assert_agreed(verdict: Verdict, again: Recount) -> None:
    """Require the same rules broken by as much, the same cost and the same key figures."""
    assert amounts(verdict) == again.broken
    assert verdict.cost_parts == pytest.approx(again.cost_parts, rel=1e-9, abs=1e-6)
    assert verdict.kpis.keys() == again.kpis.keys()
    for name, figure in again.kpis.items():
        near = figure if figure is None else pytest.approx(figure, rel=1e-9, abs=1e-9)
        assert verdict.kpis[name] == near, name


def solved(folder: Path, seed: int, method: str, **limits) -> dict[str, Table]:
    """Draw an instance into `folder / "i"` and return the tables of a plan of it."""
    path = random_instance(np.random.default_rng(seed), folder / "i", **limits)
    return dict(solve(read_instance(path), method=method, time_limit=5).plan.tables)


@given(seed=st.integers(0, 100_000), method=st.sampled_from(METHODS))
@settings(deadline=None, max_examples=40)
def test_both_checkers_accept_a_solved_plan_and_count_it_alike(seed, method):
    """Whatever the instance and the method: no rule broken, one cost, one set of figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        verdict, again = both(folder, solved(folder, seed, method))
        assert again.broken == {}
        assert_agreed(verdict, again)


@given(seed=st.integers(0, 100_000), method=st.sampled_from(METHODS))
@settings(deadline=None, max_examples=60)
def test_both_checkers_say_the_same_of_a_spoilt_plan(seed, method):
    """One to three cells changed, rows dropped or doubled anywhere: found alike, or harmless."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tables = solved(folder, seed, method)
        instance = read_instance(folder / "i")
        for _ in range(int(rng.integers(1, 4))):
            name = str(rng.choice(TABLES))
            tables[name] = spoilt(rng, instance, name, tables[name])
        assert_agreed(*both(folder, tables))


def spoilt(rng: np.random.Generator, instance: Instance, name: str, table: Table) -> Table:
    """Drop, double or change one row of a table."""
    if table.empty:
        return table
    table = table.copy()
    row = int(rng.integers(len(table)))
    how = rng.random()
    if how < 0.2:
        return table.drop(table.index[row])
    if how < 0.3:
        return pd.concat([table, table.iloc[[row]]], ignore_index=True)
    column = str(rng.choice(COLUMNS[name]))
    at = table.columns.get_loc(column)
    table.iloc[row, at] = another(rng, instance, column, table.iloc[row, at])
    return table


def another(rng: np.random.Generator, instance: Instance, column: str, cell: object) -> object:
    """Draw another value that can be read: a known id, a day or week near by, a count."""
    ids = {
        "zone": instance.zones.ids,
        "class": instance.classes.ids,
        "centre": instance.centres.ids,
        "product": instance.products.ids,
        "department": instance.departments,
    }
    if column in ids:
        return str(rng.choice(ids[column]))
    if column == "day":
        return str(np.datetime64(str(cell)) + int(rng.integers(-30, 31)))
    if column == "dose_rank":
        return 3 - int(str(cell))
    step = int(rng.integers(-3, 4)) if rng.random() < 0.8 else 10_000
    return max(0, int(str(cell)) + step)


BASE = {"people": 400, "departments": 2, "weeks": 5, "travel": False}
BASE_SEED = 20
"""Two-dose products with second doses, a tail, people booked; closed on Sundays."""


def first_row(table: Table, **cells: object) -> Table:
    """Change cells of the first row."""
    changed = table.copy()
    for column, value in cells.items():
        changed.loc[changed.index[0], column] = value
    return changed


PLANTED: dict[str, tuple[str, Callable[[Table, int], Table]]] = {
    "demand": ("flows", lambda t, _: first_row(t, people=10_000)),
    "link": ("flows", lambda t, _: t.iloc[1:]),
    "second doses": ("second_doses", lambda t, _: t.iloc[1:]),
    "interval": ("second_doses", lambda t, last: first_row(t, first_week=0, week=last)),
    "capacity": ("first_doses", lambda t, _: first_row(t, people=10_000)),
    "pool": ("shipments", lambda t, _: first_row(t, vials=10_000)),
    "stock": ("shipments", lambda t, _: t.iloc[:0]),
    "eligibility": ("first_doses", lambda t, last: first_row(t, week=last)),
    "horizon": ("shipments", lambda t, last: first_row(t, week=last + 1)),
    "sessions": ("sessions", lambda t, _: first_row(t, slots=t["slots"].iloc[0] + 1)),
    "open days": ("sessions", lambda t, _: first_row(t, day="2021-06-06")),
    "day limit": ("sessions", lambda t, _: first_row(t, slots=10_000)),
    "quotas": ("quotas", lambda t, _: t.iloc[1:]),
}
"""A crime for every rule of the judge: the table, and what is done to it (last: the last week)."""


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """Return a folder with an instance, and the tables of a plan that breaks nothing."""
    folder = tmp_path_factory.mktemp("honest")
    return folder, solved(folder, BASE_SEED, "optimal", **BASE)


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_violation_of_every_rule_is_found_by_both(honest, rule):
    """The control: unspoilt, neither finds anything; with the crime, both name the rule."""
    folder, tables = honest
    verdict, again = both(folder, tables)
    assert verdict.feasible
    assert again.broken == {}
    name, crime = PLANTED[rule]
    last = horizon_of(read_instance(folder / "i")).W - 1
    verdict, again = both(folder, tables | {name: crime(tables[name], last)})
    assert rule in amounts(verdict)
    assert_agreed(verdict, again)
