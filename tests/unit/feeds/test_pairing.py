"""Nothing is shown that cannot be part of a whole vaccination: held against every pair of days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.pairing import alone, shown
from api.feeds.reference import Interval
from tests.unit.feeds.reference import CALENDAR, FIRST, SECOND, SINGLE, START, reference, rules

DAYS = CALENDAR.days
days = st.integers(0, DAYS - 1)


@st.composite
def dated_intervals(draw):
    """Draw up to three rows of intervals, the first possibly in the middle of the calendar."""
    starts = sorted(draw(st.sets(st.integers(-60, 60), min_size=1, max_size=3)))
    rows = []
    for start in starts:
        shortest = draw(st.integers(0, 40))
        longest = shortest + draw(st.integers(0, 20))
        rows.append(Interval(START + timedelta(days=start), shortest, longest))
    return tuple(rows)


def span(intervals, day: date):
    """Give the interval of a first dose on a day, or None."""
    rows = [row for row in intervals if row.from_date <= day]
    return rows[-1] if rows else None


def fits(intervals, first: date, second: date) -> bool:
    row = span(intervals, first)
    return row is not None and row.min_days <= (second - first).days <= row.max_days


@given(dated_intervals(), st.sets(days), st.sets(days), st.sets(days), st.integers(-30, 60))
def test_what_is_shown_is_what_a_search_of_all_pairs_finds(
    intervals, firsts, seconds, singles, today
):
    """First and second doses, second doses alone, single doses; whatever the dated intervals."""
    ours, about = rules(intervals=intervals), reference(intervals=intervals)
    now = START + timedelta(days=today)
    offered = np.zeros((3, DAYS), dtype=np.bool_)
    for schedule, chosen in ((FIRST, firsts), (SECOND, seconds), (SINGLE, singles)):
        offered[schedule, list(chosen)] = True
    alone_days = alone(about, ours, now)
    result = shown(ours, offered, alone_days)

    def day(position):
        return START + timedelta(days=position)

    ago = [now - timedelta(days=n) for n in range(200)]
    may_be_alone = {s for s in range(DAYS) if any(fits(intervals, e, day(s)) for e in ago)}
    assert set(np.flatnonzero(alone_days[SECOND])) == may_be_alone
    assert not alone_days[[FIRST, SINGLE]].any()
    assert set(np.flatnonzero(result[SINGLE])) == singles
    assert set(np.flatnonzero(result[FIRST])) == {
        f for f in firsts if any(fits(intervals, day(f), day(s)) for s in seconds)
    }
    assert set(np.flatnonzero(result[SECOND])) == {
        s for s in seconds
        if s in may_be_alone or any(fits(intervals, day(f), day(s)) for f in firsts)
    }  # fmt: skip


def test_both_ends_of_the_interval_are_inside():
    """21 to 28 days: the days before and after them are not."""
    ours = rules()
    nobody = np.zeros((3, DAYS), dtype=np.bool_)
    for days_later, found in ((20, False), (21, True), (28, True), (29, False)):
        offered = nobody.copy()
        offered[FIRST, 10] = offered[SECOND, 10 + days_later] = True
        assert shown(ours, offered, nobody)[[FIRST, SECOND]].any() == found
