"""What a scenario changes week by week: late deliveries, closed centres, stopped first doses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from scenarios.sites import Site
from scenarios.spec import Delay, FirstDosesStopped, Scenario

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def delayed(scenario: Scenario, deliveries: Ints) -> Ints:
    """Move late deliveries (products x weeks, doses); past the last week they are lost."""
    moved = deliveries.copy()
    ids = [product.id for product in scenario.products]
    for change in scenario.changes:
        if isinstance(change, Delay):
            p = ids.index(change.product)
            for week in change.weeks:
                moved[p, week] -= deliveries[p, week]
                if week + change.by_weeks < scenario.weeks:
                    moved[p, week + change.by_weeks] += deliveries[p, week]
    return moved


def open_weeks(scenario: Scenario, sites: Sequence[Site]) -> Bools:
    """Centres x weeks and tail weeks: some day lies between opening and closing."""
    mondays = [scenario.monday(week) for week in range(scenario.weeks + scenario.tail_weeks)]
    return np.array([[site.is_open(m, m + timedelta(days=6)) for m in mondays] for site in sites])


def stopped_weeks(scenario: Scenario, sites: Sequence[Site]) -> Bools:
    """Centres x weeks: booked doses only.

    The model knows no rule by region, so such a week holds the injections of the people booked in
    it and no other: neither a first dose nor the second one of a first dose inside the horizon.
    """
    stopped = np.zeros((len(sites), scenario.weeks), dtype=bool)
    for change in scenario.changes:
        if isinstance(change, FirstDosesStopped):
            here = [j for j, site in enumerate(sites) if site.region in change.regions]
            stopped[np.ix_(here, change.weeks)] = True
    return stopped
