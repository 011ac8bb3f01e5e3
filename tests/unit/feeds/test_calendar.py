"""The dated rules over the days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.feeds.calendar import Calendar, day_number
from api.feeds.reference import Interval, Period
from tests.unit.feeds.reference import CALENDAR, FIRST, SECOND, SINGLE, START, rules


def at(day: date) -> int:
    return CALENDAR.position(day)


def test_a_calendar_has_a_day():
    """Anything else is a mistake of whoever makes it."""
    with pytest.raises(ValueError, match="at least one day"):
        Calendar(day_number(START), 0)


def test_days_and_positions_are_each_other_s_way_back():
    """Also for days outside."""
    for offset in (-3, 0, 89, 200):
        assert CALENDAR.position(CALENDAR.day(offset)) == offset
    assert CALENDAR.day(0) == START


def test_schedules_are_numbered_by_product_and_rank():
    """A product of two doses has two, one after the other."""
    ours = rules()
    assert ours.numbers == {(1, 1): FIRST, (1, 2): SECOND, (3, 1): SINGLE}
    assert list(ours.pairs()) == [(FIRST, SECOND)]
    assert ours.n_cells == 3 * 90


def test_a_class_may_book_from_its_opening_on():
    """The young open on 1 April: on that day, not on the one before."""
    allowed = rules().allowed[:, FIRST]
    assert allowed[:, at(date(2021, 3, 31))].tolist() == [True, False]
    assert allowed[:, at(date(2021, 4, 1))].tolist() == [True, True]


def test_a_period_holds_its_last_day():
    """The single dose is for the old until 4 April, for the young from 5 April on."""
    allowed = rules().allowed[:, SINGLE]
    assert allowed[:, at(date(2021, 4, 4))].tolist() == [True, False]
    assert allowed[:, at(date(2021, 4, 5))].tolist() == [False, True]


def test_days_of_the_same_classes_are_one_run():
    """Cut where the set changes, not where two sets follow each other without a gap."""
    first, second, single = rules().runs
    named = [(CALENDAR.day(r.first), CALENDAR.day(r.last), r.classes) for r in single]
    assert named == [
        (START, date(2021, 4, 4), ("old",)),
        (date(2021, 4, 5), CALENDAR.day(89), ("young",)),
    ]
    assert [r.classes for r in first] == [("old",), ("old", "young")]
    assert second == ()


def test_second_doses_need_a_period_of_their_own():
    """Rank 2 is pooled over the classes."""
    ours = rules(second_doses=(Period(date(2021, 4, 10), date(2021, 4, 12)),))
    days = [CALENDAR.day(i) for i in range(90) if ours.bookable[SECOND, i]]
    assert days == [date(2021, 4, 10) + timedelta(days=i) for i in range(3)]


def test_the_newest_interval_not_after_the_day_counts():
    """42 days until 14 April, 21 to 49 from 15 April on; none before the first row."""
    ours = rules(
        intervals=(Interval(date(2021, 4, 1), 42, 42), Interval(date(2021, 4, 15), 21, 49))
    )
    spans = {
        day: (int(ours.shortest[FIRST, at(day)]), int(ours.longest[FIRST, at(day)]))
        for day in (date(2021, 3, 31), date(2021, 4, 1), date(2021, 4, 14), date(2021, 4, 15))
    }
    assert list(spans.values()) == [(-1, -1), (42, 42), (42, 42), (21, 49)]
