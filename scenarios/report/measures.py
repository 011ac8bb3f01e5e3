"""What plans are measured by when they stand side by side, in English and in French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.report.french import NONE, number


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a plan: its names, how it is written, and which of two is better.

    english, french
        Names; the unit stands in the French one, and in `unit` for a terminal.
    decimals
        Digits shown.
    share
        Whether the figure is a share, shown in per cent.
    best
        `min`, `max`, or None where neither is better.
    """

    key: str
    english: str
    french: str
    decimals: int = 0
    share: bool = False
    best: str | None = "min"

    def of(self, plan: Mapping[str, Any]) -> float | None:
        """Take the figure from a row of `compare --json`."""
        value: float | None = plan[self.key] if self.key in plan else plan["kpis"][self.key]
        return 100 * value if self.share and value is not None else value

    def in_english(self, plan: Mapping[str, Any]) -> str:
        """Write the figure as `12,345.6`."""
        value = self.of(plan)
        return NONE if value is None else f"{value:,.{self.decimals}f}{' %' if self.share else ''}"

    def in_french(self, plan: Mapping[str, Any]) -> str:
        """Write the figure as `12 345,6`."""
        return number(self.of(plan), self.decimals)

    def best_of(self, plans: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Mark the plans that do best; none when all do the same or nothing is better."""
        known = [value for plan in plans if (value := self.of(plan)) is not None]
        if self.best is None or len({f"{value:.{self.decimals}f}" for value in known}) < 2:
            return [False] * len(plans)
        best = min(known) if self.best == "min" else max(known)
        return [self.of(plan) == best for plan in plans]


MEASURES = (
    Measure("cost", "cost", "Coût (points)", 2),
    Measure("gap", "certified gap", "Écart certifié au meilleur plan (%)", 3, share=True),
    Measure("first_doses", "people served", "Personnes servies", best="max"),
    Measure("unserved", "never served", "Personnes jamais servies"),
    Measure(
        "second_doses_on_time", "second doses on time", "Secondes doses à temps (%)",
        1, share=True, best="max",
    ),
    Measure("km_median", "km, median", "Trajet médian (km)", 1),
    Measure("km_p90", "km, nine in ten", "Trajet de neuf personnes sur dix, au plus (km)", 1),
    Measure(
        "coverage_min", "coverage, lowest", "Couverture du département le moins servi (%)",
        1, share=True, best="max",
    ),
    Measure(
        "coverage_max", "coverage, highest", "Couverture du département le plus servi (%)",
        1, share=True, best=None,
    ),
    Measure("coverage_spread", "highest / lowest", "Rapport entre ces deux départements", 3),
    Measure("coverage_gini", "Gini of coverage", "Indice de Gini de la couverture", 4),
    Measure("vials", "vials shipped", "Flacons expédiés", best=None),
    Measure("doses_wasted", "doses left in vials", "Doses restées dans des flacons ouverts"),
    Measure("slots_unpaired", "unpaired slots", "Créneaux sans seconde dose possible"),
)  # fmt: skip
