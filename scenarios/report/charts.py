"""Charts as still SVG: drawn here by Vega, so that the page needs neither script nor network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from allocator.instance import Floats
from scenarios.report.french import monday
from scenarios.report.palette import BASELINE, FONT, INK, MUTED, PLAN, RULE

WIDTH_PX = 640
HALF_PX = 280
"""Of each of two panels side by side, without the labels before it."""
CONFIG: dict[str, Any] = {
    "aria": False,  # one label for the whole picture; the table below it says the rest
    "background": "transparent",
    "padding": 4,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 11, "titleFontSize": 11,
        "titleFontWeight": "normal", "domainColor": RULE, "tickColor": RULE, "gridColor": "#e8ecf0",
        "labelPadding": 5, "titlePadding": 8,
    },
    "header": {"labelColor": INK, "labelFontSize": 12, "labelFontWeight": 600},
}  # fmt: skip


def svg_of(chart: Any, name: str, label: str) -> str:
    """Render a chart as inline SVG.

    Parameters
    ----------
    chart
        Altair chart.
    name
        Unique in the page: it keeps the ids of two pictures apart.
    label
        What the picture shows, for those who do not see it.
    """
    svg: str = vl_convert.vegalite_to_svg(
        chart.to_dict(),
        config=CONFIG,
        allowed_base_urls=[],
        format_locale="fr-FR",
        time_format_locale="fr-FR",
    )
    svg = re.sub(r'\s(xmlns(:xlink)?|version|class)="[^"]*"', "", svg)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r"(\d+\.\d{2})\d+", r"\1", svg)
    # One picture with one label: no part of it is a picture of its own.
    svg = re.sub(r'\s(role="graphics-[a-z]+"|aria-roledescription="[^"]*")', "", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1)


def week_labels(start: date, weeks: int) -> list[str]:
    """Mondays as `31/05`, with the year where days come round again."""
    form = "%d/%m" if weeks <= 52 else "%d/%m/%y"
    return [f"{monday(start, week):{form}}" for week in range(weeks)]


def _week_axis(order: Sequence[str]) -> Any:
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False)
    return alt.X("semaine:N", sort=list(order), title="semaine du", axis=axis)


def department_chart(
    labels: Sequence[str],
    coverage: Floats,
    before: Floats | None,
    national: float,
    *,
    title: str = "premières doses pour 100 personnes qui en souhaitent une",
) -> Any:
    """Draw coverage by département, largest first; a ring marks where the baseline left it.

    Parameters
    ----------
    labels
        Of the D départements.
    coverage, before
        D, per cent; `before` None without a baseline.
    national
        Per cent, drawn as a line.
    title
        Of the axis.
    """
    rows = pd.DataFrame({"département": list(labels), "après": coverage})
    rows["avant"] = np.nan if before is None else before
    rows = rows.sort_values(["après", "département"], ascending=[False, True])
    scale = alt.Scale(domain=_tens(rows[["avant", "après"]].to_numpy()), zero=False, nice=False)
    halves = 1 if len(rows) <= 30 else 2
    size = -(-len(rows) // halves)
    panels = [
        _department_panel(rows.iloc[i * size : (i + 1) * size], scale, national, halves, title)
        for i in range(halves)
    ]
    return alt.hconcat(*panels, spacing=28) if halves > 1 else panels[0]


def _tens(values: Floats) -> list[float]:
    """Round span around per cents: a dot, unlike a bar, does not need the zero."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return [max(0.0, 10 * np.ceil(low / 10) - 10), max(10 * np.ceil(high / 10), 10.0)]


def _department_panel(
    rows: pd.DataFrame, scale: Any, national: float, halves: int, title: str
) -> Any:
    base = alt.Chart(rows.reset_index(drop=True)).properties(
        width=WIDTH_PX if halves == 1 else HALF_PX, height=alt.Step(14)
    )
    axis = alt.Axis(orient="top", tickCount=5, title=title if halves == 1 else None)
    y = alt.Y(
        "département:N", sort=None, title=None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=150, labelFontSize=10),
    )  # fmt: skip
    after = alt.X("après:Q", scale=scale, axis=axis)
    line = base.mark_rule(color=RULE, strokeWidth=2).encode(y=y, x=after, x2="avant:Q")
    ring = base.mark_point(color=BASELINE, size=28, strokeWidth=1.5, fill="white").encode(
        y=y, x=alt.X("avant:Q", scale=scale, axis=axis)
    )
    dot = base.mark_circle(color=PLAN, size=42, opacity=1).encode(y=y, x=after)
    nation = alt.Chart(pd.DataFrame({"france": [national]})).mark_rule(
        color=INK, strokeDash=[3, 3], strokeWidth=1
    )
    return alt.layer(line, nation.encode(x=alt.X("france:Q", scale=scale, axis=axis)), ring, dot)


