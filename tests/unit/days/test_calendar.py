"""Day limits: which days are open and what each takes."""

import numpy as np
import pytest

from allocator.days.calendar import day_limits
from allocator.horizon import horizon_of
from tests.unit.days.campaign import campaign

SATURDAY, SUNDAY = 5, 6


def limits(load: int = 0, **kwargs) -> list[int]:
    """Day limits of the one week of a centre with 31 injections."""
    instance = campaign([[31]], [(6, 1, 0, 0)], **kwargs)
    return day_limits(instance, horizon_of(instance), np.array([[load]]))[0].tolist()


def test_a_day_takes_the_weeks_injections_over_its_open_days_rounded_up():
    """31 injections over Monday to Saturday are at most 6 a day, none on Sunday."""
    assert limits() == [6, 6, 6, 6, 6, 6, 0]


def test_days_before_opening_and_after_closing_take_nothing():
    """A centre open from Wednesday to Friday shares its week among three days."""
    assert limits(opens_on=["2021-06-02"], closes_on=["2021-06-04"]) == [0, 0, 11, 11, 11, 0, 0]


def test_a_week_without_regular_open_days_falls_back_to_monday_to_friday():
    """A centre open Monday to Saturday that opens on a Sunday has five days, as the rule says."""
    assert limits(load=31, opens_on=["2021-06-06"]) == [7, 7, 7, 7, 7, 0, 0]


def test_of_the_fallback_days_those_between_the_dates_are_used_when_the_doses_fit():
    """A Saturday centre that closes on Wednesday uses its last three days, if they suffice."""
    saturdays = {"open_days": [[SATURDAY]], "closes_on": ["2021-06-02"]}
    assert limits(load=21, **saturdays) == [7, 7, 7, 0, 0, 0, 0]
    assert limits(load=22, **saturdays) == [7, 7, 7, 7, 7, 0, 0]


def test_a_closed_week_takes_nothing():
    """Capacity before opening does not count."""
    instance = campaign([[31, 31]], opens_on=["2021-06-07"])
    week = day_limits(instance, horizon_of(instance), np.zeros((1, 9), dtype=np.int64))[0, :7]
    assert week.tolist() == [0] * 7


def test_the_tail_takes_the_mean_of_the_last_weeks():
    """Weeks after the plan have the tail capacity, shared among open days alike."""
    instance = campaign([[12, 24]], open_days=[[SATURDAY, SUNDAY]])
    tail = day_limits(instance, horizon_of(instance), np.zeros((1, 9), dtype=np.int64))[0, 14:21]
    assert tail.tolist() == [0, 0, 0, 0, 0, 9, 9]


def test_a_plan_over_its_injections_is_refused_by_name():
    """Doses that cannot fit are an error of the caller, not something to stretch days for."""
    with pytest.raises(ValueError, match="'c0' has 32 doses in week 0, over its 31 injections"):
        limits(load=32)
