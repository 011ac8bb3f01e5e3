"""Key figures of a plan, counted from its tables, so that plans can be set side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.report.tally import Tally, weighted_quantile


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan does for people; a figure without value is None.

    people, served
        People who want a first dose, and who get one.
    mean_week
        Weeks waited by those served, from the start.
    km_median, km_p90
        Distance not exceeded by half, and by nine tenths, of those served.
    coverage_min, coverage_max, coverage_spread
        First doses by person of a département at the end, and largest over smallest.
    vials
        Vials sent.
    """

    people: int
    served: int
    mean_week: float | None
    km_median: float | None
    km_p90: float | None
    coverage_min: float | None
    coverage_max: float | None
    coverage_spread: float | None
    vials: int


def figures_of(tally: Tally) -> Figures:
    """Count the key figures of a plan."""
    served = int(tally.first.sum())
    weeks = tally.first.sum(axis=(0, 1))
    coverage = tally.coverage()
    known = coverage[np.isfinite(coverage)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
    return Figures(
        people=int(tally.people.sum()),
        served=served,
        mean_week=float(weeks @ np.arange(len(weeks)) / served) if served else None,
        km_median=weighted_quantile(tally.flow_km, tally.flow_people, 0.5),
        km_p90=weighted_quantile(tally.flow_km, tally.flow_people, 0.9),
        coverage_min=low,
        coverage_max=high,
        coverage_spread=high / low if low and high is not None else None,
        vials=int(tally.vials.sum()),
    )
