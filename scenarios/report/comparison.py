"""Plans side by side: rows for `--json`, a table for a terminal, a page in French."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from allocator.outcome import RESULT, read_result
from allocator.plan import read_plan_table
from scenarios.report import comparison_charts as charts
from scenarios.report import page, sentences
from scenarios.report.charts import svg_of
from scenarios.report.french import number, significant
from scenarios.report.measures import MEASURES
from scenarios.report.overview import PART_NAMES, points
from scenarios.report.palette import PRODUCTS
from scenarios.report.printed import Printed, read_printed
from scenarios.report.side_by_side import SideBySide


@dataclass(frozen=True, slots=True)
class Compared:
    """A plan folder, the name it goes by here, and the figures it prints."""

    folder: Path
    name: str
    printed: Printed

    def row(self) -> dict[str, Any]:
        """Return what `compare --json` says of this plan."""
        printed = self.printed
        return {
            "name": self.name,
            "cost": printed.cost,
            "gap": printed.gap,
            "kpis": dict(printed.kpis),
        }


def compare_plans(plans: Sequence[Path]) -> list[dict[str, Any]]:
    """Return `name`, `cost`, `gap` and `kpis` of each plan folder, in the order given.

    Raises
    ------
    InputError
        Naming the folder that is not a plan, or the figure it lacks.
    """
    return [plan.row() for plan in _read(plans)]


def comparison_table(rows: Sequence[Mapping[str, Any]]) -> SideBySide:
    """Return what a rich console prints of the rows of `compare_plans`."""
    return SideBySide(tuple(rows))


def share_an_instance(plans: Sequence[Path]) -> bool:
    """Whether all plans are of the same instance, so that their costs compare."""
    return _same_instance(_read(plans))


def comparison_html(plans: Sequence[Path]) -> str:
    """Return a page in French that stands alone.

    Raises
    ------
    InputError
        Naming the folder that is not a plan, or the figure or table it lacks.
    """
    compared = _read(plans)
    names = " · ".join(plan.name for plan in compared)
    return page.document(
        title=f"Comparaison de plans – {names}",
        header_html=(
            '<p class="over">Comparaison de plans de vaccination</p>'
            f"<h1>{escape(names)}</h1>"
            f"{page.paragraph(sentences.plans_compared(len(compared)))}"
        ),
        sections=_sections(compared),
    )


def comparison_sections(plans: Sequence[tuple[str, Path]]) -> list[tuple[str, str, str]]:
    """Give what that page says of plans, each by its name, as `page.document` takes it.

    Raises
    ------
    InputError
        As `comparison_html` does.
    """
    return _sections([_compared(name, folder) for name, folder in plans])


def _sections(compared: Sequence[Compared]) -> list[tuple[str, str, str]]:
    return [
        ("bref", "En bref", _brief(compared)),
        ("chiffres", "Les chiffres", _figures(compared)),
        ("cout", "De quoi le coût est fait", _costs(compared)),
        ("equite", "Équité entre départements", _coverage(compared)),
        ("temps", "Au fil des semaines", _weeks(compared)),
        ("provenance", "Provenance", _provenance(compared)),
    ]


def _read(plans: Sequence[Path]) -> list[Compared]:
    if not plans:
        raise InputError("compare", "no plan folder is given")
    return [_compared(name, plan) for plan, name in zip(plans, _names(plans), strict=True)]


def _compared(name: str, folder: Path) -> Compared:
    return Compared(folder, name, read_printed(folder / RESULT, read_result(folder)))


def _names(plans: Sequence[Path]) -> list[str]:
    """Names of folders; paths where two share a name; numbers where a folder comes twice."""
    short = [plan.resolve().name for plan in plans]
    seen = Counter(short)
    names = [n if seen[n] == 1 else str(plan) for plan, n in zip(plans, short, strict=True)]
    seen = Counter(names)
    return [n if seen[n] == 1 else f"{n} ({names[: i + 1].count(n)})" for i, n in enumerate(names)]


def _same_instance(plans: Sequence[Compared]) -> bool:
    return len({plan.printed.input_sha256 for plan in plans}) == 1


def _brief(plans: Sequence[Compared]) -> str:
    if not _same_instance(plans):
        return page.paragraph(sentences.other_instances(), "warning")
    # Of two that cost the same, the one that proves it.
    by_cost = sorted(plans, key=lambda plan: (plan.printed.cost, plan.printed.bound is None))
    best, worst = by_cost[0], by_cost[-1]
    bounds = [plan.printed.bound for plan in plans if plan.printed.bound is not None]
    return page.paragraph(
        sentences.cheapest(best.name, best.printed, worst.name, worst.printed), "lead"
    ) + page.paragraph(sentences.distance_to_best(best.name, best.printed.cost, bounds))


def _figures(plans: Sequence[Compared]) -> str:
    rows = [plan.row() for plan in plans]
    lines = [(m.french, *(m.in_french(row) for row in rows)) for m in MEASURES]
    return page.table("Les plans côte à côte", ("", *(plan.name for plan in plans)), lines)


def _costs(plans: Sequence[Compared]) -> str:
    parts = {
        name: [plan.printed.cost_parts[key] for plan in plans] for key, name in PART_NAMES.items()
    }
    totals = [plan.printed.cost for plan in plans]
    lines = [
        (name, *map(points, values, totals))
        for name, values in {**parts, "ensemble": totals}.items()
    ]
    names = [plan.name for plan in plans]
    text = "Coût de chaque plan : " + ", ".join(
        f"{plan.name} {significant(plan.printed.cost, 6)} points" for plan in plans
    )
    return page.figure(
        "Coût de chaque plan, et ce qui le compose",
        svg_of(charts.cost_chart(names, parts), "couts", text),
        page.legend("", list(zip(PRODUCTS, parts, strict=False))),
        page.details(
            "Voir les chiffres du coût", page.table("Parts du coût", ("Part", *names), lines)
        ),
    )


def _coverage(plans: Sequence[Compared]) -> str:
    lowest = [100 * (plan.printed.kpis["coverage_min"] or 0.0) for plan in plans]
    highest = [100 * (plan.printed.kpis["coverage_max"] or 0.0) for plan in plans]
    names = [plan.name for plan in plans]
    text = "Du département le moins servi au plus servi : " + ", ".join(
        f"{name} {number(low, 1)} à {number(high, 1)} %"
        for name, low, high in zip(names, lowest, highest, strict=True)
    )
    return page.figure(
        "Du département le moins servi au plus servi, à la fin",
        svg_of(charts.coverage_chart(names, lowest, highest), "equite", text),
    )


def _weeks(plans: Sequence[Compared]) -> str:
    tables = [read_plan_table(plan.folder, "first_doses") for plan in plans]
    weeks = 1 + max((int(table["week"].max()) for table in tables if len(table)), default=0)
    served = {
        plan.name: table.groupby("week")["people"].sum().reindex(range(weeks), fill_value=0)
        .cumsum().tolist()
        for plan, table in zip(plans, tables, strict=True)
    }  # fmt: skip
    lines = [
        (str(week), *(number(by_week[week]) for by_week in served.values()))
        for week in range(weeks)
    ]
    table = page.table("Personnes servies, en cumul", ("Fin de semaine", *served), lines)
    if len(served) > len(PRODUCTS):
        return table  # more lines than colours anyone tells apart
    text = "Personnes servies à la fin : " + ", ".join(
        f"{name} {number(by_week[-1])}" for name, by_week in served.items()
    )
    return page.figure(
        "Personnes qui ont reçu leur première dose, en cumul",
        svg_of(charts.served_chart(served), "semaines", text),
        page.legend("", list(zip(PRODUCTS, served, strict=False)), "line"),
        page.details("Voir les chiffres par semaine", table),
    )


def _provenance(plans: Sequence[Compared]) -> str:
    lines = [
        (
            plan.name,
            sentences.METHODS.get(plan.printed.method, plan.printed.method),
            sentences.STATUSES.get(plan.printed.status, plan.printed.status),
            plan.printed.input_sha256[:12],
        )
        for plan in plans
    ]
    headers = ("Plan", "Méthode", "Fin du calcul", "Données (début du SHA-256)")
    return page.table("D’où viennent ces plans", headers, lines, text=4)
