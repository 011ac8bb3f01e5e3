"""What follows from an instance: open weeks, the tail, allowed doses, supply and room.

MODEL.md, "Sets and derived data". This is the solver's own derivation; the checker has another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.instance import ANY, Bools, Dates, Instance, Ints
from allocator.read import tail_weeks

TAIL_MEAN_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Horizon:
    """Derived arrays; J centres, K classes, P products, T planned weeks, W = T + L with the tail.

    is_open
        J x W.
    injections
        J x W, 0 when closed, the tail filled in.
    room
        J x W, injections less booked people; negative when bookings do not fit.
    first_allowed
        P x K x T, a first dose of the product to the class in the week.
    second_allowed
        P x W.
    lo, hi
        P, interval in whole weeks; 0 for one-dose products.
    pool
        P x W doses arriving in the national pool.
    earmarked, booked_doses
        J x P x W doses arriving at, and promised by, one centre.
    usable
        J, some injection in a planned week.
    """

    T: int
    L: int
    W: int
    is_open: Bools
    injections: Ints
    room: Ints
    first_allowed: Bools
    second_allowed: Bools
    two_dose: Bools
    lo: Ints
    hi: Ints
    pool: Ints
    earmarked: Ints
    booked_doses: Ints
    usable: Bools


def horizon_of(instance: Instance) -> Horizon:
    """Derive the horizon of an instance."""
    T, L = instance.weeks, tail_weeks(instance.products)
    W = T + L
    mondays = np.datetime64(instance.start, "D") + 7 * np.arange(W)
    is_open = _open_weeks(instance.centres.opens_on, instance.centres.closes_on, mondays)
    injections = with_tail(instance.injections * is_open[:, :T], L) * is_open
    two_dose = instance.products.doses_needed == 2
    J, P = len(instance.centres.ids), len(instance.products.ids)
    booked_doses = np.zeros((J, P, W), dtype=np.int64)
    booked = instance.booked
    np.add.at(booked_doses, (booked.centre, booked.product, booked.week), booked.people)
    pool, earmarked = _supply(instance, L)
    return Horizon(
        T=T,
        L=L,
        W=W,
        is_open=is_open,
        injections=injections,
        room=injections - booked_doses.sum(axis=1),
        first_allowed=_first_allowed(instance, mondays[:T]),
        second_allowed=_second_allowed(instance, mondays[:T], L),
        two_dose=two_dose,
        lo=np.where(two_dose, -(-instance.products.interval_min_days // 7), 0),
        hi=np.where(two_dose, instance.products.interval_max_days // 7, 0),
        pool=pool,
        earmarked=earmarked,
        booked_doses=booked_doses,
        usable=np.asarray(injections[:, :T].any(axis=1)),
    )


def _open_weeks(opens_on: Dates, closes_on: Dates, mondays: Dates) -> Bools:
    """Mark the weeks by whose Sunday a centre has opened, and before whose Monday none closed."""
    opened: Bools = opens_on[:, None] <= mondays + 6
    not_closed: Bools = np.isnat(closes_on)[:, None] | (closes_on[:, None] >= mondays)
    return opened & not_closed


def with_tail(weekly: Ints, tail: int) -> Ints:
    """Append `tail` weeks at the mean of the last four, rounded down, along the last axis."""
    last = weekly[..., -TAIL_MEAN_WEEKS:]
    mean = last.sum(axis=-1) // last.shape[-1]
    return np.concatenate([weekly, np.repeat(mean[..., None], tail, axis=-1)], axis=-1)


def _supply(instance: Instance, tail: int) -> tuple[Ints, Ints]:
    J, P, T = len(instance.centres.ids), len(instance.products.ids), instance.weeks
    rows = instance.deliveries
    pool = np.zeros((P, T), dtype=np.int64)
    earmarked = np.zeros((J, P, T), dtype=np.int64)
    national = rows.centre == ANY
    np.add.at(pool, (rows.product[national], rows.week[national]), rows.doses[national])
    np.add.at(
        earmarked,
        (rows.centre[~national], rows.product[~national], rows.week[~national]),
        rows.doses[~national],
    )
    return with_tail(pool, tail), with_tail(earmarked, tail)


def _in_force(from_date: Dates, to_date: Dates, mondays: Dates) -> Bools:
    """Rows x weeks: the rule holds on the week's Monday."""
    ends = np.isnat(to_date)[:, None] | (to_date[:, None] >= mondays)
    started: Bools = from_date[:, None] <= mondays
    return started & ends


def _first_allowed(instance: Instance, mondays: Dates) -> Bools:
    rows = instance.eligibility
    allowed = np.zeros(
        (len(instance.products.ids), len(instance.classes.ids), len(mondays)), dtype=bool
    )
    first = rows.dose_rank == 1
    in_force = _in_force(rows.from_date[first], rows.to_date[first], mondays)
    np.logical_or.at(allowed, (rows.product[first], rows.class_[first]), in_force)
    opened: Bools = instance.classes.opens_on[:, None] <= mondays
    return allowed & opened


def _second_allowed(instance: Instance, mondays: Dates, tail: int) -> Bools:
    rows = instance.eligibility
    allowed = np.zeros((len(instance.products.ids), len(mondays)), dtype=bool)
    second = rows.dose_rank == 2
    in_force = _in_force(rows.from_date[second], rows.to_date[second], mondays)
    np.logical_or.at(allowed, rows.product[second], in_force)
    return np.concatenate([allowed, np.repeat(allowed[:, -1:], tail, axis=1)], axis=1)
