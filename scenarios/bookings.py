"""Second doses due from before the start: who is booked where, within capacity and stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.apportion import apportion, apportion_within
from scenarios.sites import Site

Ints = NDArray[np.int64]
BOOKABLE_SHARE = 0.9
"""Booked people fill a centre's week up to this, so that a plan always has room to move."""


@dataclass(frozen=True, slots=True)
class Bookings:
    """People booked by centre, product and week, and those for whom nothing could be found.

    `late` people are booked after the week their dose falls due.
    """

    people: Ints
    late: int
    not_booked: int


def book(
    due: Ints,
    due_share: Mapping[str, float],
    sites: Sequence[Site],
    injections: Ints,
    deliveries: Ints,
    doses_per_vial: Sequence[int],
) -> Bookings:
    """Spread the people due over the centres of their département, then of their region.

    Parameters
    ----------
    due
        Products x weeks, people.
    due_share
        Part of these people by département.
    injections
        Centres x weeks.
    deliveries
        Products x weeks, doses.
    """
    n_products, weeks = due.shape
    people = np.zeros((len(sites), n_products, weeks), dtype=np.int64)
    room = np.floor(injections * BOOKABLE_SHARE).astype(np.int64)
    departments = sorted({site.department for site in sites})
    share = np.array([due_share.get(d, 0.0) for d in departments])
    waiting = np.zeros((n_products, len(departments)), dtype=np.int64)
    used = np.zeros(n_products, dtype=np.int64)
    late = 0
    for week in range(weeks):
        for p in range(n_products):
            carried = int(waiting[p].sum())
            waiting[p] += apportion(int(due[p, week]), share)
            # Every centre may leave one vial open: that much of the pool is not promised.
            reserve = len(sites) * (doses_per_vial[p] - 1)
            can = max(0, int(deliveries[p, : week + 1].sum()) - reserve - int(used[p]))
            asked = apportion_within(min(can, int(waiting[p].sum())), waiting[p], waiting[p])
            given, where = _place(asked, departments, sites, room[:, week], injections[:, week])
            people[:, p, week] = where
            room[:, week] -= where
            waiting[p] -= given
            used[p] += int(where.sum())
            late += min(carried, int(given.sum()))
    return Bookings(people, late, int(waiting.sum()))


def _place(
    asked: Ints, departments: Sequence[str], sites: Sequence[Site], room: Ints, injections: Ints
) -> tuple[Ints, Ints]:
    """People placed by département, and the same people by centre."""
    where = np.zeros(len(sites), dtype=np.int64)
    given = np.zeros(len(asked), dtype=np.int64)
    region_of = {site.department: site.region for site in sites}
    site_department = np.array([site.department for site in sites])
    site_region = np.array([site.region for site in sites])
    for d in np.flatnonzero(asked):
        name = departments[d]
        for reach in (site_department == name, site_region == region_of[name]):
            left = int(asked[d] - given[d])
            taken = apportion_within(left, np.where(reach, injections, 0), room - where)
            where += taken
            given[d] += int(taken.sum())
    return given, where
