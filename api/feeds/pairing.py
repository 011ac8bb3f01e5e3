"""Which days can still be part of a bookable pair, inside one département.

A first dose is shown when a second one is free at the same centre or another of the same
département, within the interval of the first one's day; a second dose when a first one is, or when
it can be booked alone by somebody who had the first dose elsewhere, today at the latest. Pairs
over the border of a département can be booked, but nothing is shown because of them.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from api.feeds.calendar import Bools, Calendar, Ints, Rules, day_number
from api.feeds.reference import Reference


def alone(reference: Reference, rules: Rules, today: date) -> Bools:
    """Tell, schedule x day, which second doses may be booked alone."""
    days = np.zeros((len(rules.schedules), rules.calendar.days), dtype=np.bool_)
    for first, second in rules.pairs():
        intervals = reference.intervals.get(rules.schedules[first].product.product_id, ())
        for i, interval in enumerate(intervals):
            last = day_number(today)
            if i + 1 < len(intervals):
                last = min(last, day_number(intervals[i + 1].from_date) - 1)
            begin = day_number(interval.from_date)
            if begin <= last:
                days[second, _span(rules.calendar, begin + interval.min_days,
                                   last + interval.max_days)] = True  # fmt: skip
    return days


def _span(calendar: Calendar, first: int, last: int) -> slice:
    return slice(max(0, first - calendar.first), max(0, last + 1 - calendar.first))


def shown(rules: Rules, offered: Bools, alone_days: Bools) -> Bools:
    """Tell, schedule x day, what of the offered can be booked.

    Parameters
    ----------
    offered
        Schedule x day: some centre of the département has a free place that somebody may have.
    """
    result = offered.copy()
    for first, second in rules.pairs():
        result[first] &= _has_second(rules, first, offered[second])
        reached = _reached(rules, first, result[first])
        result[second] &= reached | alone_days[second]
    return result


def _has_second(rules: Rules, first: int, seconds: Bools) -> Bools:
    """Tell for each day of a first dose whether a second is offered inside its interval."""
    shortest, longest = rules.shortest[first], rules.longest[first]
    before = np.concatenate([[0], np.cumsum(seconds)])
    begin, after = _interval(rules.calendar.days, shortest, longest)
    found: Bools = (before[after] > before[begin]) & (shortest >= 0)
    return found


def _reached(rules: Rules, first: int, firsts: Bools) -> Bools:
    """Tell for each day whether it lies inside the interval of an offered first dose."""
    days = rules.calendar.days
    offered = firsts & (rules.shortest[first] >= 0)
    begin, after = _interval(days, rules.shortest[first], rules.longest[first])
    steps = np.zeros(days + 1, dtype=np.int64)
    np.add.at(steps, begin[offered], 1)
    np.add.at(steps, after[offered], -1)
    reached: Bools = np.cumsum(steps)[:days] > 0
    return reached


def _interval(days: int, shortest: Ints, longest: Ints) -> tuple[Ints, Ints]:
    """First position of each day's interval, and the one after the last, inside the calendar."""
    day = np.arange(days)
    return np.minimum(day + shortest, days), np.minimum(day + longest + 1, days)
