"""Fewest first doses without a second that the days of a centre allow, seen product by product."""

from __future__ import annotations

import numpy as np

from allocator.instance import Ints


def least_unpaired(weekly: Ints, limit: Ints, low: Ints, high: Ints) -> Ints:
    """Bound from below the first doses left over of each product, as if it were alone.

    Even with firsts as early and seconds as late as the days allow (or the reverse), a day by
    which more seconds must have been given than firsts could be due leaves the difference over.

    Parameters
    ----------
    weekly
        2 x P x W doses by rank.
    limit
        7W slots a day.
    low, high
        P, days apart.

    Returns
    -------
    P slots; meaningless for one-dose products.
    """
    soonest, latest = _soonest(weekly, limit), _latest(weekly, limit)
    least = np.zeros(len(low), dtype=np.int64)
    days = np.arange(len(limit))
    for p in range(len(low)):
        too_soon = latest[1, p] - _at(soonest[0, p], days - low[p])
        too_late = _at(latest[0, p], days - high[p]) - soonest[1, p]
        surplus = soonest[0, p, -1] - soonest[1, p, -1]
        least[p] = max(int(too_soon.max()) + surplus, int(too_late.max()), surplus, 0)
    return least


def _soonest(weekly: Ints, limit: Ints) -> Ints:
    """Most doses that can have been given by each day, 2 x P x 7W."""
    within = np.minimum(weekly[..., None], np.cumsum(limit.reshape(-1, 7), axis=1))
    return _with_earlier_weeks(weekly, within)


def _latest(weekly: Ints, limit: Ints) -> Ints:
    """Fewest doses that must have been given by each day, 2 x P x 7W."""
    by_week = limit.reshape(-1, 7)
    remaining = by_week.sum(axis=1, keepdims=True) - np.cumsum(by_week, axis=1)
    within = np.maximum(weekly[..., None] - remaining, 0)
    return _with_earlier_weeks(weekly, within)


def _with_earlier_weeks(weekly: Ints, within: Ints) -> Ints:
    before = np.cumsum(weekly, axis=-1) - weekly
    total: Ints = (before[..., None] + within).reshape(*weekly.shape[:2], -1)
    return total


def _at(cumulative: Ints, days: Ints) -> Ints:
    """Cumulative counts on days that may lie before or after the horizon."""
    padded = np.append(cumulative, 0)
    found: Ints = padded[np.clip(days, -1, len(cumulative) - 1)]
    return found
