"""The daily split: every rule broken once, and pairs counted centre by centre."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.check.calendar import calendar_of
from allocator.check.sessions import open_days, unpaired_by_centre
from allocator.check.verdict import judge
from tests.instances import centre
from tests.unit.check.plans import ROWS, TABLES, broken, campaign, changed, found, plan_of


def test_a_slot_too_few_in_a_week_is_found(instance):
    """Nine slots for ten first doses."""
    row = ("x", "2021-05-31", "pfizer", 1, 10)
    rows = changed("sessions", row, (*row[:-1], 9))
    assert found(instance, "sessions", **rows) == [("centre x, product pfizer, dose 1, week 0", 1)]


def test_slots_of_the_wrong_rank_are_found_twice(instance):
    """First-dose slots where second doses are due."""
    row = ("x", "2021-06-21", "pfizer", 2, 6)
    rows = changed("sessions", row, ("x", "2021-06-21", "pfizer", 1, 6))
    assert found(instance, "sessions", **rows) == [
        ("centre x, product pfizer, dose 1, week 3", 6),
        ("centre x, product pfizer, dose 2, week 3", 6),
    ]


def test_second_doses_of_the_tail_have_days_too(instance):
    """Week 4 is in the tail; leaving its day out is found."""
    rows = changed("sessions", ("y", "2021-06-28", "pfizer", 2, 5))
    assert found(instance, "sessions", **rows) == [("centre y, product pfizer, dose 2, week 4", 5)]


def test_a_slot_on_a_closed_day_is_found(instance):
    """Centre x opens on Mondays only; this is a Tuesday."""
    rows = changed(
        "sessions", ("x", "2021-05-31", "pfizer", 1, 10), ("x", "2021-06-01", "pfizer", 1, 10)
    )
    assert found(instance, "open days", **rows) == [("centre x, 2021-06-01", 10)]
    assert "sessions" not in broken(judge(instance, plan_of(**rows)))


def test_a_day_takes_its_share_of_the_week_rounded_up(tmp_path):
    """Fifteen injections on four open days are four a day: ten on the Monday are six too many."""
    centres = [{**centre("x", "22"), "open_days": "1-4"}, TABLES["centres"][1]]
    instance = campaign(tmp_path / "i", centres=centres)
    found_here = found(instance, "day limit")
    assert found_here[0] == ("centre x, 2021-05-31", 6)
    row = ("x", "2021-05-31", "pfizer", 1, 10)
    split = changed("sessions", row, *(("x", f"2021-06-0{d}", "pfizer", 1, n)
                                       for d, n in ((1, 4), (2, 4), (3, 2))))  # fmt: skip
    assert len(found(instance, "day limit", **split)) == len(found_here) - 1


def test_products_and_ranks_share_the_limit_of_a_day(tmp_path):
    """Ten of pfizer and eight of janssen on one Monday of fifteen injections."""
    deliveries = [*TABLES["deliveries"]]
    instance = campaign(tmp_path / "i", deliveries=deliveries)
    rows = changed(
        "sessions", ("x", "2021-06-07", "janssen", 1, 8), ("x", "2021-05-31", "janssen", 1, 8)
    )
    assert found(instance, "day limit", **rows) == [("centre x, 2021-05-31", 3)]


def test_open_days_stay_inside_the_dates_of_the_centre(tmp_path):
    """Monday to Saturday by default; the centre opens on a Thursday and closes on a Tuesday."""
    dates = {"opens_on": "2021-06-03", "closes_on": "2021-06-15"}
    instance = campaign(tmp_path / "i", centres=[{**centre("x"), **dates}, centre("y")])
    weeks = open_days(instance, calendar_of(instance))[0].reshape(-1, 7).astype(int)
    assert weeks[:4].tolist() == [
        [0, 0, 0, 1, 1, 1, 0],
        [1, 1, 1, 1, 1, 1, 0],
        [1, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]


def test_an_open_week_without_an_open_day_takes_its_weekdays(tmp_path):
    """Opening on a Sunday, with Monday to Saturday as open days: Monday to Friday count."""
    late = {**centre("x"), "opens_on": "2021-06-06"}
    instance = campaign(tmp_path / "i", centres=[late, centre("y")])
    week = open_days(instance, calendar_of(instance))[0, :7]
    assert week.tolist() == [True] * 5 + [False] * 2


@pytest.mark.parametrize("day", ["2021-05-30", "2021-07-26"])
def test_days_outside_the_weeks_of_the_model_are_found(instance, day):
    """The day before the start, and the day after the tail of four weeks."""
    rows = changed("sessions", ("y", "2021-06-28", "pfizer", 2, 5), ("y", day, "pfizer", 2, 5))
    assert found(instance, "horizon", **rows) == [("sessions:8", 1)]


def test_pairs_that_whole_weeks_promise_and_days_refuse_are_counted(tmp_path):
    """First doses on Saturday of week 0, second ones on Monday of week 3: 16 days, not 21.

    That is no violation: the six left over are counted, and named by centre.
    """
    centres = [{**centre("x", "22"), "open_days": "1,6"}, TABLES["centres"][1]]
    capacity = [{**row, "injections": 30} for row in TABLES["capacity"]]
    instance = campaign(tmp_path / "i", centres=centres, capacity=capacity)
    rows = changed(
        "sessions", ("x", "2021-05-31", "pfizer", 1, 10), ("x", "2021-06-05", "pfizer", 1, 10)
    )
    verdict = judge(instance, plan_of(**rows))
    assert verdict.feasible
    assert verdict.kpis["slots_unpaired"] == 6
    table = unpaired_by_centre(instance, plan_of(**rows))
    assert table.to_dict("records") == [{"centre": "x", "product": "pfizer", "slots": 6}]


def test_a_plan_in_pairs_leaves_no_centre_to_name(instance):
    """The control of the test above."""
    table = unpaired_by_centre(instance, plan_of())
    assert table.empty
    assert list(table.columns) == ["centre", "product", "slots"]


def test_quotas_that_are_not_the_first_doses_are_found(instance):
    """One slot of département 22 at y is sold to 29 instead."""
    row = ("y", "janssen", 0, "22", "18", 2)
    rows = changed("quotas", row, (*row[:-1], 1), ("y", "janssen", 0, "29", "18", 1))
    assert found(instance, "quotas", **rows) == [
        ("centre y, product janssen, week 0, department 22, class 18", 1),
        ("centre y, product janssen, week 0, department 29, class 18", 1),
    ]


def test_missing_quotas_are_found(instance):
    """Without quotas, booking would sell a race and not the plan."""
    amounts = [amount for _, amount in found(instance, "quotas", quotas=[])]
    assert sorted(amounts) == [2, 5, 8, 10]


def test_sessions_in_any_order_count_alike(instance):
    """Rows may come shuffled."""
    order = np.random.default_rng(0).permutation(len(ROWS["sessions"]))
    rows = [ROWS["sessions"][i] for i in order]
    assert judge(instance, plan_of(sessions=rows)).feasible
