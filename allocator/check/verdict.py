"""The verdict on a plan: what it breaks, what it costs, and how far from the best it can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from allocator.certificate import from_table
from allocator.check import constraints, sessions
from allocator.check.bound import bound_at
from allocator.check.calendar import Calendar, calendar_of
from allocator.check.cost import cost_parts
from allocator.check.geography import geography_of
from allocator.check.kpis import kpis_of
from allocator.check.positions import Located, locate
from allocator.check.sessions import Slots, slots_of
from allocator.check.totals import Totals, totals_of
from allocator.check.violation import Violation
from allocator.instance import Floats, Instance
from allocator.plan import Plan

Number = float | int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge found; every number is fit for JSON, None where it has no value.

    violations
        Of the rules of MODEL.md; `slots_unpaired` and `doses_wasted` are figures, not violations.
    cost, cost_parts
        Recomputed; the parts are `unserved`, `week`, `km`, `fairness`.
    bound
        Proven lower bound, None without a certificate.
    gap
        (cost - bound) / |cost|; 0 when both are 0.
    gap_km_per_person
        (cost - bound) / (km price * first doses).
    kpis
        Key figures by name.
    """

    violations: tuple[Violation, ...]
    cost: float
    cost_parts: Mapping[str, float]
    bound: float | None
    gap: float | None
    gap_km_per_person: float | None
    kpis: Mapping[str, Number]

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def judge(instance: Instance, plan: Plan, *, suffix: str = ".csv") -> Verdict:
    """Recount a plan from the instance and the plan's tables alone.

    Parameters
    ----------
    instance
        The planning problem.
    plan
        Its tables; `prices` is not looked at.
    suffix
        Ending of the table's files, for messages.

    Raises
    ------
    InputError
        For ids the instance does not know, or cells that are not what their column promises.
    """
    calendar, geography = calendar_of(instance), geography_of(instance)
    located = locate(instance, calendar, plan, suffix)
    prices = from_table(instance, plan["certificate"], f"certificate{suffix}")
    totals = totals_of(instance, calendar, located)
    slots = slots_of(instance, calendar, located)
    near_km = geography.nearest_km(calendar.usable)
    km = geography.km(located.flows["zone"], located.flows["centre"])
    parts = cost_parts(instance, located, totals, km - near_km[located.flows["zone"]])
    cost = sum(parts.values())
    bound = None
    if prices is not None:
        bound = bound_at(instance, calendar, geography, near_km, prices)
    per_km = instance.objective.km * int(totals.first.sum())
    return Verdict(
        violations=tuple(_violations(instance, calendar, located, totals, slots)),
        cost=cost,
        cost_parts=parts,
        bound=bound,
        gap=gap_of(cost, bound),
        gap_km_per_person=(cost - bound) / per_km if bound is not None and per_km > 0 else None,
        kpis=_kpis(instance, calendar, located, totals, slots, km),
    )


def gap_of(cost: float, bound: float | None) -> float | None:
    """(cost - bound) / |cost|; 0 when both are 0, None when only the cost is, or without bound."""
    if bound is None:
        return None
    if cost == 0:
        return 0.0 if bound == 0 else None
    return (cost - bound) / abs(cost)


def _violations(
    instance: Instance, calendar: Calendar, plan: Located, totals: Totals, slots: Slots
) -> Iterator[Violation]:
    yield from plan.outside
    yield from constraints.demand(instance, plan)
    yield from constraints.link(instance, plan)
    yield from constraints.second_doses(instance, calendar, plan, totals)
    yield from constraints.capacity(instance, calendar, totals)
    yield from constraints.national_pool(instance, calendar, totals)
    yield from constraints.centre_stock(instance, calendar, totals)
    yield from constraints.eligibility(instance, calendar, plan, totals)
    yield from sessions.week_sums(instance, totals, slots)
    yield from sessions.day_limits(instance, calendar, slots)
    yield from sessions.quotas(instance, calendar, plan)


def _kpis(
    instance: Instance,
    calendar: Calendar,
    plan: Located,
    totals: Totals,
    slots: Slots,
    km: Floats,
) -> dict[str, Number]:
    unpaired = int(np.sum(sessions.unpaired_slots(instance, slots)))
    return {
        **kpis_of(instance, calendar, plan, totals, km),
        "doses_wasted": sessions.doses_wasted(instance, slots),
        "slots_unpaired": unpaired,
    }
