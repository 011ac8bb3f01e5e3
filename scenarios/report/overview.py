"""The first screen of the report: who is served, at what cost, how far from the best."""

from __future__ import annotations

import math
from collections.abc import Mapping

from scenarios.report import page
from scenarios.report.baseline import Baseline
from scenarios.report.figures import Figures, figures_of
from scenarios.report.french import (
    km,
    number,
    percent,
    signed,
    significant,
    small_percent,
)
from scenarios.report.printed import Printed

PART_NAMES = {
    "unserved": "personnes jamais servies",
    "week": "semaines d’attente",
    "km": "kilomètres en plus du centre le plus proche",
    "fairness": "manques au plancher d’équité",
}
"""Keys of `cost_parts`, named for a reader."""


def key_figures(figures: Figures, printed: Printed) -> str:
    """Return the cards."""
    kpis = printed.kpis
    share = figures.served / figures.people if figures.people else None
    bound = "sans borne" if printed.bound is None else f"borne : {significant(printed.bound, 6)}"
    return page.cards(
        [
            ("Personnes servies", number(figures.served), f"{percent(share)} des demandes"),
            ("Personnes jamais servies", number(kpis["unserved"]), "à la fin des semaines prévues"),
            ("Écart certifié", small_percent(printed.gap), f"au meilleur plan possible ; {bound}"),
            ("Coût du plan", significant(printed.cost, 6), "points"),
            (
                "Trajet médian",
                km(kpis["km_median"]),
                f"neuf sur dix : {km(kpis['km_p90'])} au plus",
            ),
            ("Couverture des départements", *_coverage(kpis)),
            (
                "Secondes doses à temps",
                percent(kpis["second_doses_on_time"]),
                f"créneaux sans paire : {number(kpis['slots_unpaired'])}",
            ),
            (
                "Flacons expédiés",
                number(kpis["vials"]),
                f"doses restées dans des flacons ouverts : {number(kpis['doses_wasted'])}",
            ),
        ]
    )


def _coverage(kpis: Mapping[str, float | None]) -> tuple[str, str]:
    low, high = percent(kpis["coverage_min"]), percent(kpis["coverage_max"])
    if low == high:
        return low, "dans tous"
    if kpis["coverage_spread"] is None:
        return f"{low} à {high}", "un département au moins n’a rien reçu"
    spread = number(kpis["coverage_spread"], 2)
    return f"{low} à {high}", f"le plus servi a {spread} fois le moins servi"


def cost_table(printed: Printed) -> str:
    """Return the parts of the cost and their shares."""
    total = printed.cost
    parts = {name: printed.cost_parts[key] for key, name in PART_NAMES.items()}
    rows = [
        (name, points(part, total), percent(part / total) if total else percent(None))
        for name, part in {**parts, "ensemble": total}.items()
    ]
    return page.table("Les parts du coût", ("Part", "Points", "Part du coût"), rows)


def points(part: float, total: float) -> str:
    """Write a part of a cost with the digits that matter beside the whole."""
    size = math.floor(math.log10(abs(total))) if total else 0
    return number(part, max(0, 5 - size))


def against(figures: Figures, baseline: Baseline) -> str:
    """Return the plan and the baseline side by side, people first."""
    other = figures_of(baseline.tally)
    rows = [
        _row("Personnes servies", figures.served, other.served),
        _row("Attente moyenne (semaines)", figures.mean_week, other.mean_week, 1),
        _row("Trajet médian (km)", figures.km_median, other.km_median, 1),
        _row("Trajet de neuf personnes sur dix, au plus (km)", figures.km_p90, other.km_p90, 1),
        _row(
            "Couverture la plus basse (%)", _pct(figures.coverage_min), _pct(other.coverage_min), 1
        ),
        _row(
            "Couverture la plus haute (%)", _pct(figures.coverage_max), _pct(other.coverage_max), 1
        ),
        _row("Rapport entre départements", figures.coverage_spread, other.coverage_spread, 2),
        _row("Flacons expédiés", figures.vials, other.vials),
    ]
    headers = ("", "Ce plan", baseline.label.capitalize(), "Écart")
    return page.table(f"Ce plan face à la règle « {baseline.label} »", headers, rows)


def _pct(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _row(
    name: str, ours: float | None, theirs: float | None, decimals: int = 0
) -> tuple[str, str, str, str]:
    gained = number(None)
    if ours is not None and theirs is not None:
        # Of the figures as shown, so that a reader finds the same.
        gained = signed(round(ours, decimals) - round(theirs, decimals), decimals)
    return name, number(ours, decimals), number(theirs, decimals), gained
