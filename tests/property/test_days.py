"""The daily split on random weekly plans: sums, limits, pairs and vials."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.assemble import plan_of
from allocator.baselines import first_come, pro_rata
from allocator.check.verdict import judge
from allocator.days import quotas, split_into_days
from allocator.days.calendar import day_limits
from allocator.days.pairing import pair_days
from allocator.decisions import Decisions
from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.read import read_instance
from tests.factories import random_instance
from tests.unit.days.campaign import START, by_day, by_week, campaign, doses, doses_wasted
from tests.unit.days.oracle import all_unpaired, fewest_unpaired

SESSION_RULES = {"sessions", "open days", "day limit", "quotas"}
PROVEN = "aucune autre répartition n’en laisse moins"
CUT = "la recherche d’une meilleure répartition a été écourtée"
"""How the reason of a leftover ends: no split leaves fewer, or nobody knows."""


@st.composite
def campaigns(
    draw, *, regular: bool, one_parity: bool = False
) -> tuple[Instance, Decisions]:  # fmt: skip
    """Draw a campaign and a weekly plan that fits its injections and intervals.

    `regular`: open days never change. `one_parity`: each product has one gap in whole weeks, and
    all gaps are odd multiples of one power of two.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    J, T = draw(st.integers(1, 2)), draw(st.integers(1, 6))
    products = []
    power = draw(st.sampled_from([1, 2, 4]))
    for _ in range(draw(st.integers(1, 3))):
        vial, lo = draw(st.integers(1, 10)), draw(st.integers(0, 4))
        lo, widest = (power * (2 * (lo % 2) + 1), 1) if one_parity else (lo, 3)
        low, high = 7 * lo - (rng.integers(0, 7) if lo else 0), 7 * (lo + rng.integers(0, widest))
        two = draw(st.booleans())
        products.append((vial, 2, low, high + rng.integers(0, 7)) if two else (vial, 1, 0, 0))
    weekdays = st.sets(st.integers(0, 6), min_size=1)
    instance = campaign(
        rng.integers(0, draw(st.sampled_from([8, 40, 200])), (J, T)),
        products,
        open_days=[sorted(draw(weekdays)) for _ in range(J)],
        opens_on=None if regular else [some_day(rng, -7, 7 * T) for _ in range(J)],
        closes_on=None if regular else [some_day(rng, 0, 7 * T + 30) for _ in range(J)],
    )
    return instance, random_plan(rng, instance)


def some_day(rng: np.random.Generator, first: int, last: int) -> str:
    """Draw a date, counted in days from the start."""
    return (START + timedelta(days=int(rng.integers(first, last)))).isoformat()


def random_plan(rng: np.random.Generator, instance: Instance) -> Decisions:
    """Fill the weeks with doses until little room is left."""
    horizon = horizon_of(instance)
    room = horizon.injections.copy()
    rows = []
    for _ in range(int(rng.integers(1, 80))):
        j, p = rng.integers(len(instance.centres.ids)), rng.integers(len(instance.products.ids))
        t, two = int(rng.integers(horizon.T)), instance.products.doses_needed[p] == 2
        # the shortest interval is the hardest one for the days
        hi = horizon.lo[p] if rng.random() < 0.6 else horizon.hi[p]
        u = t + int(rng.integers(horizon.lo[p], hi + 1)) if two else None
        weeks = [t] if u is None else [t, u]
        most = room[j, t] // 2 if u == t else room[j, weeks].min()
        people = int(rng.integers(0, most + 1))
        for week in weeks:
            room[j, week] -= people
        if people:
            rows.append((j, p, t, u, people))
    return doses(*rows)


@given(campaigns(regular=False))
@settings(deadline=None, max_examples=80)
def test_sums_of_weeks_and_limits_of_days_hold_on_any_calendar(case):
    """Every week's doses are given on its days, and no day takes more than its limit."""
    instance, plan = case
    slots, weekly = by_day(instance, split_into_days(instance, plan)), by_week(instance, plan)
    assert np.array_equal(slots.reshape(*weekly.shape, 7).sum(axis=-1), weekly)
    limit = day_limits(instance, horizon_of(instance), weekly.sum(axis=(0, 2)))
    assert (slots.sum(axis=(0, 2)) <= limit).all()


