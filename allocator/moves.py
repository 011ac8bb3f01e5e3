"""What a re-plan changes of an earlier plan: slots by centre, product, week and dose rank.

Slots are counted by week, as the plan decides them, and without those of people booked: an
earlier slot that somebody has booked since was sold, not moved.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocator.carry import Earlier
from allocator.instance import Instance
from allocator.plan import Plan
from allocator.reasons import reasons_of

KEYS = ["centre", "product", "week", "dose_rank"]
COLUMNS = (*KEYS, "before", "booked", "after", "why")


def changes_of(earlier: Earlier, instance: Instance, plan: Plan) -> pd.DataFrame:
    """Return the rows whose slots changed: those before, booked since and after, and why.

    Weeks are those of the changed instance; earlier ones are past and left out.
    """
    past = earlier.weeks_past(instance)
    booked = _booked(instance).sub(_booked(earlier.instance, past), fill_value=0)
    columns = {
        "before": _slots(earlier.plan, past),
        "booked": booked[booked > 0],
        "after": _slots(plan),
    }
    table = pd.DataFrame(columns).fillna(0).astype("int64")
    table["booked"] = np.minimum(table["booked"], table["before"])
    changed = table[table["before"] - table["booked"] != table["after"]]
    changed = changed.rename_axis(KEYS).reset_index()
    changed["why"] = pd.array(reasons_of(earlier, instance, changed), dtype="str")
    return changed[list(COLUMNS)]


def moved_slots(changes: pd.DataFrame) -> int:
    """Count slots that were offered, are not booked, and are no longer where they were."""
    gone = changes["before"] - changes["booked"] - changes["after"]
    return int(gone.clip(lower=0).sum())


def _slots(plan: Plan, past: int = 0) -> pd.Series[int]:
    """Slots of a plan by centre, product, week and dose rank."""
    columns = ["centre", "product", "week", "people"]
    first = plan["first_doses"][columns].assign(dose_rank=1)
    second = plan["second_doses"][columns].assign(dose_rank=2)
    return _counted(pd.concat([first, second]), past)


def _booked(instance: Instance, past: int = 0) -> pd.Series[int]:
    rows = instance.booked
    frame = pd.DataFrame({
        "centre": pd.array(list(instance.centres.ids), dtype="str").take(rows.centre),
        "product": pd.array(list(instance.products.ids), dtype="str").take(rows.product),
        "week": rows.week,
        "dose_rank": rows.dose_rank,
        "people": rows.people,
    })  # fmt: skip
    return _counted(frame, past)


def _counted(rows: pd.DataFrame, past: int) -> pd.Series[int]:
    """Sum people by key, in weeks from `past` on."""
    rows = rows.assign(week=rows["week"] - past)
    return rows[rows["week"] >= 0].groupby(KEYS)["people"].sum()
