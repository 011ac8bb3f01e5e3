"""Campaigns reduced to what the daily split reads: centres, products, weeks and doses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from allocator.days import Days
from allocator.decisions import Decisions
from allocator.horizon import horizon_of
from allocator.instance import (
    Booked,
    Centres,
    Classes,
    Deliveries,
    Eligibility,
    Fairness,
    Instance,
    Ints,
    Objective,
    Products,
    Travel,
    Zones,
)

START = date(2021, 5, 31)
ALL_WEEK, MONDAY_TO_SATURDAY = range(7), range(6)
PFIZER = (6, 2, 21, 49)
JANSSEN = (5, 1, 0, 0)
NO_INTS = np.zeros(0, dtype=np.int64)
NO_DATES = np.zeros(0, dtype="datetime64[D]")
NO_FLOATS = np.zeros(0)


def campaign(
    injections: Sequence[Sequence[int]],
    products: Sequence[tuple[int, int, int, int]] = (PFIZER,),
    open_days: Sequence[Sequence[int]] | None = None,
    opens_on: Sequence[str] | None = None,
    closes_on: Sequence[str] | None = None,
) -> Instance:
    """Build an instance.

    Parameters
    ----------
    injections
        Of each centre, by week.
    products
        Doses per vial, doses needed, smallest and largest interval in days.
    open_days
        Weekdays of each centre, 0 for Monday; Monday to Saturday unless given.
    opens_on, closes_on
        ISO date of each centre, empty for never.
    """
    J, T = np.shape(injections)
    mask = np.zeros((J, 7), dtype=bool)
    for j in range(J):
        mask[j, list(open_days[j] if open_days else MONDAY_TO_SATURDAY)] = True
    vial, needed, low, high = np.array(products, dtype=np.int64).T.copy()
    names = tuple(f"c{j}" for j in range(J))
    codes = tuple(f"p{p}" for p in range(len(products)))
    zeros, place = np.zeros(J, dtype=np.int64), np.zeros(J)
    return Instance(
        name="tiny", start=START, weeks=T, seed=7, objective=Objective(100, 1, 0.2),
        fairness=Fairness(0, 0, ()), departments=("22", "29"),
        zones=Zones((), (), NO_INTS, (), NO_FLOATS, NO_FLOATS, NO_INTS),
        classes=Classes(("75", "18"), ("", ""), np.ones(2), _dates(["2021-01-18"] * 2)),
        demand=np.zeros((0, 2), dtype=np.int64),
        centres=Centres(
            names, names, zeros, place, place, _dates(opens_on or ["2021-01-18"] * J),
            _dates(closes_on or [""] * J), mask,
        ),
        injections=np.array(injections, dtype=np.int64),
        products=Products(codes, codes, vial, needed, low, high),
        eligibility=Eligibility(NO_INTS, NO_INTS, NO_INTS, NO_DATES, NO_DATES),
        deliveries=Deliveries(NO_INTS, NO_INTS, NO_INTS, NO_INTS),
        booked=Booked(*[NO_INTS] * 7), travel=Travel(NO_INTS, NO_INTS, NO_FLOATS),
        input_sha256="",
    )  # fmt: skip


def _dates(texts: Sequence[str]) -> np.ndarray:
    return np.array([text or "NaT" for text in texts], dtype="datetime64[D]")


def doses(*rows: tuple[int, int, int, int | None, int]) -> Decisions:
    """Plan doses: centre, product, week of the first, week of the second or None, people."""
    firsts = [(0, 0, j, p, t, n) for j, p, t, _, n in rows]
    seconds = [row for row in rows if row[3] is not None]
    return Decisions(
        flows=np.zeros((0, 4), dtype=np.int64),
        first_doses=np.array(firsts, dtype=np.int64).reshape(-1, 6),
        second_doses=np.array(seconds, dtype=np.int64).reshape(-1, 5),
        shipments=np.zeros((0, 4), dtype=np.int64),
    )


def by_day(instance: Instance, days: Days) -> Ints:
    """Slots of the sessions by rank, centre, product and day: 2 x J x P x 7W."""
    W = horizon_of(instance).W
    slots = np.zeros((2, len(instance.centres.ids), len(instance.products.ids), 7 * W), np.int64)
    centre, day, product, rank, count = days.sessions.T
    np.add.at(slots, (rank - 1, centre, product, day), count)
    return slots


def by_week(instance: Instance, decisions: Decisions) -> Ints:
    """Doses of the decisions by rank, centre, product and week: 2 x J x P x W."""
    W = horizon_of(instance).W
    weekly = np.zeros((2, len(instance.centres.ids), len(instance.products.ids), W), np.int64)
    for _, _, j, p, t, n in decisions.first_doses:
        weekly[0, j, p, t] += n
    for j, p, _, t, n in decisions.second_doses:
        weekly[1, j, p, t] += n
    return weekly


def doses_wasted(instance: Instance, slots: Ints) -> int:
    """Doses left in open vials, as MODEL.md counts them."""
    vial = instance.products.doses_per_vial[:, None]
    both = slots.sum(axis=0)
    return int((np.ceil(both / vial) * vial - both).sum())