@given(campaigns(regular=True, one_parity=True))
@settings(deadline=None, max_examples=80)
def test_every_first_dose_has_a_pair_where_open_days_never_change_and_gaps_are_alike(case):
    """Gaps that are odd multiples of one power of two weeks leave nothing over on any such plan.

    A person is an edge between the weeks of the two doses, a weekday its colour; a week of n doses
    and k open days needs a colouring with no colour more than ceil(n / k) times at the week. Gaps
    alike make the graph of weeks bipartite (weeks of an even and of an odd number of gaps), and
    bipartite multigraphs have such an equitable colouring for every k (de Werra, 1971).
    """
    instance, plan = case
    days = split_into_days(instance, plan)
    assert days.unpaired == ()
    assert all_unpaired(instance, by_day(instance, days)) == {}


@pytest.mark.parametrize(
    ("products", "injections", "rows"),
    [
        ([(1, 2, 0, 4)], [18], [(0, 0, 0, 0, 9)]),
        ([(1, 2, 7, 7), (1, 2, 14, 14)], [2, 2, 2],
         [(0, 0, 0, 1, 1), (0, 0, 1, 2, 1), (0, 1, 0, 2, 1)]),
    ],
)  # fmt: skip
def test_some_weekly_plans_cannot_be_paired_even_where_open_days_never_change(
    products, injections, rows
):
    """Two ways to leave one over with Monday and Saturday open, both odd cycles of weeks.

    Nine firsts and nine seconds of one week, at most four days apart, fill two days of nine: each
    day has an odd number, so one first dose has its second on the other day. And three people with
    one gap of two weeks and two of one: each week has two of them, one a day, so going round the
    weeks 0, 1, 2 the day changes three times and does not come back.
    """
    instance = campaign([injections], products, open_days=[[0, 5]])
    days = split_into_days(instance, doses(*rows))
    assert sum(left.slots for left in days.unpaired) == 1
    assert all(left.reason.endswith(PROVEN) for left in days.unpaired)


@pytest.mark.parametrize("regular", [True, False])
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_no_split_leaves_fewer_first_doses_over(regular, data):
    """Centre by centre, what is left over is the least there is, and is said to be."""
    instance, plan = data.draw(campaigns(regular=regular))
    days, weekly = split_into_days(instance, plan), by_week(instance, plan)
    limit = day_limits(instance, horizon_of(instance), weekly.sum(axis=(0, 2)))
    for j in range(len(instance.centres.ids)):
        left = [u for u in days.unpaired if u.centre == j]
        assert sum(u.slots for u in left) == fewest_unpaired(instance, weekly, limit, j)
        assert not any(CUT in u.reason for u in left)


@given(campaigns(regular=False))
@settings(deadline=None, max_examples=80)
def test_leftovers_are_those_of_a_maximum_flow(case):
    """What is reported as unpaired is what a slot-by-slot matching leaves over."""
    instance, plan = case
    days = split_into_days(instance, plan)
    reported = {(left.centre, left.product): left.slots for left in days.unpaired}
    assert reported == all_unpaired(instance, by_day(instance, days))


@given(campaigns(regular=False))
@settings(deadline=None, max_examples=60)
def test_no_more_is_wasted_than_by_the_even_split(case):
    """Tidying only ever closes vials."""
    instance, plan = case
    weekly = by_week(instance, plan)
    limit = day_limits(instance, horizon_of(instance), weekly.sum(axis=(0, 2)))
    even = pair_days(weekly, limit, instance.products).slots
    tidy = by_day(instance, split_into_days(instance, plan))
    assert doses_wasted(instance, tidy) <= doses_wasted(instance, even)


@pytest.mark.parametrize("baseline", [pro_rata, first_come])
@given(seed=st.integers(0, 100_000))
@settings(deadline=None, max_examples=25)
def test_the_judge_accepts_the_sessions_and_quotas_of_baseline_plans(baseline, seed):
    """On random folders (strange weeks, bookings, closures) the checker finds nothing wrong."""
    with tempfile.TemporaryDirectory() as folder:
        instance = read_instance(random_instance(np.random.default_rng(seed), Path(folder)))
    decisions = baseline(instance)
    days = split_into_days(instance, decisions)
    verdict = judge(instance, plan_of(instance, decisions, days, None))
    assert {v.rule for v in verdict.violations} & SESSION_RULES == set()
    assert quotas(decisions)[:, 5].sum() == decisions.first_doses[:, 5].sum()
    assert verdict.kpis["slots_unpaired"] == sum(left.slots for left in days.unpaired)
