"""Coverage of the départements beside both rules of 2021: the planner's question of fairness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from allocator.baselines import first_come
from allocator.instance import Floats, Instance
from scenarios.report import page
from scenarios.report.baseline import Baseline, pro_rata_coverage
from scenarios.report.charts import WIDTH_PX, svg_of
from scenarios.report.french import number
from scenarios.report.palette import BASELINE, PLAN, PRODUCTS, RULE
from scenarios.report.tally import Tally, tally_of

OURS, FIRST_COME = "ce plan", "premier arrivé, premier servi"
COLOURS = (PLAN, BASELINE, PRODUCTS[2])
SHAPES = ("circle", "square", "triangle-up")
"""Told apart without colour, too."""


def both_rules(instance: Instance) -> tuple[Baseline, Baseline]:
    """Plan by a share for each département, and by who comes first."""
    other = Baseline(FIRST_COME, tally_of(instance, first_come(instance)))
    return pro_rata_coverage(instance), other


def coverage_beside_rules(tally: Tally, rules: Sequence[Baseline], labels: Sequence[str]) -> str:
    """Return the chart of coverage under the plan and each rule, and its table."""
    some = np.flatnonzero(tally.department_people > 0)
    names = (OURS, *(rule.label for rule in rules))
    coverage = 100 * np.column_stack([
        sums.coverage()[some] for sums in (tally, *(rule.tally for rule in rules))
    ])  # fmt: skip
    places = [labels[d] for d in some]
    spans = ", ".join(
        f"{name} {number(column.min(), 1)} à {number(column.max(), 1)} %"
        for name, column in zip(names, coverage.T, strict=True)
    )
    rows = [
        (place, number(int(tally.department_people[d])), *(f"{number(v, 1)} %" for v in values))
        for place, d, values in zip(places, some, coverage, strict=True)
    ]
    headers = ("Département", "Personnes", *(name.capitalize() for name in names))
    return page.figure(
        "Couverture des départements : ce plan et les deux règles de 2021",
        svg_of(_chart(places, coverage, names), "regles", f"Couverture par département : {spans}"),
        page.legend("", list(zip(COLOURS, names, strict=True)), "dot"),
        page.details("Voir les chiffres par département",
                     page.table("Couverture par règle", headers, rows)),
    )  # fmt: skip


def _chart(places: Sequence[str], coverage: Floats, names: Sequence[str]) -> Any:
    rows = pd.DataFrame([
        {"département": place, "règle": name, "couverture": value}
        for place, values in zip(places, coverage, strict=True)
        for name, value in zip(names, values, strict=True)
    ])  # fmt: skip
    order = [places[i] for i in np.argsort(-coverage[:, 0], kind="stable")]
    names_axis = alt.Axis(ticks=False, domain=False, labelLimit=170, labelFontSize=10)
    y = alt.Y("département:N", sort=order, title=None, axis=names_axis)
    title = "premières doses pour 100 personnes qui en souhaitent une"
    axis = alt.Axis(orient="top", tickCount=5, title=title)
    x = alt.X("couverture:Q", scale=alt.Scale(zero=False), axis=axis)
    base = alt.Chart(rows).properties(width=WIDTH_PX, height=alt.Step(16))
    span = base.mark_line(color=RULE, strokeWidth=2).encode(x=x, y=y, detail="département:N")
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=x, y=y,
        color=alt.Color("règle:N", legend=None,
                        scale=alt.Scale(domain=list(names), range=list(COLOURS))),
        shape=alt.Shape("règle:N", legend=None,
                        scale=alt.Scale(domain=list(names), range=list(SHAPES))),
    )  # fmt: skip
    return alt.layer(span, points)
