"""How many injections each day of a centre takes (MODEL.md, Sessions)."""

from __future__ import annotations

import numpy as np

from allocator.horizon import Horizon
from allocator.instance import Bools, Dates, Instance, Ints

_MONDAY_TO_FRIDAY: Bools = np.arange(7) < 5


def day_limits(instance: Instance, horizon: Horizon, load: Ints) -> Ints:
    """Most injections on each day, J x 7W, 0 when not open: ceil(injections / open days).

    Open are the weekdays of `open_days` between `opens_on` and `closes_on`. When an open week has
    none, its Monday to Friday count; of those, only the ones between the two dates are used where
    the week's doses fit into them, as nobody should be sent to a centre that is not yet there.

    Parameters
    ----------
    instance, horizon
        The planning problem and what follows from it.
    load
        J x W, first and second doses of the plan.

    Raises
    ------
    ValueError
        When a week holds more doses than injections, which no feasible plan does.
    """
    J, W = horizon.injections.shape
    if (load > horizon.injections).any():
        centre, week = (int(i) for i in np.argwhere(load > horizon.injections)[0])
        raise ValueError(
            f"centre {instance.centres.ids[centre]!r} has {load[centre, week]} doses in week "
            f"{week}, over its {horizon.injections[centre, week]} injections."
        )
    inside = _between_dates(instance, W)
    regular = inside & instance.centres.open_days[:, None, :]
    regular_days: Ints = regular.sum(axis=2)
    limit = -(-horizon.injections // np.where(regular_days > 0, regular_days, 5))
    nearby = inside & _MONDAY_TO_FRIDAY
    nearby_room: Ints = nearby.sum(axis=2) * limit
    fits = load[:, :, None] <= nearby_room[:, :, None]
    irregular = np.where(fits, nearby, _MONDAY_TO_FRIDAY)
    days = np.where(regular_days[:, :, None] > 0, regular, irregular)
    limits: Ints = np.where(days, limit[:, :, None], 0).reshape(J, 7 * W)
    return limits


def _between_dates(instance: Instance, weeks: int) -> Bools:
    """Days from `opens_on` to `closes_on`, J x W x 7."""
    centres = instance.centres
    days: Dates = np.datetime64(instance.start, "D") + np.arange(7 * weeks)
    closes_on: Dates = centres.closes_on[:, None]
    inside: Bools = (centres.opens_on[:, None] <= days) & (
        np.isnat(closes_on) | (closes_on >= days)
    )
    return inside.reshape(len(centres.ids), weeks, 7)
