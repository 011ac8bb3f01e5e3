"""The weekly plan as sessions: how many slots each centre offers on each day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.days.calendar import day_limits
from allocator.days.pairing import Pairing, pair_days
from allocator.days.tidy import tidy_centres
from allocator.days.unpaired import Unpaired, unpaired_slots
from allocator.decisions import Decisions
from allocator.horizon import Horizon, horizon_of
from allocator.instance import Instance, Ints, Products


@dataclass(frozen=True, slots=True)
class Days:
    """The daily split of a plan.

    sessions
        n x 5: centre, day offset from the start, product, dose rank, slots; sorted, slots > 0.
    unpaired
        First-dose slots that no second-dose slot fits, with the reason.
    """

    sessions: Ints
    unpaired: tuple[Unpaired, ...]


def split_into_days(instance: Instance, decisions: Decisions) -> Days:
    """Split each week's doses into days: every pair possible first, then few vials left open.

    The sums over the days of a week are the week's doses and no day exceeds its limit, always.

    Raises
    ------
    ValueError
        When the decisions exceed a centre's injections of a week, which no feasible plan does.
    """
    horizon = horizon_of(instance)
    weekly = _weekly_doses(instance, horizon, decisions)
    limit = day_limits(instance, horizon, weekly.sum(axis=(0, 2)))
    pairing = pair_days(weekly, limit, instance.products)
    slots = _tidied(pairing, limit, instance.products)
    unpaired = unpaired_slots(instance, pairing, limit > 0)
    return Days(_sessions(slots), unpaired)


def _weekly_doses(instance: Instance, horizon: Horizon, decisions: Decisions) -> Ints:
    """Doses of the plan by rank, centre, product and week: 2 x J x P x W."""
    shape = (2, len(instance.centres.ids), len(instance.products.ids), horizon.W)
    weekly = np.zeros(shape, dtype=np.int64)
    _, _, centre, product, week, people = decisions.first_doses.T
    np.add.at(weekly[0], (centre, product, week), people)
    centre, product, _, week, people = decisions.second_doses.T
    np.add.at(weekly[1], (centre, product, week), people)
    return weekly


def _tidied(pairing: Pairing, limit: Ints, products: Products) -> Ints:
    """Move slots that have a pair so that fewer vials are left open, 2 x J x P x X."""
    paired = pairing.slots - pairing.loose
    tidy_centres(
        paired[0],
        paired[1],
        pairing.loose.sum(axis=0),
        limit,
        products.interval_min_days,
        products.interval_max_days,
        products.doses_per_vial,
    )
    return paired + pairing.loose


def _sessions(slots: Ints) -> Ints:
    by_key = slots.transpose(1, 3, 2, 0)
    centre, day, product, rank = np.nonzero(by_key)
    return np.column_stack([centre, day, product, rank + 1, by_key[centre, day, product, rank]])