def coverage_chart(start: date, plan: Floats, before: Floats | None) -> Any:
    """Draw cumulative coverage by week: the median département in the band of all of them.

    Parameters
    ----------
    start
        Monday of week 0.
    plan, before
        T x 3 per cent at the end of each week: smallest, median and largest département.
    """
    names = ["bas", "médiane", "haut"]
    order = week_labels(start, len(plan))
    rows = pd.DataFrame(plan, columns=names).assign(semaine=order)
    y = alt.Scale(domain=[0, max(100.0, float(np.nanmax(plan)))])
    base = alt.Chart(rows).properties(width=WIDTH_PX, height=260)
    title = "premières doses pour 100 personnes"
    band = base.mark_area(color=PLAN, opacity=0.2).encode(
        x=_week_axis(order), y=alt.Y("bas:Q", scale=y, title=title), y2="haut:Q"
    )
    layers = [band, base.mark_line(color=PLAN, strokeWidth=2.5).encode(
        x=_week_axis(order), y=alt.Y("médiane:Q", scale=y, title=title)
    )]  # fmt: skip
    if before is not None:
        old = alt.Chart(pd.DataFrame(before, columns=names).assign(semaine=order))
        for name, width in zip(names, (1.2, 2.0, 1.2), strict=True):
            layers.append(
                old.mark_line(color=BASELINE, strokeDash=[5, 3], strokeWidth=width).encode(
                    x=_week_axis(order), y=alt.Y(f"{name}:Q", scale=y, title=title)
                )
            )
    return alt.layer(*layers)


def doses_chart(rows: pd.DataFrame, order: Sequence[str], colours: dict[str, str]) -> Any:
    """Draw weekly doses by product, first doses above second doses, on one scale.

    Parameters
    ----------
    rows
        Columns `semaine`, `vaccin`, `rang`, `doses`.
    order
        Labels of the weeks.
    colours
        Colour of each product, in stacking order.
    """
    top = float(rows.groupby(["rang", "semaine"])["doses"].sum().max()) if len(rows) else 1.0
    scale = alt.Scale(domain=[0, max(top, 1.0)])
    axis = alt.Axis(tickCount=4, format=",.0f")
    colour = alt.Scale(domain=list(colours), range=list(colours.values()))
    panels = [
        alt.Chart(rows[rows["rang"] == rank], title=rank)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=_week_axis(order).scale(domain=list(order)),
            y=alt.Y("sum(doses):Q", title="doses par semaine", scale=scale, axis=axis),
            color=alt.Color("vaccin:N", legend=None, scale=colour),
        )
        .properties(width=WIDTH_PX, height=150)
        for rank in ("Premières doses", "Secondes doses")
    ]
    return alt.vconcat(*panels, spacing=14)


def distance_chart(
    labels: Sequence[str], plan: Floats, before: Floats | None, names: tuple[str, str]
) -> Any:
    """Draw the share of people (per cent) in each class of distance, plan beside baseline."""
    kinds = [(names[0], plan, PLAN)] + ([] if before is None else [(names[1], before, BASELINE)])
    rows = pd.concat(
        [
            pd.DataFrame({"distance": list(labels), "part": shares, "plan": name})
            for name, shares, _ in kinds
        ]
    )
    order = [name for name, _, _ in kinds]
    return (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X(
                "distance:N", sort=list(labels), title="trajet aller",
                axis=alt.Axis(labelAngle=0, ticks=False),
            ),
            xOffset=alt.XOffset("plan:N", sort=order),
            y=alt.Y("part:Q", title="part des personnes servies (%)"),
            color=alt.Color(
                "plan:N", legend=None,
                scale=alt.Scale(domain=order, range=[colour for _, _, colour in kinds]),
            ),
        )
        .properties(width=WIDTH_PX, height=220)
    )  # fmt: skip
