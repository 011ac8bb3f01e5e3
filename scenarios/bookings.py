"""Second doses due from before the start: who is booked where, within capacity and stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.apportion import apportion, apportion_within
from scenarios.sites import Site

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
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
    region_of: Mapping[str, str],
    sites: Sequence[Site],
    injections: Ints,
    deliveries: Ints,
    doses_per_vial: Sequence[int],
) -> Bookings:
    """Spread the people due over the centres of their département, then of their region.

    Whoever finds no room or no dose in the week waits for the next one.

    Parameters
    ----------
    due
        Products x weeks, people; the weeks of the tail are the last ones here and below.
    due_share
        Part of these people by département.
    region_of
        Region of every département.
    injections
        Centres x weeks.
    deliveries
        Products x weeks, doses.
    """
    people = np.zeros((len(sites), *due.shape), dtype=np.int64)
    room = np.floor(injections * BOOKABLE_SHARE).astype(np.int64)
    departments = sorted(due_share)
    share = [due_share[d] for d in departments]
    reaches = [_reach(d, region_of, sites) for d in departments]
    waiting = np.zeros((len(due), len(departments)), dtype=np.int64)
    late = 0
    for week in range(due.shape[1]):
        for p, vial in enumerate(doses_per_vial):
            carried = waiting[p].copy()
            waiting[p] += apportion(int(due[p, week]), share)
            free = _free_doses(deliveries[p, : week + 1], people[:, p], vial)
            asked = apportion_within(free, waiting[p], waiting[p])
            given, where = _place(asked, reaches, room[:, week], injections[:, week])
            people[:, p, week] = where
            room[:, week] -= where
            waiting[p] -= given
            late += int(np.minimum(carried, given).sum())
    return Bookings(people, late, int(waiting.sum()))


def _free_doses(delivered: Ints, people: Ints, vial: int) -> int:
    """Doses of the pool that nobody is promised; every centre may leave one vial open."""
    return max(0, int(delivered.sum() - people.sum()) - len(people) * (vial - 1))


def _reach(
    department: str, region_of: Mapping[str, str], sites: Sequence[Site]
) -> tuple[Bools, Bools]:
    """Centres of a département, and those of its region."""
    region = region_of[department]
    return (
        np.array([site.department == department for site in sites]),
        np.array([site.region == region for site in sites]),
    )


def _place(
    asked: Ints, reaches: Sequence[tuple[Bools, Bools]], room: Ints, injections: Ints
) -> tuple[Ints, Ints]:
    """People placed by département, and the same people by centre."""
    where = np.zeros(len(room), dtype=np.int64)
    given = np.zeros(len(asked), dtype=np.int64)
    for d, reach_of in enumerate(reaches):
        for reach in reach_of:
            left = int(asked[d] - given[d])
            taken = apportion_within(left, np.where(reach, injections, 0), room - where)
            where += taken
            given[d] += int(taken.sum())
    return given, where
