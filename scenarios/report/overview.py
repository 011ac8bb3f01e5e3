"""The first screen of the report: who is served, at what cost, how far from the best."""

from __future__ import annotations

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
            ("Personnes jamais servies", number(kpis["unserved"]), "avant la fin de l’horizon"),
            ("Écart certifié", small_percent(printed.gap), f"au meilleur plan possible ; {bound}"),
            ("Coût du plan", significant(printed.cost, 6), "points"),
            (
                "Trajet médian",
                km(kpis["km_median"]),
                f"neuf sur dix : {km(kpis['km_p90'])} au plus",
            ),
            (
                "Couverture des départements",
                f"{percent(kpis['coverage_min'])} à {percent(kpis['coverage_max'])}",
                _spread(kpis["coverage_spread"]),
            ),
            (
                "Secondes doses à temps",
                percent(kpis["second_doses_on_time"]),
                f"créneaux sans paire : {number(kpis['slots_unpaired'])}",
            ),
            (
                "Flacons expédiés",
                number(kpis["vials"]),
                f"doses perdues : {number(kpis['doses_wasted'])}",
            ),
        ]
    )


def _spread(spread: float | None) -> str:
    if spread is None:
        return "un département n’a rien reçu"
    return f"rapport de {number(spread, 2)} entre les extrêmes"


def cost_table(printed: Printed) -> str:
    """Return the parts of the cost and their shares."""
    total = printed.cost
    rows = [
        (
            name,
            significant(printed.cost_parts[key], 6),
            percent(printed.cost_parts[key] / total) if total else percent(None),
        )
        for key, name in PART_NAMES.items()
    ]
    rows.append(("ensemble", significant(total, 6), percent(1.0) if total else percent(None)))
    return page.table("De quoi le coût est fait", ("Part", "Points", "Part du coût"), rows)


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
    both = ours is not None and theirs is not None
    gained = signed(ours - theirs, decimals) if both else number(None)
    return name, number(ours, decimals), number(theirs, decimals), gained
