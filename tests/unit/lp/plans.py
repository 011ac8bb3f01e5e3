"""From decisions to the judge, and from the hand-made plan to decisions."""

from __future__ import annotations

import numpy as np

from allocator import assemble
from allocator.certificate import Prices
from allocator.check.verdict import Verdict, judge
from allocator.days import split_into_days
from allocator.decisions import Decisions
from allocator.instance import Instance
from tests.instances import allowed, centre, class_, delivery, one_dose, people, weekly, zone
from tests.unit.check.plans import ROWS

TWO_WEEKS = {"weeks": 2, "fairness": {"checkpoints": []}}
OVERBOOKED = {
    "zones": [zone("a")],
    "classes": [class_("75")],
    "demand": [people("a", "75", 3)],
    "centres": [centre("x")],
    "capacity": weekly("x", 5, 5),
    "products": [one_dose()],
    "eligibility": [allowed("janssen", "75")],
    "deliveries": [delivery(0, "janssen", 50)],
    "booked": [{"centre": "x", "week": 0, "product": "janssen", "dose_rank": 1, "people": 6}],
}
"""Six people booked in a week of five slots: no plan is feasible."""


def verdict_on(instance: Instance, decisions: Decisions, prices: Prices | None = None) -> Verdict:
    """Split decisions into days, assemble the plan and judge it."""
    days = split_into_days(instance, decisions)
    return judge(instance, assemble.plan_of(instance, decisions, days, prices))


def hand_made(instance: Instance) -> Decisions:
    """Return the hand-made plan of `tests.unit.check.plans` as positions."""
    ids = {
        name: place
        for names in (instance.zones.ids, instance.classes.ids, instance.centres.ids,
                      instance.products.ids, instance.departments)
        for place, name in enumerate(names)
    }  # fmt: skip
    tables = ("flows", "first_doses", "second_doses", "shipments")
    rows = ([[ids.get(cell, cell) for cell in row] for row in ROWS[name]] for name in tables)
    return Decisions(*(np.array(table, dtype=np.int64) for table in rows))
