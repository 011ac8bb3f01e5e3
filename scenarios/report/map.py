"""Maps: communes as dots in one picture, centres as circles, outlines where they are known."""

from __future__ import annotations

import base64
import textwrap
from dataclasses import dataclass
from html import escape

import numpy as np
import vl_convert

from allocator.instance import Floats, Instance, Ints
from scenarios.report.boundaries import Boundaries
from scenarios.report.frames import WIDTH_PX, Frame, Sheet
from scenarios.report.palette import FONT, INK, LAND, NOBODY, RULE, Scale

LARGEST_CENTRE_PX = (4.0, 15.0)
"""Radius of the largest circle: smaller where circles are many, within these limits."""

PIXELS = 1.5
"""Of a picture, a CSS pixel: sharp enough, and both maps of France in some 2 MB."""
INSET_CHARACTERS = 17
"""Of the name below an inset, a line."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A sheet with its outlines, on which every map of a report is drawn."""

    instance: Instance
    boundaries: Boundaries
    sheet: Sheet

    def communes(self, values: Floats, shown: Ints, scale: Scale, label: str) -> str:
        """Draw communes as dots coloured by value; NaN means nobody is served there.

        Tens of thousands of dots are drawn here, once, into a picture: a browser would take
        seconds for as many nodes.

        Parameters
        ----------
        values
            Z.
        shown
            Positions of the communes to draw.
        scale
            Classes of values.
        label
            What the map shows, for those who do not see it.
        """
        zones = self.instance.zones
        # Where dots overlap the larger commune is seen, whatever its colour.
        shown = shown[np.argsort(zones.population[shown], kind="stable")]
        places = self.sheet.place(zones.department[shown], zones.lat[shown], zones.lon[shown])
        radius = self.radii(zones.department[shown])
        colours = np.array([*scale.colours, NOBODY])
        known = np.isfinite(values[shown])
        class_ = np.where(known, scale.classes(np.nan_to_num(values[shown])), -1)
        dots = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.2f}" fill="{colour}"/>'
            for (x, y), r, colour in zip(places, radius, colours[class_], strict=True)
        )
        land = self._outlines(LAND, "none", 0.0)
        body = f'{land}<g shape-rendering="crispEdges">{dots}</g>' + self._outlines(
            "none", INK, 0.5
        )
        png: bytes = vl_convert.svg_to_png(self._svg(body, background=True), scale=PIXELS)
        data = base64.b64encode(png).decode("ascii")
        size = f'width="{WIDTH_PX:.0f}" height="{self.sheet.height:.0f}"'
        return f'<img {size} alt="{escape(label)}" src="data:image/png;base64,{data}">'

    def centres(
        self, doses: Ints, values: Floats, titles: list[str], scale: Scale, label: str
    ) -> str:
        """Draw the centres used as circles: area by doses, colour by value (J each)."""
        centres = self.instance.centres
        places = self.sheet.place(centres.department, centres.lat, centres.lon)
        order = np.argsort(-doses, kind="stable")
        radius = self.centre_radii(doses)
        circles = []
        for j in order[doses[order] > 0]:
            colour = scale.colours[int(scale.classes(values[j : j + 1])[0])]
            circles.append(
                f'<circle cx="{places[j, 0]:.1f}" cy="{places[j, 1]:.1f}" r="{radius[j]:.1f}" '
                f'fill="{colour}"><title>{escape(titles[j])}</title></circle>'
            )
        body = self._outlines(LAND, "#aab4bf", 0.7)
        body += f'<g stroke="white" stroke-width="0.6" fill-opacity="0.9">{"".join(circles)}</g>'
        named = f'class="map" role="img" aria-label="{escape(label)}"'
        return self._svg(body).replace("<svg", f"<svg {named}", 1)

    def centre_radii(self, doses: Ints) -> Floats:
        """Radius of each centre, its area by its doses (J)."""
        department = self.instance.centres.department
        reach = self._reach(department[doses > 0], 0.7)
        frame_of = np.asarray(self.sheet.of_department)[department]
        most = np.clip(reach[frame_of], *LARGEST_CENTRE_PX)
        share = np.sqrt(doses / max(int(doses.max(initial=0)), 1))
        radius: Floats = np.maximum(most * share, 1.2)
        return radius

    def radii(self, department: Ints) -> Floats:
        """Dots of a frame nearly touch: their size follows from how many share it."""
        reach = np.clip(self._reach(department, 0.36), 1.2, 6.0)
        reach[1:] = np.minimum(reach[1:], 3.0)
        radius: Floats = reach[np.asarray(self.sheet.of_department)[department]]
        return radius

    def _reach(self, department: Ints, share: float) -> Floats:
        """Share of the side of the square that each of these places has to itself, by frame."""
        frame_of = np.asarray(self.sheet.of_department)[department]
        held = np.bincount(frame_of, minlength=len(self.sheet.frames))
        area = np.array([frame.width * frame.height for frame in self.sheet.frames])
        reach: Floats = share * np.sqrt(area / np.maximum(held, 1))
        return reach

    def outline_paths(self) -> str:
        """Give the outlines of the départements as one SVG path; empty without boundaries."""
        return "".join(
            _path([self._frame(d).place(ring) for ring in self.boundaries.rings.get(code, ())])
            for d, code in enumerate(self.instance.departments)
        )

    def _outlines(self, fill: str, stroke: str, width: float) -> str:
        paths = self.outline_paths()
        land = (
            f'<path d="{paths}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" '
            'stroke-linejoin="round"/>'
        )
        boxes = "".join(_inset(frame) for frame in self.sheet.frames[1:])
        return (land if paths else "") + boxes

    def _frame(self, department: int) -> Frame:
        return self.sheet.frames[self.sheet.of_department[department]]

    def _svg(self, body: str, *, background: bool = False) -> str:
        height = self.sheet.height
        size = f'width="{WIDTH_PX:.0f}" height="{height:.0f}"'
        size += f' viewBox="0 0 {WIDTH_PX:.0f} {height:.0f}"'
        if not background:
            return f"<svg {size}>{body}</svg>"
        # The renderer, unlike a page, wants the namespace.
        white = '<rect width="100%" height="100%" fill="white"/>'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{white}{body}</svg>'


def _inset(frame: Frame) -> str:
    foot = frame.top + frame.height
    lines = "".join(
        f'<text x="{frame.left + 1:.1f}" y="{foot + 11 + 10 * i:.1f}" font-size="9" '
        f'font-family="{FONT}" fill="{INK}">{escape(line)}</text>'
        for i, line in enumerate(textwrap.wrap(frame.title, INSET_CHARACTERS)[:2])
    )
    return (
        f'<rect x="{frame.left + 0.5:.1f}" y="{frame.top + 0.5:.1f}" width="{frame.width - 1:.1f}" '
        f'height="{frame.height - 1:.1f}" fill="none" stroke="{RULE}"/>{lines}'
    )


def _path(rings: list[Floats]) -> str:
    """SVG path of closed rings in pixels, without points that no eye tells apart."""
    parts: list[str] = []
    for ring in rings:
        kept = ring[_thinned(ring)]
        if len(kept) > 2:
            parts.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in kept) + "Z")
    return "".join(parts)


def _thinned(points: Floats, apart_px: float = 0.8) -> list[int]:
    """Positions of points at least so far from the last one kept."""
    kept = [0]
    for i, (x, y) in enumerate(points.tolist()):
        last_x, last_y = points[kept[-1]].tolist()
        if abs(x - last_x) >= apart_px or abs(y - last_y) >= apart_px:
            kept.append(i)
    return kept
