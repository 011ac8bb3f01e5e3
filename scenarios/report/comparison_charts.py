"""Charts that set plans side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from scenarios.report.charts import WIDTH_PX
from scenarios.report.palette import PLAN, PRODUCTS

BAR_PX = 30
NAME_PX = 170
"""Longest name of a plan beside its bar."""


def _plans_axis() -> Any:
    return alt.Y(
        "plan:N", sort=None, title=None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=NAME_PX, labelFontSize=12),
    )  # fmt: skip


def cost_chart(names: Sequence[str], parts: Mapping[str, Sequence[float]]) -> Any:
    """Draw the cost of each plan as one bar, cut into its parts (points, one value a plan)."""
    rows = pd.DataFrame(
        [
            (name, part, order, values[i])
            for i, name in enumerate(names)
            for order, (part, values) in enumerate(parts.items())
        ],
        columns=["plan", "part", "rang", "points"],
    )
    colour = alt.Scale(domain=list(parts), range=list(PRODUCTS[: len(parts)]))
    return (
        alt.Chart(rows)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("points:Q", title="points de coût", axis=alt.Axis(tickCount=6, format=",.0f")),
            y=_plans_axis(),
            color=alt.Color("part:N", scale=colour, legend=None),
            order="rang:O",
        )
        .properties(width=WIDTH_PX - NAME_PX, height=alt.Step(BAR_PX))
    )


def coverage_chart(names: Sequence[str], lowest: Sequence[float], highest: Sequence[float]) -> Any:
    """Draw the span from the least to the best served département of each plan, in per cent."""
    rows = pd.DataFrame({"plan": list(names), "bas": lowest, "haut": highest})
    scale = alt.Scale(domain=[0, max(100.0, *highest)], nice=False)
    base = alt.Chart(rows).properties(width=WIDTH_PX - NAME_PX, height=alt.Step(BAR_PX))
    title = "premières doses pour 100 personnes qui en souhaitent une"
    low = alt.X("bas:Q", title=title, scale=scale, axis=alt.Axis(tickCount=6))
    high = alt.X("haut:Q", title=title, scale=scale)
    return alt.layer(
        base.mark_rule(color=PLAN, strokeWidth=3).encode(x=low, x2="haut:Q", y=_plans_axis()),
        base.mark_circle(color=PLAN, size=70, opacity=1).encode(x=low, y=_plans_axis()),
        base.mark_circle(color=PLAN, size=70, opacity=1).encode(x=high, y=_plans_axis()),
    )


def served_chart(served: Mapping[str, Sequence[int]]) -> Any:
    """Draw people with a first dose by the end of each week, one line a plan."""
    rows = pd.DataFrame(
        [
            (name, week, people)
            for name, by_week in served.items()
            for week, people in enumerate(by_week)
        ],
        columns=["plan", "semaine", "personnes"],
    )
    colour = alt.Scale(domain=list(served), range=list(PRODUCTS[: len(served)]))
    # Where plans go the same way, the lines below show at the edges of those above.
    widths = [1.8 + 1.7 * (len(served) - 1 - i) for i in range(len(served))]
    return (
        alt.Chart(rows)
        .mark_line()
        .encode(
            x=alt.X(
                "semaine:O", title="fin de semaine",
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False),
            ),
            y=alt.Y(
                "personnes:Q", title="personnes servies", axis=alt.Axis(tickCount=5, format=",.0f"),
            ),
            color=alt.Color("plan:N", scale=colour, legend=None),
            strokeWidth=alt.StrokeWidth(
                "plan:N", scale=alt.Scale(domain=list(served), range=widths), legend=None
            ),
        )
        .properties(width=WIDTH_PX, height=260)
    )  # fmt: skip
