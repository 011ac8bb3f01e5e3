"""What a solve returns: the plan, the verdict on it, and how it was got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from allocator.certificate import Prices
from allocator.check.verdict import Verdict
from allocator.days import Unpaired
from allocator.plan import Plan


class Method(StrEnum):
    """How a plan is made."""

    OPTIMAL = "optimal"
    PRO_RATA = "pro-rata"
    FIRST_COME = "first-come"
    LP = "lp"


class Status(StrEnum):
    """Why a solve ended; none of them weakens the certificate that is printed."""

    GAP_REACHED = "gap reached"
    NO_BETTER_FOUND = "no better found"
    TIME_LIMIT = "time limit"
    INTERRUPTED = "interrupted"
    BASELINE = "baseline"
    RELAXATION = "relaxation"


@dataclass(frozen=True, slots=True)
class Result:
    """A solved instance. `plan` and `verdict` are None for the relaxation alone.

    relaxation
        Value of the continuous relaxation (method `lp`): its optimum, or what HiGHS had reached
        when the time ended; None when that was nothing.
    columns
        Columns of the split model the method looked at.
    """

    status: Status
    method: Method
    plan: Plan | None
    verdict: Verdict | None
    prices: Prices | None
    bound: float | None
    relaxation: float | None
    columns: int
    seed: int
    runtime_s: float
    unpaired: tuple[Unpaired, ...] = ()

    def summary(self) -> Mapping[str, Any]:
        """Return what `result.json` says, save the figures only the command knows."""
        assert self.verdict is not None
        verdict = self.verdict
        return {
            "status": self.status.value,
            "method": self.method.value,
            "cost": verdict.cost,
            "cost_parts": dict(verdict.cost_parts),
            "bound": verdict.bound,
            "gap": verdict.gap,
            "gap_km_per_person": verdict.gap_km_per_person,
            "seed": self.seed,
            "columns": self.columns,
            "kpis": dict(verdict.kpis),
        }
