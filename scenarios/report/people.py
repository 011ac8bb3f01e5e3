"""Sections on people: by class, by week, by département, by distance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from allocator.instance import Floats, Instance
from scenarios.report import page
from scenarios.report.baseline import Baseline
from scenarios.report.charts import (
    coverage_chart,
    department_chart,
    distance_chart,
    svg_of,
)
from scenarios.report.french import day_of_year, monday, number, percent, plain
from scenarios.report.palette import BASELINE, PLAN
from scenarios.report.tally import Tally, ratio, weighted_quantile

DISTANCES_KM = (2.0, 5.0, 10.0, 20.0, 30.0, 50.0)
"""Between the classes of the distance chart."""


def class_table(instance: Instance, tally: Tally) -> str:
    """Return what each priority class gets."""
    people, given = tally.people.sum(axis=0), tally.first.sum(axis=0)
    waited = ratio(given @ np.arange(instance.weeks), given.sum(axis=1))
    rows = [
        (
            instance.classes.labels[k],
            plain(float(instance.classes.weight[k])),
            number(int(people[k])),
            number(int(given[k].sum())),
            percent(given[k].sum() / people[k]) if people[k] else percent(None),
            number(float(waited[k]), 1),
        )
        for k in range(len(people))
    ]
    headers = (
        "Classe", "Poids", "Personnes", "Premières doses", "Couverture", "Attente moyenne (sem.)"
    )  # fmt: skip
    return page.table("Ce que reçoit chaque classe de priorité", headers, rows)


def coverage_over_time(instance: Instance, tally: Tally, baseline: Baseline | None) -> str:
    """Return the chart of cumulative coverage, and its table."""
    ours = _quantiles_by_week(tally)
    theirs = None if baseline is None else _quantiles_by_week(baseline.tally)
    label = (
        "Courbe des premières doses cumulées par semaine : à la fin, de "
        f"{number(ours[-1, 0], 1)} % dans le département le moins servi à "
        f"{number(ours[-1, 2], 1)} % dans le plus servi, {number(ours[-1, 1], 1)} % au "
        "département médian."
    )
    entry = (PLAN, "ce plan : médiane, et bande de tous les départements")
    legend = page.legend("", [entry], "line")
    if baseline is not None:
        entry = (BASELINE, f"{baseline.label} : le moins servi, la médiane, le plus servi")
        legend += page.legend("", [entry], "dash")
    headers = ["Fin de semaine", "Le moins servi", "Médiane", "Le plus servi"]
    if baseline is not None:
        headers += [f"{name} ({baseline.label})" for name in headers[1:]]
    columns = ours if theirs is None else np.concatenate([ours, theirs], axis=1)
    rows = [
        (
            f"{week} ({day_of_year(monday(instance.start, week))})",
            *(f"{number(value, 1)} %" for value in columns[week]),
        )
        for week in range(len(ours))
    ]
    return page.figure(
        "Couverture au fil des semaines (premières doses cumulées pour 100 personnes)",
        svg_of(coverage_chart(instance.start, ours, theirs), "temps", label),
        legend,
        page.details(
            "Voir les chiffres par semaine",
            page.table("Couverture cumulée par département, en %", headers, rows),
        ),
    )


def _quantiles_by_week(tally: Tally) -> Floats:
    """Smallest, median and largest coverage of the départements by week, T x 3 per cent."""
    weeks = tally.first.shape[2]
    by_week = np.stack([tally.coverage(week + 1) for week in range(weeks)])
    known = 100 * by_week[:, tally.department_people > 0]
    return np.column_stack([known.min(axis=1), np.median(known, axis=1), known.max(axis=1)])


def coverage_by_department(
    instance: Instance, tally: Tally, baseline: Baseline | None, labels: Sequence[str]
) -> str:
    """Return the chart of coverage by département, before and after; its table is the next one."""
    some = np.flatnonzero(tally.department_people > 0)
    ours = 100 * tally.coverage()[some]
    theirs = None if baseline is None else 100 * baseline.tally.coverage()[some]
    national = 100 * float(tally.first.sum()) / float(tally.people.sum())
    chart = department_chart([labels[d] for d in some], ours, theirs, national)
    text = f"Couverture par département, de {number(ours.min(), 1)} % à {number(ours.max(), 1)} %"
    entries = [(PLAN, "ce plan")]
    if theirs is not None and baseline is not None:
        text += (
            f" ; {baseline.label} : de {number(theirs.min(), 1)} % à {number(theirs.max(), 1)} %"
        )
    legend = page.legend("", entries, "dot")
    if baseline is not None:
        legend += page.legend("", [(BASELINE, baseline.label)], "ring")
    caption = "Premières doses pour 100 personnes qui en souhaitent une, par département"
    average = page.paragraph(
        f"Le trait pointillé est la moyenne d’ensemble, {percent(national / 100)}.", "over"
    )
    return page.figure(
        caption,
        svg_of(chart, "departements", text),
        legend + average,
        page.details(
            "Voir les chiffres par département",
            department_table(instance, tally, baseline, labels),
        ),
    )


def department_table(
    instance: Instance, tally: Tally, baseline: Baseline | None, labels: Sequence[str]
) -> str:
    """Return coverage, waiting and distance of every département."""
    given = tally.first.sum(axis=1)
    waited = ratio(given @ np.arange(instance.weeks), given.sum(axis=1))
    coverage = tally.coverage()
    before = None if baseline is None else baseline.tally.coverage()
    headers = ["Département", "Personnes", "Premières doses", "Couverture"]
    headers += [] if baseline is None else [baseline.label.capitalize()]
    headers += ["Attente moyenne (sem.)", "Trajet médian (km)", "Neuf sur dix (km)"]
    rows = []
    for d, label in enumerate(labels):
        mine = tally.flow_department == d
        km, people = tally.flow_km[mine], tally.flow_people[mine]
        row = [
            label,
            number(int(tally.department_people[d])),
            number(int(given[d].sum())),
            percent(_finite(coverage[d])),
        ]
        row += [] if before is None else [percent(_finite(before[d]))]
        row += [
            number(float(waited[d]), 1),
            number(weighted_quantile(km, people, 0.5), 1),
            number(weighted_quantile(km, people, 0.9), 1),
        ]
        rows.append(row)
    return page.table("Les départements", headers, rows)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def distances(tally: Tally, baseline: Baseline | None) -> str:
    """Return the chart of how far people go, and its table."""
    bounds = [f"{number(km)} à {number(to)}" for km, to in itertools.pairwise(DISTANCES_KM)]
    labels = [
        f"moins de {number(DISTANCES_KM[0])} km",
        *bounds,
        f"{number(DISTANCES_KM[-1])} km et plus",
    ]
    ours = _distance_shares(tally)
    theirs = None if baseline is None else _distance_shares(baseline.tally)
    names = ("ce plan", "règle" if baseline is None else baseline.label)
    entries = [(PLAN, names[0])] + ([] if baseline is None else [(BASELINE, names[1])])
    headers = ["Trajet aller", *(name.capitalize() for _, name in entries)]
    columns = [ours] if theirs is None else [ours, theirs]
    rows = [
        (label, *(f"{number(shares[i], 1)} %" for shares in columns))
        for i, label in enumerate(labels)
    ]
    text = "Part des personnes servies par classe de distance : " + ", ".join(
        f"{label} {number(share, 1)} %" for label, share in zip(labels, ours, strict=True)
    )
    return page.figure(
        "Trajet entre la commune et le centre, en part des personnes servies",
        svg_of(distance_chart(labels, ours, theirs, names), "trajets", text),
        page.legend("", entries),
        page.details(
            "Voir les chiffres par distance", page.table("Part des personnes", headers, rows)
        ),
    )


def _distance_shares(tally: Tally) -> Floats:
    """Per cent of people by class of distance."""
    class_ = np.searchsorted(DISTANCES_KM, tally.flow_km, side="right")
    people = np.bincount(class_, weights=tally.flow_people, minlength=len(DISTANCES_KM) + 1)
    return 100 * people / max(people.sum(), 1.0)
