"""The façade of re-planning: an instance, its plan and what has changed in, the next plan out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from allocator.again import plan_again
from allocator.ascent.model import model_of
from allocator.bookings import refuse_unfit_bookings
from allocator.carry import Earlier
from allocator.instance import Instance
from allocator.lp import count_columns
from allocator.moves import changes_of, moved_slots
from allocator.result import Method, Result
from allocator.solve import judged
from allocator.watch import Progress, Watch


@dataclass(frozen=True, slots=True)
class Replanned:
    """A plan for the changed instance, and how it differs from the earlier one.

    changes
        One row for each centre, product, week and dose rank whose slots changed, and why.
    moved_slots
        Slots neither booked nor where they were.
    """

    result: Result
    changes: pd.DataFrame
    moved_slots: int


def replan(
    instance: Instance,
    earlier: Earlier,
    *,
    gap: float = 1e-3,
    time_limit: float | None = None,
    seed: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Replanned:
    """Plan a changed instance, starting from an earlier plan and keeping to it where that is good.

    People booked stay where they are. Cost and bound are those of any plan; among the plans found
    within the gap, the one that moves the fewest slots is returned.

    Parameters
    ----------
    instance
        The instance as it is now.
    earlier
        The plan so far and the instance it was made for.
    gap
        Certified relative gap at which to stop.
    time_limit
        Seconds after which the best plan so far is returned; None for no limit.
    seed
        Of every random choice; the instance's own when None.
    progress
        Told phase, bound and cost as they change.
    interrupted
        Asked often; True keeps the best plan so far.

    Raises
    ------
    InputError
        When the bookings do not fit the instance, or the plan not the instance it is said to be of.
    RuntimeError
        When the plan made fails the independent check (a bug, never the user's fault).
    """
    seed = instance.seed if seed is None else seed
    watch = Watch(time_limit, interrupted, progress)
    watch.tell("reading the horizon", 0.0)
    model = model_of(instance)
    refuse_unfit_bookings(instance, model.horizon)
    columns = count_columns(model)
    decisions, prices, status = plan_again(model, earlier, columns, gap, seed, watch)
    result = judged(
        instance, decisions, prices, method=Method.OPTIMAL, status=status, gap=gap,
        columns=columns, seed=seed, watch=watch,
    )  # fmt: skip
    assert result.plan is not None
    changes = changes_of(earlier, instance, result.plan)
    return Replanned(result, changes, moved_slots(changes))
