"""The maps of a report as points, for a page that draws them itself, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.instance import Floats, Ints
from scenarios.report.frames import WIDTH_PX
from scenarios.report.french import NONE, number, percent
from scenarios.report.map import Canvas
from scenarios.report.palette import INK, LAND, NOBODY, Scale, scale_of
from scenarios.report.places import (
    KM_BREAKS,
    LOAD_BREAKS,
    centre_load,
    coverage_scale,
    waiting_scale,
    with_demand,
)
from scenarios.report.tally import Tally


def map_points(canvas: Canvas, tally: Tally) -> dict[str, Any]:
    """Give outlines, communes and centres in pixels, with colour and words for each layer.

    Layers of communes are `coverage`, `waiting` and `distance`; `load` has the centres. Colours
    are those of the report's own maps.
    """
    zones = canvas.instance.zones
    shown = with_demand(canvas.instance)
    shown = shown[np.argsort(zones.population[shown], kind="stable")]
    department = zones.department[shown]
    coverage = 100 * tally.coverage()[department]
    return {
        "width": WIDTH_PX, "height": canvas.sheet.height, "land": LAND, "ink": INK,
        "outlines": canvas.outline_paths(),
        "places": {
            **_places(canvas.sheet.place(department, zones.lat[shown], zones.lon[shown])),
            "r": np.round(canvas.radii(department), 2).tolist(),
            "name": [f"{zones.names[z]} ({canvas.instance.departments[d]})"
                     for z, d in zip(shown.tolist(), department.tolist(), strict=True)],
        },
        "layers": {
            "coverage": _layer(coverage, coverage_scale(tally), "%"),
            "waiting": _layer(tally.zone_week[shown], waiting_scale(tally), "semaines"),
            "distance": _layer(tally.zone_km[shown], scale_of(KM_BREAKS), "km"),
        },
        "centres": _centres(canvas, tally),
    }  # fmt: skip


def _places(points: Floats) -> dict[str, list[float]]:
    return {"x": np.round(points[:, 0], 1).tolist(), "y": np.round(points[:, 1], 1).tolist()}


def _layer(values: Floats, scale: Scale, unit: str) -> dict[str, Any]:
    words = [NONE if text == NONE else f"{text} {unit}" for text in (number(v, 1) for v in values)]
    return {"colours": [*scale.colours, NOBODY], "class": _classes(values, scale), "text": words}


def _classes(values: Floats, scale: Scale) -> list[int]:
    """Class of each value; the last colour, one beyond the scale's, where there is none."""
    known = np.isfinite(values)
    classes: Ints = np.where(known, scale.classes(np.nan_to_num(values)), len(scale.colours))
    return [int(c) for c in classes]


def _centres(canvas: Canvas, tally: Tally) -> dict[str, Any]:
    """Centres that vaccinate, the largest first, so that none hides a smaller one."""
    centres = canvas.instance.centres
    doses, load = centre_load(canvas.instance, tally)
    order = np.argsort(-doses, kind="stable")
    order = order[doses[order] > 0]
    scale = scale_of(LOAD_BREAKS)
    points = canvas.sheet.place(centres.department, centres.lat, centres.lon)[order]
    return {
        **_places(points),
        "r": np.round(canvas.centre_radii(doses)[order], 2).tolist(),
        "name": [centres.names[j] for j in order.tolist()],
        "colours": list(scale.colours), "class": _classes(load[order], scale),
        "text": [f"{number(int(doses[j]))} doses, {percent(float(load[j]), 0)} des créneaux"
                 for j in order.tolist()],
    }  # fmt: skip
