"""Weeks, tail, openings and supplies, derived from the instance alone (MODEL.md, Sets)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.instance import ANY, Bools, Dates, Instance, Ints

TAIL_BASE_WEEKS = 4
"""The tail repeats the mean of so many last weeks (all of them when there are fewer)."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What each week allows: T weeks of first doses, W = T + L weeks with the tail.

    injections
        J x W, injections of a week; 0 when the centre is closed.
    is_open
        J x W.
    first_allowed
        K x P x W, False in the tail.
    second_allowed
        P x W, False for one-dose products.
    lo, hi
        P, interval in whole weeks; 0 for one-dose products.
    pool
        P x W, doses delivered without a centre.
    earmarked
        J x P x W, doses delivered to a centre.
    booked
        J x P x W, people already booked, both ranks.
    """

    first_weeks: int
    weeks: int
    injections: Ints
    is_open: Bools
    first_allowed: Bools
    second_allowed: Bools
    lo: Ints
    hi: Ints
    pool: Ints
    earmarked: Ints
    booked: Ints

    @property
    def usable(self) -> Bools:
        """Centres with an injection in some week of the horizon, tail apart."""
        some: Bools = np.any(self.injections[:, : self.first_weeks] > 0, axis=1)
        return some


def calendar_of(instance: Instance) -> Calendar:
    """Derive the calendar of an instance."""
    products, two_dose = instance.products, instance.products.doses_needed == 2
    lo = np.where(two_dose, -(-products.interval_min_days // 7), 0)
    hi = np.where(two_dose, products.interval_max_days // 7, 0)
    first_weeks = instance.weeks
    weeks = first_weeks + int(hi.max(initial=0))
    mondays = np.datetime64(instance.start, "D") + 7 * np.arange(weeks)
    is_open = _open_weeks(instance, mondays)
    pool, earmarked = _deliveries(instance, weeks)
    return Calendar(
        first_weeks=first_weeks,
        weeks=weeks,
        injections=_injections(instance.injections, is_open),
        is_open=is_open,
        first_allowed=_first_allowed(instance, mondays),
        second_allowed=_second_allowed(instance, mondays),
        lo=lo,
        hi=hi,
        pool=pool,
        earmarked=earmarked,
        booked=_booked(instance, weeks),
    )


def _open_weeks(instance: Instance, mondays: Dates) -> Bools:
    """Tell open weeks: opens_on <= Sunday, and closes_on is empty or >= Monday."""
    opens, closes = instance.centres.opens_on[:, None], instance.centres.closes_on[:, None]
    is_open: Bools = (opens <= mondays + 6) & (np.isnat(closes) | (closes >= mondays))
    return is_open


def _injections(given: Ints, is_open: Bools) -> Ints:
    first_weeks = given.shape[1]
    counted = given * is_open[:, :first_weeks]
    return np.concatenate([counted, _tail_of(counted, is_open.shape[1])], axis=1) * is_open


def _tail_of(counted: Ints, weeks: int) -> Ints:
    """Mean of the last weeks rounded down, repeated from the last week on to week `weeks`."""
    first_weeks = counted.shape[-1]
    base = min(TAIL_BASE_WEEKS, first_weeks)
    mean = counted[..., first_weeks - base :].sum(axis=-1, keepdims=True) // base
    return np.repeat(mean, weeks - first_weeks, axis=-1)


def _first_allowed(instance: Instance, mondays: Dates) -> Bools:
    rules, first_weeks = instance.eligibility, instance.weeks
    shape = (len(instance.classes.ids), len(instance.products.ids), len(mondays))
    allowed = np.zeros(shape, dtype=bool)
    for row in np.flatnonzero(rules.dose_rank == 1).tolist():
        allowed[rules.class_[row], rules.product[row]] |= _in_force(instance, row, mondays)
    allowed &= (instance.classes.opens_on[:, None] <= mondays)[:, None, :]
    allowed[:, :, first_weeks:] = False
    return allowed


def _second_allowed(instance: Instance, mondays: Dates) -> Bools:
    rules, first_weeks = instance.eligibility, instance.weeks
    allowed = np.zeros((len(instance.products.ids), len(mondays)), dtype=bool)
    for row in np.flatnonzero(rules.dose_rank == 2).tolist():
        allowed[rules.product[row]] |= _in_force(instance, row, mondays)
    allowed[:, first_weeks:] = allowed[:, first_weeks - 1 : first_weeks]
    allowed &= (instance.products.doses_needed == 2)[:, None]
    return allowed


def _in_force(instance: Instance, row: int, mondays: Dates) -> Bools:
    start, end = instance.eligibility.from_date[row], instance.eligibility.to_date[row]
    in_force: Bools = (start <= mondays) & (np.isnat(end) | (end >= mondays))
    return in_force


def _deliveries(instance: Instance, weeks: int) -> tuple[Ints, Ints]:
    given, first_weeks = instance.deliveries, instance.weeks
    n_products = len(instance.products.ids)
    pool = np.zeros((n_products, first_weeks), dtype=np.int64)
    earmarked = np.zeros((len(instance.centres.ids), n_products, first_weeks), dtype=np.int64)
    national = given.centre == ANY
    np.add.at(pool, (given.product[national], given.week[national]), given.doses[national])
    to_centre = (given.centre, given.product, given.week)
    np.add.at(earmarked, tuple(key[~national] for key in to_centre), given.doses[~national])
    return (
        np.concatenate([pool, _tail_of(pool, weeks)], axis=-1),
        np.concatenate([earmarked, _tail_of(earmarked, weeks)], axis=-1),
    )


def _booked(instance: Instance, weeks: int) -> Ints:
    rows = instance.booked
    shape = (len(instance.centres.ids), len(instance.products.ids), weeks)
    people = np.zeros(shape, dtype=np.int64)
    np.add.at(people, (rows.centre, rows.product, rows.week), rows.people)
    return people
