"""The four terms of the cost, term by term as MODEL.md writes them."""

from __future__ import annotations

import numpy as np

from allocator.check.positions import Located
from allocator.check.totals import Totals
from allocator.instance import Floats, Instance


def cost_parts(
    instance: Instance, plan: Located, totals: Totals, regret_km: Floats
) -> dict[str, float]:
    """Cost terms `unserved`, `week`, `km`, `fairness`; their sum is the cost.

    Parameters
    ----------
    instance
        Prices and people.
    plan
        For its flows.
    totals
        For its first doses.
    regret_km
        km(z,j) - near(z) of each flow.
    """
    weight, price = instance.classes.weight, instance.objective
    unserved = instance.demand.sum(axis=0) - totals.first_by_class.sum(axis=1)
    waited = totals.first_by_class @ np.arange(totals.first_by_class.shape[1])
    return {
        "unserved": float(price.unserved * (weight @ unserved)),
        "week": float(price.week * (weight @ waited)),
        "km": float(price.km * (plan.flows["people"] @ regret_km)),
        "fairness": _fairness(instance, totals),
    }


def _fairness(instance: Instance, totals: Totals) -> float:
    """Fairness: price * sum over c, d of max(0, floor * N(c) * people_d - F(d,c))."""
    people = people_by_department(instance)
    fairness = instance.fairness
    missing = 0.0
    for checkpoint in fairness.checkpoints:
        given = totals.first_by_department[:, :checkpoint].sum(axis=1)
        national = given.sum() / people.sum()
        missing += float(np.maximum(0.0, fairness.floor * national * people - given).sum())
    return fairness.price * missing


def people_by_department(instance: Instance) -> Floats:
    """people_d: sums of demand.csv, D."""
    people = np.zeros(len(instance.departments))
    np.add.at(people, instance.zones.department, instance.demand.sum(axis=1))
    return people
