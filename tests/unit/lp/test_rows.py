"""The rows say what MODEL.md says: a good plan keeps them, and each way to spoil it shows."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.ascent.model import model_of
from allocator.check.verdict import judge
from allocator.lp.program import program_of
from allocator.lp.start import point_of
from tests.unit.check.plans import campaign, plan_of
from tests.unit.lp.plans import hand_made

# `campaign`: zones a, b are 0, 1; classes 75, 18; centres x, y; products pfizer, janssen.
A, X, PFIZER, JANSSEN = 0, 0, 0, 1


@pytest.fixture
def solved(tmp_path):
    """Give the program with whole vials, and the hand-made plan as a point of it."""
    model = model_of(campaign(tmp_path / "i"))
    program = program_of(model, whole_vials=True)
    return program, point_of(model, program.columns, hand_made(model.instance))


def number(family, **keys):
    """Return the number of the one column of a family with these keys."""
    found = np.logical_and.reduce([family[name] == value for name, value in keys.items()])
    (at,) = np.flatnonzero(found)
    return family.first + at


def broken(program, x):
    """Name the families of rows a point breaks."""
    activity = program.matrix @ x
    worst = np.maximum(program.row_lower - activity, activity - program.row_upper)
    return {name for name, span in program.spans.items() if (worst[span] > 1e-9).any()}


def test_the_hand_made_plan_keeps_every_row(solved):
    """A plan without violation breaks no row."""
    program, x = solved
    assert broken(program, x) == set()
    assert program.row_excess(x) == pytest.approx(0, abs=1e-9)


def test_the_hand_made_plan_costs_what_the_judge_says(solved, tmp_path):
    """The objective, constant included, is the cost of MODEL.md, recounted by other code."""
    program, x = solved
    verdict = judge(campaign(tmp_path / "again"), plan_of())
    assert verdict.cost_parts["fairness"] > 0
    assert program.cost_of(x) == pytest.approx(verdict.cost)


def test_one_person_more_than_there_are_breaks_demand(solved):
    """All ten of zone a, class 75 go to x; an eleventh at y breaks demand and the link there."""
    program, x = solved
    flow = program.columns.flows
    x[number(flow, zone=A, **{"class": 0}, centre=1)] += 1
    assert broken(program, x) == {"demand", "link"}


def test_a_person_without_a_dose_breaks_the_link(solved):
    """One of the twelve left in zone a, class 18, is sent to x, where nothing is given."""
    program, x = solved
    x[number(program.columns.flows, zone=A, **{"class": 1}, centre=X)] += 1
    assert broken(program, x) == {"link"}


def test_a_first_dose_breaks_every_sum_it_is_part_of(solved):
    """A dose from nobody: the link, the sum of starts and the count of people served."""
    program, x = solved
    y = program.columns.first_doses
    keys = {"department": 0, "class": 0, "centre": X, "product": PFIZER, "week": 0}
    x[number(y, **keys)] += 1
    assert broken(program, x) == {"link", "starts", "served"}


def test_a_second_dose_too_few_breaks_second_doses(solved):
    """Nine of ten completed; the doses drawn do not add up any more either."""
    program, x = solved
    x[number(program.columns.second_doses, centre=X, product=PFIZER, first_week=0, week=3)] -= 1
    assert broken(program, x) == {"second_doses", "drawn"}


def test_more_doses_than_slots_break_capacity(solved):
    """Week 0 of x has 15 slots, ten used: five more starts are kept, a sixth is not."""
    program, x = solved
    start = number(program.columns.starts, centre=X, product=PFIZER, week=0)
    x[start] += 5
    assert "capacity" not in broken(program, x)
    x[start] += 1
    assert "capacity" in broken(program, x)


def test_more_vials_than_arrived_break_the_pool(solved):
    """Pfizer: four vials in week 0, two sent to x: two more may go, a fifth may not."""
    program, x = solved
    vials = program.columns.vials
    account = program.columns.account[X, PFIZER]
    week = number(vials, account=account, week=0)
    x[week] += 2
    assert broken(program, x) == set()
    x[week] += 1
    assert broken(program, x) == {"pool"}


def test_doses_without_vials_break_the_stock(solved):
    """Ten of x's twelve doses of week 0 are given: with one vial fewer the stock is short."""
    program, x = solved
    account = program.columns.account[X, PFIZER]
    x[number(program.columns.vials, account=account, week=0)] -= 1
    assert broken(program, x) == {"stock"}


def test_a_vial_taken_back_breaks_no_return_where_doses_are_earmarked(solved):
    """At y three janssen doses are earmarked: a vial shipped in week 0 may not leave in week 1."""
    program, x = solved
    account = program.columns.account[1, JANSSEN]
    x[number(program.columns.vials, account=account, week=0)] += 1
    assert broken(program, x) == {"no_return"}


def test_a_shortfall_left_out_breaks_fairness(solved):
    """Someone is missing at the checkpoint of week 1; not to pay for it breaks the row."""
    program, x = solved
    missing = x[program.columns.missing.span]
    assert missing.max() > 0
    missing[:] = 0
    assert broken(program, x) == {"fairness"}


def test_no_cell_is_written_as_zero(solved):
    """Explicit zeros slow HiGHS down."""
    program, _ = solved
    assert (program.matrix.data != 0).all()
