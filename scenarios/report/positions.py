"""A plan's tables, text ids, back to positions in the instance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from allocator.decisions import Decisions
from allocator.errors import InputError
from allocator.instance import Instance, Ints
from allocator.plan import Plan
from allocator.read import tail_weeks


def decisions_of(instance: Instance, plan: Plan) -> Decisions:
    """Read the decisions out of a plan.

    Raises
    ------
    InputError
        When the plan names an id or a week the instance does not know.
    """
    planned = instance.weeks
    all_weeks = planned + tail_weeks(instance.products)
    return Decisions(
        flows=_positions(instance, plan, "flows", {}),
        first_doses=_positions(instance, plan, "first_doses", {"week": planned}),
        second_doses=_positions(
            instance, plan, "second_doses", {"first_week": planned, "week": all_weeks}
        ),
        shipments=_positions(instance, plan, "shipments", {"week": all_weeks}),
    )


def _positions(instance: Instance, plan: Plan, table: str, weeks: dict[str, int]) -> Ints:
    """One column a key, then the counts."""
    ids: dict[str, Sequence[str]] = {
        "zone": instance.zones.ids,
        "class": instance.classes.ids,
        "centre": instance.centres.ids,
        "product": instance.products.ids,
        "department": instance.departments,
    }
    frame, columns = plan[table], []
    for name in frame.columns:
        cells = frame[name].to_numpy()
        if name in ids:
            found = pd.Index(ids[name]).get_indexer(cells)
            wrong = found < 0
        else:
            found = cells
            wrong = (cells < 0) | (cells >= weeks.get(name, np.inf))
        if wrong.any():
            row = int(np.argmax(wrong))
            rule = f"{name} {cells[row]} is not in the instance; is this a plan of it?"
            raise InputError(table, rule, row + 2)
        columns.append(found)
    return np.column_stack(columns).astype(np.int64)
