"""Whoever is booked stays: part of a plan is booked, and everything is planned again."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocator.ascent.model import model_of
from allocator.check.verdict import judge
from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.lp import search_integer
from allocator.plan import Plan, write_plan
from allocator.read import read_instance
from allocator.solve import solve
from tests.factories import random_instance, table_text
from tests.instances import booked_people_come_first
from tests.recount import recount
from tests.recount.campaign import rows_of
from tests.rewritten import set_cells

METHODS = ["optimal", "pro-rata", "first-come"]
DAILY_RULES = {"sessions", "open days", "day limit", "quotas"}
"""Rules of the days, which are split anew."""

seeds = st.integers(0, 1_000_000)
TINY = {"zones": 4, "classes": 2, "centres": 3, "products": 2, "weeks": 4, "people": 80}


def book_some(rng: np.random.Generator, folder: Path, plan: Plan) -> dict[str, pd.DataFrame]:
    """Book a part of the plan's people, both doses, and take them out of the demand.

    Returns what is left of the plan: flows, first and second doses of those not booked. Its
    shipments stay, as the booked are given the doses they were planned to get.
    """
    left = {name: table.to_dict("records") for name, table in plan.tables.items()}
    homes = {row["zone"]: row["department"] for row in rows_of(folder / "zones.csv")}
    for flow in left["flows"]:
        flow["department"] = homes[flow["zone"]]
    demand, booked = rows_of(folder / "demand.csv"), rows_of(folder / "booked.csv")
    for first in left["first_doses"]:
        for _ in range(int(rng.integers(0, first["people"] + 1))):
            flow = one_of(left["flows"], first, "department", "class", "centre")
            asked = one_of(demand, flow, "zone", "class")
            start = first | {"first_week": first["week"]}
            second = one_of(left["second_doses"], start, "centre", "product", "first_week")
            add(booked, first, rank=1)
            if second is not None:
                add(booked, first | {"week": second["week"]}, rank=2)
            for row in (first, flow, asked, second):
                if row is not None:
                    row["people"] = int(row["people"]) - 1
    for name, rows in (("demand", demand), ("booked", booked)):
        text = table_text(name, rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return {
        name: pd.DataFrame(rows, columns=list(plan[name].columns)) for name, rows in left.items()
    }


def one_of(rows, like, *keys: str):
    """Return the first row with somebody in it that is alike in these keys, if there is one."""
    for row in rows:
        if int(row["people"]) > 0 and all(row[key] == like[key] for key in keys):
            return row
    return None


def add(booked, dose, rank: int) -> None:
    """Book one person more for a dose, in the row of its key or in a new one."""
    keys = ("centre", "week", "product", "department", "class")
    row = {key: str(dose[key]) for key in keys} | {"dose_rank": str(rank)}
    for known in booked:
        if all(known[key] == cell for key, cell in row.items()):
            known["people"] = int(known["people"]) + 1
            return
    booked.append(row | {"people": 1})


def booked_in_part(seed: int, scratch: Path) -> tuple[Path, dict[str, pd.DataFrame], Instance]:
    """Plan and book some: the folder, what is left of the plan, and the instance read again."""
    rng = np.random.default_rng(seed)
    folder = random_instance(rng, scratch / "i", **TINY)
    before = solve(read_instance(folder), time_limit=2)
    left = book_some(rng, folder, before.plan)
    assume(any(int(row["people"]) for row in rows_of(folder / "demand.csv")))
    return folder, left, read_instance(folder)


@pytest.mark.parametrize("method", METHODS)
@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_a_new_plan_leaves_everybody_booked_their_slots_and_doses(method, seed):
    """Both checkers add the booked to the plan and find it fits; nobody touches `booked.csv`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, _, instance = booked_in_part(seed, Path(scratch))
        written = (folder / "booked.csv").read_bytes()
        result = solve(instance, method=method, time_limit=2)
        write_plan(Path(scratch) / "p", result.plan, dict)
        again = recount(folder, Path(scratch) / "p")
        assert (folder / "booked.csv").read_bytes() == written
    assert again.broken == {}
    given_out = sum(result.plan[name]["people"].sum() for name in ("first_doses", "second_doses"))
    assert given_out + instance.booked.people.sum() <= horizon_of(instance).injections.sum()


@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_what_is_left_of_the_old_plan_is_a_plan_and_the_new_one_is_no_dearer(seed):
    """Booking takes exactly what was planned: the rest still keeps every weekly rule."""
    with tempfile.TemporaryDirectory() as scratch:
        _, left, instance = booked_in_part(seed, Path(scratch))
    rest = judge(instance, Plan(left))
    assert {violation.rule for violation in rest.violations} <= DAILY_RULES
    best = search_integer(model_of(instance), 30)
    assert best.status == "optimal"
    assert best.objective <= rest.cost + 1e-6 * max(1.0, rest.cost)


def test_bookings_taken_away_again_would_be_missed(tmp_path):
    """The control: with five booked in each week, not four and three, the plan fits no more.

    Eleven in ten slots, twice; one dose short after week 0 and three after week 1.
    """
    folder = booked_people_come_first(tmp_path / "i").folder
    write_plan(tmp_path / "p", solve(read_instance(folder)).plan, dict)
    assert recount(folder, tmp_path / "p").broken == {}
    set_cells(folder, "booked", people=5)
    assert recount(folder, tmp_path / "p").broken == {"capacity": 2, "stock": 4}
